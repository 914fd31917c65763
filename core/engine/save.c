/* save.c - storing and deleting flows: the head, its revision, its triggers, in one group */
#include "engine/catalog.h"

#include "base/clock.h"
#include "base/json.h"
#include "engine/schedule.h"
#include "engine/trigger_state.h"

#define TRIES 20 /* a trigger that fires meanwhile makes it necessary to look again */

/* A save under way. */
struct save {
	struct gw_engine *engine;
	const char *tenant;
	struct gw_slice source; /* trimmed */
	struct gw_save_request *request;
	json_t *doc; /* the new flow */
	const char *namespace, *id;
	struct gw_record head; /* kind NULL = there is none */
	void *hold;
	json_t *old; /* the latest flow, if it lives */
	int revision; /* the new one */
	int n_taken; /* tries that found it taken, although the head did not move */
	struct gw_batch batch;
	gw_time now;
};

static struct gw_slice trim(struct gw_slice s)
{
	while (s.len && strchr(" \t\r\n", s.data[0]))
		s = gw_slice(s.data + 1, s.len - 1);
	while (s.len && strchr(" \t\r\n", s.data[s.len - 1]))
		s.len--;
	return s;
}

/* Without a "revision: N" line, which does not make a difference. */
static struct gw_slice without_revision(struct gw_slice source)
{
	if (!gw_slice_starts(source, gw_slice_of("revision:")))
		return source;
	const char *end = memchr(source.data, '\n', source.len);
	size_t skip = end ? (size_t)(end - source.data) + 1 : source.len;
	return trim(gw_slice(source.data + skip, source.len - skip));
}

static bool violate(struct save *s, const char *path, const char *message, struct gw_error *err)
{
	if (s->request->violations)
		gw_violations_add(s->request->violations, path, path, message);
	return gw_fail(err, GW_INVALID, "%s: %s", path, message);
}

/* ---- What is there ---- */

static bool fetch_head(struct save *s, struct gw_error *err)
{
	gw_auto_str key = { 0 };
	struct gw_error missing;
	gw_flow_key(&key, s->namespace, s->id);
	free(gw_steal(&s->hold));
	json_decref(gw_steal(&s->old));
	s->head = (struct gw_record){ 0 };
	s->revision = 1;
	struct gw_key at = { gw_slice_of(s->tenant), gw_str_slice(&key) };
	if (!gw_store_get(s->engine->store, &gw_kind_flow, at, &s->head, &s->hold, &missing)) {
		s->head.kind = NULL;
		*err = missing;
		return missing.code == GW_NOT_FOUND;
	}
	s->revision = (int)s->head.fields[GW_FLOW_REVISION].number + 1;
	if (!s->head.fields[GW_FLOW_DELETED].number)
		s->old = gw_json_parse(s->head.doc, err);
	return true;
}

/* A revision that is taken belongs to somebody who will write the head in a moment; or, without
 * transactions, who stopped before: its number stays unused. */
static bool read_head(struct save *s, struct gw_error *err)
{
	struct gw_version before = s->head.version;
	if (!fetch_head(s, err))
		return false;
	if (!gw_version_equal(before, s->head.version))
		s->n_taken = 0;
	if (s->n_taken > 1)
		s->revision += s->n_taken - 1;
	return true;
}

static bool may_save(struct save *s, struct gw_error *err)
{
	const struct gw_save_request *r = s->request;
	if (r->mode == GW_SAVE_CREATE && s->old)
		return violate(s, "flow.id", "Flow id already exists", err);
	if (r->mode == GW_SAVE_UPDATE && r->id && strcmp(r->id, s->id) != 0)
		return violate(s, "flow.id", "Illegal flow id update", err);
	if (r->mode == GW_SAVE_UPDATE && r->namespace && strcmp(r->namespace, s->namespace) != 0)
		return violate(s, "flow.namespace", "Illegal namespace update", err);
	if (r->mode == GW_SAVE_UPDATE && !s->old)
		return gw_fail(err, GW_NOT_FOUND, "Flow not found");
	return true;
}

static bool is_unchanged(const struct save *s)
{
	return s->old && gw_slice_equal(without_revision(s->source),
				 without_revision(s->head.fields[GW_FLOW_SOURCE].text));
}

/* ---- Triggers ---- */

static const json_t *trigger_of(const json_t *flow, const char *id)
{
	size_t i;
	json_t *trigger;
	json_array_foreach (json_object_get(flow, "triggers"), i, trigger) {
		const char *name = gw_json_string(trigger, "id");
		if (name && strcmp(name, id) == 0)
			return trigger;
	}
	return NULL;
}

/* A stored trigger: stays, starts anew because its definition changed, or goes. */
static void put_stored_trigger(struct save *s, struct gw_flow *flow,
	struct gw_trigger_state *stored)
{
	const json_t *before = trigger_of(s->old, stored->id);
	const json_t *after = trigger_of(s->doc, stored->id);
	const struct gw_trigger *trigger = flow ? gw_flow_trigger(flow, stored->id) : NULL;
	if (!after || !trigger) {
		gw_auto_str key = { 0 };
		gw_trigger_key(&key, stored->namespace, stored->flow, stored->id);
		struct gw_op *op = gw_batch_add(&s->batch, GW_DELETE, &gw_kind_trigger,
			gw_slice_of(s->tenant), gw_str_slice(&key));
		op->record.version = stored->version;
		return;
	}
	struct gw_trigger_state fresh;
	if (before && json_equal(before, after)) {
		if (gw_json_true(s->old, "disabled") != gw_json_true(s->doc, "disabled"))
			gw_trigger_state_put(&s->batch, GW_REPLACE, stored, (struct gw_slice){ 0 },
				gw_trigger_due(stored));
		return;
	}
	gw_schedule_begin(&fresh, s->engine, flow, trigger, s->now);
	fresh.disabled = stored->disabled;
	fresh.version = stored->version;
	fresh.pending = json_incref(stored->pending);
	gw_trigger_state_put(&s->batch, GW_REPLACE, &fresh, (struct gw_slice){ 0 },
		gw_trigger_due(&fresh));
	gw_trigger_state_clear(&fresh);
}

static bool put_stored_triggers(struct save *s, struct gw_flow *flow, struct gw_map *seen,
	struct gw_error *err)
{
	gw_auto_free char *prefix = gw_sprintf("%s/%s/", s->namespace, s->id);
	struct gw_value value = gw_value_string(prefix);
	struct gw_filter filter = {
		.compare = GW_PREFIX, .field = "key", .values = &value, .n_values = 1
	};
	struct gw_query query = { .kind = &gw_kind_trigger,
		.tenant = gw_slice_of(s->tenant),
		.filters = &filter,
		.n_filters = 1 };
	struct gw_record record;
	enum gw_next next;
	gw_auto_stream *stream = gw_store_scan(s->engine->store, &query, err);
	if (!stream)
		return false;
	while ((next = gw_stream_next(stream, &record, err)) == GW_NEXT_RECORD) {
		struct gw_trigger_state stored;
		if (!gw_trigger_state_read(&record, &stored, err))
			return false;
		put_stored_trigger(s, flow, &stored);
		gw_map_put(seen, gw_slice_of(stored.id), seen);
		gw_trigger_state_clear(&stored);
	}
	return next == GW_NEXT_DONE;
}

/* flow NULL = it is deleted */
static bool put_triggers(struct save *s, struct gw_flow *flow, struct gw_error *err)
{
	struct gw_map seen = { 0 };
	/* Without a head there are triggers only if somebody stopped before it was written. */
	bool none =
		!s->head.kind && !(gw_store_capabilities(s->engine->store) & GW_NO_TRANSACTIONS);
	bool done = none || put_stored_triggers(s, flow, &seen, err);
	for (size_t i = 0; done && flow && i < flow->n_triggers; i++) {
		struct gw_trigger_state fresh;
		if (gw_map_find(&seen, flow->triggers[i].id))
			continue;
		gw_schedule_begin(&fresh, s->engine, flow, &flow->triggers[i], s->now);
		gw_trigger_state_put(&s->batch, GW_CREATE, &fresh, (struct gw_slice){ 0 },
			gw_trigger_due(&fresh));
		gw_trigger_state_clear(&fresh);
	}
	gw_map_clear(&seen, NULL);
	return done;
}

/* ---- The flow itself ---- */

static struct gw_value label_items(struct gw_batch *batch, const json_t *doc)
{
	struct gw_labels labels = { 0 };
	struct gw_error ignored;
	gw_labels_read(&labels, json_object_get(doc, "labels"), &ignored);
	struct gw_slice *items = gw_arena_alloc(&batch->arena, labels.n * sizeof(*items));
	for (size_t i = 0; i < labels.n; i++) {
		gw_str_reset(&batch->text);
		gw_label_keyword(&batch->text, labels.items[i].key, labels.items[i].value);
		items[i] = gw_arena_copy(&batch->arena, gw_str_slice(&batch->text));
	}
	struct gw_value value = {
		.is_set = labels.n > 0, .items = items, .n_items = (unsigned)labels.n
	};
	gw_labels_clear(&labels);
	return value;
}

static void put_revision(struct save *s, struct gw_slice doc, bool deleted)
{
	gw_auto_str key = { 0 };
	gw_revision_key(&key, s->namespace, s->id, s->revision);
	struct gw_op *op = gw_batch_add(&s->batch, GW_CREATE, &gw_kind_flow_revision,
		gw_slice_of(s->tenant), gw_str_slice(&key));
	struct gw_value *fields = gw_batch_fields(op);
	op->record.doc = doc;
	fields[GW_REVISION_NAMESPACE] = gw_value_string(s->namespace);
	fields[GW_REVISION_FLOW] = gw_value_string(s->id);
	fields[GW_REVISION_REVISION] = gw_value_number(s->revision);
	fields[GW_REVISION_DELETED] = gw_value_number(deleted);
	fields[GW_REVISION_SOURCE] = gw_value_text(s->source);
	fields[GW_REVISION_UPDATED] = gw_value_time(s->now);
}

static void put_head(struct save *s, struct gw_slice doc, bool deleted)
{
	gw_auto_str key = { 0 };
	gw_flow_key(&key, s->namespace, s->id);
	struct gw_op *op = gw_batch_add(&s->batch, s->head.kind ? GW_REPLACE : GW_CREATE,
		&gw_kind_flow, gw_slice_of(s->tenant), gw_str_slice(&key));
	struct gw_value *fields = gw_batch_fields(op);
	op->record.version = s->head.version;
	op->record.doc = doc;
	fields[GW_FLOW_NAMESPACE] = gw_value_string(s->namespace);
	fields[GW_FLOW_ID] = gw_value_string(s->id);
	fields[GW_FLOW_REVISION] = gw_value_number(s->revision);
	fields[GW_FLOW_DISABLED] = gw_value_number(gw_json_true(s->doc, "disabled"));
	fields[GW_FLOW_DELETED] = gw_value_number(deleted);
	fields[GW_FLOW_LABELS] = label_items(&s->batch, s->doc);
	fields[GW_FLOW_DESCRIPTION] = gw_value_string(gw_json_string(s->doc, "description"));
	fields[GW_FLOW_SOURCE] = gw_value_text(s->source);
	fields[GW_FLOW_UPDATED] = gw_value_time(s->now);
}

/* True with *again when somebody else wrote meanwhile. */
static bool write_all(struct save *s, struct gw_flow *flow, bool deleted, bool *again,
	struct gw_error *err)
{
	gw_batch_reset(&s->batch);
	gw_batch_group(&s->batch);
	json_object_set_new(s->doc, "revision", json_integer(s->revision));
	json_object_set_new(s->doc, "deleted", json_boolean(deleted));
	struct gw_slice doc = gw_batch_json(&s->batch, s->doc);
	put_revision(s, doc, deleted);
	if (!put_triggers(s, flow, err))
		return false;
	put_head(s, doc, deleted);
	if (!gw_batch_write(&s->batch, s->engine->store, 30000, err))
		return false;
	*again = !gw_batch_confirm(&s->batch, 0);
	s->n_taken += *again && s->batch.ops[0].outcome == GW_OP_MISSED;
	if (!*again) {
		gw_catalog_forget(s->engine->catalog, s->tenant, s->namespace, s->id);
		gw_store_signal(s->engine->store);
		gw_engine_wake_scheduler(s->engine);
	}
	return true;
}

static bool save_once(struct save *s, bool *again, struct gw_error *err)
{
	*again = false;
	if (!read_head(s, err) || !may_save(s, err))
		return false;
	s->request->saved = s->old ? GW_SAVED_UPDATED : GW_SAVED_CREATED;
	if (is_unchanged(s)) {
		s->request->saved = GW_SAVED_UNCHANGED;
		json_object_set_new(s->doc, "revision", json_integer(s->revision - 1));
		json_object_set_new(s->doc, "deleted", json_false());
		return true;
	}
	struct gw_registry *registry = gw_engine_registry(s->engine);
	struct gw_flow *flow =
		gw_flow_compile(s->tenant, s->revision, s->doc, registry, &s->engine->defaults);
	bool written = write_all(s, flow, false, again, err);
	gw_flow_unref(&flow);
	gw_registry_unref(&registry);
	return written;
}

static void clear_save(struct save *s)
{
	free(s->hold);
	json_decref(s->old);
	json_decref(s->doc);
	gw_batch_clear(&s->batch);
}

static bool read_source(struct save *s, struct gw_error *err)
{
	gw_auto_violations own = { 0 };
	struct gw_violations *v = s->request->violations ? s->request->violations : &own;
	struct gw_registry *registry = gw_engine_registry(s->engine);
	s->doc = gw_flow_read(s->source, registry, &s->engine->defaults, v, s->request->notes);
	gw_registry_unref(&registry);
	if (!s->doc) {
		gw_auto_str text = { 0 };
		gw_violations_print(&text, v);
		return gw_fail(err, GW_INVALID, "%s", gw_str_text(&text));
	}
	s->namespace = gw_json_string(s->doc, "namespace");
	s->id = gw_json_string(s->doc, "id");
	return true;
}

bool gw_engine_save_flow(struct gw_engine *engine, const char *tenant, struct gw_slice source,
	struct gw_save_request *request, json_t **doc, struct gw_error *err)
{
	struct save s = { .engine = engine,
		.tenant = tenant,
		.source = trim(source),
		.request = request,
		.now = gw_clock_now() };
	bool again = true, saved = read_source(&s, err);
	for (int i = 0; saved && again; i++) {
		saved = save_once(&s, &again, err);
		if (again && i == TRIES)
			saved = gw_fail(err, GW_CONFLICT,
				"flow %s.%s keeps being changed by others, try again", s.namespace,
				s.id);
	}
	if (saved)
		*doc = gw_steal(&s.doc);
	clear_save(&s);
	return saved;
}

static bool delete_once(struct save *s, bool *again, struct gw_error *err)
{
	if (!read_head(s, err))
		return false;
	if (!s->old)
		return gw_fail(err, GW_NOT_FOUND, "Flow not found");
	s->doc = json_deep_copy(s->old);
	s->source = s->head.fields[GW_FLOW_SOURCE].text;
	bool written = write_all(s, NULL, true, again, err);
	json_decref(gw_steal(&s->doc));
	return written;
}

bool gw_engine_delete_flow(struct gw_engine *engine, const char *tenant, const char *namespace,
	const char *id, struct gw_error *err)
{
	struct save s = { .engine = engine,
		.tenant = tenant,
		.namespace = namespace,
		.id = id,
		.now = gw_clock_now() };
	bool again = true, deleted = true;
	for (int i = 0; deleted && again; i++) {
		deleted = delete_once(&s, &again, err);
		if (again && i == TRIES)
			deleted = gw_fail(err, GW_CONFLICT,
				"flow %s.%s keeps being changed by others, try again", namespace,
				id);
	}
	clear_save(&s);
	return deleted;
}
