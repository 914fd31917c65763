/* labels.c - the task that sets labels of its own execution */
#include <godwit/module.h>

#define SYSTEM "system."

static const struct gw_property properties[] = {
	{ "labels", "map<any>|list<{key:string,value:any}>|string", GW_REQUIRED, NULL,
		"The labels to set: a map from key to value, a list of "
		"`{key, value}`, or a text that renders to a JSON "
		"object. A label with the same key is replaced. Keys "
		"that begin with `" SYSTEM "` are refused." },
	{ 0 },
};

static bool refuse_value(const char *key, struct gw_error *err)
{
	return gw_fail(err, GW_INVALID,
		"label '%s' must have a text, a number or a boolean as value", key);
}

static bool add_label(json_t *labels, const char *key, const json_t *value, struct gw_error *err)
{
	gw_auto_str text = { 0 };
	if (!*key)
		return gw_fail(err, GW_INVALID, "a label needs a key");
	if (!value || json_is_null(value) || json_is_array(value) || json_is_object(value))
		return refuse_value(key, err);
	if (json_is_string(value))
		gw_str_puts(&text, json_string_value(value));
	else
		gw_json_print(&text, value);
	if (text.len == 0)
		return gw_fail(err, GW_INVALID, "label '%s' has an empty value", key);
	if (strncmp(key, SYSTEM, strlen(SYSTEM)) == 0)
		return gw_fail(err, GW_INVALID,
			"System labels can only be set by Kestra itself, offending label: %s=%s",
			key, gw_str_text(&text));
	json_object_set_new(labels, key, json_string(gw_str_text(&text)));
	return true;
}

static bool add_map(json_t *labels, const json_t *map, struct gw_error *err)
{
	for (void *i = json_object_iter((json_t *)(uintptr_t)map); i;
		i = json_object_iter_next((json_t *)(uintptr_t)map, i))
		if (!add_label(labels, json_object_iter_key(i), json_object_iter_value(i), err))
			return false;
	return true;
}

static bool add_list(json_t *labels, const json_t *list, struct gw_error *err)
{
	size_t i;
	json_t *item;
	json_array_foreach (list, i, item) {
		const char *key = gw_json_string(item, "key");
		if (!key)
			return gw_fail(err, GW_INVALID, "label %zu must be {key, value}", i + 1);
		if (json_object_get(labels, key))
			return gw_fail(err, GW_INVALID, "label '%s' is given twice", key);
		if (!add_label(labels, key, json_object_get(item, "value"), err))
			return false;
	}
	return true;
}

/* All or nothing: no label is set if one of them cannot be. */
static bool collect(json_t *labels, const json_t *given, struct gw_error *err)
{
	if (json_is_array(given))
		return add_list(labels, given, err);
	if (json_is_object(given))
		return add_map(labels, given, err);
	if (!json_is_string(given))
		return gw_fail(err, GW_INVALID,
			"labels must be a map, a list of {key, value} or a JSON text");
	json_auto_t *parsed =
		gw_json_parse(gw_slice(json_string_value(given), json_string_length(given)), err);
	if (!parsed)
		return gw_explain(err, "labels");
	if (!json_is_object(parsed))
		return gw_fail(err, GW_INVALID, "labels given as a text must be a JSON object");
	return add_map(labels, parsed, err);
}

static bool run(struct gw_run *run, const json_t *values, struct gw_error *err)
{
	json_auto_t *labels = json_object();
	const char *key;
	json_t *value;
	if (!collect(labels, json_object_get(values, "labels"), err))
		return false;
	json_object_foreach (labels, key, value)
		gw_run_label(run, key, json_string_value(value));
	return true;
}

static const struct gw_task_type labels_type = {
	.type = "io.kestra.plugin.core.execution.Labels",
	.aliases = (const char *const[]){ "io.kestra.core.tasks.executions.Labels", NULL },
	.summary =
		"Sets labels of the execution while it runs. The tasks that follow see them, and "
		"executions can be searched by them at once.",
	.mode = GW_TASK_PURE,
	.properties = properties,
	.run = run,
};

const struct gw_module gw_module = {
	GW_MODULE_HEAD,
	.name = "labels",
	.version = "1.0",
	.summary = "Setting the labels of a running execution.",
	.tasks = (const struct gw_task_type *const[]){ &labels_type, NULL },
};
