/* declared.c - what is wrong with how inputs are declared */
#include "check/walk.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "check/input_type.h"
#include "check/near.h"
#include "check/regex.h"
#include "check/tables.h"

#define DISPLAY_NAME_MAX 64

static void refuse_type(struct gw_check *c, const json_t *input)
{
	const char *type = gw_json_string(input, "type");
	struct gw_near near = { .wanted = type };
	for (size_t i = 0; type && gw_input_types[i].name; i++)
		gw_near_offer(&near, gw_input_types[i].name);
	gw_check_bad_type(c, "io.kestra.core.models.flows.Input", input, near.best);
}

static bool is_one_of(const json_t *input, const char *key, const char *a, const char *b)
{
	const char *value = gw_json_string(input, key);
	return value && (strcmp(value, a) == 0 || strcmp(value, b) == 0);
}

static void check_list_type(struct gw_check *c, const json_t *input)
{
	if (is_one_of(input, "itemType", "ARRAY", "ARRAY"))
		gw_check_add_whole(c, "`itemType` cannot be `ARRAY`");
	if (is_one_of(input, "type", "MULTISELECT", "") &&
		is_one_of(input, "itemType", "MULTISELECT", ""))
		gw_check_add_whole(c, "`itemType` cannot be `MULTISELECT`");
}

static void check_choices(struct gw_check *c, const json_t *input)
{
	bool has_values = json_object_get(input, "values") != NULL;
	bool has_options = json_object_get(input, "options") != NULL;
	bool has_expression = json_object_get(input, "expression") != NULL;
	if (has_values && has_options)
		gw_check_add_whole(c, "you can't define both `values` and `options`");
	else if ((has_values || has_options) && has_expression)
		gw_check_add_whole(c, "you can't define both `values` and `expression`");
	else if (!has_values && !has_options && !has_expression)
		gw_check_add_at(c, "values", "must not be null");
}

/* What the members of an input say together. */
static void check_whole(struct gw_check *c, const json_t *input)
{
	const char *pattern = gw_json_string(input, "validator");
	const char *name = gw_json_string(input, "displayName");
	if (pattern && !gw_regex_valid(pattern))
		gw_check_add_at(c, "validator", "invalid pattern [%s]", pattern);
	if (name && gw_utf8_length(gw_slice_of(name)) > DISPLAY_NAME_MAX)
		gw_check_add_at(c, "displayName", "size must be between 0 and %d",
			DISPLAY_NAME_MAX);
	if (is_one_of(input, "type", "FILE", "") && json_object_get(input, "defaults"))
		gw_check_add_whole(c, "no `defaults` can be set for inputs of type 'FILE'");
	if (is_one_of(input, "type", "ARRAY", "MULTISELECT"))
		check_list_type(c, input);
	if (is_one_of(input, "type", "SELECT", "MULTISELECT"))
		check_choices(c, input);
}

void gw_check_input(struct gw_check *c, json_t *input)
{
	const char *type = gw_json_string(input, "type");
	const struct gw_input_type *found = type ? gw_input_type_find(type) : NULL;
	const char *outer = c->id;
	if (!json_object_get(input, "id") && gw_json_string(input, "name"))
		json_object_set(input, "id", json_object_get(input, "name"));
	if (!found) {
		if (!c->is_merged)
			refuse_type(c, input);
		return;
	}
	const struct gw_property *const tables[] = { found->properties, gw_input_table, NULL };
	gw_check_members(c, input, tables, "io.kestra.core.models.flows.Input");
	c->id = gw_json_string(input, "id");
	gw_check_id(c, input, "id", GW_DATA_ID);
	if (!c->is_merged)
		check_whole(c, input);
	c->id = outer;
}

/* ---- What the inputs of a flow say together ---- */

struct graph {
	struct gw_check *check;
	const json_t *inputs;
	json_t *index; /* id -> position */
	enum { UNSEEN, OPEN, DONE } * marks;
	size_t *path; /* positions of the open ones */
	size_t n_path;
};

static const char *id_at(const struct graph *g, size_t position)
{
	return gw_json_string(json_array_get(g->inputs, position), "id");
}

/* The path from a position on is a cycle: each input on it is told of the others. */
static void report_cycle(struct graph *g, size_t position)
{
	size_t start = g->n_path - 1;
	while (g->path[start] != position)
		start--;
	size_t n = g->n_path - start;
	for (size_t i = 0; i < n; i++) {
		gw_auto_str others = { 0 };
		for (size_t k = 1; k < n; k++)
			gw_str_printf(&others, "%s%s", k > 1 ? ", " : "",
				id_at(g, g->path[start + (i + k) % n]));
		gw_check_add_flow(g->check,
			"Cycle dependency detected for input with id '%s': [%s]",
			id_at(g, g->path[start + i]), gw_str_text(&others));
	}
}

static void visit(struct graph *g, size_t position)
{
	const json_t *input = json_array_get(g->inputs, position);
	size_t i;
	json_t *id;
	g->marks[position] = OPEN;
	g->path[g->n_path++] = position;
	json_array_foreach (json_object_get(json_object_get(input, "dependsOn"), "inputs"), i, id) {
		const char *name = json_string_value(id);
		const json_t *found = name ? json_object_get(g->index, name) : NULL;
		size_t next = (size_t)json_integer_value(found);
		if (name && !found)
			gw_check_add_flow(g->check,
				"Input with id '%s' depends on a non-existent input '%s'.",
				id_at(g, position), name);
		else if (found && g->marks[next] == OPEN)
			report_cycle(g, next);
		else if (found && g->marks[next] == UNSEEN)
			visit(g, next);
	}
	g->n_path--;
	g->marks[position] = DONE;
}

void gw_check_inputs(struct gw_check *c, json_t *inputs)
{
	size_t n = json_array_size(inputs), i;
	json_t *input;
	if (n > GW_INPUTS_MAX)
		return;
	json_auto_t *index = json_object();
	gw_auto_free void *marks = gw_zalloc((n + 1) * sizeof(*((struct graph *)0)->marks));
	gw_auto_free size_t *path = gw_new_array(size_t, n + 1);
	struct graph g = { c, inputs, index, marks, path, 0 };
	json_array_foreach (inputs, i, input)
		if (id_at(&g, i) && !json_object_get(index, id_at(&g, i)))
			json_object_set_new(index, id_at(&g, i), json_integer((json_int_t)i));
	for (i = 0; i < n; i++)
		if (id_at(&g, i) && g.marks[i] == UNSEEN)
			visit(&g, i);
}
