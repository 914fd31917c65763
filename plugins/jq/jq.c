/* jq.c - the filter jq of expressions: {{ value | jq('.a[].b') }}
 *
 * The process that serves it stays, and so do the filters that it has compiled. */
#include <godwit/json.h>
#include <godwit/module.h>

#include <jq.h>
#include <stdlib.h>

#define CACHE_SIZE 64
#define RESULTS_MAX 100000
#define MESSAGE_MAX 300

/* ---- Compiled filters ---- */

struct filter {
	char *source; /* NULL = free */
	jq_state *state;
};

static struct filter cache[CACHE_SIZE];
static unsigned next_place; /* taken in turn */

/* Keeps the first complaint of the compiler. */
static void hear_error(void *arg, jv message)
{
	char *first = arg;
	if (jv_get_kind(message) == JV_KIND_STRING && *first == '\0')
		snprintf(first, MESSAGE_MAX, "%s", jv_string_value(message));
	jv_free(message);
}

static void forget(struct filter *filter)
{
	free(filter->source);
	if (filter->state)
		jq_teardown(&filter->state);
	*filter = (struct filter){ 0 };
}

static jq_state *compile(const char *source, struct gw_error *err)
{
	static char complaint[MESSAGE_MAX];
	struct filter *filter = &cache[next_place++ % CACHE_SIZE];
	forget(filter);
	complaint[0] = '\0';
	filter->state = jq_init();
	jq_set_error_cb(filter->state, hear_error, complaint);
	if (!jq_compile(filter->state, source)) {
		forget(filter);
		gw_fail(err, GW_INVALID, "%s", complaint);
		return NULL;
	}
	filter->source = strdup(source);
	return filter->state;
}

static jq_state *find_filter(const char *source, struct gw_error *err)
{
	for (size_t i = 0; i < CACHE_SIZE; i++)
		if (cache[i].source && strcmp(cache[i].source, source) == 0)
			return cache[i].state;
	return compile(source, err);
}

/* ---- Values ---- */

/* A text is read as JSON first. */
static jv read_input(const json_t *input, struct gw_error *err)
{
	gw_auto_str printed = { 0 };
	struct gw_slice text = gw_slice_of(json_string_value(input));
	if (!json_is_string(input)) {
		gw_json_print(&printed, input);
		text = gw_str_slice(&printed);
	}
	jv value = jv_parse_sized(text.data, (int)text.len);
	if (!jv_is_valid(value)) {
		jv message = jv_invalid_get_msg(jv_copy(value));
		gw_fail(err, GW_INVALID, "the input is no JSON: %s",
			jv_get_kind(message) == JV_KIND_STRING ? jv_string_value(message) : "");
		jv_free(message);
	}
	return value;
}

static json_t *read_result(jv value, struct gw_error *err)
{
	jv text = jv_dump_string(value, 0);
	json_t *result = gw_json_parse(gw_slice(jv_string_value(text),
					       (size_t)jv_string_length_bytes(jv_copy(text))),
		err);
	jv_free(text);
	return result;
}

/* How it ended: "invalid" without a message is the end of the results. */
static bool check_end(jv end, struct gw_error *err)
{
	jv message = jv_invalid_get_msg(end);
	bool ok = jv_get_kind(message) == JV_KIND_NULL;
	if (jv_get_kind(message) == JV_KIND_STRING) {
		gw_fail(err, GW_INVALID, "%s", jv_string_value(message));
	} else if (!ok) {
		message = jv_dump_string(message, 0);
		gw_fail(err, GW_INVALID, "%s", jv_string_value(message));
	}
	jv_free(message);
	return ok;
}

static json_t *collect(jq_state *state, struct gw_error *err)
{
	json_auto_t *list = json_array();
	for (;;) {
		jv value = jq_next(state);
		if (!jv_is_valid(value))
			return check_end(value, err) ? json_incref(list) : NULL;
		json_t *result = read_result(value, err);
		if (!result)
			return NULL;
		json_array_append_new(list, result);
		if (json_array_size(list) > RESULTS_MAX) {
			gw_fail(err, GW_INVALID, "more than %d results", RESULTS_MAX);
			return NULL;
		}
	}
}

static bool run_jq(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	jq_state *state = find_filter(gw_json_string(properties, "expression"), err);
	if (!state)
		return false;
	jv input = read_input(json_object_get(properties, "input"), err);
	if (!jv_is_valid(input)) {
		jv_free(input);
		return false;
	}
	jq_start(state, input, 0);
	json_t *results = collect(state, err);
	if (!results)
		return false;
	gw_run_output(run, "result", results);
	return true;
}

/* ---- The module ---- */

static const struct gw_property properties[] = {
	{ "input", "any", GW_REQUIRED, NULL, "What is filtered; a text is read as JSON first." },
	{ "expression", "string", GW_REQUIRED | GW_STATIC, NULL,
		"A filter in the language of jq." },
	{ 0 },
};

static const struct gw_property outputs[] = {
	{ "result", "list<any>", 0, NULL, "All results, in their order." },
	{ 0 },
};

static const struct gw_task_type jq_task = {
	.type = "godwit.function.jq",
	.summary = "Filters JSON with jq: what stands behind the filter `jq` of expressions.",
	.properties = properties,
	.outputs = outputs,
	.run = run_jq,
};

const struct gw_module gw_module = {
	GW_MODULE_HEAD,
	.name = "jq",
	.version = "1.0",
	.summary = "The filter jq of expressions.",
	.tasks = (const struct gw_task_type *const[]){ &jq_task, NULL },
};
