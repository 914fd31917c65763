/* metrics.c - what task runs measured: search, names, aggregates */
#include "api/api.h"

#include "base/clock.h"
#include "base/json.h"
#include "model/kinds.h"

#include <stdio.h>

#define DEFAULT_RANGE (30 * 86400 * GW_SECOND)
#define ENTRIES_MAX 100000 /* of one aggregate */

static const struct gw_column columns[] = {
	{ "taskRunId", "taskrun", GW_COLUMN_TEXT },
	{ "taskId", "task", GW_COLUMN_TEXT },
	{ NULL, NULL, GW_COLUMN_TEXT },
};

static const struct gw_sort_key sort_keys[] = {
	{ "namespace", "namespace" },
	{ "flowId", "flow" },
	{ "taskId", "task" },
	{ "taskrunId", "taskrun" },
	{ "taskRunId", "taskrun" },
	{ "name", "name" },
	{ "timestamp", "at" },
	{ NULL, NULL },
};

static const struct gw_resource metric_resource = { &gw_kind_metric, columns, sort_keys };

static void list_entry(struct gw_str *out, const struct gw_record *record, void *arg)
{
	(void)arg;
	gw_str_add(out, record->doc.data, record->doc.len);
}

static bool list_metrics(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_search s;
	const struct gw_lister lister = { .item = list_entry };
	gw_auto_free char *prefix = gw_sprintf("%s/", rq->args[0]);
	return gw_search_read(&s, rq, &metric_resource, gw_clock_now(), err) &&
	       gw_search_add(&s, gw_filter_text(rq, "key", GW_PREFIX, gw_slice_of(prefix)), err) &&
	       gw_search_read_page(&s, err) && gw_answer_page(&s, &lister, err);
}

/* ---- Names ---- */

static bool select_flow(struct gw_search *s, struct gw_http_request *rq, struct gw_error *err)
{
	gw_search_begin(s, rq, &metric_resource, 0);
	return gw_search_add(s, gw_filter_text(rq, "namespace", GW_EQ, gw_slice_of(rq->args[0])),
		       err) &&
	       gw_search_add(s, gw_filter_text(rq, "flow", GW_EQ, gw_slice_of(rq->args[1])), err);
}

static bool select_task(struct gw_search *s, const char *task, struct gw_error *err)
{
	return !task ||
	       gw_search_add(s, gw_filter_text(s->rq, "task", GW_EQ, gw_slice_of(task)), err);
}

static bool list_metric_names(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_search s;
	return select_flow(&s, rq, err) && select_task(&s, rq->args[2], err) &&
	       gw_answer_values(&s, "name", err);
}

static bool list_tasks(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_search s;
	return select_flow(&s, rq, err) && gw_answer_values(&s, "task", err);
}

/* ---- Aggregates ---- */

enum aggregation { SUM, AVG, MIN, MAX };

static const char *const aggregations[] = { "sum", "avg", "min", "max" };

/* Spans of time that dates are grouped by; the first whose range is long enough. */
static const struct {
	const char *name;
	gw_time range, span;
} groups[] = {
	{ "minute", 6 * 3600 * GW_SECOND, 60 * GW_SECOND },
	{ "hour", 3 * 86400 * GW_SECOND, 3600 * GW_SECOND },
	{ "day", 180 * 86400 * GW_SECOND, 86400 * GW_SECOND },
	{ "week", 2 * 365 * 86400 * GW_SECOND, 7 * 86400 * GW_SECOND },
	{ "month", INT64_MAX, 30 * 86400 * GW_SECOND },
};

struct aggregate {
	struct gw_str *out;
	const char *name;
	enum aggregation how;
	gw_time span;
	gw_time at; /* of the current group; GW_NEVER = none yet */
	double value;
	uint64_t n;
};

static void end_group(struct aggregate *a)
{
	if (a->at == GW_NEVER)
		return;
	gw_json_comma(a->out);
	gw_str_putc(a->out, '{');
	gw_json_text(a->out, "name", gw_slice_of(a->name));
	gw_json_key(a->out, "value");
	gw_json_real(a->out, a->how == AVG ? a->value / (double)a->n : a->value);
	gw_json_time(a->out, "date", a->at);
	gw_str_putc(a->out, '}');
}

static double combine(enum aggregation how, double a, double b)
{
	if (how == MIN)
		return a < b ? a : b;
	if (how == MAX)
		return a > b ? a : b;
	return a + b;
}

/* Entries come by time. */
static bool add_value(void *arg, const struct gw_record *record, struct gw_error *err)
{
	struct aggregate *a = arg;
	json_auto_t *doc = gw_json_parse(record->doc, err);
	if (!doc)
		return false;
	double value = json_number_value(json_object_get(doc, "value"));
	gw_time at = record->fields[GW_METRIC_AT].number;
	at -= at % a->span;
	if (at != a->at) {
		end_group(a);
		a->at = at;
		a->value = value;
		a->n = 1;
		return true;
	}
	a->value = combine(a->how, a->value, value);
	a->n++;
	return true;
}

static bool read_aggregation(const struct gw_http_request *rq, enum aggregation *out,
	struct gw_error *err)
{
	const char *name = gw_request_param(rq, "aggregation");
	*out = SUM;
	for (size_t i = 0; name && i < GW_LEN(aggregations); i++)
		if (strcasecmp(name, aggregations[i]) == 0) {
			*out = (enum aggregation)i;
			return true;
		}
	return !name || gw_fail(err, GW_BAD_REQUEST,
				"aggregation must be sum, avg, min or max, not '%s'", name);
}

static bool read_date(const struct gw_http_request *rq, const char *name, gw_time *out,
	struct gw_error *err)
{
	struct gw_error why;
	const char *text = gw_request_param(rq, name);
	return !text || gw_time_parse(gw_slice_of(text), gw_zone_local(), out, &why) ||
	       gw_fail(err, GW_BAD_REQUEST, "%s: %s", name, why.message);
}

static bool aggregate(struct gw_http_request *rq, const char *task, const char *metric,
	struct gw_error *err)
{
	struct gw_search s;
	struct aggregate a = { .out = &rq->out.body, .name = metric, .at = GW_NEVER };
	gw_time until = gw_clock_now(), from = until - DEFAULT_RANGE;
	size_t group = 0;
	if (!read_aggregation(rq, &a.how, err) || !read_date(rq, "startDate", &from, err) ||
		!read_date(rq, "endDate", &until, err))
		return false;
	while (until - from > groups[group].range)
		group++;
	a.span = groups[group].span;
	if (!select_flow(&s, rq, err) || !select_task(&s, task, err) ||
		!gw_search_add(&s, gw_filter_text(rq, "name", GW_EQ, gw_slice_of(metric)), err) ||
		!gw_search_add(&s, gw_filter_number(rq, "at", GW_GE, from), err) ||
		!gw_search_add(&s, gw_filter_number(rq, "at", GW_LE, until), err))
		return false;
	s.orders[s.query.n_orders++] = (struct gw_order){ "at", false };
	s.query.limit = ENTRIES_MAX;
	gw_str_putc(a.out, '{');
	gw_json_text(a.out, "groupBy", gw_slice_of(groups[group].name));
	gw_json_key(a.out, "aggregations");
	gw_str_putc(a.out, '[');
	if (!gw_answer_each(&s, &s.query, add_value, &a, err))
		return false;
	end_group(&a);
	gw_str_puts(a.out, "]}");
	return true;
}

static bool aggregate_flow(struct gw_http_request *rq, struct gw_error *err)
{
	return aggregate(rq, NULL, rq->args[2], err);
}

static bool aggregate_task(struct gw_http_request *rq, struct gw_error *err)
{
	return aggregate(rq, rq->args[2], rq->args[3], err);
}

const struct gw_route gw_metric_routes[] = {
	{ GW_HTTP_GET, "~/metrics/{executionId}", list_metrics, 0 },
	{ GW_HTTP_GET, "~/metrics/names/{namespace}/{flowId}", list_metric_names, 0 },
	{ GW_HTTP_GET, "~/metrics/names/{namespace}/{flowId}/{taskId}", list_metric_names, 0 },
	{ GW_HTTP_GET, "~/metrics/tasks/{namespace}/{flowId}", list_tasks, 0 },
	{ GW_HTTP_GET, "~/metrics/aggregates/{namespace}/{flowId}/{metric}", aggregate_flow, 0 },
	{ GW_HTTP_GET, "~/metrics/aggregates/{namespace}/{flowId}/{taskId}/{metric}",
		aggregate_task, 0 },
	{ GW_HTTP_GET, NULL, NULL, 0 },
};
