/* conninfo.c - settings, PostgreSQL's URLs and JDBC's to libpq's keywords */
#include "backends/postgres/conninfo.h"
#include "backends/sql/url.h"

#include <godwit/mem.h>

#include <ctype.h>
#include <inttypes.h>

#define SCHEMA_MAX 48

/* What JDBC calls it, what libpq calls it. Other parameters of a JDBC URL tune that driver and
 * mean nothing here. */
static const struct {
	const char *jdbc, *keyword;
} jdbc_parameters[] = {
	{ "user", "user" },
	{ "password", "password" },
	{ "sslmode", "sslmode" },
	{ "sslrootcert", "sslrootcert" },
	{ "sslcert", "sslcert" },
	{ "ApplicationName", "application_name" },
};

static void add(struct conninfo *info, const char *keyword, const char *value)
{
	if (!value || info->n == CONNINFO_MAX - 1)
		return;
	info->keywords[info->n] = keyword;
	info->values[info->n++] = gw_strdup(value);
}

static void add_number(struct conninfo *info, const char *keyword, int64_t number)
{
	gw_auto_free char *text = gw_sprintf("%" PRId64, number);
	add(info, keyword, text);
}

/* ---- JDBC ---- */

static void add_jdbc_parameter(struct conninfo *info, struct gw_slice given, const char *value)
{
	if (gw_slice_is(given, "currentSchema") && !info->schema)
		info->schema = gw_strdup(value);
	if (gw_slice_is(given, "ssl") && strcmp(value, "false") != 0)
		add(info, "sslmode", "verify-full");
	for (size_t i = 0; i < GW_LEN(jdbc_parameters); i++)
		if (gw_slice_is(given, jdbc_parameters[i].jdbc) && jdbc_parameters[i].keyword)
			add(info, jdbc_parameters[i].keyword, value);
}

static void add_jdbc_url(struct conninfo *info, const char *url)
{
	size_t len = strcspn(url, "?");
	gw_auto_free char *base = gw_strndup(url, len);
	if (strncmp(base, "postgresql://", 13) == 0)
		add(info, "dbname", base);
	else
		add(info, "dbname", base + strlen("postgresql:"));
	const char *at = url + len + (url[len] == '?');
	struct gw_slice name;
	for (char *value; gw_url_next(&at, &name, &value); free(value))
		add_jdbc_parameter(info, name, value);
}

static bool add_url(struct conninfo *info, const char *url, struct gw_error *err)
{
	if (!url)
		return true;
	if (strncmp(url, "jdbc:postgresql:", 16) == 0)
		add_jdbc_url(info, url + strlen("jdbc:"));
	else if (strncmp(url, "postgresql://", 13) == 0 || strncmp(url, "postgres://", 11) == 0)
		add(info, "dbname", url);
	else
		return gw_fail(err, GW_INVALID,
			"repository.postgres.url: it begins with postgresql:// or "
			"jdbc:postgresql://");
	return true;
}

/* ---- All together ---- */

/* It stands between quotes in statements: plain names only. */
static bool check_schema(const char *schema, struct gw_error *err)
{
	size_t len = strlen(schema);
	bool ok = len > 0 && len <= SCHEMA_MAX;
	for (size_t i = 0; i < len; i++)
		ok = ok &&
		     (isalnum((unsigned char)schema[i]) || schema[i] == '_' || schema[i] == '-');
	return ok ||
	       gw_fail(err, GW_INVALID,
		       "repository.postgres.schema: 1 to %d letters, digits, _ or - are wanted",
		       SCHEMA_MAX);
}

bool conninfo_make(struct conninfo *out, const struct settings *s, struct gw_error *err)
{
	if (s->schema)
		out->schema = gw_strdup(s->schema);
	add(out, "fallback_application_name", "godwit");
	if (!add_url(out, s->url, err))
		return false;
	add(out, "host", s->host);
	add(out, "port", s->port);
	add(out, "dbname", s->database);
	add(out, "user", s->username ? s->username : s->user);
	add(out, "password", s->password);
	add(out, "sslmode", s->sslmode);
	add(out, "sslrootcert", s->sslrootcert);
	add(out, "sslcert", s->sslcert);
	add(out, "sslkey", s->sslkey);
	add(out, "client_encoding", "UTF8");
	add_number(out, "connect_timeout", s->connect_timeout / GW_SECOND);
	add_number(out, "tcp_user_timeout", s->statement_timeout / GW_MILLISECOND);
	add(out, "keepalives_idle", "30");
	add(out, "keepalives_interval", "10");
	add(out, "keepalives_count", "3");
	if (!out->schema)
		out->schema = gw_strdup("godwit");
	return check_schema(out->schema, err);
}

void conninfo_clear(struct conninfo *info)
{
	for (int i = 0; i < info->n; i++)
		free(info->values[i]);
	free(info->schema);
}
