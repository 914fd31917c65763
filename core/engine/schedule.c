/* schedule.c - asking a schedule for its dates, and describing an execution of one */
#include "engine/schedule.h"

#include "base/json.h"
#include "check/input.h"

#define TRIES 10000 /* dates looked at until one satisfies the conditions */

bool gw_schedule_open(struct gw_schedule *s, struct gw_engine *engine, struct gw_flow *flow,
	const struct gw_trigger *trigger, const struct gw_registry *registry, struct gw_error *err)
{
	*s = (struct gw_schedule){ engine, registry, flow, trigger, gw_zone_local() };
	if (!trigger->type || trigger->type->mode != GW_TRIGGER_SCHEDULE)
		return gw_fail(err, GW_INVALID, "trigger '%s' has no schedule", trigger->id);
	return trigger->type->zone(trigger->properties, &s->zone, err);
}

void gw_schedule_begin(struct gw_trigger_state *t, struct gw_engine *engine, struct gw_flow *flow,
	const struct gw_trigger *trigger, gw_time now)
{
	struct gw_error ignored;
	struct gw_schedule s;
	gw_trigger_state_init(t, flow, trigger, now);
	struct gw_registry *registry = gw_engine_registry(engine);
	if (gw_schedule_open(&s, engine, flow, trigger, registry, &ignored)) {
		t->zone = s.zone;
		gw_schedule_next(&s, now, &t->next, &ignored);
	}
	gw_registry_unref(&registry);
}

/* ---- Variables ---- */

static void set_date(json_t *object, const char *name, gw_time at, const struct gw_zone *zone)
{
	gw_auto_str text = { 0 };
	if (at == GW_NEVER)
		return;
	gw_time_print_zoned(&text, at, zone);
	json_object_set_new(object, name, json_string(gw_str_text(&text)));
}

/* {date}: enough for conditions. */
static json_t *date_variables(const struct gw_schedule *s, gw_time date)
{
	json_t *variables = json_object();
	set_date(variables, "date", date, s->zone);
	return variables;
}

/* What trigger expressions see. */
struct trigger_scope {
	struct gw_scope scope;
	json_t *variables;
};

static const json_t *find_variable(struct gw_scope *scope, const char *name)
{
	return json_object_get(((struct trigger_scope *)scope)->variables, name);
}

static json_t *everything(struct gw_scope *scope)
{
	return json_incref(((struct trigger_scope *)scope)->variables);
}

static void open_scope(struct trigger_scope *t, const struct gw_schedule *s, json_t *trigger,
	gw_time now)
{
	const struct gw_machine_setup *setup = &s->engine->machine_setup;
	*t = (struct trigger_scope){ .scope = { .variable = find_variable,
					     .everything = everything,
					     .now = now,
					     .recursive = setup->recursive_rendering } };
	t->variables = json_pack("{s:O, s:{s:O}, s:{s:s, s:s, s:i, s:s}}", "trigger", trigger,
		"schedule", "date", json_object_get(trigger, "date"), "flow", "id", s->flow->id,
		"namespace", s->flow->namespace, "revision", s->flow->revision, "tenantId",
		s->flow->tenant);
	if (s->flow->variables)
		json_object_set(t->variables, "vars", s->flow->variables);
	if (setup->envs)
		json_object_set(t->variables, "envs", (json_t *)(uintptr_t)setup->envs);
	if (setup->globals)
		json_object_set(t->variables, "globals", (json_t *)(uintptr_t)setup->globals);
}

/* ---- Dates ---- */

static bool conditions_hold(const struct gw_schedule *s, gw_time date, bool *hold,
	struct gw_error *err)
{
	struct trigger_scope t;
	*hold = true;
	if (!s->trigger->conditions)
		return true;
	json_auto_t *variables = date_variables(s, date);
	open_scope(&t, s, variables, date);
	bool done = gw_conditions_hold(s->trigger->conditions, s->registry, &t.scope, hold, err);
	json_decref(t.variables);
	return done;
}

static bool find_date(const struct gw_schedule *s,
	bool (*step)(const json_t *properties, gw_time from, gw_time *out, struct gw_error *err),
	gw_time from, gw_time *out, struct gw_error *err)
{
	for (int i = 0; i < TRIES; i++) {
		bool hold;
		if (!step(s->trigger->properties, from, &from, err))
			return false;
		if (from == GW_NEVER)
			break;
		/* A date whose conditions fail is one: its execution says why. */
		if (!conditions_hold(s, from, &hold, err) || hold) {
			*out = from;
			return true;
		}
	}
	*out = GW_NEVER;
	return true;
}

bool gw_schedule_next(const struct gw_schedule *s, gw_time after, gw_time *out,
	struct gw_error *err)
{
	return find_date(s, s->trigger->type->next, after, out, err);
}

bool gw_schedule_previous(const struct gw_schedule *s, gw_time before, gw_time *out,
	struct gw_error *err)
{
	return find_date(s, s->trigger->type->previous, before, out, err);
}

bool gw_schedule_recover(const struct gw_schedule *s, gw_time next, gw_time now, gw_time *out,
	struct gw_error *err)
{
	const char *policy = gw_json_string(s->trigger->properties, "recoverMissedSchedules");
	if (policy && strcmp(policy, "NONE") == 0)
		return gw_schedule_next(s, now, out, err);
	*out = next;
	if (!policy || strcmp(policy, "LAST") != 0)
		return true;
	return gw_schedule_previous(s, now + 1, out, err);
}

gw_time gw_schedule_earliest(const struct gw_schedule *s, gw_time now)
{
	int64_t delay_us;
	struct gw_error ignored;
	const char *text = gw_json_string(s->trigger->properties, "lateMaximumDelay");
	if (!text || !gw_duration_parse(gw_slice_of(text), &delay_us, &ignored))
		return GW_NEVER;
	return now - delay_us;
}

/* ---- Executions ---- */

struct gw_id gw_schedule_id(const struct gw_schedule *s, gw_time date,
	const struct gw_backfill *backfill)
{
	const char *const parts[] = { s->flow->tenant, s->flow->namespace, s->flow->id,
		s->trigger->id, backfill ? backfill->id : "", NULL };
	return gw_id_derive(date, parts);
}

static json_t *all_variables(const struct gw_schedule *s, gw_time date)
{
	struct gw_error ignored;
	gw_time next = GW_NEVER, previous = GW_NEVER;
	json_t *variables = date_variables(s, date);
	gw_schedule_next(s, date, &next, &ignored);
	gw_schedule_previous(s, date, &previous, &ignored);
	set_date(variables, "next", next, s->zone);
	set_date(variables, "previous", previous, s->zone);
	return variables;
}

static bool resolve_inputs(const struct gw_schedule *s, const struct gw_backfill *backfill,
	struct gw_scope *scope, json_t **out, struct gw_error *err)
{
	json_auto_t *given = json_object();
	if (s->trigger->inputs) {
		json_auto_t *rendered = gw_tree_render(s->trigger->inputs, scope, true, err);
		if (!rendered)
			return false;
		json_object_update(given, rendered);
	}
	if (backfill && backfill->inputs)
		json_object_update(given, backfill->inputs);
	if (!s->flow->inputs)
		return true;
	size_t n = 0;
	const char *id;
	json_t *value;
	gw_auto_free struct gw_sent_input *sent =
		gw_new_array(struct gw_sent_input, json_object_size(given));
	json_object_foreach (given, id, value) {
		sent[n++] = (struct gw_sent_input){ .id = id, .value = value };
	}
	*out = gw_inputs_resolve(s->flow->inputs, sent, n, scope, err);
	return *out != NULL;
}

/* A label that does not render is left out. */
static void add_labels(const struct gw_schedule *s, const struct gw_backfill *backfill,
	struct gw_scope *scope, struct gw_labels *out)
{
	struct gw_error ignored;
	for (size_t i = 0; i < s->trigger->labels.n; i++) {
		gw_auto_str value = { 0 };
		if (gw_template_render(s->trigger->label_values[i], scope, &value, &ignored))
			gw_labels_add(out, s->trigger->labels.items[i].key, gw_str_text(&value));
	}
	if (backfill && backfill->labels) {
		struct gw_labels own = { 0 };
		gw_labels_read(&own, backfill->labels, &ignored);
		for (size_t i = 0; i < own.n; i++)
			gw_labels_set(out, own.items[i].key, own.items[i].value);
		gw_labels_clear(&own);
	}
}

static struct gw_start *make_start(const struct gw_schedule *s, gw_time date,
	const struct gw_backfill *backfill, json_t *variables)
{
	struct gw_start *start = gw_start_new(s->flow->tenant, s->flow);
	start->id = gw_schedule_id(s, date, backfill);
	start->cause = (struct gw_cause){ gw_strdup(s->trigger->id),
		gw_strdup(s->trigger->type_name), json_incref(variables) };
	start->variables = json_pack("{s:O}", "schedule", variables);
	start->trigger_date = date;
	start->backfill = backfill ? gw_strdup(backfill->id) : NULL;
	return start;
}

struct gw_machine *gw_schedule_fire(const struct gw_schedule *s, gw_time date,
	const struct gw_backfill *backfill, gw_time now)
{
	struct gw_error err;
	struct trigger_scope t;
	json_auto_t *variables = all_variables(s, date);
	struct gw_start *start = make_start(s, date, backfill, variables);
	open_scope(&t, s, variables, now);
	add_labels(s, backfill, &t.scope, &start->labels);
	bool holds, is_sound = conditions_hold(s, date, &holds, &err) &&
			       resolve_inputs(s, backfill, &t.scope, &start->inputs, &err);
	json_decref(t.variables);
	struct gw_machine *m = gw_start_machine(s->engine, start, now);
	gw_start_free(start);
	if (!is_sound)
		gw_machine_end_unstarted(m, GW_FAILED, err.message, now);
	else if (gw_engine_executes(s->engine))
		gw_machine_start(m, now);
	return m;
}
