/* questions.h - what tasks ask the server with gw_run_ask */
#ifndef GW_ENGINE_QUESTIONS_H
#define GW_ENGINE_QUESTIONS_H

#include "engine/engine.h"
#include "run/worker.h"

/* arg is the engine; on a worker's thread. */
json_t *gw_engine_ask(void *arg, const struct gw_job *job, const char *question,
	const json_t *arguments, struct gw_error *err);

#endif
