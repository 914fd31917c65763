/* ticks.h - a scheduler under test: its clock stands still and moves when the test says so */
#ifndef GW_TESTS_ENGINE_TICKS_H
#define GW_TESTS_ENGINE_TICKS_H

#include "tests/lib/node.h"

#include "engine/triggers.h"

struct gw_scheduler;

struct ticks {
	struct repo *repo;
	struct node node; /* without a scheduler thread and without a worker */
	struct gw_scheduler *s;
	unsigned n_turns; /* of the last tick */
};

/* With flow company.team.f, saved at that moment. */
void ticks_open(struct ticks *t, const char *now, const char *yaml);
void ticks_close(struct ticks *t);
/* It is this time: all that is due happens. Fails if there is no end to it. */
void tick(struct ticks *t, const char *now);
void tick_again(struct ticks *t); /* at the same time */
void ticks_restart(struct ticks *t); /* the scheduler gives its triggers back, another one starts */

/* What was fired, by date: "2024-03-01T10:00:00Z SUCCESS\n"; of one backfill only, or with NULL of
 * the schedule itself. For free(). */
char *fired(struct ticks *t, const char *backfill);
void assert_fired(struct ticks *t, const char *expected); /* by the schedule itself */
void assert_filled(struct ticks *t, const char *backfill, const char *expected);
json_t *first_execution(struct ticks *t, const char *date); /* of a date; a new reference */

/* ---- Trigger "t" of the flow ---- */

json_t *trigger_now(struct ticks *t); /* as the API shows it; a new reference */
void edit(struct ticks *t, enum gw_trigger_edit what); /* must be possible */
enum gw_code refused(struct ticks *t, enum gw_trigger_edit what);
/* options: JSON, apostrophes for quotes. The id is for free(). */
char *create_fill(struct ticks *t, const char *options);
enum gw_code refused_fill(struct ticks *t, const char *options, bool alone);
void edit_fill(struct ticks *t, const char *id, enum gw_backfill_edit what);
json_t *fill_now(struct ticks *t, const char *id); /* a new reference */

#define FLOW(rest) "id: f\nnamespace: company.team\n" rest
#define PASSES "tasks: [{id: t, type: io.kestra.plugin.core.log.Log, message: x}]\n"
#define WAITS "tasks: [{id: p, type: io.kestra.plugin.core.flow.Pause}]\n"
#define SCHEDULE(rest)                                                                \
	"triggers: [{id: t, type: io.kestra.plugin.core.trigger.Schedule, timezone: " \
	"UTC, " rest "}]\n"
#define HOURLY SCHEDULE("cron: '0 * * * *'")

#endif
