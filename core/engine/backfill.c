/* backfill.c - backfills as records */
#include "engine/backfill.h"

#include "base/json.h"

#include <strings.h>

static const char *const state_names[] = { "RUNNING", "PAUSED", "DONE", "CANCELLED" };
static const char *const mode_names[] = { "ALL", "MISSING", "MISSING_OR_FAILED" };

const char *gw_backfill_state_name(enum gw_backfill_state state)
{
	return state_names[state];
}

bool gw_backfill_is_open(const struct gw_backfill *b)
{
	return b->state == GW_BACKFILL_RUNNING || b->state == GW_BACKFILL_PAUSED_STATE;
}

static bool find_name(const char *const *names, size_t n, const char *text, unsigned *out)
{
	for (unsigned i = 0; text && i < n; i++) {
		if (strcasecmp(names[i], text) == 0) {
			*out = i;
			return true;
		}
	}
	return false;
}

/* "missing-or-failed" is fine too. */
bool gw_backfill_mode_parse(const char *text, enum gw_backfill_mode *out)
{
	unsigned i;
	gw_auto_free char *name = gw_strdup(text);
	for (char *p = name; p && *p; p++)
		if (*p == '-')
			*p = '_';
	if (!find_name(mode_names, GW_LEN(mode_names), name, &i))
		return false;
	*out = (enum gw_backfill_mode)i;
	return true;
}

void gw_backfill_free(struct gw_backfill *b)
{
	if (!b)
		return;
	free(b->tenant);
	free(b->namespace);
	free(b->flow);
	free(b->trigger);
	free(b->id);
	json_decref(b->inputs);
	json_decref(b->labels);
	json_decref(b->running);
	json_decref(b->counters);
	free(b);
}

/* ---- JSON ---- */

static void print_date(struct gw_str *out, const char *name, gw_time at, const struct gw_zone *zone)
{
	if (at == GW_NEVER)
		return;
	gw_json_key(out, name);
	gw_str_putc(out, '"');
	gw_time_print_zoned(out, at, zone);
	gw_str_putc(out, '"');
}

static void print_value(struct gw_str *out, const char *name, const json_t *value)
{
	if (value)
		gw_json_value(out, name, value);
}

void gw_backfill_print(struct gw_str *out, const struct gw_backfill *b)
{
	gw_str_putc(out, '{');
	gw_json_text(out, "id", gw_slice_of(b->id));
	gw_json_text(out, "namespace", gw_slice_of(b->namespace));
	gw_json_text(out, "flowId", gw_slice_of(b->flow));
	gw_json_text(out, "triggerId", gw_slice_of(b->trigger));
	gw_json_text(out, "timezone", gw_slice_of(gw_zone_name(b->zone)));
	gw_json_text(out, "state", gw_slice_of(state_names[b->state]));
	gw_json_text(out, "mode", gw_slice_of(mode_names[b->mode]));
	gw_json_text(out, "order", gw_slice_of(b->newest_first ? "NEWEST_FIRST" : "OLDEST_FIRST"));
	print_date(out, "start", b->start, b->zone);
	print_date(out, "end", b->end, b->zone);
	print_date(out, "currentDate", b->cursor, b->zone);
	gw_json_int(out, "maxActive", b->max_active);
	gw_json_bool(out, "evenDisabled", b->even_disabled);
	print_value(out, "inputs", b->inputs);
	print_value(out, "labels", b->labels);
	gw_json_time(out, "createdDate", b->created);
	if (b->ended != GW_NEVER)
		gw_json_time(out, "endedDate", b->ended);
	gw_json_int(out, "created", b->n_created);
	gw_json_int(out, "skipped", b->n_skipped);
	gw_json_value(out, "running", b->running);
	print_value(out, "counters", b->counters);
	gw_str_putc(out, '}');
}

static bool read_date(const json_t *doc, const char *name, gw_time *out, struct gw_error *err)
{
	const char *text = gw_json_string(doc, name);
	*out = GW_NEVER;
	return !text || gw_time_parse(gw_slice_of(text), gw_zone_utc(), out, err);
}

static bool fill(struct gw_backfill *b, const json_t *doc, struct gw_error *err)
{
	unsigned state = 0, mode = 0;
	const char *order = gw_json_string(doc, "order");
	const char *zone = gw_json_string(doc, "timezone");
	find_name(state_names, GW_LEN(state_names), gw_json_string(doc, "state"), &state);
	find_name(mode_names, GW_LEN(mode_names), gw_json_string(doc, "mode"), &mode);
	b->namespace = gw_strdup(gw_json_string(doc, "namespace"));
	b->flow = gw_strdup(gw_json_string(doc, "flowId"));
	b->trigger = gw_strdup(gw_json_string(doc, "triggerId"));
	b->id = gw_strdup(gw_json_string(doc, "id"));
	b->state = (enum gw_backfill_state)state;
	b->mode = (enum gw_backfill_mode)mode;
	b->newest_first = order && strcmp(order, "NEWEST_FIRST") == 0;
	b->even_disabled = gw_json_true(doc, "evenDisabled");
	b->max_active = (int)json_integer_value(json_object_get(doc, "maxActive"));
	b->n_created = json_integer_value(json_object_get(doc, "created"));
	b->n_skipped = json_integer_value(json_object_get(doc, "skipped"));
	b->inputs = json_incref(json_object_get(doc, "inputs"));
	b->labels = json_incref(json_object_get(doc, "labels"));
	b->counters = json_incref(json_object_get(doc, "counters"));
	b->running = json_copy(json_object_get(doc, "running"));
	if (!b->running)
		b->running = json_array();
	b->zone = gw_zone_find(zone ? zone : "UTC", err);
	return b->zone && read_date(doc, "start", &b->start, err) &&
	       read_date(doc, "end", &b->end, err) &&
	       read_date(doc, "currentDate", &b->cursor, err) &&
	       read_date(doc, "createdDate", &b->created, err) &&
	       read_date(doc, "endedDate", &b->ended, err);
}

struct gw_backfill *gw_backfill_read(const struct gw_record *record, struct gw_error *err)
{
	json_auto_t *doc = gw_json_parse(record->doc, err);
	if (!doc)
		return NULL;
	struct gw_backfill *b = gw_new(struct gw_backfill);
	b->tenant = gw_slice_dup(record->tenant);
	b->version = record->version;
	b->is_stored = true;
	if (fill(b, doc, err))
		return b;
	gw_explain(err, "backfill %.*s", GW_SLICE(record->key));
	gw_backfill_free(b);
	return NULL;
}

json_t *gw_backfill_view(const struct gw_backfill *b, gw_time live_next)
{
	gw_auto_str text = { 0 };
	struct gw_error ignored;
	gw_str_putc(&text, '{');
	print_date(&text, "start", b->start, b->zone);
	print_date(&text, "end", b->end, b->zone);
	print_date(&text, "currentDate", b->cursor == GW_NEVER ? b->start : b->cursor, b->zone);
	gw_json_bool(&text, "paused", b->state == GW_BACKFILL_PAUSED_STATE);
	print_value(&text, "inputs", b->inputs);
	print_value(&text, "labels", b->labels);
	print_date(&text, "previousNextExecutionDate", live_next, b->zone);
	gw_json_text(&text, "id", gw_slice_of(b->id));
	gw_str_putc(&text, '}');
	return gw_json_parse(gw_str_slice(&text), &ignored);
}

/* ---- Records ---- */

void gw_backfill_put(struct gw_batch *batch, struct gw_backfill *b)
{
	struct gw_slice key =
		gw_batch_text(batch, "%s/%s/%s/%s", b->namespace, b->flow, b->trigger, b->id);
	struct gw_op *op = gw_batch_add(batch, b->is_stored ? GW_REPLACE : GW_CREATE,
		&gw_kind_backfill, gw_slice_of(b->tenant), key);
	struct gw_value *fields = gw_batch_fields(op);
	op->record.version = b->version;
	gw_str_reset(&batch->text);
	gw_backfill_print(&batch->text, b);
	op->record.doc = gw_arena_copy(&batch->arena, gw_str_slice(&batch->text));
	fields[GW_BACKFILL_NAMESPACE] = gw_value_string(b->namespace);
	fields[GW_BACKFILL_FLOW] = gw_value_string(b->flow);
	fields[GW_BACKFILL_TRIGGER] = gw_value_string(b->trigger);
	fields[GW_BACKFILL_STATE] = gw_value_string(state_names[b->state]);
	fields[GW_BACKFILL_CREATED] = gw_value_time(b->created);
	gw_batch_target(batch, &b->version, &b->is_stored);
	b->is_dirty = false;
}

void gw_backfills_clear(struct gw_backfills *list)
{
	for (size_t i = 0; i < list->n; i++)
		gw_backfill_free(list->items[i]);
	free(list->items);
	*list = (struct gw_backfills){ 0 };
}

static bool add_all(struct gw_stream *stream, struct gw_backfills *out, struct gw_error *err)
{
	struct gw_record record;
	enum gw_next next;
	while ((next = gw_stream_next(stream, &record, err)) == GW_NEXT_RECORD) {
		struct gw_backfill *b = gw_backfill_read(&record, err);
		if (!b)
			return false;
		out->items = gw_grow(out->items, out->n, &out->cap);
		out->items[out->n++] = b;
	}
	return next == GW_NEXT_DONE;
}

/* Ids begin with the time of creation: the order of keys is that of creation. */
bool gw_backfills_load(struct gw_store *store, const struct gw_trigger_state *t, bool only_open,
	struct gw_backfills *out, struct gw_error *err)
{
	gw_auto_free char *prefix = gw_sprintf("%s/%s/%s/", t->namespace, t->flow, t->id);
	const struct gw_value key = gw_value_string(prefix);
	const struct gw_value open[] = { gw_value_string(state_names[GW_BACKFILL_RUNNING]),
		gw_value_string(state_names[GW_BACKFILL_PAUSED_STATE]) };
	const struct gw_filter filters[] = {
		{ .compare = GW_PREFIX, .field = "key", .values = &key, .n_values = 1 },
		{ .compare = GW_EQ, .field = "state", .values = open, .n_values = 2 },
	};
	struct gw_query query = { .kind = &gw_kind_backfill,
		.tenant = gw_slice_of(t->tenant),
		.filters = filters,
		.n_filters = only_open ? 2 : 1 };
	gw_auto_stream *stream = gw_store_scan(store, &query, err);
	struct gw_backfills list = { 0 };
	if (!stream)
		return false;
	if (!add_all(stream, &list, err)) {
		gw_backfills_clear(&list);
		return false;
	}
	*out = list;
	return true;
}

void gw_backfills_show(const struct gw_backfills *list, struct gw_trigger_state *t)
{
	json_decref(gw_steal(&t->backfill));
	for (size_t i = 0; i < list->n && !t->backfill; i++)
		if (gw_backfill_is_open(list->items[i]))
			t->backfill = gw_backfill_view(list->items[i], t->next);
}

void gw_backfills_promise(const struct gw_store *store, const struct gw_backfills *list,
	struct gw_trigger_state *t)
{
	bool is_dirty = false;
	for (size_t i = 0; i < list->n; i++)
		is_dirty |= list->items[i]->is_dirty;
	if (is_dirty && !t->pending && gw_store_capabilities(store) & GW_NO_TRANSACTIONS)
		t->pending = json_array();
}

json_t *gw_backfill_count(struct gw_store *store, const struct gw_backfill *b, struct gw_error *err)
{
	const struct gw_value id = gw_value_string(b->id);
	const struct gw_filter filter = {
		.compare = GW_EQ, .field = "backfill", .values = &id, .n_values = 1
	};
	struct gw_query query = { .kind = &gw_kind_execution,
		.tenant = gw_slice_of(b->tenant),
		.filters = &filter,
		.n_filters = 1 };
	struct gw_count *counts;
	size_t n;
	if (!gw_store_count_by(store, &query, "state", &counts, &n, err))
		return NULL;
	json_t *object = json_object();
	for (size_t i = 0; i < n; i++)
		json_object_set_new(object, counts[i].value, json_integer((json_int_t)counts[i].n));
	gw_counts_free(counts, n);
	return object;
}
