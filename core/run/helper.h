/* helper.h - functions that modules add to expressions, called in processes that stay
 *
 * A function NAME is a task type "godwit.function.NAME": properties are the arguments, the output
 * "result" is its value. Its process serves one call after another: what it has compiled stays. */
#ifndef GW_RUN_HELPER_H
#define GW_RUN_HELPER_H

#include "run/hosts.h"

#define GW_FUNCTION_TYPE "godwit.function."

struct gw_helpers;

struct gw_helpers *gw_helpers_new(struct gw_hosts *hosts);
void gw_helpers_free(struct gw_helpers **helpers);
/* Ends those that are idle: hosts are reloaded. */
void gw_helpers_flush(struct gw_helpers *helpers);
/* Calls one: a new reference, NULL on error. A call that takes too long ends its process. */
GW_EXPORT json_t *gw_helper_call(struct gw_hosts *hosts, const char *name, const json_t *arguments,
	struct gw_error *err);

#endif
