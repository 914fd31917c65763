/* main.c - the program: the command line, or a task host of a server */
#include "cli/cli.h"
#include "run/host.h"

#include <string.h>

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], GW_HOST_VERB) == 0)
		return gw_host_main(argc, argv);
	return gw_cli_main(argc, argv);
}
