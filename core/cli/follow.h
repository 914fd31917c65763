/* follow.h - watching an execution until it ends */
#ifndef GW_CLI_FOLLOW_H
#define GW_CLI_FOLLOW_H

#include "cli/remote.h"

/* Prints each change of state (quiet: nothing) until the end; *well: it was SUCCESS or WARNING. */
bool gw_follow_states(const struct gw_remote *remote, const char *id, bool quiet, bool *well,
	struct gw_error *err);
/* Prints the log as it comes until the execution has ended; level NULL = all. */
bool gw_follow_logs(const struct gw_remote *remote, const char *id, const char *level,
	struct gw_error *err);
void gw_print_log_line(const json_t *line);
bool gw_state_has_ended(const char *state);

#endif
