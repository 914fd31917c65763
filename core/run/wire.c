/* wire.c - effects as JSON */
#include "run/wire.h"

#include "base/json.h"
#include "base/mem.h"
#include "model/state.h"

static json_t *pack_metrics(const struct gw_effects *e)
{
	json_t *list = json_array();
	for (size_t i = 0; i < e->n_metrics; i++) {
		const struct gw_metric *m = &e->metrics[i];
		json_array_append_new(list,
			json_pack("{s:s, s:b, s:f, s:O*}", "name", m->name, "timer", m->is_timer,
				"value", m->value, "tags", m->tags));
	}
	return list;
}

json_t *gw_effects_pack(const struct gw_effects *e)
{
	return json_pack("{s:s, s:s*, s:O*, s:O*, s:O*, s:o}", "state", gw_state_name(e->state),
		"end", e->ends_execution ? gw_state_name(e->end_state) : NULL, "outputs",
		e->outputs, "labels", e->labels, "variables", e->variables, "metrics",
		pack_metrics(e));
}

static void unpack_metrics(const json_t *list, struct gw_effects *e)
{
	size_t i;
	json_t *item;
	json_array_foreach (list, i, item) {
		const char *name = gw_json_string(item, "name");
		json_t *tags = json_object_get(item, "tags");
		if (!name || e->n_metrics >= GW_METRICS_MAX)
			continue;
		e->metrics = gw_grow(e->metrics, e->n_metrics, &e->cap_metrics);
		e->metrics[e->n_metrics++] =
			(struct gw_metric){ gw_strdup(name), gw_json_true(item, "timer"),
				json_number_value(json_object_get(item, "value")),
				json_is_object(tags) ? json_incref(tags) : NULL };
	}
}

static void unpack_object(const json_t *doc, const char *name, json_t **out)
{
	json_t *value = json_object_get(doc, name);
	if (!json_is_object(value))
		return;
	json_decref(*out);
	*out = json_incref(value);
}

static bool unpack_state(const json_t *doc, const char *name, enum gw_state *out,
	struct gw_error *err)
{
	const char *text = gw_json_string(doc, name);
	if (text && !gw_state_parse(gw_slice_of(text), out))
		return gw_fail(err, GW_INVALID, "there is no state %s", text);
	return true;
}

static bool check_labels(const json_t *labels, struct gw_error *err)
{
	const char *key;
	json_t *value;
	json_object_foreach ((json_t *)(uintptr_t)labels, key, value)
		if (!json_is_string(value))
			return gw_fail(err, GW_INVALID, "label %s is no text", key);
	return true;
}

bool gw_effects_unpack(const json_t *doc, struct gw_effects *e, struct gw_error *err)
{
	if (!unpack_state(doc, "state", &e->state, err) ||
		!unpack_state(doc, "end", &e->end_state, err) ||
		!check_labels(json_object_get(doc, "labels"), err))
		return false;
	e->ends_execution = gw_json_string(doc, "end") != NULL;
	unpack_object(doc, "outputs", &e->outputs);
	unpack_object(doc, "labels", &e->labels);
	unpack_object(doc, "variables", &e->variables);
	unpack_metrics(json_object_get(doc, "metrics"), e);
	return true;
}
