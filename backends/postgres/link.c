/* link.c - connections to the server */
#include "backends/postgres/link.h"

#include <godwit/mem.h>

#include <endian.h>
#include <poll.h>
#include <time.h>

/* ---- Errors ---- */

/* What an SQLSTATE means to the caller, by its beginning; the first that fits. */
static const struct {
	const char *state;
	enum gw_code code;
} states[] = {
	{ "08", GW_UNAVAILABLE }, /* connection */
	{ "25006", GW_UNAVAILABLE }, /* a standby that may become the primary */
	{ "40", GW_UNAVAILABLE }, /* deadlock, serialization */
	{ "53", GW_UNAVAILABLE }, /* memory, disk, connections */
	{ "55P03", GW_UNAVAILABLE }, /* lock timeout */
	{ "57", GW_UNAVAILABLE }, /* cancelled, shutting down, starting */
	{ "58", GW_UNAVAILABLE }, /* input and output */
	{ "22", GW_INVALID }, /* no JSON, no UTF-8 */
	{ "54", GW_INVALID }, /* too large */
	{ "", GW_INTERNAL },
};

static enum gw_code code_of(const char *state)
{
	size_t i = 0;
	while (strncmp(states[i].state, state, strlen(states[i].state)) != 0)
		i++;
	return states[i].code;
}

static bool fail_with(enum gw_code code, const char *message, struct gw_error *err)
{
	gw_auto_free char *line = gw_strdup(message);
	size_t len = strlen(line);
	while (len && (line[len - 1] == '\n' || line[len - 1] == ' '))
		line[--len] = '\0';
	for (char *c = line; *c; c++)
		if (*c == '\n' || *c == '\t')
			*c = ' ';
	return gw_fail(err, code, "PostgreSQL: %s", line);
}

bool link_fail(struct link *link, const PGresult *result, struct gw_error *err)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	const char *message = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	link->is_victim = state && strncmp(state, "40", 2) == 0;
	if (state && message && !link_is_broken(link))
		return fail_with(code_of(state), message, err);
	return fail_with(GW_UNAVAILABLE, message ? message : PQerrorMessage(link->conn), err);
}

/* ---- Connecting ---- */

static bool greet(PGconn *conn, const char *greeting, struct gw_error *err)
{
	if (PQserverVersion(conn) < 130000)
		return gw_fail(err, GW_INVALID, "PostgreSQL: the server is older than version 13");
	const char *encoding = PQparameterStatus(conn, "server_encoding");
	if (!encoding || strcmp(encoding, "UTF8") != 0)
		return gw_fail(err, GW_INVALID,
			"PostgreSQL: the database's encoding is %s; create one with UTF8",
			encoding ? encoding : "unknown");
	auto_result *result = PQexec(conn, greeting);
	if (PQresultStatus(result) != PGRES_COMMAND_OK || PQsetnonblocking(conn, 1) != 0)
		return fail_with(GW_UNAVAILABLE, PQerrorMessage(conn), err);
	return true;
}

static void ignore_notice(void *arg, const char *message)
{
	(void)arg, (void)message;
}

PGconn *link_connect(const struct pool *pool, struct gw_error *err)
{
	PGconn *conn =
		PQconnectdbParams(pool->info.keywords, (const char *const *)pool->info.values, 1);
	PQsetNoticeProcessor(conn, ignore_notice, NULL);
	bool ok = PQstatus(conn) == CONNECTION_OK ||
		  fail_with(GW_UNAVAILABLE, PQerrorMessage(conn), err);
	if (ok && greet(conn, pool->greeting, err))
		return conn;
	PQfinish(conn);
	return NULL;
}

static void close_link(struct gw_pool_item *item)
{
	struct link *link = (struct link *)item;
	PQfinish(link->conn);
	json_decref(link->prepared);
	free(link);
}

/* ---- The pool ---- */

/* An idle connection has nothing to read, unless the server says farewell. */
static bool is_alive(struct gw_pool_item *item)
{
	struct link *link = (struct link *)item;
	struct pollfd p = { .fd = PQsocket(link->conn), .events = POLLIN };
	return !link_is_broken(link) && poll(&p, 1, 0) == 0;
}

static struct gw_pool_item *open_link(struct gw_pool *base, struct gw_error *err)
{
	struct pool *pool = (struct pool *)base;
	PGconn *conn = link_connect(pool, err);
	if (!conn)
		return NULL;
	struct link *link = gw_new(struct link);
	link->conn = conn;
	link->prepared = json_object();
	link->patience_ms = pool->patience_ms;
	link->plans_anew = true;
	return &link->item;
}

void pool_init(struct pool *pool)
{
	pool->base = (struct gw_pool){
		.server = "PostgreSQL", .open = open_link, .close = close_link, .is_alive = is_alive
	};
	gw_pool_init(&pool->base);
}

/* Prepared statements go by key: planned while a table is small they would read all of it. */
static bool set_planning(struct link *link, bool anew, struct gw_error *err)
{
	if (link->plans_anew == anew)
		return true;
	const char *on = anew ? "on" : "off";
	gw_auto_free char *set = gw_sprintf(
		"SET plan_cache_mode = %s; SET enable_seqscan = %s; SET enable_bitmapscan = %s;"
		"SET enable_hashjoin = %s; SET enable_mergejoin = %s",
		anew ? "auto" : "force_generic_plan", on, on, on, on);
	link->plans_anew = anew;
	return link_run(link, set, err);
}

struct link *link_take(struct pool *pool, bool plans_anew, struct gw_error *err)
{
	struct link *link = (struct link *)gw_pool_take(&pool->base, err);
	if (!link || set_planning(link, plans_anew, err))
		return link;
	link_give(pool, link);
	return NULL;
}

void link_give(struct pool *pool, struct link *link)
{
	gw_pool_give(&pool->base, &link->item,
		!link_is_broken(link) && PQtransactionStatus(link->conn) == PQTRANS_IDLE &&
			PQpipelineStatus(link->conn) == PQ_PIPELINE_OFF);
}

/* ---- Waiting for answers ---- */

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Until a result can be had without blocking, or patience ends. */
static bool await(struct link *link, struct gw_error *err)
{
	int64_t until = now_ms() + link->patience_ms;
	for (;;) {
		int unsent = PQflush(link->conn);
		if (unsent < 0)
			return link_fail(link, NULL, err);
		if (!unsent && !PQisBusy(link->conn))
			return true;
		struct pollfd p = { .fd = PQsocket(link->conn), .events = POLLIN };
		if (unsent)
			p.events |= POLLOUT;
		int64_t left = until - now_ms();
		if (link->patience_ms < 0)
			left = -1;
		else if (left <= 0)
			return gw_fail(err, GW_UNAVAILABLE, "PostgreSQL: the server is silent");
		poll(&p, 1, (int)left);
		if (p.revents & POLLIN && !PQconsumeInput(link->conn))
			return link_fail(link, NULL, err);
	}
}

PGresult *link_next(struct link *link, struct gw_error *err)
{
	err->code = GW_OK;
	return await(link, err) ? PQgetResult(link->conn) : NULL;
}

static bool is_good(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* The last result of what was sent; the first error wins. */
static PGresult *finish(struct link *link, struct gw_error *err)
{
	PGresult *last = NULL, *result;
	bool ok = true;
	struct gw_error later;
	while ((result = link_next(link, &later))) {
		if (ok && !is_good(result))
			ok = link_fail(link, result, err);
		PQclear(last);
		last = result;
	}
	if (ok && later.code != GW_OK) {
		*err = later;
		ok = false;
	}
	if (ok && last)
		return last;
	if (ok)
		link_fail(link, NULL, err);
	PQclear(last);
	return NULL;
}

/* ---- Statements ---- */

bool link_run(struct link *link, const char *statements, struct gw_error *err)
{
	if (!PQsendQuery(link->conn, statements))
		return link_fail(link, NULL, err);
	auto_result *result = finish(link, err);
	return result != NULL;
}

/* Parameters of a query in binary: texts as they are, numbers in network order. */
struct query_params {
	Oid *types;
	const char **values;
	int *lengths, *formats;
	uint64_t *numbers;
};

static void free_query_params(struct query_params *p)
{
	free(p->types);
	free(p->values);
	free(p->lengths);
	free(p->formats);
	free(p->numbers);
}

static void make_query_params(struct query_params *p, const struct gw_sql *s)
{
	size_t n = s->n_params;
	*p = (struct query_params){ gw_new_array(Oid, n), gw_new_array(const char *, n),
		gw_new_array(int, n), gw_new_array(int, n), gw_new_array(uint64_t, n) };
	for (size_t i = 0; i < n; i++) {
		struct gw_slice text = s->params[i].text;
		p->numbers[i] = htobe64((uint64_t)s->params[i].number);
		p->types[i] = text.data ? OID_TEXT : OID_INT8;
		p->values[i] = text.data ? text.data : (const char *)&p->numbers[i];
		p->lengths[i] = text.data ? (int)text.len : (int)sizeof(p->numbers[i]);
		p->formats[i] = 1;
	}
}

bool link_send_query(struct link *link, const struct gw_sql *s, struct gw_error *err)
{
	struct query_params p;
	make_query_params(&p, s);
	int ok = PQsendQueryParams(link->conn, gw_str_text(&s->text), (int)s->n_params, p.types,
		p.values, p.lengths, p.formats, 1);
	free_query_params(&p);
	return ok || link_fail(link, NULL, err);
}

PGresult *link_query(struct link *link, const struct gw_sql *s, struct gw_error *err)
{
	return link_send_query(link, s, err) ? finish(link, err) : NULL;
}

bool link_is_prepared(const struct link *link, const char *name)
{
	return json_object_get(link->prepared, name) != NULL;
}

bool link_prepare(struct link *link, const char *name, const struct gw_sql *s, struct gw_error *err)
{
	if (!PQsendPrepare(link->conn, name, gw_str_text(&s->text), 0, NULL))
		return link_fail(link, NULL, err);
	auto_result *result = finish(link, err);
	if (result)
		json_object_set_new(link->prepared, name, json_true());
	return result != NULL;
}

bool link_send(struct link *link, const char *name, const struct params *p, struct gw_error *err)
{
	const char *values[PARAMS_MAX];
	int lengths[PARAMS_MAX], formats[PARAMS_MAX];
	for (int i = 0; i < p->n; i++) {
		if (p->data[i].full)
			return gw_fail(err, GW_INVALID, "PostgreSQL: too much for one write");
		values[i] = p->data[i].data ? p->data[i].data : "";
		lengths[i] = (int)p->data[i].len;
		formats[i] = 1;
	}
	return PQsendQueryPrepared(link->conn, name, p->n, values, lengths, formats, 1) ||
	       link_fail(link, NULL, err);
}

PGresult *link_execute(struct link *link, const char *name, const struct params *params,
	struct gw_error *err)
{
	return link_send(link, name, params, err) ? finish(link, err) : NULL;
}
