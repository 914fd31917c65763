/* schedule.c - triggers that fire at dates: by a cron expression, or from a list */
#include "plugins/schedule/schedule.h"

/* ---- What both have ---- */

#define TIMEZONE_SUMMARY \
	"The time zone of the dates, such as `Europe/Paris`. By default it is the server's."
#define RECOVER_SUMMARY                                                                     \
	"Which dates are made up for that passed while the server did not run: `ALL`, the " \
	"`LAST` one or `NONE`. The default is a setting of the server, else `ALL`."

static bool read_zone(const json_t *properties, const struct gw_zone **out, struct gw_error *err)
{
	const char *name = gw_json_string(properties, "timezone");
	const struct gw_zone *zone = name ? gw_zone_find(name, err) : gw_zone_local();
	if (!zone)
		return gw_fail(err, GW_INVALID, "invalid timezone (%s)", name);
	*out = zone;
	return true;
}

static void check_zone(struct gw_check *check, const json_t *properties)
{
	const struct gw_zone *zone;
	struct gw_error err;
	if (!read_zone(properties, &zone, &err))
		gw_check_fail(check, "timezone", "%s", err.message);
}

/* ---- Schedule ---- */

static const struct gw_property schedule_properties[] = {
	{ "cron", "string", GW_REQUIRED | GW_STATIC, NULL,
		"When to fire: minute, hour, day of the month, month and day of the week, where "
		"both 0 and 7 are Sunday. Each is `*`, a number, a range `a-b`, a list `a,b` or "
		"a step `*/n`. `@yearly`, `@monthly`, `@weekly`, `@daily`, `@midnight` and "
		"`@hourly` are known too." },
	{ "withSeconds", "boolean", GW_STATIC, "false",
		"Whether the expression begins with a sixth field, the second." },
	{ "timezone", "string", GW_STATIC, NULL, TIMEZONE_SUMMARY },
	{ "scheduleConditions", "list<condition>", GW_DEPRECATED, NULL,
		"The former name of `conditions`; both are tested." },
	{ "lateMaximumDelay", "duration", GW_STATIC, NULL,
		"Dates that are missed by more than this are skipped, except in a backfill." },
	{ "recoverMissedSchedules", "enum(ALL,LAST,NONE)", GW_STATIC, NULL, RECOVER_SUMMARY },
	{ "backfill", "object", GW_DEPRECATED | GW_HIDDEN, NULL, "Has no effect." },
	{ 0 },
};

static const struct gw_property schedule_outputs[] = {
	{ "date", "datetime", 0, NULL, "The date that the execution is for." },
	{ "next", "datetime", 0, NULL, "The date after it." },
	{ "previous", "datetime", 0, NULL, "The date before it." },
	{ 0 },
};

static bool read_cron(const json_t *properties, struct gw_cron *cron, struct gw_error *err)
{
	const char *text = gw_json_string(properties, "cron");
	bool with_seconds = gw_json_true(properties, "withSeconds");
	if (!text)
		return gw_fail(err, GW_INVALID, "cron must be a text");
	return gw_cron_parse(text, with_seconds, cron, err) ||
	       gw_explain(err, "invalid cron expression '%s'", text);
}

static void check_schedule(struct gw_check *check, const json_t *properties)
{
	struct gw_cron cron;
	struct gw_error err;
	if (gw_json_string(properties, "cron") && !read_cron(properties, &cron, &err))
		gw_check_fail(check, "cron", "%s", err.message);
	check_zone(check, properties);
}

static bool next_date(const json_t *properties, gw_time after, gw_time *out, struct gw_error *err)
{
	struct gw_cron cron;
	const struct gw_zone *zone;
	if (!read_cron(properties, &cron, err) || !read_zone(properties, &zone, err))
		return false;
	*out = gw_cron_next(&cron, zone, after);
	return true;
}

static bool previous_date(const json_t *properties, gw_time before, gw_time *out,
	struct gw_error *err)
{
	struct gw_cron cron;
	const struct gw_zone *zone;
	if (!read_cron(properties, &cron, err) || !read_zone(properties, &zone, err))
		return false;
	*out = gw_cron_previous(&cron, zone, before);
	return true;
}

static const struct gw_trigger_type schedule_type = {
	.type = "io.kestra.plugin.core.trigger.Schedule",
	.aliases = (const char *const[]){ "io.kestra.core.models.triggers.types.Schedule", NULL },
	.summary = "Starts an execution at each date that a cron expression matches.",
	.mode = GW_TRIGGER_SCHEDULE,
	.properties = schedule_properties,
	.outputs = schedule_outputs,
	.check = check_schedule,
	.next = next_date,
	.previous = previous_date,
	.zone = read_zone,
};

/* ---- ScheduleOnDates ---- */

static const struct gw_property dates_properties[] = {
	{ "dates", "list<datetime>", GW_REQUIRED | GW_STATIC, NULL,
		"The dates to fire at, such as `2024-12-20T10:00:00Z`. Those without an offset "
		"are in `timezone`." },
	{ "timezone", "string", GW_STATIC, NULL, TIMEZONE_SUMMARY },
	{ "recoverMissedSchedules", "enum(ALL,LAST,NONE)", GW_STATIC, NULL, RECOVER_SUMMARY },
	{ 0 },
};

static const struct gw_property dates_outputs[] = {
	{ "date", "datetime", 0, NULL, "The date that the execution is for." },
	{ 0 },
};

static bool read_date(const json_t *item, const struct gw_zone *zone, gw_time *out,
	struct gw_error *err)
{
	const char *text = json_string_value(item);
	if (!text)
		return gw_fail(err, GW_INVALID, "a date must be a text");
	if (!gw_time_parse(gw_slice_of(text), zone, out, err))
		return gw_explain(err, "invalid date '%s'", text);
	*out -= ((*out % GW_SECOND) + GW_SECOND) % GW_SECOND;
	return true;
}

static void check_dates(struct gw_check *check, const json_t *properties)
{
	struct gw_error err;
	gw_time date;
	size_t i;
	json_t *item;
	json_array_foreach (json_object_get(properties, "dates"), i, item) {
		gw_auto_str path = { 0 };
		gw_str_printf(&path, "dates[%zu]", i);
		if (!read_date(item, gw_zone_utc(), &date, &err))
			gw_check_fail(check, gw_str_text(&path), "%s", err.message);
	}
	check_zone(check, properties);
}

/* The date of the list that is nearest to at, strictly behind (after) or before it. */
static bool nearest(const json_t *properties, gw_time at, bool after, gw_time *out,
	struct gw_error *err)
{
	const struct gw_zone *zone;
	gw_time date, best = GW_NEVER;
	size_t i;
	json_t *item;
	if (!read_zone(properties, &zone, err))
		return false;
	json_array_foreach (json_object_get(properties, "dates"), i, item) {
		if (!read_date(item, zone, &date, err))
			return false;
		if (after ? date > at && (best == GW_NEVER || date < best)
			  : date < at && date > best)
			best = date;
	}
	*out = best;
	return true;
}

static bool next_of_dates(const json_t *properties, gw_time after, gw_time *out,
	struct gw_error *err)
{
	return nearest(properties, after, true, out, err);
}

static bool previous_of_dates(const json_t *properties, gw_time before, gw_time *out,
	struct gw_error *err)
{
	return nearest(properties, before, false, out, err);
}

static const struct gw_trigger_type dates_type = {
	.type = "io.kestra.plugin.core.trigger.ScheduleOnDates",
	.summary = "Starts an execution at each date of a list.",
	.mode = GW_TRIGGER_SCHEDULE,
	.properties = dates_properties,
	.outputs = dates_outputs,
	.check = check_dates,
	.next = next_of_dates,
	.previous = previous_of_dates,
	.zone = read_zone,
};

const struct gw_module gw_module = {
	GW_MODULE_HEAD,
	.name = "schedule",
	.version = "1.0",
	.summary = "Starting executions at dates, and the conditions of triggers.",
	.triggers = (const struct gw_trigger_type *const[]){ &schedule_type, &dates_type, NULL },
	.conditions = (const struct gw_condition_type *const[]){ &date_time_between, &day_week,
		&day_week_in_month, &time_between, &weekend, &expression_condition, &not_condition,
		&or_condition, &execution_flow, &execution_namespace, &execution_status,
		&execution_labels, &execution_outputs, &flow_condition, &flow_namespace, NULL },
};
