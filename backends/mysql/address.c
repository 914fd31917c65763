/* address.c - settings, URLs and JDBC's URLs to an address */
#include "backends/mysql/address.h"
#include "backends/sql/url.h"

#include <godwit/mem.h>

#include <ctype.h>
#include <strings.h>

#define DATABASE_MAX 64
#define DEFAULT_PORT 3306

/* ---- Encryption, by the names that clients give it ---- */

static const struct {
	const char *name;
	enum encryption encryption;
} encryptions[] = {
	{ "disable", ENCRYPT_NEVER },
	{ "disabled", ENCRYPT_NEVER },
	{ "prefer", ENCRYPT_IF_OFFERED },
	{ "preferred", ENCRYPT_IF_OFFERED },
	{ "require", ENCRYPT },
	{ "required", ENCRYPT },
	{ "trust", ENCRYPT },
	{ "verify-ca", ENCRYPT_VERIFY_CA },
	{ "verify_ca", ENCRYPT_VERIFY_CA },
	{ "verify-full", ENCRYPT_VERIFY_HOST },
	{ "verify_identity", ENCRYPT_VERIFY_HOST },
};

static bool set_encryption(struct address *a, const char *name, struct gw_error *err)
{
	for (size_t i = 0; i < GW_LEN(encryptions); i++) {
		if (strcasecmp(encryptions[i].name, name) == 0) {
			a->encryption = encryptions[i].encryption;
			return true;
		}
	}
	return gw_fail(err, GW_INVALID,
		"repository.mysql.sslmode: \"%s\" is none of: disable, prefer, require, verify-ca, "
		"verify-full",
		name);
}

/* ---- Parts ---- */

static void set(char **place, const char *value)
{
	if (!value)
		return;
	free(*place);
	*place = gw_strdup(value);
}

static bool set_port(struct address *a, const char *text, struct gw_error *err)
{
	char *end;
	unsigned long port = strtoul(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end || port == 0 || port > 65535)
		return gw_fail(err, GW_INVALID,
			"repository.mysql.port: \"%s\" is not between 1 and 65535", text);
	a->port = (unsigned)port;
	return true;
}

/* What JDBC calls it, and whether it is on. Other parameters of a URL tune the drivers that know
 * them and mean nothing here. */
static bool set_parameter(struct address *a, struct gw_slice name, const char *value,
	struct gw_error *err)
{
	static const struct {
		const char *name;
		enum encryption on;
	} switches[] = {
		{ "requireSSL", ENCRYPT },
		{ "verifyServerCertificate", ENCRYPT_VERIFY_CA },
	};
	if (gw_slice_is(name, "user"))
		set(&a->user, value);
	if (gw_slice_is(name, "password"))
		set(&a->password, value);
	if (gw_slice_is(name, "serverSslCert"))
		set(&a->ca, value);
	if (gw_slice_is(name, "sslMode") || gw_slice_is(name, "sslmode"))
		return set_encryption(a, value, err);
	if (gw_slice_is(name, "useSSL") && strcasecmp(value, "false") == 0)
		a->encryption = ENCRYPT_NEVER;
	for (size_t i = 0; i < GW_LEN(switches); i++)
		if (gw_slice_is(name, switches[i].name) && strcasecmp(value, "true") == 0 &&
			a->encryption < switches[i].on)
			a->encryption = switches[i].on;
	return true;
}

/* ---- URLs ---- */

/* "user:password@" */
static struct gw_slice read_account(struct address *a, struct gw_slice text)
{
	const char *at = memrchr(text.data, '@', text.len);
	if (!at)
		return text;
	size_t len = (size_t)(at - text.data);
	const char *colon = memchr(text.data, ':', len);
	a->user = gw_url_decode(gw_slice(text.data, colon ? (size_t)(colon - text.data) : len));
	if (colon)
		a->password = gw_url_decode(gw_slice(colon + 1, (size_t)(at - colon - 1)));
	return gw_slice(at + 1, text.len - len - 1);
}

/* "host:port", "[::1]:port" */
static bool read_host(struct address *a, struct gw_slice text, struct gw_error *err)
{
	gw_auto_free char *host = gw_slice_dup(text);
	bool bracketed = host[0] == '[';
	char *end = bracketed ? strchr(host, ']') : host + strcspn(host, ":");
	if (strpbrk(host, ",()") || !end)
		return gw_fail(err, GW_INVALID,
			"repository.mysql.url: one host is wanted, as host:port");
	const char *port = bracketed ? end + 1 : end;
	gw_auto_free char *digits = *port == ':' ? gw_strdup(port + 1) : NULL;
	*end = '\0';
	if (host[bracketed])
		set(&a->host, host + bracketed);
	return !digits || set_port(a, digits, err);
}

static const char *skip_scheme(const char *url)
{
	static const char *const schemes[] = { "mysql://", "mariadb://" };
	if (strncmp(url, "jdbc:", 5) == 0)
		url += 5;
	for (size_t i = 0; i < GW_LEN(schemes); i++)
		if (strncmp(url, schemes[i], strlen(schemes[i])) == 0)
			return url + strlen(schemes[i]);
	return NULL;
}

static bool read_url(struct address *a, const char *url, struct gw_error *err)
{
	const char *at = skip_scheme(url);
	if (!at)
		return gw_fail(err, GW_INVALID,
			"repository.mysql.url: it begins with mysql:// or jdbc:mysql://");
	size_t len = strcspn(at, "/?");
	if (!read_host(a, read_account(a, gw_slice(at, len)), err))
		return false;
	at += len;
	if (*at == '/') {
		len = strcspn(++at, "?");
		gw_auto_free char *database = gw_url_decode(gw_slice(at, len));
		if (*database)
			set(&a->database, database);
		at += len;
	}
	at += *at == '?';
	struct gw_slice name;
	bool ok = true;
	for (char *value; ok && gw_url_next(&at, &name, &value); free(value))
		ok = set_parameter(a, name, value, err);
	return ok;
}

/* ---- All together ---- */

/* It stands between quotes in statements: plain names only. */
static bool check_database(const char *name, struct gw_error *err)
{
	size_t len = strlen(name);
	bool ok = len > 0 && len <= DATABASE_MAX;
	for (size_t i = 0; i < len; i++)
		ok = ok && (isalnum((unsigned char)name[i]) || name[i] == '_' || name[i] == '-');
	return ok ||
	       gw_fail(err, GW_INVALID,
		       "repository.mysql.database: 1 to %d letters, digits, _ or - are wanted",
		       DATABASE_MAX);
}

bool address_make(struct address *out, const struct settings *s, struct gw_error *err)
{
	out->host = gw_strdup("127.0.0.1");
	out->port = DEFAULT_PORT;
	out->database = gw_strdup("godwit");
	if (s->url && !read_url(out, s->url, err))
		return false;
	set(&out->host, s->host);
	set(&out->user, s->username ? s->username : s->user);
	set(&out->password, s->password);
	set(&out->database, s->database);
	set(&out->socket, s->socket);
	set(&out->ca, s->ssl_ca);
	set(&out->cert, s->ssl_cert);
	set(&out->key, s->ssl_key);
	if ((s->port && !set_port(out, s->port, err)) ||
		(s->sslmode && !set_encryption(out, s->sslmode, err)))
		return false;
	if (out->encryption == ENCRYPT_UNSAID)
		out->encryption = out->ca       ? ENCRYPT_VERIFY_HOST
				  : out->socket ? ENCRYPT_NEVER
						: ENCRYPT_IF_OFFERED;
	if (out->socket) {
		free(out->host);
		out->host = NULL;
	}
	return check_database(out->database, err);
}

void address_clear(struct address *a)
{
	free(a->host);
	free(a->socket);
	free(a->user);
	free(a->password);
	free(a->database);
	free(a->ca);
	free(a->cert);
	free(a->key);
}
