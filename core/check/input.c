/* input.c - the inputs of an execution: what was sent, checked and converted */
#include "check/input.h"

#include "base/json.h"
#include "base/mem.h"
#include "check/input_type.h"
#include "check/secret.h"

#define DEPTH_MAX 1000

struct resolver {
	struct gw_scope scope; /* first: what templates are rendered in is this */
	struct gw_scope *outer;
	const struct gw_sent_input *sent;
	size_t n_sent;
	json_t *inputs; /* resolved so far */
	json_t *index; /* id -> position in states */
	struct gw_input_state *states;
	bool *visited;
	size_t n, cap;
	unsigned depth;
};

/* ---- The scope: the caller's, and the inputs so far ---- */

static const json_t *find_variable(struct gw_scope *scope, const char *name)
{
	struct resolver *r = (struct resolver *)scope;
	struct gw_scope *outer = r->outer;
	if (strcmp(name, "inputs") == 0)
		return r->inputs;
	return outer->variable ? outer->variable(outer, name) : NULL;
}

static json_t *find_everything(struct gw_scope *scope)
{
	struct resolver *r = (struct resolver *)scope;
	struct gw_scope *outer = r->outer;
	json_auto_t *all = outer->everything ? outer->everything(outer) : NULL;
	json_t *copy = all ? json_copy(all) : json_object();
	json_object_set(copy, "inputs", r->inputs);
	return copy;
}

static json_t *ask_outer(struct gw_scope *scope, const char *function, const json_t *arguments,
	struct gw_error *err)
{
	struct gw_scope *outer = ((struct resolver *)scope)->outer;
	return outer->ask(outer, function, arguments, err);
}

/* ---- Converting a value ---- */

static void describe(struct gw_str *out, const json_t *given)
{
	if (json_is_string(given))
		gw_str_add(out, json_string_value(given), json_string_length(given));
	else
		gw_json_print(out, given);
}

static bool fail_type(struct gw_error *err, const char *type, const json_t *given)
{
	gw_auto_str text = { .limit = 100 };
	describe(&text, given);
	gw_auto_free char *cause = gw_strdup(err->message);
	return gw_fail(err, GW_INVALID,
		"Expected `%s` but received `%s` with errors:\n```\n%s\n```", type,
		text.full ? "…" : gw_str_text(&text), cause);
}

static json_t *read_typed(const char *name, const json_t *given, struct gw_error *err)
{
	const struct gw_input_type *type = gw_input_type_find(name);
	json_t *value = type && type->read ? type->read(given, err) : NULL;
	if (!type || !type->read)
		gw_fail(err, GW_INVALID, "there is no such type");
	if (!value)
		fail_type(err, name, given);
	return value;
}

static json_t *read_items(const char *item_type, json_t *list, struct gw_error *err)
{
	json_auto_t *result = json_array();
	size_t i;
	json_t *item;
	json_array_foreach (list, i, item) {
		json_t *value = read_typed(item_type, item, err);
		gw_auto_str text = { .limit = 200 };
		if (!value) {
			describe(&text, item);
			gw_fail(err, GW_INVALID, "Unable to parse array element as `%s` on `%s`",
				item_type, gw_str_text(&text));
			return NULL;
		}
		json_array_append_new(result, value);
	}
	return json_incref(result);
}

/* By the declared type; unsealed while it is checked. */
static json_t *convert(const json_t *declared, const json_t *given, struct gw_error *err)
{
	const char *name = gw_json_string(declared, "type");
	const char *item_type = gw_json_string(declared, "itemType");
	const struct gw_input_type *type = name ? gw_input_type_find(name) : NULL;
	json_auto_t *value =
		name ? read_typed(name, given, err) : json_incref((json_t *)(uintptr_t)given);
	json_auto_t *items = value && item_type ? read_items(item_type, value, err) : NULL;
	const json_t *checked = item_type ? items : value;
	if (!checked || (type && type->keeps && !type->keeps(declared, checked, err)))
		return NULL;
	if (name && strcmp(name, "SECRET") == 0) {
		json_t *sealed = gw_secret_seal(gw_slice_of(json_string_value(value)), err);
		if (!sealed)
			fail_type(err, name, given);
		return sealed;
	}
	return json_incref((json_t *)(uintptr_t)checked);
}

/* ---- One input ---- */

static const char *id_of(const struct gw_input_state *state)
{
	return gw_json_string(state->input, "id");
}

static void fail_input(struct gw_input_state *state, const char *message, const json_t *given)
{
	gw_auto_str text = { .limit = 200 };
	describe(&text, given);
	state->error = gw_sprintf("Invalid input for `%s`, %s, but received `%s`", id_of(state),
		message, text.full ? "…" : gw_str_text(&text));
}

/* What was sent for an input; a new reference, NULL = nothing. */
static json_t *sent_value(const struct resolver *r, const char *id)
{
	for (size_t i = 0; i < r->n_sent; i++) {
		const struct gw_sent_input *sent = &r->sent[i];
		if (strcmp(sent->id, id) != 0)
			continue;
		if (sent->value)
			return json_is_null(sent->value)
				       ? NULL
				       : json_incref((json_t *)(uintptr_t)sent->value);
		return sent->text.data ? json_stringn(sent->text.data, sent->text.len) : NULL;
	}
	return NULL;
}

static json_t *render(struct resolver *r, const json_t *value, bool typed, struct gw_error *err)
{
	struct gw_tree *tree = gw_tree_compile(value, err);
	json_t *rendered = tree ? gw_tree_render(tree, &r->scope, typed, err) : NULL;
	gw_tree_free(tree);
	return rendered;
}

/* *given NULL = there is neither a value nor a default. */
static bool given_value(struct resolver *r, const struct gw_input_state *state, json_t **given,
	struct gw_error *err)
{
	const json_t *defaults = json_object_get(state->input, "defaults");
	*given = sent_value(r, id_of(state));
	if (*given || !defaults || json_is_null(defaults))
		return true;
	*given = render(r, defaults, false, err);
	return *given != NULL;
}

/* The values of a SELECT that come from an expression. */
static bool render_values(struct resolver *r, struct gw_input_state *state, struct gw_error *err)
{
	const json_t *expression = json_object_get(state->input, "expression");
	size_t i;
	json_t *item;
	if (!expression)
		return true;
	json_auto_t *rendered = render(r, expression, true, err);
	if (!rendered)
		return gw_explain(err, "Cannot render 'expression'. Cause");
	json_auto_t *list = json_is_array(rendered) ? json_incref(rendered) : NULL;
	if (json_is_string(rendered))
		list = gw_json_parse(gw_slice_of(json_string_value(rendered)), err);
	if (!json_is_array(list))
		return gw_fail(err, GW_INVALID,
			"Invalid expression result. Expected a list of strings");
	json_t *values = json_array();
	json_array_foreach (list, i, item)
		if (!json_is_null(item))
			json_array_append(values, item);
	json_t *copy = json_copy(state->input);
	json_object_set_new(copy, "values", values);
	json_decref(state->input);
	state->input = copy;
	return true;
}

static bool condition_holds(struct resolver *r, struct gw_input_state *state)
{
	const json_t *condition =
		json_object_get(json_object_get(state->input, "dependsOn"), "condition");
	struct gw_error err;
	if (!json_is_string(condition))
		return true;
	json_auto_t *value = render(r, condition, true, &err);
	const char *text = json_string_value(value);
	if (!value)
		fail_input(state, err.message, NULL);
	return json_is_true(value) || (text && strcmp(text, "true") == 0);
}

/* "a.b" goes into the object "a"; owns value. */
static void set_nested(json_t *object, const char *id, json_t *value)
{
	for (const char *dot; (dot = strchr(id, '.')); id = dot + 1) {
		gw_auto_free char *name = gw_strndup(id, (size_t)(dot - id));
		json_t *inner = json_object_get(object, name);
		if (!json_is_object(inner))
			json_object_set_new(object, name, inner = json_object());
		object = inner;
	}
	json_object_set_new(object, id, value);
}

static void resolve_value(struct resolver *r, struct gw_input_state *state)
{
	struct gw_error err;
	json_auto_t *given = NULL;
	const json_t *required = json_object_get(state->input, "required");
	state->enabled = condition_holds(r, state);
	if (!state->enabled)
		return;
	if (!render_values(r, state, &err) || !given_value(r, state, &given, &err)) {
		fail_input(state, err.message, NULL);
		return;
	}
	if (!given && !json_is_false(required)) {
		fail_input(state, "missing required input", NULL);
		return;
	}
	state->value = given ? convert(state->input, given, &err) : json_null();
	if (state->value)
		set_nested(r->inputs, id_of(state), json_incref(state->value));
	else
		fail_input(state, err.message, given);
}

/* Dependencies first. */
static void resolve(struct resolver *r, size_t position)
{
	struct gw_input_state *state = &r->states[position];
	bool is_enabled = true;
	size_t i;
	json_t *id;
	if (r->visited[position] || r->depth >= DEPTH_MAX)
		return;
	r->visited[position] = true;
	r->depth++;
	json_array_foreach (json_object_get(json_object_get(state->input, "dependsOn"), "inputs"),
		i, id) {
		const char *name = json_string_value(id);
		const json_t *found = name ? json_object_get(r->index, name) : NULL;
		if (!found)
			continue;
		resolve(r, (size_t)json_integer_value(found));
		is_enabled = is_enabled && r->states[json_integer_value(found)].enabled;
	}
	r->depth--;
	if (is_enabled)
		resolve_value(r, state);
}

/* ---- All inputs ---- */

static void add_state(struct resolver *r, json_t *input)
{
	const char *id = gw_json_string(input, "id");
	if (!id || json_object_get(r->index, id))
		return;
	json_object_set_new(r->index, id, json_integer((json_int_t)r->n));
	r->states = gw_grow(r->states, r->n, &r->cap);
	r->states[r->n++] = (struct gw_input_state){ .input = json_incref(input) };
}

/* The inputs of a form, by their full ids. */
static void add_form(struct resolver *r, const json_t *form)
{
	const char *id = gw_json_string(form, "id");
	const json_t *depends_on = json_object_get(form, "dependsOn");
	size_t i;
	json_t *input;
	json_array_foreach (json_object_get(form, "inputs"), i, input) {
		const char *inner = gw_json_string(input, "id");
		if (!id || !inner)
			continue;
		json_auto_t *copy = json_copy(input);
		json_object_set_new(copy, "id", json_sprintf("%s.%s", id, inner));
		if (depends_on && !json_object_get(copy, "dependsOn"))
			json_object_set(copy, "dependsOn", (json_t *)(uintptr_t)depends_on);
		add_state(r, copy);
	}
}

static void add_states(struct resolver *r, const json_t *declared)
{
	size_t i;
	json_t *input;
	json_array_foreach (declared, i, input) {
		const char *type = gw_json_string(input, "type");
		if (type && strcmp(type, "FORM") == 0)
			add_form(r, input);
		else
			add_state(r, input);
	}
}

/* Resolves everything that is declared; r holds the outcome. */
static void resolve_all(struct resolver *r, const json_t *declared)
{
	r->scope = *r->outer;
	r->scope.variable = find_variable;
	r->scope.everything = find_everything;
	r->scope.ask = r->outer->ask ? ask_outer : NULL;
	r->inputs = json_object();
	r->index = json_object();
	add_states(r, declared);
	r->visited = gw_new_array(bool, r->n + 1);
	for (size_t i = 0; i < r->n; i++)
		resolve(r, i);
	r->outer->steps = r->scope.steps;
	free(r->visited);
	json_decref(r->index);
}

size_t gw_inputs_validate(const json_t *declared, const struct gw_sent_input *sent, size_t n_sent,
	struct gw_scope *scope, struct gw_input_state **out)
{
	struct resolver r = { .outer = scope, .sent = sent, .n_sent = n_sent };
	resolve_all(&r, declared);
	json_decref(r.inputs);
	*out = r.states;
	return r.n;
}

json_t *gw_inputs_resolve(const json_t *declared, const struct gw_sent_input *sent, size_t n_sent,
	struct gw_scope *scope, struct gw_error *err)
{
	struct resolver r = { .outer = scope, .sent = sent, .n_sent = n_sent };
	const char *error = NULL;
	resolve_all(&r, declared);
	for (size_t i = 0; i < r.n && !error; i++)
		error = r.states[i].error;
	if (error) {
		gw_fail(err, GW_INVALID, "%s", error);
		json_decref(gw_steal(&r.inputs));
	}
	gw_input_states_free(r.states, r.n);
	return r.inputs;
}

void gw_input_states_free(struct gw_input_state *states, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		json_decref(states[i].input);
		json_decref(states[i].value);
		free(states[i].error);
	}
	free(states);
}

json_t *gw_output_convert(const json_t *output, const json_t *value, struct gw_error *err)
{
	const char *id = gw_json_string(output, "id");
	bool is_missing = !value || json_is_null(value);
	gw_auto_str text = { .limit = 200 };
	if (is_missing && !gw_json_true(output, "required"))
		return json_null();
	if (is_missing)
		gw_fail(err, GW_INVALID, "missing required output");
	json_t *converted = is_missing ? NULL : convert(output, value, err);
	if (converted)
		return converted;
	describe(&text, value);
	gw_auto_free char *cause = gw_strdup(err->message);
	gw_fail(err, GW_INVALID, "Invalid output for `%s`, %s, but received `%s`", id ? id : "",
		cause, text.full ? "…" : gw_str_text(&text));
	return NULL;
}
