/* trigger.h - trigger types and conditions */
#ifndef GODWIT_TRIGGER_H
#define GODWIT_TRIGGER_H

#include <godwit/task.h>
#include <godwit/time.h>

enum gw_trigger_mode {
	GW_TRIGGER_SCHEDULE, /* next and previous say when; called in the server */
	GW_TRIGGER_POLLING, /* poll is called every interval, isolated */
	GW_TRIGGER_EVENT, /* something else creates the executions (webhook, flow) */
};

struct gw_trigger_type {
	const char *type;
	const char *const *aliases;
	const char *summary;
	enum gw_trigger_mode mode;
	const struct gw_property *properties; /* beside those common to all triggers */
	const struct gw_property *outputs; /* trigger variables */

	void (*check)(struct gw_check *check, const json_t *properties);

	/* Schedules: the nearest date strictly after (before) an instant, GW_NEVER if none.
	 * Properties as written, with defaults. *zone is the zone that dates print in. */
	bool (*next)(const json_t *properties, gw_time after, gw_time *out, struct gw_error *err);
	bool (*previous)(const json_t *properties, gw_time before, gw_time *out,
		struct gw_error *err);
	bool (*zone)(const json_t *properties, const struct gw_zone **out, struct gw_error *err);

	/* Polling: outputs set on run become the trigger's variables; *fire says whether an
	 * execution starts. */
	bool (*poll)(struct gw_run *run, const json_t *properties, bool *fire,
		struct gw_error *err);
};

/* A condition is a pure test. nested are the results of a "conditions" property, if it has one. */
struct gw_condition_type {
	const char *type;
	const char *const *aliases;
	const char *summary;
	const struct gw_property *properties;
	void (*check)(struct gw_check *check, const json_t *properties);
	bool (*test)(const json_t *properties, const bool *nested, size_t n_nested, bool *holds,
		struct gw_error *err);
};

#endif
