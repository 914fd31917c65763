/* follow.c - watching an execution: its states, its log */
#include "cli/follow.h"

#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "cli/terminal.h"
#include "model/state.h"

static const char *state_of(const json_t *doc)
{
	const char *state = gw_json_string(json_object_get(doc, "state"), "current");
	return state ? state : "";
}

bool gw_state_has_ended(const char *state)
{
	enum gw_state parsed;
	return gw_state_parse(gw_slice_of(state), &parsed) && gw_state_is_terminal(parsed);
}

/* ---- States ---- */

struct watch {
	struct gw_map seen; /* id -> the last state, owned */
	bool quiet;
	char *last; /* state of the execution */
};

static void clear_watch(struct watch *watch)
{
	gw_map_clear(&watch->seen, free);
	free(watch->last);
}

#define auto_watch __attribute__((cleanup(clear_watch))) struct watch

/* Prints a state that differs from the last one of this id. */
static void note(struct watch *watch, const char *id, const char *name, const json_t *doc)
{
	const char *state = state_of(doc);
	const char *before = gw_map_find(&watch->seen, id);
	if (before && strcmp(before, state) == 0)
		return;
	free(gw_map_put(&watch->seen, gw_slice_of(id), gw_strdup(state)));
	if (watch->quiet)
		return;
	const json_t *histories = json_object_get(json_object_get(doc, "state"), "histories");
	const json_t *last = json_array_get(histories, json_array_size(histories) - 1);
	const char *date = gw_json_string(last, "date");
	gw_print(stdout, GW_DIM, "%-28s", date ? date : "");
	gw_print(stdout, gw_state_colour(state), "%-12s", state);
	gw_print_foreign(stdout, gw_slice_of(name));
	fputc('\n', stdout);
}

static void note_taskrun(struct watch *watch, const json_t *taskrun)
{
	const char *id = gw_json_string(taskrun, "id");
	const char *task = gw_json_string(taskrun, "taskId");
	const char *value = gw_json_string(taskrun, "value");
	gw_auto_free char *name =
		gw_sprintf("  %s%s%s", task ? task : "", value ? " " : "", value ? value : "");
	if (id)
		note(watch, id, name, taskrun);
}

static bool watch_event(void *arg, struct gw_slice id, struct gw_slice data)
{
	struct watch *watch = arg;
	struct gw_error err;
	size_t i;
	json_t *taskrun;
	if (!data.data)
		return true;
	json_auto_t *doc = gw_json_parse(data, &err);
	if (!json_is_object(doc))
		return !gw_slice_is(id, "end");
	json_array_foreach (json_object_get(doc, "taskRunList"), i, taskrun)
		note_taskrun(watch, taskrun);
	note(watch, "", "execution", doc);
	free(watch->last);
	watch->last = gw_strdup(state_of(doc));
	fflush(stdout);
	return !gw_slice_is(id, "end");
}

bool gw_follow_states(const struct gw_remote *remote, const char *id, bool quiet, bool *well,
	struct gw_error *err)
{
	auto_watch watch = { .quiet = quiet };
	gw_auto_str path = { 0 };
	gw_auto_reply reply = { 0 };
	const struct gw_listener listener = { 1000, watch_event, &watch };
	gw_remote_path(remote, &path, (const char *const[]){ "executions", id, "follow", NULL });
	if (!gw_client_stream(remote->client, gw_str_text(&path), &listener, &reply, err))
		return gw_explain(err, "%s", remote->url);
	if (reply.status != 200)
		return gw_remote_refused(&reply, err);
	if (!watch.last || !gw_state_has_ended(watch.last))
		return gw_fail(err, GW_UNAVAILABLE, "the server stopped telling about %s", id);
	*well = strcmp(watch.last, "SUCCESS") == 0 || strcmp(watch.last, "WARNING") == 0;
	return true;
}

/* ---- Logs ---- */

void gw_print_log_line(const json_t *line)
{
	const char *date = gw_json_string(line, "timestamp");
	const char *level = gw_json_string(line, "level");
	const char *task = gw_json_string(line, "taskId");
	const char *message = gw_json_string(line, "message");
	gw_print(stdout, GW_DIM, "%-28s", date ? date : "");
	gw_print(stdout, gw_level_colour(level), "%-6s", level ? level : "");
	gw_print_foreign(stdout, gw_slice_of(task ? task : "-"));
	fputs("  ", stdout);
	gw_print_foreign(stdout, gw_slice_of(message ? message : ""));
	fputc('\n', stdout);
}

struct tail {
	const struct gw_remote *remote;
	const char *id;
	bool ended; /* seen on the last idle moment: one more, and everything was read */
};

static bool has_ended(const struct tail *tail)
{
	struct gw_error err;
	gw_auto_str path = { 0 };
	gw_remote_path(tail->remote, &path, (const char *const[]){ "executions", tail->id, NULL });
	json_auto_t *doc = gw_remote_json(tail->remote,
		&(struct gw_call){ .method = "GET", .path = gw_str_text(&path) }, &err);
	return !doc || gw_state_has_ended(state_of(doc));
}

static bool tail_event(void *arg, struct gw_slice id, struct gw_slice data)
{
	struct tail *tail = arg;
	struct gw_error err;
	(void)id;
	if (!data.data) {
		bool before = tail->ended;
		tail->ended = has_ended(tail);
		return !(before && tail->ended);
	}
	json_auto_t *line = gw_json_parse(data, &err);
	if (gw_json_string(line, "message"))
		gw_print_log_line(line);
	fflush(stdout);
	return true;
}

bool gw_follow_logs(const struct gw_remote *remote, const char *id, const char *level,
	struct gw_error *err)
{
	struct tail tail = { remote, id, false };
	gw_auto_str path = { 0 };
	gw_auto_reply reply = { 0 };
	const struct gw_listener listener = { 300, tail_event, &tail };
	gw_remote_path(remote, &path, (const char *const[]){ "logs", id, "follow", NULL });
	gw_remote_query(&path, "minLevel", level);
	if (!gw_client_stream(remote->client, gw_str_text(&path), &listener, &reply, err))
		return gw_explain(err, "%s", remote->url);
	return reply.status == 200 || gw_remote_refused(&reply, err);
}
