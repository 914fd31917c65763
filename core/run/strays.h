/* strays.h - processes that left their run's process group, found by their environment
 *
 * Every child carries GODWIT_RUN=node/taskrun/attempt; a process that cleared it on purpose is out
 * of reach. */
#ifndef GW_RUN_STRAYS_H
#define GW_RUN_STRAYS_H

#include <godwit/text.h>

#define GW_RUN_ENV "GODWIT_RUN="

/* Sends SIGKILL to all processes but this one whose value of GODWIT_RUN is wanted; looks again
 * until no new one is found. Returns how many. */
GW_EXPORT size_t gw_strays_kill(bool (*wanted)(const void *arg, struct gw_slice run),
	const void *arg);
/* All of a node: "node/" is how their values begin. */
GW_EXPORT size_t gw_strays_kill_node(const char *node);
/* Those of one run. */
GW_EXPORT size_t gw_strays_kill_run(const char *run);

#endif
