/* answer.c - backups that tasks ask for */
#include "backup/answer.h"
#include "backup/options.h"

#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"

/* The arguments without what is null; "scope" is the type. */
static json_t *options_of(const json_t *arguments)
{
	const char *name;
	json_t *value, *out = json_object();
	json_object_foreach ((json_t *)(uintptr_t)arguments, name, value) {
		bool is_scope = strcmp(name, "scope") == 0;
		if (!json_is_null(value))
			json_object_set(out, is_scope ? "type" : name, value);
	}
	return out;
}

static json_t *count_records(const struct gw_tallies *tallies)
{
	json_t *out = json_object();
	for (size_t i = 0; i < tallies->n; i++)
		json_object_set_new(out, tallies->items[i].name,
			json_integer((json_int_t)tallies->items[i].n));
	return out;
}

static json_t *answer_create(const struct gw_backup_answers *a, json_t *options,
	struct gw_error *err)
{
	struct gw_backup_request request;
	struct gw_backup_result result;
	if (!gw_create_options(options, a->key, &request, err) ||
		!gw_backup_create(&a->site, &request, &result, err))
		return NULL;
	json_t *out = json_pack("{s:s, s:I, s:o}", "uri", result.uri, "bytes",
		(json_int_t)result.bytes, "records", count_records(&result.tallies));
	gw_backup_result_clear(&result);
	return out;
}

static json_t *answer_verify(const struct gw_backup_answers *a, json_t *options,
	struct gw_error *err)
{
	struct gw_verify_result result;
	const char *own = gw_json_string(options, "encryptionKey");
	const char *uri = gw_uri_option(options, err);
	if (!uri || !gw_backup_verify(a->site.storage, uri, own ? own : a->key, NULL, &result, err))
		return NULL;
	json_decref(result.header);
	return json_pack("{s:s, s:I, s:o}", "uri", uri, "bytes", (json_int_t)result.bytes,
		"records", count_records(&result.tallies));
}

static void ignore(const char *uri)
{
	(void)uri;
}

static json_t *answer_prune(const struct gw_backup_answers *a, json_t *options,
	struct gw_error *err)
{
	size_t n;
	json_int_t keep = json_integer_value(json_object_get(options, "keep"));
	if (keep < 1) {
		gw_fail(err, GW_INVALID, "keep: at least one backup is to stay");
		return NULL;
	}
	if (!gw_backup_prune(a->site.storage, (size_t)keep, ignore, &n, err))
		return NULL;
	return json_pack("{s:I}", "count", (json_int_t)n);
}

static const struct {
	const char *name;
	json_t *(*answer)(const struct gw_backup_answers *a, json_t *options, struct gw_error *err);
} questions[] = {
	{ "backup.create", answer_create },
	{ "backup.verify", answer_verify },
	{ "backup.prune", answer_prune },
};

json_t *gw_backup_answer(void *arg, const char *question, const json_t *arguments,
	struct gw_error *err)
{
	json_auto_t *options = options_of(arguments);
	for (size_t i = 0; i < GW_LEN(questions); i++)
		if (strcmp(questions[i].name, question) == 0)
			return questions[i].answer(arg, options, err);
	gw_fail(err, GW_INVALID, "the server does not know the question '%s'", question);
	return NULL;
}
