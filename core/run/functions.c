/* functions.c - functions of expressions that do I/O */
#include "run/functions.h"

#include "base/base64.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "check/secret.h"

#include <strings.h>
#include <unistd.h>

#define READ_MAX ((size_t)10 << 20)
#define SCHEME "kestra://"

extern char **environ;

static const char *text_argument(const json_t *arguments, const char *function, const char *name,
	struct gw_error *err)
{
	const char *text = gw_json_string(arguments, name);
	if (!text)
		gw_fail(err, GW_INVALID, "The '%s' function expects an argument '%s'.", function,
			name);
	return text;
}

static json_t *json_of(const struct gw_str *text)
{
	gw_auto_str clean = { 0 };
	json_t *value = json_stringn(gw_str_text(text), text->len);
	if (value)
		return value;
	gw_utf8_clean(&clean, text->data, text->len);
	return json_stringn(gw_str_text(&clean), clean.len);
}

/* ---- Secrets ---- */

#define SECRET_PREFIX "SECRET_"

static const char *find_secret(const char *key)
{
	size_t prefix = strlen(SECRET_PREFIX), n = strlen(key);
	for (char **e = environ; *e; e++)
		if (strncasecmp(*e, SECRET_PREFIX, prefix) == 0 &&
			strncasecmp(*e + prefix, key, n) == 0 && (*e)[prefix + n] == '=')
			return *e + prefix + n + 1;
	return NULL;
}

/* A secret may be a JSON object. */
static json_t *part_of_secret(const struct gw_functions *f, const char *key, const char *subkey,
	struct gw_slice value, struct gw_error *err)
{
	struct gw_error no_json;
	json_auto_t *doc = gw_json_parse(value, &no_json);
	json_t *part = json_object_get(doc, subkey);
	if (!part) {
		gw_fail(err, GW_NOT_FOUND, "Cannot find secret sub-key '%s' in secret '%s'.",
			subkey, key);
		return NULL;
	}
	if (f->mask && json_is_string(part))
		gw_mask_add(f->mask, json_string_value(part));
	return json_incref(part);
}

static json_t *call_secret(const struct gw_functions *f, const json_t *arguments,
	struct gw_error *err)
{
	gw_auto_str value = { 0 };
	const char *key = text_argument(arguments, "secret", "key", err);
	if (!key)
		return NULL;
	const char *encoded = find_secret(key);
	if (!encoded || !gw_base64_decode(&value, gw_slice_of(encoded))) {
		gw_fail(err, GW_NOT_FOUND, "Cannot find secret for key '%s'.", key);
		return NULL;
	}
	if (f->mask)
		gw_mask_add(f->mask, gw_str_text(&value));
	const char *subkey = gw_json_string(arguments, "subkey");
	return subkey ? part_of_secret(f, key, subkey, gw_str_slice(&value), err) : json_of(&value);
}

static json_t *call_kv(const struct gw_functions *f, const json_t *arguments, struct gw_error *err)
{
	(void)f;
	(void)arguments;
	gw_fail(err, GW_INVALID, "kv() is not available: this installation has no KV store");
	return NULL;
}

/* ---- Files ---- */

static bool is_below(const char *path, const struct gw_str *folder)
{
	return strncmp(path, gw_str_text(folder), folder->len) == 0 && path[folder->len] == '/';
}

/* Files of the execution itself, or of the one that triggered it. */
static bool belongs_to_execution(const struct gw_functions *f, const char *path)
{
	gw_auto_str folder = { 0 };
	const json_t *trigger = json_object_get(f->context, "trigger");
	const char *execution = gw_json_string(trigger, "executionId");
	const char *namespace = gw_json_string(trigger, "namespace");
	const char *flow = gw_json_string(trigger, "flowId");
	gw_storage_execution_path(&folder, f->namespace, f->flow, f->execution);
	if (is_below(path, &folder))
		return true;
	gw_str_reset(&folder);
	if (!execution || !namespace || !flow)
		return false;
	gw_storage_execution_path(&folder, namespace, flow, execution);
	return is_below(path, &folder);
}

static void add_namespace_file(struct gw_str *uri, const char *namespace, const char *path)
{
	gw_str_puts(uri, SCHEME "/");
	for (const char *p = namespace; *p; p++)
		gw_str_putc(uri, *p == '.' ? '/' : *p);
	gw_str_printf(uri, "/_files/%s", path + (*path == '/'));
}

/* The URI of an argument "path": a namespace file, or a file of the execution. */
static bool find_file(const struct gw_functions *f, const char *function, const json_t *arguments,
	struct gw_str *uri, struct gw_error *err)
{
	const char *path = text_argument(arguments, function, "path", err);
	if (!path)
		return false;
	if (strstr(path, "..") != NULL)
		return gw_fail(err, GW_DENIED, "'%s' must not contain '..'", path);
	if (strncmp(path, SCHEME, strlen(SCHEME)) != 0) {
		const char *namespace = gw_json_string(arguments, "namespace");
		add_namespace_file(uri, namespace ? namespace : f->namespace, path);
		return true;
	}
	if (!belongs_to_execution(f, path + strlen(SCHEME)))
		return gw_fail(err, GW_DENIED,
			"Unable to read the file '%s' as it didn't belong to the current execution",
			path);
	gw_str_puts(uri, path);
	return true;
}

static json_t *call_read(const struct gw_functions *f, const json_t *arguments,
	struct gw_error *err)
{
	gw_auto_str uri = { 0 }, content = { 0 };
	if (!find_file(f, "read", arguments, &uri, err))
		return NULL;
	gw_auto_fd fd = gw_storage_read(f->storage, f->tenant, gw_str_text(&uri), err);
	if (fd < 0)
		return NULL;
	if (!gw_fd_read_all(fd, READ_MAX, &content, err)) {
		gw_explain(err, "%s", gw_str_text(&uri));
		return NULL;
	}
	return json_of(&content);
}

static json_t *call_file_uri(const struct gw_functions *f, const json_t *arguments,
	struct gw_error *err)
{
	gw_auto_str uri = { 0 };
	return find_file(f, "fileURI", arguments, &uri, err) ? json_of(&uri) : NULL;
}

static json_t *call_file_size(const struct gw_functions *f, const json_t *arguments,
	struct gw_error *err)
{
	gw_auto_str uri = { 0 };
	int64_t size;
	if (!find_file(f, "fileSize", arguments, &uri, err) ||
		!gw_storage_size(f->storage, f->tenant, gw_str_text(&uri), &size, err))
		return NULL;
	return json_integer(size);
}

static json_t *call_is_file_empty(const struct gw_functions *f, const json_t *arguments,
	struct gw_error *err)
{
	json_auto_t *size = call_file_size(f, arguments, err);
	return size ? json_boolean(json_integer_value(size) == 0) : NULL;
}

static json_t *call_file_exists(const struct gw_functions *f, const json_t *arguments,
	struct gw_error *err)
{
	gw_auto_str uri = { 0 };
	int64_t size;
	if (!find_file(f, "fileExists", arguments, &uri, err))
		return NULL;
	bool exists = gw_storage_size(f->storage, f->tenant, gw_str_text(&uri), &size, err);
	return exists || err->code == GW_NOT_FOUND ? json_boolean(exists) : NULL;
}

/* ---- Encryption ---- */

static json_t *call_crypto(const json_t *arguments, const char *function, const char *name,
	bool (*crypt)(struct gw_slice, struct gw_slice, struct gw_str *, struct gw_error *),
	struct gw_error *err)
{
	gw_auto_str out = { 0 };
	const char *key = text_argument(arguments, function, "key", err);
	const char *text = key ? text_argument(arguments, function, name, err) : NULL;
	if (!text || !crypt(gw_slice_of(key), gw_slice_of(text), &out, err))
		return NULL;
	return json_of(&out);
}

static json_t *call_encrypt(const struct gw_functions *f, const json_t *arguments,
	struct gw_error *err)
{
	(void)f;
	return call_crypto(arguments, "encrypt", "plaintext", gw_secret_encrypt, err);
}

static json_t *call_decrypt(const struct gw_functions *f, const json_t *arguments,
	struct gw_error *err)
{
	(void)f;
	return call_crypto(arguments, "decrypt", "encrypted", gw_secret_decrypt, err);
}

/* ---- The engine's ---- */

static json_t *call_error_logs(const struct gw_functions *f, const json_t *arguments,
	struct gw_error *err)
{
	if (f->ask)
		return f->ask(f->arg, "errorLogs", arguments, err);
	gw_fail(err, GW_INVALID, "errorLogs() is not available here");
	return NULL;
}

static const struct {
	const char *name;
	json_t *(*call)(const struct gw_functions *f, const json_t *arguments,
		struct gw_error *err);
} table[] = {
	{ "secret", call_secret },
	{ "kv", call_kv },
	{ "read", call_read },
	{ "fileURI", call_file_uri },
	{ "fileSize", call_file_size },
	{ "fileExists", call_file_exists },
	{ "isFileEmpty", call_is_file_empty },
	{ "encrypt", call_encrypt },
	{ "decrypt", call_decrypt },
	{ "errorLogs", call_error_logs },
};

static json_t *call_module(const struct gw_functions *f, const char *name, const json_t *arguments,
	struct gw_error *err)
{
	gw_auto_free char *type = gw_sprintf(GW_FUNCTION_TYPE "%s", name);
	struct gw_registry *registry = gw_hosts_registry(f->hosts);
	bool is_known = gw_registry_task(registry, type) != NULL;
	gw_registry_unref(&registry);
	if (!is_known) {
		gw_fail(err, GW_INVALID, "%s is not available: no module provides it", name);
		return NULL;
	}
	json_t *result = gw_helper_call(f->hosts, name, arguments, err);
	if (!result)
		gw_explain(err, "%s", name);
	return result;
}

json_t *gw_function_call(const struct gw_functions *functions, const char *name,
	const json_t *arguments, struct gw_error *err)
{
	for (size_t i = 0; i < GW_LEN(table); i++)
		if (strcmp(table[i].name, name) == 0)
			return table[i].call(functions, arguments, err);
	return call_module(functions, name, arguments, err);
}
