/* trigger_state.c - reading and writing what is stored of a trigger */
#include "engine/trigger_state.h"

#include "base/json.h"

void gw_trigger_state_clear(struct gw_trigger_state *t)
{
	free(t->tenant);
	free(t->namespace);
	free(t->flow);
	free(t->id);
	free(t->type);
	free(t->execution);
	json_decref(t->stop_after);
	json_decref(t->backfill);
	*t = (struct gw_trigger_state){ 0 };
}

void gw_trigger_key(struct gw_str *out, const char *namespace, const char *flow,
	const char *trigger)
{
	gw_str_printf(out, "%s/%s/%s", namespace, flow, trigger);
}

/* ---- JSON ---- */

static void print_zoned(struct gw_str *out, const char *name, gw_time at,
	const struct gw_zone *zone)
{
	if (at == GW_NEVER)
		return;
	gw_json_key(out, name);
	gw_str_putc(out, '"');
	gw_time_print_zoned(out, at, zone);
	gw_str_putc(out, '"');
}

void gw_trigger_state_print(struct gw_str *out, const struct gw_trigger_state *t)
{
	gw_str_putc(out, '{');
	gw_json_text(out, "namespace", gw_slice_of(t->namespace));
	gw_json_text(out, "flowId", gw_slice_of(t->flow));
	gw_json_text(out, "triggerId", gw_slice_of(t->id));
	gw_json_text(out, "type", gw_slice_of(t->type));
	gw_json_text(out, "timezone", gw_slice_of(gw_zone_name(t->zone)));
	print_zoned(out, "date", t->date, t->zone);
	print_zoned(out, "nextExecutionDate", t->next, t->zone);
	if (t->backfill)
		gw_json_value(out, "backfill", t->backfill);
	if (t->stop_after)
		gw_json_value(out, "stopAfter", t->stop_after);
	gw_json_bool(out, "disabled", t->disabled);
	if (t->skips_missed)
		gw_json_bool(out, "skipMissed", true);
	if (t->execution)
		gw_json_text(out, "executionId", gw_slice_of(t->execution));
	if (t->updated != GW_NEVER)
		gw_json_time(out, "updatedDate", t->updated);
	gw_str_putc(out, '}');
}

static bool read_date(const json_t *doc, const char *name, gw_time *out, struct gw_error *err)
{
	const char *text = gw_json_string(doc, name);
	*out = GW_NEVER;
	return !text || gw_time_parse(gw_slice_of(text), gw_zone_utc(), out, err);
}

static bool read_dates(const json_t *doc, struct gw_trigger_state *t, struct gw_error *err)
{
	const char *zone = gw_json_string(doc, "timezone");
	t->zone = gw_zone_find(zone ? zone : "UTC", err);
	return t->zone && read_date(doc, "date", &t->date, err) &&
	       read_date(doc, "nextExecutionDate", &t->next, err) &&
	       read_date(doc, "updatedDate", &t->updated, err);
}

bool gw_trigger_state_read(const struct gw_record *record, struct gw_trigger_state *out,
	struct gw_error *err)
{
	json_auto_t *doc = gw_json_parse(record->doc, err);
	struct gw_trigger_state t = { .version = record->version };
	if (!doc)
		return false;
	if (!read_dates(doc, &t, err))
		return gw_explain(err, "trigger %.*s", GW_SLICE(record->key));
	t.tenant = gw_slice_dup(record->tenant);
	t.namespace = gw_strdup(gw_json_string(doc, "namespace"));
	t.flow = gw_strdup(gw_json_string(doc, "flowId"));
	t.id = gw_strdup(gw_json_string(doc, "triggerId"));
	t.type = gw_strdup(gw_json_string(doc, "type"));
	t.execution = gw_strdup(gw_json_string(doc, "executionId"));
	t.disabled = gw_json_true(doc, "disabled");
	t.skips_missed = gw_json_true(doc, "skipMissed");
	t.stop_after = json_incref(json_object_get(doc, "stopAfter"));
	t.backfill = json_incref(json_object_get(doc, "backfill"));
	*out = t;
	return true;
}

/* ---- Life ---- */

void gw_trigger_state_init(struct gw_trigger_state *t, const struct gw_flow *flow,
	const struct gw_trigger *trigger, gw_time now)
{
	*t = (struct gw_trigger_state){
		.date = now, .next = GW_NEVER, .updated = GW_NEVER, .zone = gw_zone_local()
	};
	t->tenant = gw_strdup(flow->tenant);
	t->namespace = gw_strdup(flow->namespace);
	t->flow = gw_strdup(flow->id);
	t->id = gw_strdup(trigger->id);
	t->type = gw_strdup(trigger->type_name);
	t->stop_after = json_incref(json_object_get(trigger->properties, "stopAfter"));
}

gw_time gw_trigger_due(const struct gw_trigger_state *t)
{
	if (t->backfill || t->execution)
		return 0;
	return t->disabled || t->is_asleep ? GW_NEVER : t->next;
}

static struct gw_value keep(struct gw_batch *batch, const char *text)
{
	return gw_value_text(gw_arena_copy(&batch->arena, gw_slice_of(text)));
}

void gw_trigger_state_put(struct gw_batch *batch, enum gw_op_type type,
	const struct gw_trigger_state *t, struct gw_slice owner, gw_time due)
{
	gw_str_reset(&batch->text);
	gw_trigger_key(&batch->text, t->namespace, t->flow, t->id);
	struct gw_slice key = gw_arena_copy(&batch->arena, gw_str_slice(&batch->text));
	struct gw_op *op = gw_batch_add(batch, type, &gw_kind_trigger, gw_slice_of(t->tenant), key);
	struct gw_value *fields = gw_batch_fields(op);
	op->record.version = t->version;
	op->record.owner = owner;
	op->record.due = due;
	gw_str_reset(&batch->text);
	gw_trigger_state_print(&batch->text, t);
	op->record.doc = gw_arena_copy(&batch->arena, gw_str_slice(&batch->text));
	fields[GW_TRIGGER_NAMESPACE] = keep(batch, t->namespace);
	fields[GW_TRIGGER_FLOW] = keep(batch, t->flow);
	fields[GW_TRIGGER_ID] = keep(batch, t->id);
	fields[GW_TRIGGER_TYPE] = keep(batch, t->type);
	fields[GW_TRIGGER_DISABLED] = gw_value_number(t->disabled);
	fields[GW_TRIGGER_NEXT] = gw_value_time(t->next);
	fields[GW_TRIGGER_EXECUTION] = keep(batch, t->execution);
}
