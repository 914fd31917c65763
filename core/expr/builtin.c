/* builtin.c - finding filters, functions and tests, and what they share */
#include "expr/builtin.h"

#include "base/mem.h"
#include "expr/value.h"

const char *const gw_builtin_kinds[] = { "filter", "function", "test" };

static const struct gw_builtins *const filters[] = {
	&gw_text_filters,
	&gw_part_filters,
	&gw_list_filters,
	&gw_number_filters,
	&gw_hash_filters,
	&gw_date_filters,
	&gw_format_filters,
	&gw_regex_filters,
	&gw_yaml_filters,
	NULL,
};

static const struct gw_builtins *const functions[] = {
	&gw_value_functions,
	&gw_date_functions,
	&gw_random_functions,
	&gw_run_functions,
	&gw_yaml_functions,
	NULL,
};

static const struct gw_builtins *const tests[] = { &gw_tests, NULL };

static const struct gw_builtins *const *const kinds[] = { filters, functions, tests };

static int compare_name(const void *name, const void *builtin)
{
	return strcmp(name, ((const struct gw_builtin *)builtin)->name);
}

const struct gw_builtin *gw_builtin_find(enum gw_expr_kind kind, const char *name)
{
	const struct gw_builtin *found = NULL;
	for (const struct gw_builtins *const *t = kinds[kind]; *t && !found; t++)
		found = bsearch(name, (*t)->items, (*t)->n, sizeof(*found), compare_name);
	return found;
}

bool gw_expr_word(enum gw_expr_kind kind, size_t i, const char **name, const char **params)
{
	for (const struct gw_builtins *const *t = kinds[kind]; *t; i -= (*t)->n, t++) {
		if (i >= (*t)->n)
			continue;
		*name = (*t)->items[i].name;
		*params = (*t)->items[i].params;
		return true;
	}
	return false;
}

/* ---- Asking the scope ---- */

static json_t *name_arguments(const struct gw_call *call)
{
	json_t *named = json_object();
	const char *params = call->what->params;
	if (call->input)
		json_object_set(named, "input", call->input);
	for (size_t i = 0; i < call->n; i++) {
		size_t len = strcspn(params, ",!");
		gw_auto_free char *name = gw_strndup(params, len);
		if (call->args[i])
			json_object_set(named, name, call->args[i]);
		params += strcspn(params, ",") + 1;
	}
	return named;
}

json_t *gw_call_ask(struct gw_call *call)
{
	struct gw_scope *scope = call->ev->scope;
	struct gw_error err = { 0 };
	if (!scope->ask)
		return gw_call_fail(call, "'%s' is not available here", call->what->name);
	json_auto_t *arguments = name_arguments(call);
	json_t *answer = scope->ask(scope, call->what->name, arguments, &err);
	return answer ? answer : gw_call_fail(call, "%s", err.message);
}

/* ---- What they share ---- */

json_t *gw_call_fail(struct gw_call *call, const char *format, ...)
{
	gw_auto_str message = { 0 };
	va_list args;
	va_start(args, format);
	gw_str_vprintf(&message, format, args);
	va_end(args);
	gw_eval_fail(call->ev, "%s", gw_str_text(&message));
	return NULL;
}

bool gw_call_spend(struct gw_call *call, size_t n, size_t a_step)
{
	return gw_eval_spend(call->ev, n, a_step);
}

json_t *gw_call_text(struct gw_call *call, struct gw_str *s)
{
	if (s->full || s->len > GW_EXPR_TEXT_MAX)
		return gw_call_fail(call, "The result is longer than %zu bytes", GW_EXPR_TEXT_MAX);
	if (!gw_eval_spend(call->ev, s->len, GW_EXPR_BYTES_A_STEP))
		return NULL;
	return gw_string(gw_str_slice(s));
}

json_t *gw_call_slice(struct gw_call *call, struct gw_slice text)
{
	return gw_eval_spend(call->ev, text.len, GW_EXPR_BYTES_A_STEP) ? gw_string(text) : NULL;
}

bool gw_call_input(struct gw_call *call, struct gw_str *buffer, struct gw_slice *out)
{
	if (json_is_string(call->input)) {
		*out = gw_value_slice(call->input);
		return true;
	}
	if (!gw_value_text(call->ev, call->input, buffer))
		return false;
	*out = gw_str_slice(buffer);
	return true;
}

bool gw_call_string(struct gw_call *call, struct gw_slice *out)
{
	if (!json_is_string(call->input))
		return gw_eval_fail(call->ev,
			"'%s' filter can only be applied to String. Actual type was: %s",
			call->what->name, gw_value_type(call->input));
	*out = gw_value_slice(call->input);
	return true;
}

/* ---- Texts at any depth ---- */

struct editor {
	struct gw_call *call;
	bool (*edit)(struct gw_call *call, struct gw_slice text, const void *arg,
		struct gw_str *out);
	const void *arg;
};

static json_t *edit_value(const struct editor *e, json_t *value);

static json_t *edit_items(const struct editor *e, json_t *list)
{
	size_t i;
	json_t *item;
	json_auto_t *result = json_array();
	json_array_foreach (list, i, item) {
		if (json_array_append_new(result, edit_value(e, item)) < 0)
			return NULL;
	}
	return gw_steal(&result);
}

static json_t *edit_members(const struct editor *e, json_t *object)
{
	const char *key;
	json_t *member;
	json_auto_t *result = json_object();
	json_object_foreach (object, key, member) {
		if (json_object_set_new_nocheck(result, key, edit_value(e, member)) < 0)
			return NULL;
	}
	return gw_steal(&result);
}

static json_t *edit_scalar(const struct editor *e, json_t *value)
{
	gw_auto_str text = { 0 }, out = { .limit = GW_EXPR_TEXT_MAX };
	if (!gw_value_text(e->call->ev, value, &text) ||
		!e->edit(e->call, gw_str_slice(&text), e->arg, &out))
		return NULL;
	return gw_call_text(e->call, &out);
}

static json_t *edit_value(const struct editor *e, json_t *value)
{
	json_t *result = NULL;
	if (json_is_null(value))
		return json_null();
	if (!gw_eval_enter(e->call->ev, 1))
		return NULL;
	if (gw_eval_spend(e->call->ev, 0, 1))
		result = json_is_array(value)    ? edit_items(e, value)
			 : json_is_object(value) ? edit_members(e, value)
						 : edit_scalar(e, value);
	gw_eval_leave(e->call->ev, 1);
	return result;
}

json_t *gw_call_each_text(struct gw_call *call, json_t *value,
	bool (*edit)(struct gw_call *call, struct gw_slice text, const void *arg,
		struct gw_str *out),
	const void *arg)
{
	struct editor e = { call, edit, arg };
	return edit_value(&e, value);
}

/* ---- Arguments ---- */

static struct gw_slice param_at(const struct gw_call *call, int i)
{
	const char *params = call->what->params;
	while (i-- > 0)
		params += strcspn(params, ",") + 1;
	return gw_slice(params, strcspn(params, ","));
}

static bool fail_argument(struct gw_call *call, int i, const char *type)
{
	struct gw_slice param = param_at(call, i);
	return gw_eval_fail(call->ev, "The '%s' %s expects an argument '%.*s' with type %s.",
		call->what->name, call->input ? "filter" : "function",
		(int)strcspn(param.data, ",!"), param.data, type);
}

static bool is_given(const struct gw_call *call, int i)
{
	return call->args[i] && !json_is_null(call->args[i]);
}

/* An argument that is not given: an error only if it must be. */
static bool accept_missing(struct gw_call *call, int i, const char *type)
{
	return !gw_slice_ends(param_at(call, i), gw_slice_of("!")) || fail_argument(call, i, type);
}

bool gw_arg_text(struct gw_call *call, int i, struct gw_slice *out)
{
	if (!is_given(call, i))
		return accept_missing(call, i, "string");
	if (!json_is_string(call->args[i]))
		return fail_argument(call, i, "string");
	*out = gw_value_slice(call->args[i]);
	return true;
}

bool gw_arg_int(struct gw_call *call, int i, int64_t *out)
{
	if (!is_given(call, i))
		return accept_missing(call, i, "integer");
	if (!json_is_integer(call->args[i]))
		return fail_argument(call, i, "integer");
	*out = json_integer_value(call->args[i]);
	return true;
}

bool gw_arg_bool(struct gw_call *call, int i, bool *out)
{
	if (!is_given(call, i))
		return accept_missing(call, i, "boolean");
	if (!json_is_boolean(call->args[i]))
		return fail_argument(call, i, "boolean");
	*out = json_is_true(call->args[i]);
	return true;
}
