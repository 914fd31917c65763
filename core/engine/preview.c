/* preview.c - what a backfill would run, before it does */
#include "engine/fill.h"

#include "base/clock.h"
#include "base/json.h"

#define DATES_MAX 100000 /* looked at */

struct preview {
	struct gw_engine *engine;
	const struct gw_schedule *s;
	const struct gw_backfill *b;
	struct gw_map executions; /* date as text -> {id, state} */
	json_t *dates;
	uint64_t offset, limit;
	int64_t total, run;
};

static void note_execution(struct preview *p, const struct gw_record *r)
{
	gw_auto_str key = { 0 };
	gw_str_int(&key, r->fields[GW_EXECUTION_TRIGGER_DATE].number);
	json_t *entry = json_pack("{s:s%, s:s%}", "id", r->key.data, r->key.len, "state",
		r->fields[GW_EXECUTION_STATE].text.data, r->fields[GW_EXECUTION_STATE].text.len);
	const char *state;
	json_t *before = gw_map_get(&p->executions, gw_str_slice(&key));
	if (before && (state = gw_json_string(before, "state")) && strcmp(state, "FAILED") != 0) {
		json_decref(entry);
		return;
	}
	json_decref(gw_map_put(&p->executions, gw_str_slice(&key), entry));
}

static bool read_executions(struct preview *p, struct gw_error *err)
{
	const struct gw_value values[] = { gw_value_string(p->b->namespace),
		gw_value_string(p->b->flow), gw_value_string(p->b->trigger),
		gw_value_time(p->b->start), gw_value_time(p->b->end) };
	const struct gw_filter filters[] = {
		{ .compare = GW_EQ, .field = "namespace", .values = &values[0], .n_values = 1 },
		{ .compare = GW_EQ, .field = "flow", .values = &values[1], .n_values = 1 },
		{ .compare = GW_EQ, .field = "trigger", .values = &values[2], .n_values = 1 },
		{ .compare = GW_GE, .field = "trigger_date", .values = &values[3], .n_values = 1 },
		{ .compare = GW_LE, .field = "trigger_date", .values = &values[4], .n_values = 1 },
	};
	struct gw_query query = { .kind = &gw_kind_execution,
		.tenant = gw_slice_of(p->b->tenant),
		.filters = filters,
		.n_filters = GW_LEN(filters),
		.limit = DATES_MAX };
	struct gw_record record;
	enum gw_next next;
	gw_auto_stream *stream = gw_store_scan(p->engine->store, &query, err);
	if (!stream)
		return false;
	while ((next = gw_stream_next(stream, &record, err)) == GW_NEXT_RECORD)
		note_execution(p, &record);
	return next == GW_NEXT_DONE;
}

static bool is_wanted(const struct preview *p, const json_t *execution)
{
	const char *state = gw_json_string(execution, "state");
	if (p->b->mode == GW_BACKFILL_ALL || !execution)
		return true;
	return p->b->mode == GW_BACKFILL_MISSING_OR_FAILED && state && strcmp(state, "FAILED") == 0;
}

static void add_date(struct preview *p, gw_time date)
{
	gw_auto_str key = { 0 }, text = { 0 };
	gw_str_int(&key, date);
	json_t *execution = gw_map_get(&p->executions, gw_str_slice(&key));
	bool run = is_wanted(p, execution);
	uint64_t place = (uint64_t)p->total++;
	p->run += run;
	if (place < p->offset || place >= p->offset + p->limit)
		return;
	gw_time_print_zoned(&text, date, p->s->zone);
	json_t *entry = json_pack("{s:s, s:b}", "date", gw_str_text(&text), "run", run);
	if (execution) {
		json_object_set(entry, "executionId", json_object_get(execution, "id"));
		json_object_set(entry, "state", json_object_get(execution, "state"));
	}
	json_array_append_new(p->dates, entry);
}

static bool walk_dates(struct preview *p, struct gw_error *err)
{
	const struct gw_backfill *b = p->b;
	gw_time date = b->newest_first ? b->end + 1 : b->start - 1;
	while (p->total < DATES_MAX) {
		bool found = b->newest_first ? gw_schedule_previous(p->s, date, &date, err)
					     : gw_schedule_next(p->s, date, &date, err);
		if (!found)
			return false;
		if (date == GW_NEVER || date < b->start || date > b->end)
			break;
		add_date(p, date);
	}
	return true;
}

static void free_entry(void *entry)
{
	json_decref(entry);
}

static json_t *preview(struct gw_engine *engine, const struct gw_schedule *s, const json_t *options,
	const struct gw_query *page, struct gw_error *err)
{
	struct gw_backfill *b = gw_fill_new(s, options, gw_clock_now(), err);
	if (!b)
		return NULL;
	struct preview p = { .engine = engine,
		.s = s,
		.b = b,
		.dates = json_array(),
		.offset = page->offset,
		.limit = page->limit ? page->limit : DATES_MAX };
	json_t *result = NULL;
	if (read_executions(&p, err) && walk_dates(&p, err))
		result = json_pack("{s:O, s:I, s:I, s:I}", "dates", p.dates, "total",
			(json_int_t)p.total, "run", (json_int_t)p.run, "skip",
			(json_int_t)(p.total - p.run));
	json_decref(p.dates);
	gw_map_clear(&p.executions, free_entry);
	gw_backfill_free(b);
	return result;
}

json_t *gw_engine_preview_backfill(struct gw_engine *engine, const struct gw_trigger_ref *ref,
	const json_t *options, const struct gw_query *page, struct gw_error *err)
{
	struct gw_schedule s;
	json_t *result = NULL;
	struct gw_flow *flow =
		gw_engine_flow(engine, ref->tenant, ref->namespace, ref->flow, 0, err);
	struct gw_registry *registry = gw_engine_registry(engine);
	const struct gw_trigger *trigger = flow ? gw_flow_trigger(flow, ref->trigger) : NULL;
	if (flow && !trigger)
		gw_fail(err, GW_NOT_FOUND, "Flow %s has no trigger %s", ref->flow, ref->trigger);
	if (trigger && gw_schedule_open(&s, engine, flow, trigger, registry, err))
		result = preview(engine, &s, options, page, err);
	gw_registry_unref(&registry);
	gw_flow_unref(&flow);
	return result;
}
