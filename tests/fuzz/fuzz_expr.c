/* fuzz_expr.c - compiling any template and rendering it */
#include "tests/fuzz/fuzz.h"

#include "expr/expr.h"
#include "expr/limits.h"

#define STEPS 20000 /* enough to reach everything, few enough to be quick */

static json_t *context;

static const json_t *variable(struct gw_scope *scope, const char *name)
{
	(void)scope;
	return json_object_get(context, name);
}

static json_t *everything(struct gw_scope *scope)
{
	(void)scope;
	return json_incref(context);
}

static json_t *ask(struct gw_scope *scope, const char *function, const json_t *arguments,
	struct gw_error *err)
{
	(void)scope;
	if (json_object_size(arguments) > 2) {
		gw_fail(err, GW_NOT_FOUND, "%s has nothing", function);
		return NULL;
	}
	return json_incref((json_t *)(uintptr_t)arguments);
}

static void note(void *arg, const char *root, const char *member)
{
	*(size_t *)arg += strlen(root) + (member ? strlen(member) : 0);
}

static void render(const struct gw_template *t, bool recursive)
{
	struct gw_scope scope = { .variable = variable,
		.everything = everything,
		.ask = ask,
		.now = 1734692400 * GW_SECOND,
		.recursive = recursive,
		.steps = GW_EXPR_STEPS_MAX - STEPS };
	struct gw_error err = { 0 };
	gw_auto_str out = { 0 };
	bool ok = gw_template_render(t, &scope, &out, &err);
	MUST(ok || (err.message[0] && out.len == 0));
	MUST(scope.depth == 0);
	scope.steps = GW_EXPR_STEPS_MAX - STEPS;
	json_decref(gw_template_value(t, &scope, &err));
	MUST(scope.depth == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gw_error err = { 0 };
	size_t mentioned = 0;
	if (!context)
		context = json_pack("{s:i, s:f, s:s, s:b, s:n, s:[iis], s:{s:i, s:{s:s}}, s:s}",
			"n", 5, "pi", 3.25, "text", "hello wörld", "yes", 1, "nothing", "list", 1,
			2, "x", "map", "a", 1, "b", "c", "d", "again",
			"{{ text }}{% raw %}x{% endraw %}");
	struct gw_template *t = gw_template_compile(fuzz_slice(data, size), &err);
	MUST(t || err.message[0]);
	if (!t)
		return 0;
	gw_template_variables(t, note, &mentioned);
	render(t, false);
	render(t, size % 2);
	gw_template_free(t);
	return 0;
}
