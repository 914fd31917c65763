/* hosts.h - the task hosts of a server: kept alive, replaced, reloaded */
#ifndef GW_RUN_HOSTS_H
#define GW_RUN_HOSTS_H

#include "module/registry.h"
#include "run/host_process.h"

struct gw_hosts;
struct gw_helpers;

struct gw_hosts_setup {
	unsigned n; /* how many; 0 = one a core, at most 4 */
	const char *node; /* stays when the node restarts; no other's on this machine */
	const char *const *folders; /* of modules, ended by NULL */
	struct gw_registry *own; /* what the server has loaded itself; a reference is taken */
	const char *const *hidden; /* prefixes of variables that tasks do not see; NULL = usual */
	const char *user; /* whom tasks run as; NULL = as the server */
	int lock; /* a descriptor that hosts keep open; -1 = none */
	int64_t memory; /* bytes of address space of an isolated task; 0 = no bound */
};

/* Whom tasks run as, if that is another than the server. */
struct gw_task_user {
	bool is_set;
	uid_t uid;
	gid_t gid;
};

/* The usual bound of isolated tasks; sanitizers need all the address space there is. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define GW_ISOLATED_MEMORY 0
#else
#define GW_ISOLATED_MEMORY (INT64_C(1) << 30)
#endif

/* Kills what a predecessor of the node left behind, starts hosts, waits until they know their
 * modules. Those that a host does not survive are left out and become problems of the registry. */
GW_EXPORT struct gw_hosts *gw_hosts_start(const struct gw_hosts_setup *setup, struct gw_error *err);
/* Kills what runs. Nobody may use them any more. */
GW_EXPORT void gw_hosts_stop(struct gw_hosts **hosts);
/* New hosts that load the modules anew; the old ones finish what they run. The old ones stay if it
 * fails. */
GW_EXPORT bool gw_hosts_reload(struct gw_hosts *hosts, struct gw_error *err);
/* The server's own types and those that hosts know, as of the last (re)load; a reference. */
GW_EXPORT struct gw_registry *gw_hosts_registry(struct gw_hosts *hosts);
/* Everything that runs is killed when CLOCK_BOOTTIME passes this, unless a later one is set. */
GW_EXPORT void gw_hosts_deadline(struct gw_hosts *hosts, int64_t at_boot);
GW_EXPORT const char *gw_hosts_node(const struct gw_hosts *hosts);
GW_EXPORT const struct gw_task_user *gw_hosts_user(const struct gw_hosts *hosts);
struct gw_helpers *gw_hosts_helpers(struct gw_hosts *hosts);
/* The one with the least to do; a reference. Waits a while for a replacement if all died. */
GW_EXPORT struct gw_host *gw_hosts_pick(struct gw_hosts *hosts, struct gw_error *err);

#endif
