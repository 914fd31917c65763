/* fill.c - backfills as people ask for them, see them and change them */
#include "engine/fill.h"

#include "base/clock.h"
#include "base/json.h"

#include <strings.h>

#define COUNTED_MAX 100000 /* dates counted for what remains */

bool gw_edit_has_schedule(const struct gw_edit *e)
{
	const struct gw_trigger_type *type = e->schedule.trigger->type;
	return type && type->mode == GW_TRIGGER_SCHEDULE;
}

/* ---- Options ---- */

static bool read_date(const json_t *options, const char *name, const struct gw_zone *zone,
	gw_time *out, struct gw_error *err)
{
	const json_t *value = json_object_get(options, name);
	*out = GW_NEVER;
	if (!value || json_is_null(value))
		return true;
	if (!json_is_string(value))
		return gw_fail(err, GW_INVALID,
			"backfill.%s must be a date such as "
			"2024-12-20T10:00:00Z",
			name);
	if (!gw_time_parse(gw_slice_of(json_string_value(value)), zone, out, err))
		return gw_explain(err, "backfill.%s", name);
	return true;
}

static bool read_range(struct gw_backfill *b, const json_t *options, gw_time now,
	struct gw_error *err)
{
	if (!read_date(options, "start", b->zone, &b->start, err) ||
		!read_date(options, "end", b->zone, &b->end, err))
		return false;
	if (b->start == GW_NEVER)
		return gw_fail(err, GW_INVALID, "backfill.start: must not be null");
	if (b->end == GW_NEVER || b->end > now)
		b->end = now;
	if (b->end <= b->start)
		return gw_fail(err, GW_INVALID,
			"Illegal argument: Backfill end date must be after its start date");
	return true;
}

static bool read_choices(struct gw_backfill *b, const json_t *options, struct gw_error *err)
{
	const char *mode = gw_json_string(options, "mode");
	const char *order = gw_json_string(options, "order");
	const json_t *max = json_object_get(options, "maxActive");
	if (mode && !gw_backfill_mode_parse(mode, &b->mode))
		return gw_fail(err, GW_INVALID,
			"mode '%s' is unknown: use all, missing or missing-or-failed", mode);
	if (order && strncasecmp(order, "newest", 6) != 0 && strncasecmp(order, "oldest", 6) != 0)
		return gw_fail(err, GW_INVALID, "order '%s' is unknown: use oldest or newest",
			order);
	if (max && (!json_is_integer(max) || json_integer_value(max) < 1 ||
			   json_integer_value(max) > 10000))
		return gw_fail(err, GW_INVALID, "maxActive must be a number from 1 to 10000");
	b->newest_first = order && strncasecmp(order, "newest", 6) == 0;
	b->max_active = max ? (int)json_integer_value(max) : 1;
	b->even_disabled = gw_json_true(options, "evenDisabled");
	if (gw_json_true(options, "paused"))
		b->state = GW_BACKFILL_PAUSED_STATE;
	return true;
}

static bool read_content(struct gw_backfill *b, const json_t *options, struct gw_error *err)
{
	const json_t *inputs = json_object_get(options, "inputs");
	struct gw_labels labels = { 0 };
	bool good = gw_labels_read(&labels, json_object_get(options, "labels"), err);
	for (size_t i = 0; good && i < labels.n; i++)
		if (gw_label_is_system(labels.items[i].key))
			good = gw_fail(err, GW_INVALID,
				"System labels can only be set by Kestra itself, offending label: "
				"%s=%s.",
				labels.items[i].key, labels.items[i].value);
	if (good && labels.n) {
		gw_auto_str text = { 0 };
		gw_labels_print(&text, &labels);
		b->labels = gw_json_parse(gw_str_slice(&text), err);
	}
	gw_labels_clear(&labels);
	if (good && inputs && !json_is_null(inputs) && !json_is_object(inputs))
		good = gw_fail(err, GW_INVALID, "backfill.inputs must be an object");
	if (good && json_is_object(inputs))
		b->inputs = json_deep_copy(inputs);
	return good;
}

struct gw_backfill *gw_fill_new(const struct gw_schedule *s, const json_t *options, gw_time now,
	struct gw_error *err)
{
	struct gw_backfill *b = gw_new(struct gw_backfill);
	b->tenant = gw_strdup(s->flow->tenant);
	b->namespace = gw_strdup(s->flow->namespace);
	b->flow = gw_strdup(s->flow->id);
	b->trigger = gw_strdup(s->trigger->id);
	b->id = gw_strdup(gw_id_new(now).text);
	b->zone = s->zone;
	b->created = now;
	b->cursor = b->ended = GW_NEVER;
	b->running = json_array();
	b->is_dirty = true;
	if (read_range(b, options, now, err) && read_choices(b, options, err) &&
		read_content(b, options, err))
		return b;
	gw_backfill_free(b);
	return NULL;
}

/* ---- Creating ---- */

static bool create(struct gw_edit *e, struct gw_error *err)
{
	if (!gw_edit_has_schedule(e))
		return gw_fail(err, GW_INVALID, "trigger '%s' has no schedule to be backfilled",
			e->t.id);
	if (e->schedule.trigger->disabled || e->flow->disabled)
		return gw_fail(err, GW_INVALID,
			"trigger '%s' is disabled in its flow: enable it there first", e->t.id);
	if (e->request->alone && e->backfills.n > 0)
		return gw_fail(err, GW_CONFLICT,
			"Illegal state: a backfill is already running for this trigger");
	struct gw_backfill *b = gw_fill_new(&e->schedule, e->request->options, e->now, err);
	if (!b)
		return false;
	struct gw_backfills *list = &e->backfills;
	list->items = gw_grow(list->items, list->n, &list->cap);
	list->items[list->n++] = b;
	return true;
}

static void print_created(struct gw_edit *e)
{
	if (e->backfill_out)
		gw_backfill_print(e->backfill_out, e->backfills.items[e->backfills.n - 1]);
}

bool gw_engine_create_backfill(struct gw_engine *engine, const struct gw_trigger_ref *ref,
	const struct gw_backfill_request *request, struct gw_str *trigger, struct gw_str *backfill,
	struct gw_error *err)
{
	struct gw_edit e = { .engine = engine,
		.apply = create,
		.finished = print_created,
		.request = request,
		.trigger_out = trigger,
		.backfill_out = backfill };
	return gw_edit_trigger(&e, ref, err);
}

/* ---- Changing ---- */

bool gw_fill_set(struct gw_backfill *b, enum gw_backfill_edit edit, gw_time now,
	struct gw_error *err)
{
	if (!gw_backfill_is_open(b))
		return gw_fail(err, GW_CONFLICT, "backfill %s is %s already", b->id,
			gw_backfill_state_name(b->state));
	b->is_dirty = true;
	b->state = edit == GW_FILL_PAUSE    ? GW_BACKFILL_PAUSED_STATE
		   : edit == GW_FILL_RESUME ? GW_BACKFILL_RUNNING
					    : GW_BACKFILL_CANCELLED;
	if (b->state == GW_BACKFILL_CANCELLED)
		b->ended = now;
	return true;
}

static struct gw_backfill *find_fill(const struct gw_edit *e)
{
	for (size_t i = 0; i < e->backfills.n; i++)
		if (strcmp(e->backfills.items[i]->id, e->backfill) == 0)
			return e->backfills.items[i];
	return NULL;
}

static bool change(struct gw_edit *e, struct gw_error *err)
{
	struct gw_backfill *b = find_fill(e);
	if (!b)
		return gw_fail(err, GW_CONFLICT, "backfill %s has ended already", e->backfill);
	if (e->backfill_edit == GW_FILL_CANCEL_AND_KILL) {
		json_decref(e->to_kill);
		e->to_kill = json_incref(b->running);
	}
	return gw_fill_set(b, e->backfill_edit, e->now, err);
}

static void ignore_answer(void *arg, const struct gw_answer *answer)
{
	(void)arg;
	(void)answer;
}

static void kill_running(struct gw_engine *engine, const char *tenant, const json_t *ids)
{
	size_t i;
	json_t *id;
	json_array_foreach (ids, i, id) {
		const struct gw_action kill = { tenant, json_string_value(id), GW_ACT_KILL, NULL,
			ignore_answer, NULL };
		gw_engine_act(engine, &kill);
	}
}

/* The record of a backfill by its id: the end of its key. *hold for free(). */
static bool find_record(struct gw_engine *engine, const char *tenant, const char *id,
	struct gw_record **out, struct gw_error *err)
{
	gw_auto_free char *suffix = gw_sprintf("/%s", id);
	const struct gw_value value = gw_value_string(suffix);
	const struct gw_filter filter = {
		.compare = GW_SUFFIX, .field = "key", .values = &value, .n_values = 1
	};
	struct gw_query query = { .kind = &gw_kind_backfill,
		.tenant = gw_slice_of(tenant),
		.filters = &filter,
		.n_filters = 1,
		.limit = 1 };
	struct gw_record record;
	gw_auto_stream *stream = gw_store_scan(engine->store, &query, err);
	enum gw_next next = stream ? gw_stream_next(stream, &record, err) : GW_NEXT_FAILED;
	if (next == GW_NEXT_RECORD)
		*out = gw_record_copy(&record);
	else if (next == GW_NEXT_DONE)
		gw_fail(err, GW_NOT_FOUND, "Backfill %s not found", id);
	return next == GW_NEXT_RECORD;
}

bool gw_engine_edit_backfill(struct gw_engine *engine, const char *tenant, const char *id,
	enum gw_backfill_edit edit, struct gw_str *out, struct gw_error *err)
{
	gw_auto_free struct gw_record *record = NULL;
	struct gw_edit e = {
		.engine = engine, .apply = change, .backfill = id, .backfill_edit = edit
	};
	if (!find_record(engine, tenant, id, &record, err))
		return false;
	struct gw_backfill *b = gw_backfill_read(record, err);
	if (!b)
		return false;
	const struct gw_trigger_ref ref = { tenant, b->namespace, b->flow, b->trigger };
	bool done = gw_edit_trigger(&e, &ref, err);
	gw_backfill_free(b);
	if (done)
		kill_running(engine, tenant, e.to_kill);
	json_decref(e.to_kill);
	return done && gw_engine_show_backfill(engine, tenant, id, out, err);
}

/* ---- Showing ---- */

/* How many dates are left, up to a bound. */
static int64_t count_remaining(const struct gw_schedule *s, const struct gw_backfill *b)
{
	struct gw_error ignored;
	gw_time date = b->cursor;
	int64_t n = 0;
	if (date == GW_NEVER)
		date = b->newest_first ? b->end + 1 : b->start - 1;
	for (; n < COUNTED_MAX; n++) {
		bool found = b->newest_first ? gw_schedule_previous(s, date, &date, &ignored)
					     : gw_schedule_next(s, date, &date, &ignored);
		if (!found || date == GW_NEVER || date < b->start || date > b->end)
			break;
	}
	return n;
}

static int64_t state_count(const json_t *counters, enum gw_state state)
{
	return json_integer_value(json_object_get(counters, gw_state_name(state)));
}

static void print_progress(struct gw_str *out, const struct gw_backfill *b, const json_t *counters,
	int64_t remaining, gw_time now)
{
	int64_t succeeded = state_count(counters, GW_SUCCESS) + state_count(counters, GW_WARNING);
	int64_t failed = state_count(counters, GW_FAILED);
	int64_t decided = b->n_created + b->n_skipped;
	gw_json_key(out, "progress");
	gw_str_putc(out, '{');
	gw_json_int(out, "created", b->n_created);
	gw_json_int(out, "running", (int64_t)json_array_size(b->running));
	gw_json_int(out, "succeeded", succeeded);
	gw_json_int(out, "failed", failed);
	gw_json_int(out, "skipped", b->n_skipped);
	gw_json_int(out, "remaining", remaining);
	if (b->state == GW_BACKFILL_RUNNING && decided > 0 && remaining > 0) {
		int64_t per_date = (now - b->created) / decided;
		gw_json_time(out, "estimatedEnd", now + per_date * remaining);
	}
	gw_str_putc(out, '}');
}

static int64_t remaining_of(struct gw_engine *engine, const struct gw_backfill *b)
{
	struct gw_error ignored;
	struct gw_schedule s;
	int64_t n = 0;
	if (!gw_backfill_is_open(b))
		return 0;
	struct gw_flow *flow =
		gw_engine_flow(engine, b->tenant, b->namespace, b->flow, 0, &ignored);
	struct gw_registry *registry = gw_engine_registry(engine);
	const struct gw_trigger *trigger = flow ? gw_flow_trigger(flow, b->trigger) : NULL;
	if (trigger && gw_schedule_open(&s, engine, flow, trigger, registry, &ignored))
		n = count_remaining(&s, b);
	gw_registry_unref(&registry);
	gw_flow_unref(&flow);
	return n;
}

bool gw_engine_print_backfill(struct gw_engine *engine, const struct gw_record *record,
	struct gw_str *out, struct gw_error *err)
{
	struct gw_backfill *b = gw_backfill_read(record, err);
	if (!b)
		return false;
	json_t *counters =
		b->counters ? json_incref(b->counters) : gw_backfill_count(engine->store, b, err);
	if (counters) {
		gw_str_add(out, record->doc.data, record->doc.len - 1);
		if (!b->counters)
			gw_json_value(out, "counters", counters);
		print_progress(out, b, counters, remaining_of(engine, b), gw_clock_now());
		gw_str_putc(out, '}');
	}
	gw_backfill_free(b);
	bool done = counters != NULL;
	json_decref(counters);
	return done;
}

bool gw_engine_show_backfill(struct gw_engine *engine, const char *tenant, const char *id,
	struct gw_str *out, struct gw_error *err)
{
	gw_auto_free struct gw_record *record = NULL;
	return find_record(engine, tenant, id, &record, err) &&
	       gw_engine_print_backfill(engine, record, out, err);
}
