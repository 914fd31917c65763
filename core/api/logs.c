/* logs.c - log entries: search, read, download, follow, delete */
#include "api/follow.h"

#include "base/json.h"
#include "base/clock.h"
#include "base/log.h"
#include "model/kinds.h"

static const struct gw_column columns[] = {
	{ "q", "namespace flow task trigger message", GW_COLUMN_WORDS },
	{ "scope", "namespace", GW_COLUMN_SCOPE },
	{ "namespace", "namespace", GW_COLUMN_NAMESPACE },
	{ "flowId", "flow", GW_COLUMN_TEXT },
	{ "triggerId", "trigger", GW_COLUMN_TEXT },
	{ "taskId", "task", GW_COLUMN_TEXT },
	{ "taskRunId", "taskrun", GW_COLUMN_TEXT },
	{ "attemptNumber", "attempt", GW_COLUMN_NUMBER },
	{ "attempt", "attempt", GW_COLUMN_NUMBER },
	{ "minLevel", "level", GW_COLUMN_LEVEL },
	{ "level", "level", GW_COLUMN_LEVEL },
	{ "startDate", "at", GW_COLUMN_FROM },
	{ "endDate", "at", GW_COLUMN_UNTIL },
	{ "timeRange", "at", GW_COLUMN_RANGE },
	{ "executionId", "key", GW_COLUMN_WITHIN },
	{ "kind", NULL, GW_COLUMN_KIND },
	{ NULL, NULL, GW_COLUMN_TEXT },
};

static const struct gw_sort_key sort_keys[] = {
	{ "timestamp", "at" },
	{ "level", "level" },
	{ "namespace", "namespace" },
	{ "flowId", "flow" },
	{ "taskId", "task" },
	{ "triggerId", "trigger" },
	{ NULL, NULL },
};

static const struct gw_resource log_resource = { &gw_kind_log, columns, sort_keys };

static void list_entry(struct gw_str *out, const struct gw_record *record, void *arg)
{
	(void)arg;
	gw_str_add(out, record->doc.data, record->doc.len);
}

static bool search_logs(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_search s;
	const struct gw_lister lister = { .item = list_entry };
	return gw_search_read(&s, rq, &log_resource, gw_clock_now(), err) &&
	       gw_search_read_page(&s, err) && gw_answer_page(&s, &lister, err);
}

/* ---- Of one execution ---- */

/* A task's id wins over task run and attempt. */
static void drop_narrower(struct gw_http_request *rq)
{
	if (!gw_request_param(rq, "taskId"))
		return;
	struct gw_param *kept = gw_arena_alloc(&rq->arena, rq->n_query * sizeof(*kept));
	size_t n = 0;
	for (size_t i = 0; i < rq->n_query; i++)
		if (!gw_slice_is(rq->query[i].name, "taskRunId") &&
			!gw_slice_is(rq->query[i].name, "attempt"))
			kept[n++] = rq->query[i];
	rq->query = kept;
	rq->n_query = n;
}

/* The entries of an execution, by time. */
static bool select_entries(struct gw_search *s, struct gw_http_request *rq, struct gw_error *err)
{
	gw_auto_str prefix = { 0 };
	drop_narrower(rq);
	gw_str_printf(&prefix, "%s/", rq->args[0]);
	if (!gw_search_read(s, rq, &log_resource, gw_clock_now(), err))
		return false;
	s->orders[s->query.n_orders++] = (struct gw_order){ "at", false };
	return gw_search_add(s,
		gw_filter_text(rq, "key", GW_PREFIX,
			gw_arena_copy(&rq->arena, gw_str_slice(&prefix))),
		err);
}

static bool list_logs(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_search s;
	const struct gw_lister lister = { .item = list_entry };
	return select_entries(&s, rq, err) && gw_answer_list(&s, &lister, err);
}

/* "2024-12-20T10:00:00.123Z INFO message" */
static bool put_line(void *arg, const struct gw_record *record, struct gw_error *err)
{
	struct gw_str *out = arg;
	(void)err;
	if (out->len)
		gw_str_putc(out, '\n');
	gw_time_print(out, record->fields[GW_LOG_AT].number);
	gw_str_printf(out, " %s ",
		gw_level_name((enum gw_level)record->fields[GW_LOG_LEVEL].number));
	gw_str_add(out, record->fields[GW_LOG_MESSAGE].text.data,
		record->fields[GW_LOG_MESSAGE].text.len);
	return true;
}

static bool download_logs(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_search s;
	gw_auto_str name = { 0 };
	gw_str_printf(&name, "attachment; filename=\"%s.log\"", rq->args[0]);
	rq->out.content_type = "text/plain";
	return select_entries(&s, rq, err) &&
	       gw_answer_each(&s, &s.query, put_line, &rq->out.body, err) &&
	       (rq->out.disposition = gw_request_keep(rq, gw_str_text(&name)));
}

static bool delete_logs(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_search s;
	uint64_t n;
	if (!select_entries(&s, rq, err))
		return false;
	s.query.n_orders = 0;
	return gw_store_delete_where(gw_api_of(rq)->store, &s.query, &n, err);
}

/* Of a trigger. */
static bool delete_trigger_logs(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_search s;
	uint64_t n;
	const char *trigger = gw_request_param(rq, "triggerId");
	if (!trigger)
		return gw_fail(err, GW_BAD_REQUEST,
			"Required QueryValue [triggerId] not specified");
	gw_search_begin(&s, rq, &log_resource, 0);
	return gw_search_add(&s, gw_filter_text(rq, "namespace", GW_EQ, gw_slice_of(rq->args[0])),
		       err) &&
	       gw_search_add(&s, gw_filter_text(rq, "flow", GW_EQ, gw_slice_of(rq->args[1])),
		       err) &&
	       gw_search_add(&s, gw_filter_text(rq, "trigger", GW_EQ, gw_slice_of(trigger)), err) &&
	       gw_store_delete_where(gw_api_of(rq)->store, &s.query, &n, err);
}

/* ---- Following ---- */

#define LATENESS \
	(60 * GW_SECOND) /* an entry may be stored so much later than one stamped after it */

struct tail {
	enum gw_level least;
	gw_time newest; /* of what was sent */
	struct gw_map last; /* key up to the line -> the last line sent, as text */
	struct gw_follow *follow;
};

static void free_tail(void *state)
{
	struct tail *tail = state;
	gw_map_clear(&tail->last, free);
	free(tail);
}

/* Lines of one attempt are stored in their order: the last one sent says which are new. */
static bool send_entry(void *arg, const struct gw_record *record, struct gw_error *err)
{
	struct tail *tail = arg;
	(void)err;
	const char *slash = memrchr(record->key.data, '/', record->key.len);
	size_t len = slash ? (size_t)(slash - record->key.data) : 0;
	struct gw_slice attempt = gw_slice(record->key.data, len);
	struct gw_slice line = gw_slice(record->key.data + len, record->key.len - len);
	const char *last = gw_map_get(&tail->last, attempt);
	if (last && strncmp(last, line.data, line.len) >= 0 && strlen(last) >= line.len)
		return true;
	free(gw_map_put(&tail->last, attempt, gw_slice_dup(line)));
	if (record->fields[GW_LOG_AT].number > tail->newest)
		tail->newest = record->fields[GW_LOG_AT].number;
	return gw_events_send(tail->follow->events, "progress", record->doc);
}

static void look_at_logs(struct gw_follow *f)
{
	struct tail *tail = f->state;
	struct gw_error ignored;
	struct gw_http_request rq = { .context = f->api, .tenant = f->tenant };
	struct gw_search s;
	gw_auto_str prefix = { 0 };
	gw_str_printf(&prefix, "%s/", f->execution);
	gw_search_begin(&s, &rq, &log_resource, 0);
	gw_search_add(&s, gw_filter_text(&rq, "key", GW_PREFIX, gw_str_slice(&prefix)), &ignored);
	gw_search_add(&s, gw_filter_number(&rq, "level", GW_GE, tail->least), &ignored);
	gw_search_add(&s, gw_filter_number(&rq, "at", GW_GE, tail->newest - LATENESS), &ignored);
	s.orders[s.query.n_orders++] = (struct gw_order){ "at", false };
	gw_answer_each(&s, &s.query, send_entry, tail, &ignored);
	gw_request_clear(&rq);
}

/* minLevel=…, or filters[level][…]=… */
static bool read_least(const struct gw_http_request *rq, enum gw_level *out, struct gw_error *err)
{
	*out = GW_TRACE;
	for (size_t i = 0; i < rq->n_query; i++) {
		const struct gw_param *param = &rq->query[i];
		if (!gw_slice_is(param->name, "minLevel") &&
			!gw_slice_starts(param->name, gw_slice_of("filters[level]")))
			continue;
		if (!gw_level_parse(param->value, out))
			return gw_fail(err, GW_BAD_REQUEST, "'%.*s' is no level",
				GW_SLICE(param->value));
	}
	return true;
}

static bool follow_logs(struct gw_http_request *rq, struct gw_error *err)
{
	enum gw_level least;
	if (!read_least(rq, &least, err))
		return false;
	struct tail *tail = gw_new(struct tail);
	struct gw_follow *f = gw_new(struct gw_follow);
	tail->least = least;
	tail->follow = f;
	f->look = look_at_logs;
	f->state = tail;
	f->free_state = free_tail;
	gw_follow_start(rq, f);
	return true;
}

const struct gw_route gw_log_routes[] = {
	{ GW_HTTP_GET, "~/logs/search", search_logs, 0 },
	{ GW_HTTP_GET, "~/logs/{executionId}", list_logs, 0 },
	{ GW_HTTP_DELETE, "~/logs/{executionId}", delete_logs, 0 },
	{ GW_HTTP_GET, "~/logs/{executionId}/download", download_logs, 0 },
	{ GW_HTTP_GET, "~/logs/{executionId}/follow", follow_logs, GW_ROUTE_STREAM },
	{ GW_HTTP_DELETE, "~/logs/{namespace}/{flowId}", delete_trigger_logs, 0 },
	{ GW_HTTP_GET, NULL, NULL, 0 },
};
