/* edit.c - changing records on their way back */
#include "backup/edit.h"

#include "base/json.h"
#include "base/mem.h"
#include "model/state.h"

void gw_editor_clear(struct gw_editor *e)
{
	gw_str_clear(&e->doc);
	free(e->fields);
	e->fields = NULL;
}

/* Fields of its own, to be changed. */
static struct gw_value *own_fields(struct gw_editor *e, struct gw_record *r)
{
	size_t n = r->kind->n_fields;
	if (r->fields == e->fields)
		return e->fields;
	e->fields = gw_realloc(e->fields, (n + 1) * sizeof(*e->fields));
	memcpy(e->fields, r->fields, n * sizeof(*e->fields));
	r->fields = e->fields;
	return e->fields;
}

static void print_doc(struct gw_editor *e, struct gw_record *r, const json_t *doc)
{
	gw_str_reset(&e->doc);
	gw_json_print(&e->doc, doc);
	r->doc = gw_str_slice(&e->doc);
}

/* ---- Triggers ---- */

static bool edit_trigger(struct gw_editor *e, struct gw_record *r, struct gw_error *err)
{
	const struct gw_value *next = &r->fields[GW_TRIGGER_NEXT];
	bool missed = next->is_set && next->number <= e->now;
	bool pauses = e->request->triggers == GW_TRIGGERS_PAUSE;
	if (e->request->triggers == GW_TRIGGERS_RECOVER || (!pauses && !missed))
		return true;
	json_auto_t *doc = gw_json_parse(r->doc, err);
	if (!doc)
		return false;
	if (missed)
		json_object_set_new(doc, "skipMissed", json_true());
	if (pauses) {
		json_object_set_new(doc, "disabled", json_true());
		own_fields(e, r)[GW_TRIGGER_DISABLED] = gw_value_number(1);
		r->due = GW_NEVER;
	}
	print_doc(e, r, doc);
	return true;
}

static bool edit_backfill(struct gw_editor *e, struct gw_record *r, struct gw_error *err)
{
	if (e->request->triggers == GW_TRIGGERS_RECOVER ||
		!gw_slice_is(r->fields[GW_BACKFILL_STATE].text, "RUNNING"))
		return true;
	json_auto_t *doc = gw_json_parse(r->doc, err);
	if (!doc)
		return false;
	json_object_set_new(doc, "state", json_string("PAUSED"));
	own_fields(e, r)[GW_BACKFILL_STATE] = gw_value_string("PAUSED");
	print_doc(e, r, doc);
	return true;
}

/* ---- Executions ---- */

static bool is_over(struct gw_slice name)
{
	enum gw_state state;
	return !gw_state_parse(name, &state) || gw_state_is_terminal(state);
}

/* Adds KILLED to the history in a document. */
static bool kill_state(const struct gw_editor *e, json_t *doc, struct gw_history *history,
	struct gw_error *err)
{
	gw_auto_str text = { 0 };
	if (!gw_history_read(json_object_get(doc, "state"), history, err))
		return false;
	gw_time last = history->n ? history->moments[history->n - 1].at : e->made;
	gw_history_add(history, GW_KILLED, last > e->made ? last : e->made);
	gw_history_print(&text, history);
	return json_object_set_new(doc, "state", gw_json_parse(gw_str_slice(&text), err)) == 0;
}

static bool kill_run(struct gw_editor *e, struct gw_record *r, struct gw_error *err)
{
	struct gw_history history = { 0 };
	json_auto_t *doc = gw_json_parse(r->doc, err);
	if (!doc)
		return false;
	if (json_object_size(doc) == 0) /* forgotten by a restart */
		return true;
	size_t n = json_array_size(json_object_get(doc, "attempts"));
	json_t *attempt = json_array_get(json_object_get(doc, "attempts"), n - 1);
	const char *state = gw_json_string(json_object_get(attempt, "state"), "current");
	bool ok = !state || is_over(gw_slice_of(state)) || kill_state(e, attempt, &history, err);
	gw_history_clear(&history);
	ok = ok && kill_state(e, doc, &history, err);
	gw_history_clear(&history);
	if (!ok)
		return false;
	own_fields(e, r)[GW_TASKRUN_STATE] = gw_value_string("KILLED");
	print_doc(e, r, doc);
	return true;
}

static bool kill_execution(struct gw_editor *e, struct gw_record *r, struct gw_error *err)
{
	struct gw_history history = { 0 };
	json_auto_t *doc = gw_json_parse(r->doc, err);
	if (!doc)
		return false;
	bool ok = kill_state(e, doc, &history, err);
	struct gw_value *fields = own_fields(e, r);
	fields[GW_EXECUTION_STATE] = gw_value_string("KILLED");
	fields[GW_EXECUTION_END] = gw_value_time(gw_history_end(&history));
	fields[GW_EXECUTION_DURATION] = gw_value_number(gw_history_duration(&history));
	gw_history_clear(&history);
	json_object_del(json_object_get(doc, "godwit"), "gate"); /* its place is not taken here */
	if (ok)
		print_doc(e, r, doc);
	return ok;
}

/* Who waited for a place in a queue that is not restored asks for one anew. */
static bool ask_again(struct gw_editor *e, struct gw_record *r, struct gw_error *err)
{
	struct gw_history history = { 0 };
	gw_auto_str text = { 0 };
	json_auto_t *doc = gw_json_parse(r->doc, err);
	if (!doc)
		return false;
	bool ok = gw_history_read(json_object_get(doc, "state"), &history, err);
	while (history.n && gw_history_state(&history) == GW_QUEUED)
		history.n--;
	gw_history_print(&text, &history);
	gw_history_clear(&history);
	if (!ok)
		return false;
	json_object_set_new(doc, "state", gw_json_parse(gw_str_slice(&text), err));
	json_object_del(json_object_get(doc, "godwit"), "gate");
	own_fields(e, r)[GW_EXECUTION_STATE] = gw_value_string("CREATED");
	r->due = 0;
	print_doc(e, r, doc);
	return true;
}

static bool edit_execution(struct gw_editor *e, struct gw_record *r, bool *killed,
	struct gw_error *err)
{
	if (e->request->running == GW_RUNNING_AS_IS)
		return true;
	if (e->request->running == GW_RUNNING_RESUME)
		return !gw_slice_is(r->fields[GW_EXECUTION_STATE].text, "QUEUED") ||
		       ask_again(e, r, err);
	r->due = GW_NEVER;
	*killed = !is_over(r->fields[GW_EXECUTION_STATE].text);
	return !*killed || kill_execution(e, r, err);
}

static bool edit_run(struct gw_editor *e, struct gw_record *r, struct gw_error *err)
{
	if (e->request->running != GW_RUNNING_KILLED)
		return true;
	r->due = GW_NEVER;
	return is_over(r->fields[GW_TASKRUN_STATE].text) || kill_run(e, r, err);
}

bool gw_edit_restored(struct gw_editor *e, struct gw_record *r, bool was_owned, bool *killed,
	struct gw_error *err)
{
	*killed = false;
	if (e->request->to_tenant && r->tenant.len > 0)
		r->tenant = gw_slice_of(e->request->to_tenant);
	if (was_owned)
		r->due = 0; /* somebody is to look at it at once */
	if (r->kind == &gw_kind_trigger)
		return edit_trigger(e, r, err);
	if (r->kind == &gw_kind_backfill)
		return edit_backfill(e, r, err);
	if (r->kind == &gw_kind_execution)
		return edit_execution(e, r, killed, err);
	if (r->kind == &gw_kind_taskrun)
		return edit_run(e, r, err);
	return true;
}

struct gw_record *gw_edit_log_line(const struct gw_editor *e, const struct gw_record *x)
{
	static const char message[] =
		"The execution was running when the backup was made; it was restored as KILLED, "
		"because another installation may run it. To run it here, restore with --running "
		"resume, or restart it.";
	gw_auto_str key = { 0 }, doc = { 0 };
	struct gw_value fields[GW_LOG_N] = { 0 };
	gw_str_printf(&key, "%.*s/-/0/~restored", GW_SLICE(x->key));
	gw_str_putc(&doc, '{');
	gw_json_text(&doc, "namespace", x->fields[GW_EXECUTION_NAMESPACE].text);
	gw_json_text(&doc, "flowId", x->fields[GW_EXECUTION_FLOW].text);
	gw_json_text(&doc, "executionId", x->key);
	gw_json_time(&doc, "timestamp", e->made);
	gw_json_text(&doc, "level", gw_slice_of("WARN"));
	gw_json_text(&doc, "thread", gw_slice_of("godwit"));
	gw_json_text(&doc, "message", gw_slice_of(message));
	gw_str_putc(&doc, '}');
	fields[GW_LOG_NAMESPACE] = x->fields[GW_EXECUTION_NAMESPACE];
	fields[GW_LOG_FLOW] = x->fields[GW_EXECUTION_FLOW];
	fields[GW_LOG_LEVEL] = gw_value_number(GW_WARN);
	fields[GW_LOG_AT] = gw_value_time(e->made);
	fields[GW_LOG_MESSAGE] = gw_value_string(message);
	const struct gw_record line = { .kind = &gw_kind_log,
		.tenant = x->tenant,
		.key = gw_str_slice(&key),
		.due = GW_NEVER,
		.fields = fields,
		.doc = gw_str_slice(&doc) };
	return gw_record_copy(&line);
}
