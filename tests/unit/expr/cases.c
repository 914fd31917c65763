/* cases.c - rendering templates in tests */
#include "tests/unit/expr/cases.h"

#include "base/json.h"

static struct expr_world *world_of(struct gw_scope *scope)
{
	return (struct expr_world *)scope; /* its first member */
}

static const json_t *variable(struct gw_scope *scope, const char *name)
{
	return json_object_get(world_of(scope)->context, name);
}

static json_t *everything(struct gw_scope *scope)
{
	return json_incref(world_of(scope)->context);
}

static json_t *ask(struct gw_scope *scope, const char *function, const json_t *arguments,
	struct gw_error *err)
{
	(void)scope;
	void *first = json_object_iter((json_t *)(uintptr_t)arguments);
	const char *text = json_string_value(json_object_iter_value(first));
	if (text && strcmp(text, "missing") == 0) {
		gw_fail(err, GW_NOT_FOUND, "nothing there");
		return NULL;
	}
	return json_pack("{s:O}", function, arguments);
}

void expr_world_init(struct expr_world *world, const char *context)
{
	struct gw_error err;
	json_t *parsed = gw_json_parse(gw_slice_of(context), &err);
	if (!parsed)
		fail_msg("the context is no JSON: %s", err.message);
	*world = (struct expr_world){
		.scope = { .variable = variable,
			.everything = everything,
			.ask = ask,
			.now = INT64_C(1734692400) * GW_SECOND }, /* 2024-12-20T11:00:00Z */
		.context = parsed,
	};
}

void expr_world_clear(struct expr_world *world)
{
	json_decref(world->context);
}

static char *explain(const struct gw_error *err)
{
	return gw_sprintf("error: %s", err->message);
}

char *expr_render(struct expr_world *world, const char *template)
{
	struct gw_error err = { 0 };
	gw_auto_str out = { 0 };
	struct gw_template *t = gw_template_compile(gw_slice_of(template), &err);
	world->scope.steps = 0;
	bool ok = t && gw_template_render(t, &world->scope, &out, &err);
	gw_template_free(t);
	assert_int_equal(world->scope.depth, 0);
	return ok ? gw_str_steal(&out) : explain(&err);
}

char *expr_value(struct expr_world *world, const char *template)
{
	struct gw_error err = { 0 };
	gw_auto_str out = { 0 };
	struct gw_template *t = gw_template_compile(gw_slice_of(template), &err);
	world->scope.steps = 0;
	json_auto_t *value = t ? gw_template_value(t, &world->scope, &err) : NULL;
	gw_template_free(t);
	if (!value)
		return explain(&err);
	gw_json_print(&out, value);
	return gw_str_steal(&out);
}
