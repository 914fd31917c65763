/* decide.c - what a trigger does now: live dates first, then its backfills in their order */
#include "engine/watch.h"

#include "base/json.h"
#include "base/log.h"
#include "metrics/metrics.h"

static void clear_known(struct gw_known_dates *known)
{
	gw_map_clear(&known->map, free);
	known->from = known->to = GW_NEVER;
}

void gw_watch_free(struct gw_watch *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->n_made; i++)
		gw_machine_free(w->made[i]);
	free(w->made);
	clear_known(&w->known);
	gw_backfills_clear(&w->backfills);
	gw_trigger_state_clear(&w->t);
	free(w->key);
	free(w);
}

/* ---- Executions it waits for ---- */

void gw_watch_waits(const struct gw_watch *w,
	void (*use)(void *arg, struct gw_watch *w, const char *execution), void *arg)
{
	struct gw_watch *self = (struct gw_watch *)(uintptr_t)w;
	if (w->t.execution)
		use(arg, self, w->t.execution);
	for (size_t i = 0; i < w->backfills.n; i++) {
		size_t k;
		json_t *id;
		json_array_foreach (w->backfills.items[i]->running, k, id) {
			use(arg, self, json_string_value(id));
		}
	}
}

static bool is_stop_state(const struct gw_watch *w, enum gw_state state)
{
	size_t i;
	json_t *name;
	json_array_foreach (w->t.stop_after, i, name) {
		if (gw_slice_is(gw_slice_of(json_string_value(name)), gw_state_name(state)))
			return true;
	}
	return false;
}

static void remove_running(struct gw_backfill *b, const char *execution)
{
	size_t i;
	json_t *id;
	json_array_foreach (b->running, i, id) {
		if (strcmp(json_string_value(id), execution) == 0) {
			json_array_remove(b->running, i);
			b->is_dirty = true;
			return;
		}
	}
}

void gw_watch_ended(struct gw_watch *w, const char *execution, enum gw_state state)
{
	if (w->t.execution && strcmp(w->t.execution, execution) == 0) {
		free(gw_steal(&w->t.execution));
		w->t.updated = GW_NEVER;
	}
	if (is_stop_state(w, state))
		w->t.disabled = true;
	for (size_t i = 0; i < w->backfills.n; i++)
		remove_running(w->backfills.items[i], execution);
	w->is_dirty = true;
}

/* ---- Firing ---- */

struct decision {
	struct gw_schedule s;
	struct gw_watch *w;
	gw_time now;
	unsigned fresh; /* task runs made so far */
	bool is_full; /* the write has enough: go on with the next one */
};

static struct gw_machine *fire(struct decision *d, gw_time date, const struct gw_backfill *b)
{
	struct gw_watch *w = d->w;
	/* A microsecond apart, so that they sort by date. */
	gw_time now = d->now + (gw_time)w->n_made;
	struct gw_machine *m = gw_schedule_fire(&d->s, date, b, now);
	w->made = gw_grow(w->made, w->n_made, &w->cap_made);
	w->made[w->n_made++] = m;
	w->is_dirty = true;
	gw_meter_add(GW_METER_TRIGGER_FIRED, 1);
	d->fresh += (unsigned)m->exec->n_runs;
	d->is_full = w->n_made >= GW_FIRED_MAX || d->fresh >= GW_FRESH_MAX;
	if (gw_machine_is_over(m) && is_stop_state(w, gw_history_state(&m->exec->state)))
		w->t.disabled = true;
	return m;
}

/* Anything of it still runs, and executions of this trigger may not overlap. */
static bool is_blocked(const struct decision *d)
{
	const struct gw_watch *w = d->w;
	if (d->s.trigger->allow_concurrent)
		return false;
	if (w->t.execution)
		return true;
	for (size_t i = 0; i < w->backfills.n; i++)
		if (w->backfills.items[i]->max_active == 1 &&
			json_array_size(w->backfills.items[i]->running) > 0)
			return true;
	return false;
}

static bool live_is_due(const struct decision *d)
{
	const struct gw_trigger_state *t = &d->w->t;
	return !t->disabled && !d->s.trigger->disabled && t->next != GW_NEVER && t->next <= d->now;
}

static bool move_on(struct decision *d, gw_time date, struct gw_error *err)
{
	d->w->is_dirty = true;
	return gw_schedule_next(&d->s, date, &d->w->t.next, err);
}

static bool fire_live(struct decision *d, struct gw_error *err)
{
	struct gw_trigger_state *t = &d->w->t;
	gw_time date = t->next;
	gw_time earliest = gw_schedule_earliest(&d->s, d->now);
	if (earliest != GW_NEVER && date < earliest)
		return move_on(d, date, err);
	struct gw_machine *m = fire(d, date, NULL);
	gw_meter_time(GW_METER_TRIGGER_DELAY, d->now - date);
	t->date = date;
	if (!gw_machine_is_over(m) && !d->s.trigger->allow_concurrent) {
		t->execution = gw_strdup(m->exec->id.text);
		t->updated = d->now;
	}
	return move_on(d, date, err);
}

/* ---- Backfills ---- */

static gw_time next_fill_date(const struct decision *d, const struct gw_backfill *b,
	struct gw_error *err)
{
	const struct gw_trigger_state *t = &d->w->t;
	gw_time date = GW_NEVER;
	bool found =
		b->newest_first
			? gw_schedule_previous(&d->s,
				  b->cursor == GW_NEVER ? b->end + 1 : b->cursor, &date, err)
			: gw_schedule_next(&d->s, b->cursor == GW_NEVER ? b->start - 1 : b->cursor,
				  &date, err);
	if (!found)
		gw_log(GW_WARN, "scheduler", "%s: %s", d->w->key, err->message);
	if (!found || date == GW_NEVER || date < b->start || date > b->end)
		return GW_NEVER;
	bool is_live = !t->disabled && !d->s.trigger->disabled;
	if (is_live && t->next != GW_NEVER && date >= t->next)
		return GW_NEVER; /* it belongs to the live schedule */
	return date;
}

/* Of several executions of a date, one that did not fail counts. */
static void note_execution(struct gw_known_dates *known, const struct gw_record *record)
{
	gw_auto_str key = { 0 };
	gw_str_int(&key, record->fields[GW_EXECUTION_TRIGGER_DATE].number);
	const char *before = gw_map_find(&known->map, gw_str_text(&key));
	if (before && strcmp(before, "FAILED") != 0)
		return;
	free(gw_map_put(&known->map, gw_str_slice(&key),
		gw_slice_dup(record->fields[GW_EXECUTION_STATE].text)));
}

/* Reads which dates of the next stretch have executions. */
static bool learn_dates(struct decision *d, gw_time date, const struct gw_backfill *b,
	struct gw_error *err)
{
	struct gw_known_dates *known = &d->w->known;
	gw_time span = (b->end - b->start) / 50 + 3600 * GW_SECOND;
	clear_known(known);
	known->from = b->newest_first ? date - span : date;
	known->to = b->newest_first ? date : date + span;
	const struct gw_value values[] = { gw_value_string(d->w->t.namespace),
		gw_value_string(d->w->t.flow), gw_value_string(d->w->t.id),
		gw_value_time(known->from), gw_value_time(known->to) };
	const struct gw_filter filters[] = {
		{ .compare = GW_EQ, .field = "namespace", .values = &values[0], .n_values = 1 },
		{ .compare = GW_EQ, .field = "flow", .values = &values[1], .n_values = 1 },
		{ .compare = GW_EQ, .field = "trigger", .values = &values[2], .n_values = 1 },
		{ .compare = GW_GE, .field = "trigger_date", .values = &values[3], .n_values = 1 },
		{ .compare = GW_LE, .field = "trigger_date", .values = &values[4], .n_values = 1 },
	};
	struct gw_query query = { .kind = &gw_kind_execution,
		.tenant = gw_slice_of(d->w->t.tenant),
		.filters = filters,
		.n_filters = GW_LEN(filters) };
	struct gw_record record;
	enum gw_next next;
	gw_auto_stream *stream = gw_store_scan(d->s.engine->store, &query, err);
	if (!stream)
		return false;
	while ((next = gw_stream_next(stream, &record, err)) == GW_NEXT_RECORD)
		note_execution(known, &record);
	return next == GW_NEXT_DONE;
}

/* Whether the backfill's mode wants this date to run. */
static bool is_wanted(struct decision *d, gw_time date, const struct gw_backfill *b)
{
	struct gw_known_dates *known = &d->w->known;
	struct gw_error err;
	gw_auto_str key = { 0 };
	if (b->mode == GW_BACKFILL_ALL)
		return true;
	if ((known->from == GW_NEVER || date < known->from || date > known->to) &&
		!learn_dates(d, date, b, &err)) {
		gw_log(GW_WARN, "scheduler", "%s: %s", d->w->key, err.message);
		clear_known(known);
		d->is_full = true;
		return false;
	}
	gw_str_int(&key, date);
	const char *state = gw_map_find(&known->map, gw_str_text(&key));
	return !state || (b->mode == GW_BACKFILL_MISSING_OR_FAILED && strcmp(state, "FAILED") == 0);
}

/* A backfill that has done all its dates is over when its last execution has ended. */
static void end_fill(struct decision *d, struct gw_backfill *b)
{
	struct gw_error err;
	if (json_array_size(b->running) > 0)
		return;
	if (d->w->n_made > 0) {
		d->is_full = true; /* what was fired just now must be written to be counted */
		return;
	}
	b->state = GW_BACKFILL_DONE;
	b->ended = d->now;
	b->counters = gw_backfill_count(d->s.engine->store, b, &err);
	b->is_dirty = d->w->is_dirty = true;
}

static void fill_date(struct decision *d, struct gw_backfill *b, gw_time date)
{
	bool wanted = is_wanted(d, date, b);
	if (!wanted && d->is_full)
		return;
	b->cursor = date;
	b->is_dirty = d->w->is_dirty = true;
	if (!wanted) {
		b->n_skipped++;
		return;
	}
	struct gw_machine *m = fire(d, date, b);
	b->n_created++;
	if (!gw_machine_is_over(m))
		json_array_append_new(b->running, json_string(m->exec->id.text));
}

static bool may_fill(const struct decision *d, const struct gw_backfill *b)
{
	size_t n_running = json_array_size(b->running);
	if (b->state != GW_BACKFILL_RUNNING || (d->w->t.disabled && !b->even_disabled))
		return false;
	if (b->max_active > 1)
		return n_running < (size_t)b->max_active;
	return n_running == 0 && !is_blocked(d);
}

/* Dates of the first backfill that may go on. */
static void fill(struct decision *d)
{
	for (size_t i = 0; i < d->w->backfills.n; i++) {
		struct gw_backfill *b = d->w->backfills.items[i];
		struct gw_error err;
		if (b->state != GW_BACKFILL_RUNNING)
			continue;
		while (!d->is_full && may_fill(d, b)) {
			gw_time date = next_fill_date(d, b, &err);
			if (date == GW_NEVER) {
				end_fill(d, b);
				break;
			}
			fill_date(d, b, date);
		}
		if (gw_backfill_is_open(b))
			return;
	}
}

/* ---- Deciding ---- */

/* A restored trigger goes on with the first date that is still to come. */
static void skip_missed(struct decision *d, struct gw_error *err)
{
	struct gw_trigger_state *t = &d->w->t;
	if (t->next != GW_NEVER && t->next <= d->now)
		gw_schedule_next(&d->s, d->now, &t->next, err);
	t->skips_missed = false;
	d->w->is_dirty = true;
}

static void recover(struct decision *d, struct gw_error *err)
{
	struct gw_trigger_state *t = &d->w->t;
	gw_time next = t->next;
	d->w->is_new = false;
	if (t->skips_missed)
		skip_missed(d, err);
	if (t->execution || !live_is_due(d) || t->next > d->now - GW_MISSED_AFTER)
		return;
	if (gw_schedule_recover(&d->s, next, d->now, &next, err) && next != t->next) {
		t->next = next;
		d->w->is_dirty = true;
	}
}

/* When there is something to do again. */
static void plan_next_look(struct decision *d)
{
	struct gw_watch *w = d->w;
	const struct gw_trigger_state *t = &w->t;
	bool waits = t->execution, fills = false;
	for (size_t i = 0; i < w->backfills.n; i++) {
		const struct gw_backfill *b = w->backfills.items[i];
		waits |= json_array_size(b->running) > 0;
		fills |= b->state == GW_BACKFILL_RUNNING && (!t->disabled || b->even_disabled);
	}
	bool has_next = !t->disabled && !t->is_asleep && t->next != GW_NEVER;
	w->at = has_next && !is_blocked(d) ? t->next : GW_NEVER;
	if (d->is_full)
		w->at = d->now;
	w->leaves =
		!waits && !fills && !d->is_full && (!has_next || t->next > d->now + GW_LOOK_AHEAD);
}

static void decide(struct decision *d)
{
	struct gw_error err;
	bool going = true;
	gw_meter_add(GW_METER_TRIGGER_EVALUATED, 1);
	if (d->w->is_new)
		recover(d, &err);
	while (going && !d->is_full && live_is_due(d) && !is_blocked(d))
		going = fire_live(d, &err);
	if (!going) {
		gw_log(GW_ERROR, "scheduler", "%s: %s", d->w->key, err.message);
		d->w->t.next = GW_NEVER;
		d->w->is_dirty = true;
	}
	if (!d->is_full)
		fill(d);
	plan_next_look(d);
}

/* A flow that cannot run, or is gone: nothing happens until it is saved again. */
static void sleep_until_saved(struct gw_watch *w)
{
	w->t.is_asleep = true;
	w->leaves = w->is_dirty = true;
	w->at = GW_NEVER;
}

void gw_watch_decide(struct gw_engine *engine, struct gw_watch *w, gw_time now)
{
	struct gw_error err;
	struct decision d = { .w = w, .now = now };
	const struct gw_trigger_state *t = &w->t;
	struct gw_flow *flow = gw_engine_flow(engine, t->tenant, t->namespace, t->flow, 0, &err);
	struct gw_registry *registry = gw_engine_registry(engine);
	const struct gw_trigger *trigger = flow ? gw_flow_trigger(flow, t->id) : NULL;
	bool is_open = trigger && !flow->disabled && !flow->broken &&
		       gw_schedule_open(&d.s, engine, flow, trigger, registry, &err);
	if (is_open)
		decide(&d);
	else if (!flow && err.code != GW_NOT_FOUND)
		w->at = now + GW_SECOND; /* the repository does not answer */
	else
		sleep_until_saved(w);
	gw_registry_unref(&registry);
	gw_flow_unref(&flow);
}
