/* functions.h - functions of expressions that do I/O: for the threads that may wait */
#ifndef GW_RUN_FUNCTIONS_H
#define GW_RUN_FUNCTIONS_H

#include "run/helper.h"
#include "run/mask.h"
#include "storage/storage.h"

/* Whose expressions are rendered. Everything is borrowed. */
struct gw_functions {
	struct gw_storage *storage;
	struct gw_hosts *hosts; /* for functions that modules add */
	const char *tenant, *namespace, *flow, *execution;
	const json_t *context; /* the variables: a triggering execution's files may be read */
	struct gw_mask *mask; /* learns the secrets that were used */
	/* Questions for the engine: "errorLogs". */
	json_t *(*ask)(void *arg, const char *question, const json_t *arguments,
		struct gw_error *err);
	void *arg;
};

/* What gw_scope.ask is served with: a new reference, NULL on error. */
GW_EXPORT json_t *gw_function_call(const struct gw_functions *functions, const char *name,
	const json_t *arguments, struct gw_error *err);

#endif
