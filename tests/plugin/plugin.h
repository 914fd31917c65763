/* plugin.h - running and planning the types of build/modules by hand */
#ifndef GW_TESTS_PLUGIN_PLUGIN_H
#define GW_TESTS_PLUGIN_PLUGIN_H

#include "tests/unit/test.h"

#include "module/registry.h"
#include "run/plan.h"

/* Group set-up and tear-down: every module of the build. */
int open_modules(void **state);
int close_modules(void **state);
extern struct gw_registry *modules;

#define RUN_PLUGIN(tests) cmocka_run_group_tests(tests, open_modules, close_modules)

/* A JSON text as a value, with 'quotes' for "quotes"; a new reference. */
json_t *json_of(const char *text);
#define assert_json(value, text)                           \
	do {                                               \
		json_auto_t *expected_ = json_of(text);    \
		assert_true(json_equal(value, expected_)); \
	} while (0)

/* ---- Running a task ---- */

struct trial {
	const char *rendered; /* what gw_run_render knows: {raw: value}; NULL = it refuses */
	const char *answer; /* of gw_run_ask; NULL = it fails */
	char *question; /* what was asked, "name {arguments}" */
	bool done; /* what run returned */
	struct gw_error err;
	struct gw_run run; /* its effects */
};

/* Properties are completed with the defaults of the type's table. */
void run_task(struct trial *t, const char *type, const char *properties);
void trial_clear(struct trial *t);
#define auto_trial __attribute__((cleanup(trial_clear))) struct trial
const char *line(const struct trial *t, size_t i); /* "LEVEL text", "" = there is none */
double metric(const struct trial *t, const char *name); /* -1 = there is none */

/* ---- Planning a flowable ---- */

struct planning {
	struct gw_branch branches[8];
	struct gw_task task;
	struct gw_plan plan;
	bool done;
	struct gw_error err;
};

/* A flowable with these branches, "tasks:3 then:1" (names and how many tasks). */
void planning_init(struct planning *p, const char *branches);
void planning_clear(struct planning *p);
#define auto_planning __attribute__((cleanup(planning_clear))) struct planning
/* Calls plan for a round, elapsed_us after the flowable began. */
void plan_round(struct planning *p, const char *type, const char *properties, int round,
	int64_t elapsed_us);
/* "BRANCH[task]=value#iteration" for each lane, separated by spaces, without what is not set. */
const char *lanes(const struct planning *p);

/* ---- Checking ---- */

/* "path: message\n" for each complaint of a type's own check. */
const char *check_task(const char *type, const char *properties);
const char *check_trigger(const char *type, const char *properties);

/* ---- Conditions ---- */

/* 1 or 0 as it holds, -1 with *err if it cannot be tested. */
int test_condition(const char *type, const char *properties, const bool *nested, size_t n,
	struct gw_error *err);

#endif
