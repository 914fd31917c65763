/* s3.c - internal storage in a bucket of Amazon S3 or of a server that speaks its protocol */
#include "backends/s3/s3.h"
#include "backends/s3/keys.h"
#include "backends/s3/xml.h"
#include "backends/sql/settings.h"

#include <godwit/mem.h>
#include <godwit/module.h>

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define READS_MAX 3 /* of an object that changes while it is read */

#define TEXT(name, member, fallback)                                                           \
	{                                                                                      \
		name, GW_SETTING_TEXT, offsetof(struct settings, member), fallback, 0, 0, NULL \
	}
#define NUMBER(name, member, fallback, least, most)                                                \
	{                                                                                          \
		name, GW_SETTING_NUMBER, offsetof(struct settings, member), fallback, least, most, \
			NULL                                                                       \
	}
#define DURATION(name, member, fallback)                                                           \
	{                                                                                          \
		name, GW_SETTING_DURATION, offsetof(struct settings, member), fallback, GW_SECOND, \
			3600 * GW_SECOND, NULL                                                     \
	}
#define FLAG(name, member, fallback)                                                           \
	{                                                                                      \
		name, GW_SETTING_BOOL, offsetof(struct settings, member), fallback, 0, 0, NULL \
	}

static const struct gw_setting settings_table[] = {
	TEXT("bucket", bucket, NULL),
	TEXT("region", region, NULL),
	TEXT("endpoint", endpoint, NULL),
	FLAG("force-path-style", path_style, "true"),
	TEXT("access-key", access_key, NULL),
	TEXT("secret-key", secret_key, NULL),
	TEXT("session-token", session_token, NULL),
	TEXT("credentials-file", credentials_file, NULL),
	TEXT("profile", profile, NULL),
	TEXT("ca-file", ca_file, NULL),
	FLAG("verify", verify, "true"),
	TEXT("temporary-folder", temporary_folder, NULL),
	NUMBER("part-mb", part_mb, "8", 5, 64),
	NUMBER("attempts", attempts, "5", 1, 20),
	DURATION("connect-timeout", connect_timeout, "PT10S"),
	DURATION("stall-timeout", stall_timeout, "PT60S"),
};

/* ---- Opening ---- */

static void choose(char **setting, const char *const *variables, const char *fallback)
{
	for (; !*setting && *variables; variables++)
		*setting = gw_strdup(getenv(*variables));
	if (!*setting)
		*setting = gw_strdup(fallback);
}

static bool complete_settings(struct settings *s, struct gw_error *err)
{
	static const char *const regions[] = { "AWS_REGION", "AWS_DEFAULT_REGION", NULL };
	static const char *const folders[] = { "TMPDIR", NULL };
	choose(&s->region, regions, "us-east-1");
	choose(&s->temporary_folder, folders, "/var/tmp");
	if (!s->bucket || !*s->bucket ||
		s->bucket[strspn(s->bucket, "abcdefghijklmnopqrstuvwxyz0123456789.-")])
		return gw_fail(err, GW_INVALID,
			"storage.s3.bucket is to be the name of a bucket: small letters, digits, "
			"\"-\" and \".\"");
	return true;
}

static bool find_keys(struct gw_depot *depot, struct gw_error *err)
{
	const struct settings *s = &depot->settings;
	const struct key_source source = { s->access_key, s->secret_key, s->session_token,
		s->credentials_file, s->profile };
	return keys_find(&source, &depot->keys, err);
}

/* Whether there is such a bucket, and these keys may read it. */
static bool check_bucket(struct gw_depot *depot, struct gw_error *err)
{
	struct reply reply;
	const struct call call = { .method = "GET", .query = "list-type=2&max-keys=1" };
	if (!http_demand(depot->http, &call, http_where(depot->http), &reply, err))
		return false;
	gw_str_clear(&reply.body);
	return true;
}

static void s3_close(struct gw_depot *depot)
{
	http_close(depot->http);
	keys_clear(&depot->keys);
	gw_settings_clear(settings_table, GW_LEN(settings_table), &depot->settings);
	free(depot);
}

static struct gw_depot *s3_open(const json_t *given, struct gw_error *err)
{
	struct gw_depot *depot = gw_new(struct gw_depot);
	json_auto_t *settings = given ? json_copy((json_t *)(uintptr_t)given) : json_object();
	bool ok = gw_settings_read(settings, settings_table, GW_LEN(settings_table),
			  &depot->settings, "storage.s3", err) &&
		  complete_settings(&depot->settings, err) && find_keys(depot, err);
	depot->http = ok ? http_open(&depot->settings, &depot->keys, err) : NULL;
	if (depot->http && check_bucket(depot, err))
		return depot;
	s3_close(depot);
	return NULL;
}

static void s3_describe(struct gw_depot *depot, struct gw_str *out)
{
	gw_str_puts(out, http_where(depot->http));
}

/* ---- Reading ---- */

static int open_temporary(const char *folder, struct gw_error *err)
{
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0) { /* not all file systems have files without names */
		gw_auto_free char *name = gw_sprintf("%s/godwit-XXXXXX", folder);
		fd = mkostemp(name, O_CLOEXEC);
		if (fd >= 0)
			unlink(name);
	}
	if (fd < 0)
		gw_fail_errno(err, errno, "storage.s3.temporary-folder %s", folder);
	return fd;
}

/* The content, in a temporary file. */
static bool fetch(struct gw_depot *depot, const struct gw_file_name *name, int64_t bytes, int fd,
	struct gw_error *err)
{
	const struct call call = { .method = "GET", .key = name->path, .fd = fd, .bytes = bytes };
	for (int i = 0; i < READS_MAX; i++) {
		struct reply reply;
		if (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0)
			return gw_fail_errno(err, errno, "storage: %s", name->uri);
		if (!http_call(depot->http, &call, &reply, err))
			return gw_explain(err, "storage: %s", name->uri);
		bool is_empty = reply.status == 416; /* there is no first byte */
		bool ok = http_is_fine(&reply) || is_empty || http_fail(&reply, name->uri, err);
		bool has_changed = reply.status == 412;
		gw_str_clear(&reply.body);
		if (ok || !has_changed)
			return ok;
	}
	return gw_fail(err, GW_CONFLICT, "storage: %s changes while it is read", name->uri);
}

static int s3_read(struct gw_depot *depot, const struct gw_file_name *name, int64_t bytes,
	struct gw_error *err)
{
	int fd = open_temporary(depot->settings.temporary_folder, err);
	if (fd < 0)
		return -1;
	if (fetch(depot, name, bytes, fd, err) && lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	close(fd);
	return -1;
}

static bool s3_size(struct gw_depot *depot, const struct gw_file_name *name, int64_t *bytes,
	struct gw_error *err)
{
	struct reply reply;
	const struct call call = { .method = "HEAD", .key = name->path };
	if (!http_demand(depot->http, &call, name->uri, &reply, err))
		return false;
	gw_str_clear(&reply.body);
	*bytes = reply.length;
	return true;
}

/* ---- Listing ---- */

struct listing {
	struct gw_depot *depot;
	const char *uri;
	struct gw_str prefix;
	char *token; /* of the page that is next; NULL = the first one */
	bool (*object)(void *arg, const char *key, int64_t bytes, struct gw_error *err);
	void *arg;
};

static bool list_objects(struct listing *l, struct gw_slice page, struct gw_error *err)
{
	struct gw_slice object;
	while (xml_next(&page, "Contents", &object)) {
		gw_auto_free char *key = xml_text(object, "Key"), *size = xml_text(object, "Size");
		if (!key || !size || strncmp(key, gw_str_text(&l->prefix), l->prefix.len) != 0)
			return gw_fail(err, GW_INTERNAL,
				"storage: %s: the S3 server lists something else", l->uri);
		if (!l->object(l->arg, key, strtoll(size, NULL, 10), err))
			return false;
	}
	return true;
}

/* Replaces the token; NULL after the last page. */
static bool turn_page(struct listing *l, struct gw_slice page, struct gw_error *err)
{
	gw_auto_free char *more = xml_text(page, "IsTruncated");
	gw_auto_free char *token = xml_text(page, "NextContinuationToken");
	bool is_last = !more || strcmp(more, "true") != 0;
	if (!is_last && (!token || (l->token && strcmp(token, l->token) == 0)))
		return gw_fail(err, GW_INTERNAL, "storage: %s: the S3 server's list has no end",
			l->uri);
	free(l->token);
	l->token = is_last ? NULL : gw_steal(&token);
	return true;
}

static bool list_page(struct listing *l, struct gw_error *err)
{
	struct reply reply;
	gw_auto_str query = { 0 };
	if (l->token) {
		gw_str_puts(&query, "continuation-token=");
		sign_escape(&query, l->token, "");
		gw_str_putc(&query, '&');
	}
	gw_str_puts(&query, "list-type=2&prefix=");
	sign_escape(&query, gw_str_text(&l->prefix), "");
	const struct call call = { .method = "GET", .query = gw_str_text(&query) };
	if (!http_demand(l->depot->http, &call, l->uri, &reply, err))
		return false;
	struct gw_slice page = gw_str_slice(&reply.body);
	bool ok = list_objects(l, page, err) && turn_page(l, page, err);
	gw_str_clear(&reply.body);
	return ok;
}

/* All objects below a folder. */
static bool list(struct listing *l, const struct gw_file_name *folder, struct gw_error *err)
{
	bool ok;
	l->uri = folder->uri;
	gw_str_printf(&l->prefix, "%s/", folder->path);
	do
		ok = list_page(l, err);
	while (ok && l->token);
	gw_str_clear(&l->prefix);
	free(gw_steal(&l->token));
	return ok;
}

/* Objects that mark folders, and others that no path names, are not ours. */
static bool is_file(const char *key)
{
	for (const char *name = key; name; name = strchr(name, '/')) {
		name += *name == '/';
		size_t len = strcspn(name, "/");
		if (len == 0 || (len <= 2 && strspn(name, ".") >= len))
			return false;
	}
	return true;
}

static bool visit_object(void *arg, const char *key, int64_t bytes, struct gw_error *err)
{
	const struct gw_storage_visit *visit = arg;
	return !is_file(key) || visit->visit(visit->arg, strchr(key, '/'), bytes, err);
}

static bool s3_walk(struct gw_depot *depot, const struct gw_file_name *folder,
	const struct gw_storage_visit *visit, struct gw_error *err)
{
	struct listing l = {
		.depot = depot, .object = visit_object, .arg = (void *)(uintptr_t)visit
	};
	return list(&l, folder, err);
}

/* ---- Deleting ---- */

static bool delete_object(void *arg, const char *key, int64_t bytes, struct gw_error *err)
{
	struct gw_depot *depot = arg;
	struct reply reply;
	(void)bytes;
	const struct call call = { .method = "DELETE", .key = key };
	if (http_demand(depot->http, &call, key, &reply, err))
		gw_str_clear(&reply.body);
	else if (err->code != GW_NOT_FOUND)
		return false;
	return true;
}

static bool s3_remove(struct gw_depot *depot, const struct gw_file_name *name, struct gw_error *err)
{
	struct listing l = { .depot = depot, .object = delete_object, .arg = depot };
	return list(&l, name, err) && delete_object(depot, name->path, 0, err);
}

/* ---- The module ---- */

static const struct gw_storage_type s3_storage = {
	.name = "s3",
	.summary = "Objects in a bucket of Amazon S3, or of a server that speaks its protocol.",
	.open = s3_open,
	.close = s3_close,
	.describe = s3_describe,
	.read = s3_read,
	.size = s3_size,
	.begin = s3_begin,
	.write = s3_write,
	.publish = s3_publish,
	.abandon = s3_abandon,
	.walk = s3_walk,
	.remove = s3_remove,
};

static bool init(enum gw_place place, struct gw_error *err)
{
	(void)place;
	return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ||
	       gw_fail(err, GW_INTERNAL, "libcurl does not start");
}

const struct gw_module gw_module = {
	GW_MODULE_HEAD,
	.name = "s3",
	.version = "1.0",
	.summary = "Internal storage in S3",
	.init = init,
	.storages = (const struct gw_storage_type *const[]){ &s3_storage, NULL },
};
