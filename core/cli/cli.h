/* cli.h - the whole command line */
#ifndef GW_CLI_CLI_H
#define GW_CLI_CLI_H

#include <godwit/error.h>

/* Does what argv says; the exit status. */
GW_EXPORT int gw_cli_main(int argc, char **argv);

#endif
