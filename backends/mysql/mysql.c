/* mysql.c - the repository in MySQL 8.0 and later, MariaDB 10.6 and later */
#include "backends/mysql/mysql.h"
#include "backends/sql/settings.h"

#include <godwit/module.h>

#define TEXT(name, member)                                                                 \
	{                                                                                  \
		name, GW_SETTING_TEXT, offsetof(struct settings, member), NULL, 0, 0, NULL \
	}

static const struct gw_setting settings_table[] = {
	TEXT("url", url),
	TEXT("host", host),
	TEXT("port", port),
	TEXT("socket", socket),
	TEXT("database", database),
	TEXT("user", user),
	TEXT("username", username),
	TEXT("password", password),
	TEXT("sslmode", sslmode),
	TEXT("ssl-ca", ssl_ca),
	TEXT("ssl-cert", ssl_cert),
	TEXT("ssl-key", ssl_key),
	{ "pool", GW_SETTING_NUMBER, offsetof(struct settings, pool), "16", 2, 1000, NULL },
	{ "connect-timeout", GW_SETTING_DURATION, offsetof(struct settings, connect_timeout),
		"PT10S", 2 * GW_SECOND, 600 * GW_SECOND, NULL },
	{ "statement-timeout", GW_SETTING_DURATION, offsetof(struct settings, statement_timeout),
		"PT30S", GW_MILLISECOND, 3600 * GW_SECOND, NULL },
};

/* Texts are bytes, so that they are compared as such: no collation, no padding. */
const struct gw_sql_dialect mysql_dialect = {
	.tenant = "VARBINARY(64)",
	.key = "VARBINARY(750)",
	.keyword = "VARBINARY(256)",
	.text = "LONGTEXT",
	.number = "BIGINT",
	.doc = "LONGTEXT",
	.table_end = " ENGINE = InnoDB ROW_FORMAT = DYNAMIC"
		     " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
	.parameter = "?",
	.position = "instr",
	/* The letters of this character set beyond ASCII have no case. */
	.lower = "CAST(LOWER(CONVERT(CAST(",
	.lower_end = " AS BINARY) USING geostd8)) AS BINARY)",
	.right = "right(",
	.right_sign = "",
	.counts_bytes = true,
	.newest_first = " DESC",
};

struct gw_sql mysql_begin(const struct gw_backend *b, const char *text)
{
	struct gw_sql s = { .dialect = &mysql_dialect, .schema = b->database };
	gw_str_puts(&s.text, text);
	return s;
}

static void mysql_close_backend(struct gw_backend *b)
{
	if (!b)
		return;
	waiter_close(b);
	gw_pool_clear(&b->pool.base);
	gw_pool_clear(&b->patient.base);
	address_clear(&b->address);
	gw_settings_clear(settings_table, GW_LEN(settings_table), &b->settings);
	free(b);
}

static void set_up_pool(struct gw_backend *b, struct pool *pool, int64_t statement_timeout)
{
	pool->base.most = b->settings.pool / 2;
	pool->address = &b->address;
	pool->connect_timeout = b->settings.connect_timeout;
	pool->statement_timeout = statement_timeout;
}

static bool set_up(struct gw_backend *b, const json_t *given, struct gw_error *err)
{
	if (!gw_settings_read(given, settings_table, GW_LEN(settings_table), &b->settings,
		    "repository.mysql", err) ||
		!address_make(&b->address, &b->settings, err))
		return false;
	set_up_pool(b, &b->pool, b->settings.statement_timeout);
	set_up_pool(b, &b->patient, 0);
	b->database = b->address.database;
	return gw_sql_versions_init(&b->versions, err);
}

static struct gw_backend *mysql_open(const json_t *given, const struct gw_kind *const *kinds,
	struct gw_error *err)
{
	struct gw_backend *b = gw_new(struct gw_backend);
	b->kinds = kinds;
	pool_init(&b->pool);
	pool_init(&b->patient);
	bool ok = waiter_init(&b->waiter, err) && set_up(b, given, err);
	struct link *link = ok ? link_take(&b->pool, err) : NULL;
	if (!link) {
		mysql_close_backend(b);
		return NULL;
	}
	link_give(&b->pool, link);
	return b;
}

static bool mysql_clock(struct gw_backend *b, gw_time *out, struct gw_error *err)
{
	struct link *link = link_take(&b->pool, err);
	if (!link)
		return false;
	gw_auto_sql s =
		mysql_begin(b, "SELECT CAST(UNIX_TIMESTAMP(SYSDATE(6)) * 1000000 AS SIGNED)");
	bool ok = query_number(link, &s, out, err);
	link_give(&b->pool, link);
	return ok;
}

static bool mysql_describe(struct gw_backend *b, struct gw_str *out, struct gw_error *err)
{
	const struct address *a = &b->address;
	struct link *link = link_take(&b->pool, err);
	if (!link)
		return false;
	gw_str_printf(out, "%s %s at ", link->is_mariadb ? "MariaDB" : "MySQL", link->version);
	if (a->socket)
		gw_str_puts(out, a->socket);
	else
		gw_str_printf(out, "%s:%u", a->host, a->port);
	gw_str_printf(out, ", database %s", b->database);
	link_give(&b->pool, link);
	return true;
}

static const struct gw_backend_type mysql_backend = {
	.name = "mysql",
	.summary = "Keeps everything in a MySQL or MariaDB database",
	.open = mysql_open,
	.close = mysql_close_backend,
	.migrate = mysql_migrate,
	.get = mysql_get,
	.scan = mysql_scan,
	.count = mysql_count,
	.write = mysql_write,
	.claim = mysql_claim,
	.clock = mysql_clock,
	.wait = mysql_wait,
	.wake = mysql_wake,
	.describe = mysql_describe,
	.snapshot = mysql_snapshot,
	.release = mysql_release,
	.layout = mysql_layout,
	.place = "database",
	.remove = mysql_remove,
};

const struct gw_module gw_module = {
	GW_MODULE_HEAD,
	.name = "mysql",
	.version = "1.0",
	.summary = "The repository in MySQL or MariaDB",
	.backends = (const struct gw_backend_type *const[]){ &mysql_backend, NULL },
};
