/* test_schedule_simulator.c - a schedule and its backfills under random events; SEED=n repeats one
 *
 * Time passes, people disable and enable the trigger, create, pause, resume and cancel backfills,
 * also in the moment between the scheduler's decision and its write, and the scheduler is replaced.
 * A model of a few lines says what must have been fired in the end. */
#include "tests/unit/engine/ticks.h"

#include "base/clock.h"
#include "base/json.h"
#include "model/kinds.h"

#include <stdlib.h>

#define MINUTE (60 * GW_SECOND)
#define RUNS 40u
#define EVENTS 400u
#define FILLS_MAX 40u
#define PAUSES 10000u

#define BEGIN "2024-03-01T12:00:00Z"
#define YAML FLOW(PASSES SCHEDULE("recoverMissedSchedules: ALL, cron: '* * * * *'"))

enum fill_state { RUNNING, PAUSED, DONE, CANCELLED };

static const char *const fill_states[] = { "RUNNING", "PAUSED", "DONE", "CANCELLED" };

/* A backfill as it must be. */
struct fill {
	char *id;
	gw_time start, end; /* whole minutes */
	bool newest_first;
	enum fill_state state;
	int64_t created; /* frozen while it is PAUSED or CANCELLED */
	int64_t found; /* executions at the end */
};

static struct ticks t;
static struct node other; /* where people are */
static uint64_t seed, random_state;
static gw_time begin, now, live_until; /* the last date that is to have been fired */
static bool is_enabled;
static struct fill fills[FILLS_MAX];
static unsigned n_fills;

static uint32_t pick(uint32_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 33) % n;
}

/* ---- The world ---- */

static void open_world(uint64_t with_seed)
{
	seed = with_seed;
	random_state = with_seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	ticks_open(&t, BEGIN, YAML);
	node_start_as(&other, t.repo, "other", NULL, GW_ROLE_WEBSERVER);
	begin = now = live_until = gw_clock_now();
	is_enabled = true;
}

static void close_world(void)
{
	for (unsigned i = 0; i < n_fills; i++)
		free(fills[i].id);
	n_fills = 0;
	node_stop(&other);
	ticks_close(&t);
}

static void pass_time(gw_time by)
{
	now += by;
	gw_clock_fake(now);
	tick_again(&t);
	if (is_enabled)
		live_until = now / MINUTE * MINUTE;
}

static void set_enabled(bool enabled)
{
	edit(&t, enabled ? GW_TRIGGER_SET_ENABLED : GW_TRIGGER_SET_DISABLED);
	is_enabled = enabled;
}

/* ---- Backfills ---- */

static void create(gw_time start, int minutes, bool newest_first)
{
	gw_auto_str options = { 0 }, from = { 0 }, to = { 0 };
	struct fill *f = &fills[n_fills++];
	*f = (struct fill){
		.start = start, .end = start + (minutes - 1) * MINUTE, .newest_first = newest_first
	};
	gw_time_print(&from, f->start);
	gw_time_print(&to, f->end + GW_SECOND);
	gw_str_printf(&options, "{'start': '%s', 'end': '%s', 'order': '%s', 'evenDisabled': true}",
		gw_str_text(&from), gw_str_text(&to), newest_first ? "newest" : "oldest");
	f->id = create_fill(&t, gw_str_text(&options));
}

static json_t *look(struct fill *f)
{
	json_t *doc = fill_now(&t, f->id);
	f->created = json_integer_value(json_object_get(doc, "created"));
	return doc;
}

static void check_fill(struct fill *f)
{
	int64_t before = f->created;
	json_auto_t *doc = look(f);
	const char *state = gw_json_string(doc, "state");
	if (f->state == RUNNING && strcmp(state, "DONE") == 0)
		f->state = DONE;
	if (strcmp(state, fill_states[f->state]) != 0)
		fail_msg("seed %lu: a backfill is %s, not %s", (unsigned long)seed, state,
			fill_states[f->state]);
	if ((f->state == PAUSED || f->state == CANCELLED) && f->created != before)
		fail_msg("seed %lu: %ld dates were run after %s was answered", (unsigned long)seed,
			(long)(f->created - before), state);
}

/* What people want of one; it may have ended meanwhile. */
static void change(struct fill *f, enum gw_backfill_edit what)
{
	static const enum fill_state after[] = {
		[GW_FILL_PAUSE] = PAUSED, [GW_FILL_RESUME] = RUNNING, [GW_FILL_CANCEL] = CANCELLED
	};
	struct gw_error err = { 0 };
	gw_auto_str out = { 0 };
	if (gw_engine_edit_backfill(other.engine, "main", f->id, what, &out, &err))
		f->state = after[what];
	else if (err.code != GW_CONFLICT)
		fail_msg("seed %lu: %s", (unsigned long)seed, err.message);
	json_auto_t *doc = look(f);
}

/* ---- What must have been fired ---- */

static const char *backfill_of(const json_t *execution)
{
	return gw_json_string(json_object_get(execution, "godwit"), "backfill");
}

static gw_time date_of(const json_t *execution)
{
	gw_time at;
	struct gw_error err;
	const json_t *trigger = json_object_get(execution, "trigger");
	const char *date = gw_json_string(json_object_get(trigger, "variables"), "date");
	assert_true(gw_time_parse(gw_slice_of(date), gw_zone_utc(), &at, &err));
	return at;
}

static struct fill *find(const char *id)
{
	for (unsigned i = 0; i < n_fills; i++)
		if (strcmp(fills[i].id, id) == 0)
			return &fills[i];
	fail_msg("seed %lu: nobody asked for backfill %s", (unsigned long)seed, id);
	return NULL;
}

/* The first dates of its range, as many as it says. */
static bool is_of(const struct fill *f, gw_time date)
{
	gw_time reach = (f->created - 1) * MINUTE;
	gw_time from = f->newest_first ? f->end - reach : f->start;
	return date >= from && date <= from + reach;
}

static void note(struct gw_map *seen, const json_t *execution, int64_t *n_live)
{
	const char *id = backfill_of(execution);
	gw_time date = date_of(execution);
	struct fill *f = id ? find(id) : NULL;
	gw_auto_free char *key = gw_sprintf("%s %ld", id ? id : "", (long)date);
	if (gw_map_put(seen, gw_slice_of(key), seen))
		fail_msg("seed %lu: %s was run twice", (unsigned long)seed, key);
	if (date % MINUTE != 0 || (f ? !is_of(f, date) : date <= begin || date > live_until))
		fail_msg("seed %lu: %s was run", (unsigned long)seed, key);
	*(f ? &f->found : n_live) += 1;
}

static void check_executions(void)
{
	size_t i;
	json_t *execution;
	int64_t n_live = 0;
	struct gw_map seen = { 0 };
	json_auto_t *all = node_records(&t.node, &gw_kind_execution, "", NULL);
	json_array_foreach (all, i, execution) {
		note(&seen, execution, &n_live);
	}
	gw_map_clear(&seen, NULL);
	if (n_live != (live_until - begin) / MINUTE)
		fail_msg("seed %lu: %ld live dates instead of %ld", (unsigned long)seed,
			(long)n_live, (long)((live_until - begin) / MINUTE));
}

static void check_world(void)
{
	pass_time(MINUTE);
	for (unsigned i = 0; i < n_fills; i++) {
		check_fill(&fills[i]);
		if (fills[i].state == RUNNING)
			fail_msg("seed %lu: a backfill never ends", (unsigned long)seed);
	}
	check_executions();
	for (unsigned i = 0; i < n_fills; i++) {
		const struct fill *f = &fills[i];
		if (f->found != f->created)
			fail_msg("seed %lu: %ld executions, not %ld", (unsigned long)seed,
				(long)f->found, (long)f->created);
		if (f->state == DONE && f->created != (f->end - f->start) / MINUTE + 1)
			fail_msg("seed %lu: done after %ld dates", (unsigned long)seed,
				(long)f->created);
	}
}

/* ---- Events ---- */

static void change_one(void *arg)
{
	(void)arg;
	if (n_fills > 0)
		change(&fills[pick(n_fills)], (enum gw_backfill_edit)pick(GW_FILL_CANCEL + 1));
}

static void some_event(void)
{
	switch (pick(10)) {
	case 0:
		set_enabled(!is_enabled);
		break;
	case 1:
		ticks_restart(&t);
		break;
	case 2:
	case 3:
		if (n_fills < FILLS_MAX)
			create(begin - (gw_time)(200 + pick(2000)) * MINUTE, 1 + (int)pick(150),
				pick(2));
		break;
	case 4:
	case 5:
		change_one(NULL);
		break;
	case 6:
	case 7:
		repo_before_execution(t.node.handle, change_one, NULL);
		pass_time(pick(3) * MINUTE);
		repo_before_execution(t.node.handle, NULL, NULL);
		break;
	default:
		pass_time((gw_time)pick(200) * GW_SECOND);
	}
	if (n_fills > 0)
		check_fill(&fills[pick(n_fills)]);
}

static void run_one(uint64_t with_seed)
{
	open_world(with_seed);
	for (unsigned i = 0; i < EVENTS; i++)
		some_event();
	check_world();
	close_world();
}

static void each_date_is_run_once_whatever_happens(void **state)
{
	const char *one = getenv("SEED");
	(void)state;
	if (one) {
		run_one(strtoul(one, NULL, 10));
		return;
	}
	for (uint64_t i = 1; i <= RUNS; i++)
		run_one(i);
}

static void pause_last(void *arg)
{
	(void)arg;
	change(&fills[n_fills - 1], GW_FILL_PAUSE);
}

/* Paused while its dates are about to be written: either all of that write is in, or nothing. */
static void pause_in_flight(void)
{
	create(begin - (gw_time)(10 + pick(100)) * MINUTE, 1 + (int)pick(4), false);
	struct fill *f = &fills[n_fills - 1];
	repo_before_execution(t.node.handle, pause_last, NULL);
	pass_time(0);
	check_fill(f);
	assert_int_equal(f->state, PAUSED);
	pass_time(0);
	check_fill(f);
	change(f, pick(2) ? GW_FILL_RESUME : GW_FILL_CANCEL);
	pass_time(0);
	check_fill(f);
}

static void a_pause_holds_whatever_is_in_flight(void **state)
{
	(void)state;
	for (unsigned i = 0; i < PAUSES; i++) {
		if (n_fills == 0)
			open_world(i);
		pause_in_flight();
		if (n_fills < FILLS_MAX)
			continue;
		check_world();
		close_world();
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_date_is_run_once_whatever_happens),
		cmocka_unit_test(a_pause_holds_whatever_is_in_flight),
	};
	return NODE_MAIN(argc, argv, tests);
}
