/* host.h - the task host: a thin process between the server and what it runs
 *
 * It starts children, reaps them, kills them, and ends with all of them when its control socket
 * closes or its deadline passes. It has no configuration and no threads. */
#ifndef GW_RUN_HOST_H
#define GW_RUN_HOST_H

#include <godwit/error.h>

#define GW_HOST_VERB "task-host" /* argv[1] of the program */
#define GW_HOST_CONTROL 3 /* descriptors it is started with */
#define GW_HOST_LOCK 4
#define GW_HOST_THREADS 3 /* its exit status after a module has started threads */
#define GW_RUN_SLOT 200 /* bytes kept for the value of GODWIT_RUN in its environment */

/* The whole life of the process; the exit status. */
GW_EXPORT int gw_host_main(int argc, char **argv);

#endif
