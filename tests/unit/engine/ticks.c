/* ticks.c - moving a scheduler's clock by hand */
#include "tests/unit/engine/ticks.h"

#include "base/clock.h"
#include "base/json.h"
#include "engine/internal.h"
#include "engine/node.h"
#include "engine/scheduler.h"
#include "model/kinds.h"

#define TURNS_MAX 5000

static gw_time time_of(const char *text)
{
	gw_time at;
	struct gw_error err;
	if (!gw_time_parse(gw_slice_of(text), gw_zone_utc(), &at, &err))
		fail_msg("%s", err.message);
	return at;
}

void ticks_open(struct ticks *t, const char *now, const char *yaml)
{
	gw_clock_fake(time_of(now));
	*t = (struct ticks){ .repo = repo_open("memory") };
	node_start_as(&t->node, t->repo, "node", NULL, GW_ROLE_EXECUTOR);
	gw_node_stop(t->node.engine->node); /* nothing happens by itself */
	t->s = t->node.engine->scheduler = gw_scheduler_new(t->node.engine);
	node_save(&t->node, yaml);
}

void ticks_close(struct ticks *t)
{
	t->node.engine->scheduler = NULL;
	gw_scheduler_free(t->s);
	node_stop(&t->node);
	repo_close(t->repo);
	gw_clock_fake(GW_NEVER);
}

void tick_again(struct ticks *t)
{
	t->n_turns = 0;
	do
		gw_scheduler_turn(t->s);
	while (++t->n_turns < TURNS_MAX && gw_scheduler_next(t->s) <= gw_clock_now());
	if (t->n_turns == TURNS_MAX)
		fail_msg("the scheduler never rests");
}

void tick(struct ticks *t, const char *now)
{
	gw_clock_fake(time_of(now));
	tick_again(t);
}

void ticks_restart(struct ticks *t)
{
	gw_scheduler_give_back(t->s);
	gw_scheduler_free(t->s);
	t->s = t->node.engine->scheduler = gw_scheduler_new(t->node.engine);
}

/* ---- What was fired ---- */

static bool is_of(const json_t *execution, const char *backfill)
{
	const char *own = gw_json_string(json_object_get(execution, "godwit"), "backfill");
	return backfill ? own && strcmp(own, backfill) == 0 : !own;
}

static const char *date_of(const json_t *execution)
{
	return gw_json_string(json_object_get(json_object_get(execution, "trigger"), "variables"),
		"date");
}

char *fired(struct ticks *t, const char *backfill)
{
	size_t i;
	json_t *execution;
	struct gw_str out = { 0 };
	json_auto_t *all = node_records(&t->node, &gw_kind_execution, "", "trigger_date");
	json_array_foreach (all, i, execution) {
		if (is_of(execution, backfill))
			gw_str_printf(&out, "%s %s\n", date_of(execution), node_state(execution));
	}
	return gw_str_steal(&out);
}

void assert_filled(struct ticks *t, const char *backfill, const char *expected)
{
	gw_auto_free char *got = fired(t, backfill);
	assert_string_equal(got, expected);
}

void assert_fired(struct ticks *t, const char *expected)
{
	assert_filled(t, NULL, expected);
}

json_t *first_execution(struct ticks *t, const char *date)
{
	size_t i;
	json_t *execution;
	json_auto_t *all = node_records(&t->node, &gw_kind_execution, "", "trigger_date");
	json_array_foreach (all, i, execution) {
		if (strcmp(date_of(execution), date) == 0)
			return json_incref(execution);
	}
	fail_msg("nothing was fired for %s", date);
	return NULL;
}

/* ---- Triggers ---- */

static const struct gw_trigger_ref trigger = { "main", "company.team", "f", "t" };

json_t *trigger_now(struct ticks *t)
{
	json_auto_t *all = node_records(&t->node, &gw_kind_trigger, "company.team/f/t", NULL);
	return json_incref(json_array_get(all, 0));
}

enum gw_code refused(struct ticks *t, enum gw_trigger_edit what)
{
	struct gw_error err = { 0 };
	gw_auto_str out = { 0 };
	bool done = gw_engine_edit_trigger(t->node.engine, &trigger, what, &out, &err);
	return done ? GW_OK : err.code;
}

void edit(struct ticks *t, enum gw_trigger_edit what)
{
	assert_int_equal(refused(t, what), GW_OK);
}

static json_t *json_of(const char *text)
{
	struct gw_error err;
	gw_auto_free char *copy = gw_strdup(text);
	for (char *p = copy; *p; p++)
		*p = *p == '\'' ? '"' : *p;
	json_t *value = gw_json_parse(gw_slice_of(copy), &err);
	assert_non_null(value);
	return value;
}

static bool try_fill(struct ticks *t, const char *options, bool alone, struct gw_str *out,
	struct gw_error *err)
{
	json_auto_t *parsed = json_of(options);
	const struct gw_backfill_request request = { parsed, alone };
	return gw_engine_create_backfill(t->node.engine, &trigger, &request, NULL, out, err);
}

char *create_fill(struct ticks *t, const char *options)
{
	struct gw_error err;
	gw_auto_str out = { 0 };
	if (!try_fill(t, options, false, &out, &err))
		fail_msg("%s", err.message);
	json_auto_t *doc = gw_json_parse(gw_str_slice(&out), &err);
	return gw_strdup(gw_json_string(doc, "id"));
}

enum gw_code refused_fill(struct ticks *t, const char *options, bool alone)
{
	struct gw_error err = { 0 };
	gw_auto_str out = { 0 };
	return try_fill(t, options, alone, &out, &err) ? GW_OK : err.code;
}

void edit_fill(struct ticks *t, const char *id, enum gw_backfill_edit what)
{
	struct gw_error err;
	gw_auto_str out = { 0 };
	if (!gw_engine_edit_backfill(t->node.engine, "main", id, what, &out, &err))
		fail_msg("%s", err.message);
}

json_t *fill_now(struct ticks *t, const char *id)
{
	struct gw_error err;
	gw_auto_str out = { 0 };
	if (!gw_engine_show_backfill(t->node.engine, "main", id, &out, &err))
		fail_msg("%s", err.message);
	json_t *doc = gw_json_parse(gw_str_slice(&out), &err);
	assert_non_null(doc);
	return doc;
}
