/* test_simulator.c - a million random events against random flows; SEED=n repeats one run
 *
 * Workers end runs as they like, time passes, people pause, resume and kill, the process dies. What
 * must stay true is checked after each event; in the end everything has ended. */
#include "tests/unit/engine/rig.h"

#include "engine/block.h"

#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define EVENTS 100000u
#else
#define EVENTS 1000000u
#endif
#define PER_RUN 60u

static uint64_t seed, random_state;

static uint32_t pick(uint32_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 33) % n;
}

/* ---- Random flows ---- */

static void add_task(struct gw_str *out, int depth, int indent, unsigned *n);

static void add_list(struct gw_str *out, const char *name, int depth, int indent, unsigned *n)
{
	gw_str_printf(out, "%*s%s:\n", indent, "", name);
	for (uint32_t i = 0, count = 1 + pick(3); i < count; i++)
		add_task(out, depth, indent, n);
}

static void add_flowable(struct gw_str *out, int depth, int indent, unsigned *n)
{
	static const char *const heads[] = {
		"type: io.kestra.plugin.core.flow.Sequential",
		"type: io.kestra.plugin.core.flow.Parallel\n%*sconcurrent: 2",
		"type: io.kestra.plugin.core.flow.Parallel",
		"type: io.kestra.plugin.core.flow.AllowFailure",
		"type: io.kestra.plugin.core.flow.ForEach\n%*svalues: [a, b, "
		"c]\n%*sconcurrencyLimit: 2",
		"type: io.kestra.plugin.core.flow.ForEach\n%*svalues: [a, b]\n%*sconcurrencyLimit: "
		"0",
	};
	gw_str_printf(out, "%*s", indent + 4, "");
	const char *head = heads[pick(GW_LEN(heads))];
	for (const char *p = head; *p; p++) {
		if (p[0] == '%' && p[1] == '*') {
			gw_str_printf(out, "%*s", indent + 4, "");
			p += 2;
		} else {
			gw_str_putc(out, *p);
		}
	}
	gw_str_putc(out, '\n');
	add_list(out, "tasks", depth - 1, indent + 4, n);
	if (pick(4) == 0)
		add_list(out, "errors", 0, indent + 4, n);
	if (pick(4) == 0)
		add_list(out, "finally", 0, indent + 4, n);
}

static void add_leaf(struct gw_str *out, int indent)
{
	static const char *const leaves[] = {
		"type: test.Work",
		"type: test.Work",
		"type: test.Work",
		"type: test.Work",
		"type: io.kestra.plugin.core.log.Log\n%smessage: x",
		"type: io.kestra.plugin.core.execution.Fail",
		"type: io.kestra.plugin.core.flow.Pause",
		"type: io.kestra.plugin.core.flow.Sleep\n%sduration: PT20S",
		"type: test.Work\n%sretry: {type: constant, interval: PT10S, maxAttempt: 3}",
		"type: test.Work\n%sallowFailure: true",
		"type: test.Work\n%srunIf: 'false'",
	};
	char spaces[64];
	snprintf(spaces, sizeof(spaces), "%*s", indent + 4, "");
	gw_str_puts(out, spaces);
	for (const char *p = leaves[pick(GW_LEN(leaves))]; *p; p++) {
		if (p[0] == '%') {
			gw_str_puts(out, spaces);
			p++;
		} else {
			gw_str_putc(out, *p);
		}
	}
	gw_str_putc(out, '\n');
}

static void add_task(struct gw_str *out, int depth, int indent, unsigned *n)
{
	gw_str_printf(out, "%*s- id: t%u\n", indent + 2, "", (*n)++);
	if (depth > 0 && pick(3) == 0)
		add_flowable(out, depth, indent, n);
	else
		add_leaf(out, indent);
}

static char *random_flow(void)
{
	struct gw_str out = { 0 };
	unsigned n = 0;
	gw_str_puts(&out, "id: f\nnamespace: a.b\n");
	add_list(&out, "tasks", 3, 0, &n);
	if (pick(4) == 0)
		add_list(&out, "errors", 1, 0, &n);
	if (pick(4) == 0)
		add_list(&out, "finally", 1, 0, &n);
	if (pick(6) == 0)
		add_list(&out, "afterExecution", 1, 0, &n);
	return gw_str_steal(&out);
}

/* ---- What must stay true ---- */

static void check_run(const struct rig *r, const struct gw_taskrun *run)
{
	enum gw_state state = gw_history_state(&run->state);
	bool ended = gw_state_is_terminal(state);
	if (ended && (run->is_submitted || run->block))
		fail_msg("seed %lu: %s has ended but goes on", (unsigned long)seed, run->task->id);
	if (run->n_attempts > 3 + r->n_crashes)
		fail_msg("seed %lu: %s was tried too often", (unsigned long)seed, run->task->id);
	if (ended && run->state.n > 1)
		for (size_t i = 0; i + 1 < run->state.n; i++)
			if (gw_state_is_terminal(run->state.moments[i].state))
				fail_msg("seed %lu: %s ended twice", (unsigned long)seed,
					run->task->id);
}

static void check(const struct rig *r)
{
	unsigned live = 0, submitted = 0;
	for (size_t i = 0; i < r->m->exec->n_runs; i++) {
		const struct gw_taskrun *run = r->m->exec->runs[i];
		check_run(r, run);
		live += !gw_state_is_terminal(gw_history_state(&run->state));
		submitted += run->is_submitted;
	}
	if (live != r->m->n_live || submitted != r->m->n_submitted || submitted != r->n_pending)
		fail_msg("seed %lu: %u live, %u counted; %u with workers, %u counted, %zu given",
			(unsigned long)seed, live, r->m->n_live, submitted, r->m->n_submitted,
			r->n_pending);
	if (gw_state_is_terminal(rig_state(r)) && r->m->root &&
		r->m->root->phase < GW_PHASE_AFTER && live > 0)
		fail_msg("seed %lu: the execution ended before its tasks", (unsigned long)seed);
}

/* ---- Events ---- */

static void end_some_run(struct rig *r)
{
	static const enum gw_state states[] = { GW_SUCCESS, GW_SUCCESS, GW_SUCCESS, GW_FAILED,
		GW_WARNING };
	bool stopping = rig_state(r) == GW_KILLING;
	if (r->n_pending > 0)
		rig_end(r, pick((uint32_t)r->n_pending),
			stopping ? GW_KILLED : states[pick(GW_LEN(states))], NULL);
}

static void crash(struct rig *r)
{
	gw_auto_free char *before = rig_tree(r);
	enum gw_state state = rig_state(r);
	if (gw_machine_is_over(r->m))
		return;
	r->n_crashes++;
	rig_crash(r);
	if (rig_state(r) != state && state != GW_KILLING && !gw_state_is_terminal(rig_state(r)))
		fail_msg("seed %lu: a crash made %s of\n%s", (unsigned long)seed,
			gw_state_name(rig_state(r)), before);
}

static void some_event(struct rig *r)
{
	struct gw_error err;
	uint32_t what = pick(100);
	if (what < 60)
		end_some_run(r);
	else if (what < 80)
		rig_advance(r, (int64_t)pick(15) * GW_SECOND);
	else if (what < 86)
		gw_machine_resume(r->m, NULL, r->now, &err);
	else if (what < 90)
		gw_machine_pause(r->m, r->now, &err);
	else if (what < 98)
		crash(r);
	else
		gw_machine_kill(r->m, r->now, &err);
	rig_settle(r);
	check(r);
}

/* Everybody does what is needed for it to end. */
static void drain(struct rig *r, const char *yaml)
{
	struct gw_error err;
	for (int i = 0; i < 10000 && !gw_machine_is_over(r->m); i++) {
		end_some_run(r);
		gw_machine_resume(r->m, NULL, r->now, &err);
		rig_settle(r);
		rig_advance(r, 20 * GW_SECOND);
		check(r);
	}
	gw_auto_free char *tree = rig_tree(r);
	if (!gw_machine_is_over(r->m)) {
		fprintf(stderr, "%s\n%s", yaml, tree);
		fail_msg("seed %lu never ends", (unsigned long)seed);
	}
}

static void run_one(uint64_t with_seed)
{
	struct rig r;
	seed = with_seed;
	random_state = with_seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	gw_auto_free char *yaml = random_flow();
	rig_open(&r, yaml);
	rig_start(&r, NULL);
	check(&r);
	for (unsigned i = 0; i < PER_RUN && !gw_machine_is_over(r.m); i++)
		some_event(&r);
	drain(&r, yaml);
	rig_close(&r);
}

static void everything_ends_whatever_happens(void **state)
{
	const char *one = getenv("SEED");
	(void)state;
	if (one) {
		run_one(strtoul(one, NULL, 10));
		return;
	}
	for (uint64_t i = 1; i <= EVENTS / PER_RUN; i++)
		run_one(i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_ends_whatever_happens),
	};
	return RUN(tests);
}
