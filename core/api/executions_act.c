/* executions_act.c - what can be done to one execution
 *
 * 1.x has the verbs right below the execution, 2.0 below "actions" (GW_ROUTE_ACTION). */
#include "api/executions.h"

#include "api/graph.h"
#include "base/json.h"

#include <stdlib.h>

/* ---- Asking the engine ---- */

struct asked {
	struct gw_http_request *rq;
	int old_status; /* that 1.x answers with; 204 = without a body */
};

static void acted(void *arg, const struct gw_answer *answer)
{
	const struct asked *asked = arg;
	struct gw_http_request *rq = asked->rq;
	if (!gw_request_take(rq))
		return;
	bool is_new = rq->route->flags & GW_ROUTE_ACTION;
	if (answer->error.code != GW_OK) {
		gw_reply_error(rq, &answer->error);
	} else {
		rq->out.status = is_new ? 200 : asked->old_status;
		if (rq->out.status != 204)
			gw_answer_object(&rq->out.body, gw_slice_of(rq->tenant), answer->execution);
	}
	gw_request_send(rq);
}

/* arguments: a new reference handed over, or NULL. */
static bool act_with_status(struct gw_http_request *rq, enum gw_action_type type, json_t *arguments,
	int old_status)
{
	struct asked *asked = gw_arena_alloc(&rq->arena, sizeof(*asked));
	*asked = (struct asked){ rq, old_status };
	gw_request_later(rq);
	const struct gw_action action = { rq->tenant, rq->args[0], type, arguments, acted, asked };
	gw_engine_act(gw_api_of(rq)->engine, &action);
	return true;
}

static bool act(struct gw_http_request *rq, enum gw_action_type type, json_t *arguments)
{
	return act_with_status(rq, type, arguments, 200);
}

/* ---- Without much to say ---- */

static bool kill_execution(struct gw_http_request *rq, struct gw_error *err)
{
	bool cascade;
	return gw_request_flag(rq, "isOnKillCascade", true, &cascade, err) &&
	       act_with_status(rq, GW_ACT_KILL, json_pack("{s:b}", "cascade", cascade), 202);
}

static bool pause_execution(struct gw_http_request *rq, struct gw_error *err)
{
	(void)err;
	return act(rq, GW_ACT_PAUSE, NULL);
}

static bool force_run(struct gw_http_request *rq, struct gw_error *err)
{
	(void)err;
	return act(rq, GW_ACT_FORCE_RUN, NULL);
}

static bool unqueue(struct gw_http_request *rq, struct gw_error *err)
{
	(void)err;
	return act(rq, GW_ACT_UNQUEUE, json_pack("{s:s*}", "state", gw_request_param(rq, "state")));
}

static bool change_status(struct gw_http_request *rq, struct gw_error *err)
{
	const char *status = gw_request_param(rq, "status");
	if (!status)
		return gw_fail(err, GW_BAD_REQUEST, "Required QueryValue [status] not specified");
	return act(rq, GW_ACT_STATUS, json_pack("{s:s}", "status", status));
}

/* {"revision": n} if one was given, else an empty object. */
static json_t *revision_argument(const struct gw_http_request *rq, struct gw_error *err)
{
	int64_t revision = 0;
	if (!gw_request_int(rq, "revision", &revision, err))
		return NULL;
	json_t *arguments = json_object();
	if (revision > 0)
		json_object_set_new(arguments, "revision", json_integer(revision));
	return arguments;
}

static bool restart(struct gw_http_request *rq, struct gw_error *err)
{
	json_t *arguments = revision_argument(rq, err);
	return arguments && act(rq, GW_ACT_RESTART, arguments);
}

static json_t *replay_arguments(const struct gw_http_request *rq, struct gw_error *err)
{
	json_t *arguments = revision_argument(rq, err);
	const char *run = gw_request_param(rq, "taskRunId");
	if (arguments && run && *run)
		json_object_set_new(arguments, "taskRunId", json_string(run));
	return arguments;
}

static bool replay(struct gw_http_request *rq, struct gw_error *err)
{
	json_t *arguments = replay_arguments(rq, err);
	return arguments && act(rq, GW_ACT_REPLAY, arguments);
}

/* ---- With a body ---- */

static bool set_labels(struct gw_http_request *rq, struct gw_error *err)
{
	json_auto_t *labels = gw_request_json(rq, err);
	if (!labels)
		return false;
	if (!json_is_array(labels))
		return gw_fail(err, GW_INVALID, "the body must be a list of {key, value}");
	return act(rq, GW_ACT_LABELS, json_pack("{s:o}", "labels", gw_steal(&labels)));
}

static bool set_state(struct gw_http_request *rq, struct gw_error *err)
{
	json_auto_t *body = gw_request_json(rq, err);
	if (!body)
		return false;
	const char *run = gw_json_string(body, "taskRunId"), *state = gw_json_string(body, "state");
	if (!run || !state)
		return gw_fail(err, GW_INVALID, "the body needs a taskRunId and a state");
	return act(rq, GW_ACT_TASKRUN_STATE,
		json_pack("{s:s, s:s}", "taskRunId", run, "state", state));
}

/* ---- With inputs ---- */

static bool replay_with_inputs(struct gw_http_request *rq, struct gw_error *err)
{
	json_t *resolved = NULL;
	json_auto_t *arguments = replay_arguments(rq, err);
	json_auto_t *execution = arguments ? gw_execution_load(rq, rq->args[0], err) : NULL;
	struct gw_flow *flow = execution ? gw_execution_flow(rq, execution, err) : NULL;
	if (!flow)
		return false;
	gw_auto_form_inputs inputs = {
		.rq = rq, .flow = flow, .declared = flow->inputs, .execution = rq->args[0]
	};
	bool fine = gw_form_inputs_read(&inputs, err) &&
		    gw_form_inputs_resolve(&inputs, &resolved, err);
	if (resolved)
		json_object_set_new(arguments, "inputs", resolved);
	gw_flow_unref(&flow);
	return fine && act(rq, GW_ACT_REPLAY, gw_steal(&arguments));
}

/* What the task that an execution pauses at asks for: a list, NULL = nothing. */
static const json_t *find_on_resume(const json_t *execution, const struct gw_flow *flow)
{
	size_t i;
	json_t *run;
	const json_t *found = NULL;
	json_array_foreach (json_object_get(execution, "taskRunList"), i, run) {
		const char *state = gw_json_string(json_object_get(run, "state"), "current");
		const char *task = gw_json_string(run, "taskId");
		const json_t *doc = task ? gw_graph_find_task(flow->doc, task) : NULL;
		if (state && strcmp(state, "PAUSED") == 0 && json_object_get(doc, "onResume"))
			found = json_object_get(doc, "onResume");
	}
	return found;
}

static bool check_paused(const json_t *execution, const char *id, struct gw_error *err)
{
	const char *state = gw_json_string(json_object_get(execution, "state"), "current");
	return (state && strcmp(state, "PAUSED") == 0) ||
	       gw_fail(err, GW_CONFLICT, "Execution '%s' is not paused, can't resume it", id);
}

/* Reads the inputs of a resume; then does something with them. */
static bool with_resume_inputs(struct gw_http_request *rq,
	bool (*use)(struct gw_form_inputs *inputs, struct gw_error *err), struct gw_error *err)
{
	json_auto_t *execution = gw_execution_load(rq, rq->args[0], err);
	if (!execution || !check_paused(execution, rq->args[0], err))
		return false;
	struct gw_flow *flow = gw_execution_flow(rq, execution, err);
	if (!flow)
		return false;
	gw_auto_form_inputs inputs = { .rq = rq,
		.flow = flow,
		.declared = find_on_resume(execution, flow),
		.execution = rq->args[0] };
	bool fine = gw_form_inputs_read(&inputs, err) && use(&inputs, err);
	gw_flow_unref(&flow);
	return fine;
}

static bool resume_with(struct gw_form_inputs *inputs, struct gw_error *err)
{
	json_t *resolved = NULL;
	return gw_form_inputs_resolve(inputs, &resolved, err) &&
	       act_with_status(inputs->rq, GW_ACT_RESUME, json_pack("{s:o*}", "inputs", resolved),
		       204);
}

static bool resume(struct gw_http_request *rq, struct gw_error *err)
{
	return with_resume_inputs(rq, resume_with, err);
}

static bool answer_validation(struct gw_form_inputs *inputs, struct gw_error *err)
{
	(void)err;
	gw_form_inputs_answer(inputs);
	return true;
}

static bool validate_resume(struct gw_http_request *rq, struct gw_error *err)
{
	return with_resume_inputs(rq, answer_validation, err);
}

/* ---- Deleting ---- */

static bool delete_execution(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_deletion what = { .running = false };
	if (!gw_request_flag(rq, "deleteLogs", true, &what.logs, err) ||
		!gw_request_flag(rq, "deleteMetrics", true, &what.metrics, err) ||
		!gw_request_flag(rq, "deleteStorage", true, &what.storage, err) ||
		!gw_engine_delete_execution(gw_api_of(rq)->engine, rq->tenant, rq->args[0], &what,
			err))
		return false;
	rq->out.status = 204;
	return true;
}

/* Both generations of paths to an action. */
#define VERB(method, verb, handler, flags)                                                    \
	{ method, "~/executions/{id}/" verb, handler, flags },                                \
	{                                                                                     \
		method, "~/executions/{id}/actions/" verb, handler, (flags) | GW_ROUTE_ACTION \
	}

const struct gw_route gw_execution_act_routes[] = {
	{ GW_HTTP_DELETE, "~/executions/{id}", delete_execution, 0 },
	VERB(GW_HTTP_DELETE, "kill", kill_execution, 0),
	VERB(GW_HTTP_POST, "pause", pause_execution, 0),
	VERB(GW_HTTP_POST, "resume", resume, GW_ROUTE_FORM),
	VERB(GW_HTTP_POST, "resume/validate", validate_resume, GW_ROUTE_FORM),
	VERB(GW_HTTP_POST, "restart", restart, 0),
	VERB(GW_HTTP_POST, "replay", replay, 0),
	VERB(GW_HTTP_POST, "replay-with-inputs", replay_with_inputs, GW_ROUTE_FORM),
	VERB(GW_HTTP_POST, "labels", set_labels, GW_ROUTE_BODY),
	VERB(GW_HTTP_POST, "state", set_state, GW_ROUTE_BODY),
	VERB(GW_HTTP_POST, "change-status", change_status, 0),
	VERB(GW_HTTP_POST, "unqueue", unqueue, 0),
	VERB(GW_HTTP_POST, "force-run", force_run, 0),
	{ GW_HTTP_GET, NULL, NULL, 0 },
};
