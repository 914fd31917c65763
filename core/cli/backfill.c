/* backfill.c - commands about backfills */
#include "cli/verbs.h"

#include "base/json.h"
#include "base/mem.h"
#include "cli/remote.h"
#include "cli/show.h"
#include "cli/terminal.h"

static json_int_t number_of(const json_t *doc, const char *name)
{
	return json_integer_value(json_object_get(doc, name));
}

/* ---- What is asked: {namespace, flowId, triggerId, start, end, …} ---- */

static void set_text(json_t *body, const char *name, const char *text)
{
	if (text)
		json_object_set_new(body, name, json_string(text));
}

static bool set_labels(json_t *body, const struct gw_args *args, struct gw_error *err)
{
	const char *label;
	json_t *labels = json_array();
	json_object_set_new(body, "labels", labels);
	for (size_t i = 0; (label = gw_args_next(args, "label", &i));) {
		size_t n = strcspn(label, ":");
		if (n == 0 || label[n] != ':')
			return gw_fail(err, GW_BAD_REQUEST, "a label is KEY:VALUE, not '%s'",
				label);
		json_array_append_new(labels,
			json_pack("{s:s%, s:s}", "key", label, n, "value", label + n + 1));
	}
	return true;
}

static bool set_inputs(json_t *body, const struct gw_args *args, struct gw_error *err)
{
	const char *input;
	json_t *inputs = json_object();
	json_object_set_new(body, "inputs", inputs);
	for (size_t i = 0; (input = gw_args_next(args, "input", &i));) {
		gw_auto_free char *name = gw_strndup(input, strcspn(input, "="));
		const char *value = input + strlen(name);
		if (!*name || *value != '=' || value[1] == '@')
			return gw_fail(err, GW_BAD_REQUEST,
				"an input of a backfill is NAME=VALUE, not '%s'", input);
		set_text(inputs, name, value + 1);
	}
	return true;
}

static bool set_max_active(json_t *body, const struct gw_args *args, struct gw_error *err)
{
	const char *text = gw_args_get(args, "max-active");
	char *end;
	if (!text)
		return true;
	long number = strtol(text, &end, 10);
	if (!*text || *end || number < 1 || number > 1000000)
		return gw_fail(err, GW_BAD_REQUEST, "--max-active takes a number, not '%s'", text);
	json_object_set_new(body, "maxActive", json_integer(number));
	return true;
}

/* A new reference; NULL if options are wrong. */
static json_t *describe(const struct gw_args *args, struct gw_error *err)
{
	json_auto_t *body = json_pack("{s:s, s:s, s:s}", "namespace", args->words[0], "flowId",
		args->words[1], "triggerId", args->words[2]);
	if (!body) {
		gw_fail(err, GW_BAD_REQUEST, "the arguments are no valid UTF-8");
		return NULL;
	}
	if (!gw_args_has(args, "start")) {
		gw_fail(err, GW_BAD_REQUEST, "a backfill needs --start DATE");
		return NULL;
	}
	set_text(body, "start", gw_args_get(args, "start"));
	set_text(body, "end", gw_args_get(args, "end"));
	set_text(body, "mode", gw_args_get(args, "mode"));
	set_text(body, "order", gw_args_has(args, "newest-first") ? "NEWEST_FIRST" : NULL);
	if (gw_args_has(args, "even-disabled"))
		json_object_set_new(body, "evenDisabled", json_true());
	if (gw_args_has(args, "paused"))
		json_object_set_new(body, "paused", json_true());
	if (!set_max_active(body, args, err) || !set_labels(body, args, err) ||
		!set_inputs(body, args, err))
		return NULL;
	return json_incref(body);
}

/* Posts what args describe to backfills or backfills/WHAT. */
static json_t *post(const struct gw_remote *remote, const char *what, const struct gw_args *args,
	struct gw_error *err)
{
	gw_auto_str path = { 0 };
	gw_auto_str text = { 0 };
	json_auto_t *body = describe(args, err);
	if (!body)
		return NULL;
	gw_json_print(&text, body);
	gw_remote_path(remote, &path, (const char *const[]){ "backfills", what, NULL });
	return gw_remote_json(remote,
		&(struct gw_call){
			"POST", gw_str_text(&path), "application/json", gw_str_slice(&text) },
		err);
}

/* ---- Creating ---- */

bool gw_verb_backfill_create(struct gw_args *args, struct gw_error *err)
{
	gw_auto_remote remote = { 0 };
	if (!gw_remote_open(&remote, args, err))
		return false;
	json_auto_t *doc = post(&remote, NULL, args, err);
	if (!doc)
		return false;
	if (remote.json)
		gw_show_json(doc);
	else
		printf("%s\n", gw_member(doc, "id"));
	return true;
}

static void print_preview(const json_t *doc)
{
	static const char *const heads[] = { "date", "", "state" };
	gw_auto_table table = { .columns = GW_LEN(heads) };
	size_t i;
	json_t *date;
	for (i = 0; i < GW_LEN(heads); i++)
		gw_table_add(&table, heads[i]);
	json_array_foreach (json_object_get(doc, "dates"), i, date) {
		gw_table_add(&table, gw_member(date, "date"));
		gw_table_add(&table, gw_json_true(date, "run") ? "runs" : "is left out");
		gw_table_add(&table, gw_member(date, "state"));
	}
	gw_table_print(&table, stdout);
	printf("%" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT " dates would run\n",
		number_of(doc, "run"), number_of(doc, "total"));
}

bool gw_verb_backfill_preview(struct gw_args *args, struct gw_error *err)
{
	gw_auto_remote remote = { 0 };
	if (!gw_remote_open(&remote, args, err))
		return false;
	json_auto_t *doc = post(&remote, "preview", args, err);
	if (!doc)
		return false;
	if (remote.json)
		gw_show_json(doc);
	else
		print_preview(doc);
	return true;
}

/* ---- Looking ---- */

static void add_progress(struct gw_str *out, const json_t *backfill)
{
	const json_t *progress = json_object_get(backfill, "progress");
	json_int_t skipped = number_of(progress, "skipped");
	json_int_t ended = number_of(progress, "created") - number_of(progress, "running");
	json_int_t total =
		number_of(progress, "created") + skipped + number_of(progress, "remaining");
	gw_progress_print(out, ended + skipped, total);
}

static void print_list(const json_t *backfills)
{
	static const char *const heads[] = { "id", "flow", "trigger", "state", "progress" };
	gw_auto_table table = { .columns = GW_LEN(heads) };
	size_t i;
	json_t *backfill;
	for (i = 0; i < GW_LEN(heads); i++)
		gw_table_add(&table, heads[i]);
	json_array_foreach (backfills, i, backfill) {
		gw_auto_str progress = { 0 };
		gw_auto_free char *flow = gw_sprintf("%s.%s", gw_member(backfill, "namespace"),
			gw_member(backfill, "flowId"));
		add_progress(&progress, backfill);
		gw_table_add(&table, gw_member(backfill, "id"));
		gw_table_add(&table, flow);
		gw_table_add(&table, gw_member(backfill, "triggerId"));
		gw_table_add(&table, gw_member(backfill, "state"));
		gw_table_add(&table, gw_str_text(&progress));
	}
	gw_table_print(&table, stdout);
}

bool gw_verb_backfill_list(struct gw_args *args, struct gw_error *err)
{
	static const char *const filters[] = { "namespace", "flowId", "triggerId" };
	gw_auto_remote remote = { 0 };
	gw_auto_str path = { 0 };
	if (!gw_remote_open(&remote, args, err))
		return false;
	gw_remote_path(&remote, &path, (const char *const[]){ "backfills", NULL });
	gw_remote_query(&path, "size", "1000");
	for (unsigned i = 0; i < args->n_words; i++)
		gw_remote_query(&path, filters[i], args->words[i]);
	json_auto_t *doc = gw_remote_json(&remote,
		&(struct gw_call){ .method = "GET", .path = gw_str_text(&path) }, err);
	if (!doc)
		return false;
	if (remote.json)
		gw_show_json(doc);
	else
		print_list(json_object_get(doc, "results"));
	return true;
}

static void print_backfill(const json_t *doc)
{
	static const char *const fields[][2] = {
		{ "id", "id" },
		{ "namespace", "namespace" },
		{ "flow", "flowId" },
		{ "trigger", "triggerId" },
		{ "state", "state" },
		{ "mode", "mode" },
		{ "order", "order" },
		{ "start", "start" },
		{ "end", "end" },
		{ "current date", "currentDate" },
		{ "created", "createdDate" },
		{ "ended", "endedDate" },
	};
	static const char *const counts[] = { "running", "succeeded", "failed", "skipped",
		"remaining" };
	const json_t *progress = json_object_get(doc, "progress");
	gw_auto_str bar = { 0 };
	for (size_t i = 0; i < GW_LEN(fields); i++)
		gw_show_field(fields[i][0], gw_member(doc, fields[i][1]));
	add_progress(&bar, doc);
	gw_show_field("progress", gw_str_text(&bar));
	for (size_t i = 0; i < GW_LEN(counts); i++) {
		gw_auto_free char *count =
			gw_sprintf("%" JSON_INTEGER_FORMAT, number_of(progress, counts[i]));
		gw_show_field(counts[i], count);
	}
	gw_show_field("estimated end", gw_member(progress, "estimatedEnd"));
}

/* Calls backfills/ID or backfills/ID/WHAT and shows the backfill that it answers. */
static bool call_one(const struct gw_args *args, const char *method, const char *what,
	struct gw_error *err)
{
	gw_auto_remote remote = { 0 };
	gw_auto_str path = { 0 };
	if (!gw_remote_open(&remote, args, err))
		return false;
	gw_remote_path(&remote, &path,
		(const char *const[]){ "backfills", args->words[0], what, NULL });
	if (gw_args_has(args, "kill"))
		gw_remote_query(&path, "kill", "true");
	json_auto_t *doc = gw_remote_json(&remote,
		&(struct gw_call){ .method = method, .path = gw_str_text(&path) }, err);
	if (!doc)
		return false;
	if (remote.json)
		gw_show_json(doc);
	else
		print_backfill(doc);
	return true;
}

bool gw_verb_backfill_show(struct gw_args *args, struct gw_error *err)
{
	return call_one(args, "GET", NULL, err);
}

bool gw_verb_backfill_pause(struct gw_args *args, struct gw_error *err)
{
	return call_one(args, "POST", "pause", err);
}

bool gw_verb_backfill_resume(struct gw_args *args, struct gw_error *err)
{
	return call_one(args, "POST", "resume", err);
}

bool gw_verb_backfill_cancel(struct gw_args *args, struct gw_error *err)
{
	return call_one(args, "POST", "cancel", err);
}
