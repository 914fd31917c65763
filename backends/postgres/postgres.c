/* postgres.c - the repository in PostgreSQL 13 and later */
#include "backends/postgres/postgres.h"
#include "backends/sql/settings.h"

#include <godwit/module.h>

#include <inttypes.h>

#define ANSWER_GRACE_MAX_MS 5000 /* beyond the server's own timeout */

#define TEXT(name, member)                                                                 \
	{                                                                                  \
		name, GW_SETTING_TEXT, offsetof(struct settings, member), NULL, 0, 0, NULL \
	}

static const struct gw_setting settings_table[] = {
	TEXT("url", url),
	TEXT("host", host),
	TEXT("port", port),
	TEXT("database", database),
	TEXT("user", user),
	TEXT("username", username),
	TEXT("password", password),
	TEXT("sslmode", sslmode),
	TEXT("sslrootcert", sslrootcert),
	TEXT("sslcert", sslcert),
	TEXT("sslkey", sslkey),
	TEXT("schema", schema),
	{ "pool", GW_SETTING_NUMBER, offsetof(struct settings, pool), "16", 2, 1000, NULL },
	{ "connect-timeout", GW_SETTING_DURATION, offsetof(struct settings, connect_timeout),
		"PT10S", 2 * GW_SECOND, 600 * GW_SECOND, NULL },
	{ "statement-timeout", GW_SETTING_DURATION, offsetof(struct settings, statement_timeout),
		"PT30S", GW_MILLISECOND, 3600 * GW_SECOND, NULL },
	{ "durable", GW_SETTING_BOOL, offsetof(struct settings, durable), "true", 0, 0, NULL },
};

static void postgres_close(struct gw_backend *b)
{
	if (!b)
		return;
	gw_pool_clear(&b->pool.base);
	listener_close(&b->listener);
	conninfo_clear(&b->pool.info);
	gw_settings_clear(settings_table, GW_LEN(settings_table), &b->settings);
	free(b->pool.greeting);
	free(b->channel);
	free(b);
}

static char *make_greeting(const struct settings *s)
{
	return gw_sprintf("SET statement_timeout = %" PRId64
			  "; SET idle_in_transaction_session_timeout = %" PRId64
			  "; SET default_transaction_isolation = 'read committed'"
			  "; SET jit = off; SET synchronous_commit = %s",
		s->statement_timeout / GW_MILLISECOND, 2 * s->statement_timeout / GW_MILLISECOND,
		s->durable ? "on" : "off");
}

static bool set_up(struct gw_backend *b, const json_t *given, struct gw_error *err)
{
	struct pool *pool = &b->pool;
	if (!gw_settings_read(given, settings_table, GW_LEN(settings_table), &b->settings,
		    "repository.postgres", err) ||
		!conninfo_make(&pool->info, &b->settings, err))
		return false;
	pool->base.most = b->settings.pool;
	int64_t limit_ms = b->settings.statement_timeout / GW_MILLISECOND;
	pool->patience_ms =
		limit_ms + (limit_ms < ANSWER_GRACE_MAX_MS ? limit_ms : ANSWER_GRACE_MAX_MS);
	pool->greeting = make_greeting(&b->settings);
	b->schema = pool->info.schema;
	b->channel = gw_sprintf("godwit %s", b->schema);
	return gw_sql_versions_init(&b->versions, err);
}

static struct gw_backend *postgres_open(const json_t *given, const struct gw_kind *const *kinds,
	struct gw_error *err)
{
	struct gw_backend *b = gw_new(struct gw_backend);
	b->kinds = kinds;
	pool_init(&b->pool);
	bool ok = listener_init(&b->listener, err) && set_up(b, given, err);
	struct link *link = ok ? link_take(&b->pool, true, err) : NULL;
	if (!link) {
		postgres_close(b);
		return NULL;
	}
	link_give(&b->pool, link);
	return b;
}

static bool postgres_clock(struct gw_backend *b, gw_time *out, struct gw_error *err)
{
	struct link *link = link_take(&b->pool, false, err);
	if (!link)
		return false;
	gw_auto_sql s = postgres_begin(b,
		"SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint");
	auto_result *result = link_query(link, &s, err);
	link_give(&b->pool, link);
	if (!result)
		return false;
	*out = result_number(result, 0, 0);
	return true;
}

static bool postgres_describe(struct gw_backend *b, struct gw_str *out, struct gw_error *err)
{
	struct link *link = link_take(&b->pool, false, err);
	if (!link)
		return false;
	int version = PQserverVersion(link->conn);
	gw_str_printf(out, "PostgreSQL %d.%d at %s:%s, database %s, schema %s", version / 10000,
		version % 10000, PQhost(link->conn), PQport(link->conn), PQdb(link->conn),
		b->schema);
	link_give(&b->pool, link);
	return true;
}

static const struct gw_backend_type postgres_backend = {
	.name = "postgres",
	.summary = "Keeps everything in a PostgreSQL database",
	.open = postgres_open,
	.close = postgres_close,
	.migrate = postgres_migrate,
	.get = postgres_get,
	.scan = postgres_scan,
	.count = postgres_count,
	.write = postgres_write,
	.claim = postgres_claim,
	.clock = postgres_clock,
	.wait = postgres_wait,
	.wake = postgres_wake,
	.describe = postgres_describe,
	.snapshot = postgres_snapshot,
	.release = postgres_release,
	.layout = postgres_layout,
	.place = "schema",
	.remove = postgres_remove,
};

const struct gw_module gw_module = {
	GW_MODULE_HEAD,
	.name = "postgres",
	.version = "1.0",
	.summary = "The repository in PostgreSQL",
	.backends = (const struct gw_backend_type *const[]){ &postgres_backend, NULL },
};
