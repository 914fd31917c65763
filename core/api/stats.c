/* stats.c - executions a day by state, as 0.21 asks for them */
#include "api/api.h"

#include "base/clock.h"
#include "base/json.h"
#include "model/kinds.h"
#include "model/state.h"

#define DAY (86400 * GW_SECOND)
#define DAYS_MAX 370
#define DEFAULT_DAYS 30
#define STATES (GW_RESUBMITTED + 1)

static const struct gw_column columns[] = {
	{ "q", "namespace flow key", GW_COLUMN_WORDS },
	{ "namespace", "namespace", GW_COLUMN_NAMESPACE },
	{ "flowId", "flow", GW_COLUMN_TEXT },
	{ "state", "state", GW_COLUMN_STATE },
	{ "scope", "namespace", GW_COLUMN_SCOPE },
	{ NULL, NULL, GW_COLUMN_TEXT },
};
static const struct gw_sort_key sort_keys[] = { { NULL, NULL } };
static const struct gw_resource resource = { &gw_kind_execution, columns, sort_keys };

struct day {
	uint64_t counts[STATES];
	uint64_t n_ended;
	int64_t sum_us, min_us, max_us; /* of durations */
};

struct days {
	gw_time start; /* of the first */
	size_t n;
	struct day *items;
};

static bool add_execution(void *arg, const struct gw_record *record, struct gw_error *err)
{
	struct days *days = arg;
	enum gw_state state;
	(void)err;
	const struct gw_value *duration = &record->fields[GW_EXECUTION_DURATION];
	int64_t i = (record->fields[GW_EXECUTION_START].number - days->start) / DAY;
	if (i < 0 || i >= (int64_t)days->n ||
		!gw_state_parse(record->fields[GW_EXECUTION_STATE].text, &state))
		return true;
	struct day *day = &days->items[i];
	day->counts[state]++;
	if (!duration->is_set || !gw_state_is_terminal(state))
		return true;
	if (!day->n_ended || duration->number < day->min_us)
		day->min_us = duration->number;
	if (duration->number > day->max_us)
		day->max_us = duration->number;
	day->sum_us += duration->number;
	day->n_ended++;
	return true;
}

static void put_seconds(struct gw_str *out, const char *name, double us)
{
	gw_json_key(out, name);
	gw_json_real(out, us / (double)GW_SECOND);
}

static void put_day(struct gw_str *out, gw_time start, const struct day *day)
{
	gw_json_comma(out);
	gw_str_putc(out, '{');
	gw_json_time(out, "startDate", start);
	gw_json_text(out, "groupBy", gw_slice_of("day"));
	gw_json_key(out, "duration");
	gw_str_putc(out, '{');
	put_seconds(out, "min", (double)day->min_us);
	put_seconds(out, "max", (double)day->max_us);
	put_seconds(out, "sum", (double)day->sum_us);
	put_seconds(out, "avg", day->n_ended ? (double)day->sum_us / (double)day->n_ended : 0);
	gw_json_int(out, "count", (int64_t)day->n_ended);
	gw_str_putc(out, '}');
	gw_json_key(out, "executionCounts");
	gw_str_putc(out, '{');
	for (int state = 0; state < STATES; state++)
		gw_json_int(out, gw_state_name((enum gw_state)state), (int64_t)day->counts[state]);
	gw_str_puts(out, "}}");
}

static bool read_date(const json_t *body, const char *name, gw_time *out, struct gw_error *err)
{
	struct gw_error why;
	const char *text = gw_json_string(body, name);
	return !text || gw_time_parse(gw_slice_of(text), gw_zone_local(), out, &why) ||
	       gw_fail(err, GW_INVALID, "%s: %s", name, why.message);
}

static bool read_days(const json_t *body, struct days *out, struct gw_error *err)
{
	gw_time until = gw_clock_now(), from = GW_NEVER;
	if (!read_date(body, "endDate", &until, err))
		return false;
	from = until - DEFAULT_DAYS * DAY;
	if (!read_date(body, "startDate", &from, err))
		return false;
	if (from > until)
		return gw_fail(err, GW_INVALID, "Start date must be before End Date");
	out->start = from - from % DAY;
	out->n = (size_t)((until - out->start) / DAY) + 1;
	return out->n <= DAYS_MAX || gw_fail(err, GW_INVALID, "at most %d days", DAYS_MAX);
}

/* The filters of a body: the same names as parameters have. */
static bool add_body(struct gw_search *s, const json_t *body, struct gw_error *err)
{
	for (const struct gw_column *c = columns; c->name; c++) {
		const json_t *value = json_object_get(body, c->name);
		if (!value || json_is_null(value) ||
			(json_is_array(value) && !json_array_size(value)))
			continue;
		const char *operation = c->type == GW_COLUMN_NAMESPACE ? "PREFIX"
					: json_is_array(value)         ? "IN"
								       : "EQUALS";
		json_auto_t *filters = json_pack("[{s:s, s:s, s:O}]", "field", c->name, "operation",
			operation, "value", value);
		if (!gw_search_read_json(s, filters, err))
			return false;
	}
	return true;
}

static bool show_daily(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_search s;
	struct days days = { 0 };
	json_auto_t *body = gw_request_json(rq, err);
	if (!body || !read_days(body, &days, err))
		return false;
	gw_auto_free struct day *items = gw_new_array(struct day, days.n);
	gw_time end = days.start + (gw_time)days.n * DAY;
	days.items = items;
	gw_search_begin(&s, rq, &resource, gw_clock_now());
	if (!add_body(&s, body, err) ||
		!gw_search_add(&s, gw_filter_number(rq, "start", GW_GE, days.start), err) ||
		!gw_search_add(&s, gw_filter_number(rq, "start", GW_LT, end), err) ||
		!gw_answer_each(&s, &s.query, add_execution, &days, err))
		return false;
	gw_str_putc(&rq->out.body, '[');
	for (size_t i = 0; i < days.n; i++)
		put_day(&rq->out.body, days.start + (gw_time)i * DAY, &items[i]);
	gw_str_putc(&rq->out.body, ']');
	return true;
}

const struct gw_route gw_stats_routes[] = {
	{ GW_HTTP_POST, "~/stats/executions/daily", show_daily, GW_ROUTE_BODY },
	{ GW_HTTP_GET, NULL, NULL, 0 },
};
