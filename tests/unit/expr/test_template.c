/* test_template.c - values with their type, what a template needs, rendering again */
#include "tests/unit/expr/cases.h"

#include "base/json.h"

#include <pthread.h>

static const char context[] =
	"{\"n\": 5, \"text\": \"5\", \"list\": [1], \"map\": {\"a\": null}, \"nothing\": null,"
	" \"first\": \"1\", \"second\": \"{{first}}\", \"third\": \"{{second}}\","
	" \"typed\": \"{{ n }}\", \"ping\": \"{{ pong }}\", \"pong\": \"{{ ping }}\","
	" \"raw\": \"{% raw %}{{ n }}{% endraw %}\"}";

static struct gw_template *compile(const char *source)
{
	struct gw_error err;
	struct gw_template *t = gw_template_compile(gw_slice_of(source), &err);
	if (!t)
		fail_msg("%s", err.message);
	return t;
}

static void check_values(struct expr_world *world, const struct expr_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		gw_auto_free char *got = expr_value(world, cases[i].template);
		if (strcmp(got, cases[i].expected) != 0)
			fail_msg("%s: expected %s, got %s", cases[i].template, cases[i].expected,
				got);
	}
}

static void a_single_expression_keeps_its_type(void **state)
{
	(void)state;
	static const struct expr_case cases[] = {
		{ "{{ n }}", "5" },
		{ "{{ text }}", "\"5\"" },
		{ "{{ list }}", "[1]" },
		{ "{{ map }}", "{\"a\":null}" },
		{ "{{ nothing }}", "null" },
		{ "{{ n > 3 }}", "true" },
		{ "{{ n / 2.0 }}", "2.5" },
		{ "{# c #}{{ n }}", "5" },
		{ "{% set x = n + 1 %}{{ x }}", "6" },
		{ "{% macro m() %}a{% endmacro %}{{ m() }}", "\"a\"" },
		{ "{{ n }} ", "\"5 \"" },
		{ "{{ n }}{{ n }}", "\"55\"" },
		{ "a{{ list }}", "\"a[1]\"" },
		{ "{% if true %}{{ n }}{% endif %}", "\"5\"" },
		{ "plain", "\"plain\"" },
		{ "", "\"\"" },
		{ "{% raw %}{{ n }}{% endraw %}", "\"{{ n }}\"" },
		{ "{% filter upper %}a{% endfilter %}", "\"A\"" },
		{ "{{ missing }}", "error: Unable to find `missing` used in the expression `{{ "
				   "missing }}` at line 1" },
		{ "{% set x = missing %}{{ n }}",
			"error: Unable to find `missing` used in the expression "
			"`{% set x = missing %}{{ n }}` at line 1" },
	};
	struct expr_world world;
	expr_world_init(&world, context);
	check_values(&world, cases, GW_LEN(cases));
	expr_world_clear(&world);
}

static void results_are_rendered_again_if_the_scope_says_so(void **state)
{
	(void)state;
	static const struct expr_case cases[] = {
		{ "{{ third }}", "1" },
		{ "a {{ third }} {{ second }}", "a 1 1" },
		{ "{{ [third] }}", "[\"1\"]" },
		{ "{{ ping }}", "error: Too many rendering attempts" },
		{ "{% raw %}{{first}}{% endraw %}", "{{first}}" },
		{ "{{ raw }} {{ third }}", "{{ n }} 1" },
		{ "plain", "plain" },
	};
	static const struct expr_case values[] = {
		{ "{{ third }}", "\"1\"" },
		{ "{{ typed }}", "5" },
		{ "{{ raw }}", "\"{{ n }}\"" },
		{ "{{ n }}", "5" },
		{ "{{ ping }}", "error: Too many rendering attempts" },
	};
	struct expr_world world;
	expr_world_init(&world, context);
	world.scope.recursive = true;
	for (size_t i = 0; i < GW_LEN(cases); i++) {
		gw_auto_free char *got = expr_render(&world, cases[i].template);
		assert_string_equal(got, cases[i].expected);
	}
	check_values(&world, values, GW_LEN(values));
	expr_world_clear(&world);
}

static void text_without_delimiters_is_constant(void **state)
{
	(void)state;
	static const struct {
		const char *source;
		bool constant;
	} cases[] = { { "", true }, { "plain", true }, { "{ a }", true }, { "{\"a\": {}}", true },
		{ "{{ n }}", false }, { "{# c #}", false }, { "{% raw %}{% endraw %}", false },
		{ "a{% if true %}{% endif %}", false } };
	for (size_t i = 0; i < GW_LEN(cases); i++) {
		struct gw_template *t = compile(cases[i].source);
		assert_int_equal(gw_template_is_constant(t), cases[i].constant);
		gw_template_free(t);
	}
	gw_template_free(NULL);
}

static void a_template_says_what_it_needs(void **state)
{
	(void)state;
	static const struct {
		const char *source;
		unsigned needs;
	} cases[] = {
		{ "{{ n | upper }} {{ now() }} {{ uuid() }}", 0 },
		{ "{{ secret('x') }}", GW_NEEDS_IO },
		{ "{% if false %}{{ kv('x') }}{% endif %}", GW_NEEDS_IO },
		{ "{% macro m() %}{{ read('x') }}{% endmacro %}", GW_NEEDS_IO },
		{ "{{ n | jq('.') }}", GW_NEEDS_IO },
		{ "{{ printContext() }}", GW_NEEDS_ALL },
		{ "{{ render(n) }}", GW_NEEDS_IO | GW_NEEDS_ALL },
	};
	for (size_t i = 0; i < GW_LEN(cases); i++) {
		struct gw_template *t = compile(cases[i].source);
		assert_int_equal(gw_template_needs(t), cases[i].needs);
		gw_template_free(t);
	}
}

/* Appends "root.member " to a text. */
static void note(void *arg, const char *root, const char *member)
{
	gw_str_printf(arg, "%s.%s ", root, member ? member : "*");
}

static void check_variables(const char *source, const char *expected)
{
	gw_auto_str found = { 0 };
	struct gw_template *t = compile(source);
	gw_template_variables(t, note, &found);
	assert_string_equal(gw_str_text(&found), expected);
	gw_template_free(t);
}

static void a_template_says_which_variables_it_mentions(void **state)
{
	(void)state;
	check_variables("{{ outputs.a.value }}", "outputs.a ");
	check_variables("{{ outputs['my-task'].v ~ inputs.x }}", "inputs.x outputs.my-task ");
	check_variables("{{ outputs[inputs.x].v }}", "inputs.x outputs.* ");
	check_variables("{{ parents[0] }} {{ n }}", "n.* parents.* ");
	check_variables("{{ a ?? b.c | default(d) }}", "d.* b.c a.* ");
	check_variables("{% for x in list %}{{ x.a }}{{ loop.index }}{{ y }}{% endfor %}{{ x.b }}",
		"x.b y.* list.* ");
	check_variables("{% set s = a.b %}{{ s.c }}", "a.b ");
	check_variables("{% if a %}{% set s = 1 %}{{ s }}{% endif %}{{ s }}", "s.* a.* ");
	check_variables("{% macro m(p) %}{{ p }}{{ q }}{% endmacro %}{{ m(r) }}", "r.* ");
	check_variables("{{ currentEachOutput(outputs.t) }}", "outputs.t parents.* taskrun.* ");
	check_variables("plain", "");
	check_variables("{{ \"a #{b.c}\" }}", "b.c ");
}

static void some_texts_count_as_false(void **state)
{
	(void)state;
	static const char *const falsy[] = { "", "false", "0", "-0" };
	static const char *const truthy[] = { "true", "False", " ", "1", "0.0", "null", "00",
		"no" };
	for (size_t i = 0; i < GW_LEN(falsy); i++)
		assert_true(gw_text_is_falsy(gw_slice_of(falsy[i])));
	for (size_t i = 0; i < GW_LEN(truthy); i++)
		assert_false(gw_text_is_falsy(gw_slice_of(truthy[i])));
}

static void long_templates_are_cut_in_messages(void **state)
{
	(void)state;
	struct expr_world world;
	gw_auto_str missing = { 0 }, wrong = { 0 };
	expr_world_init(&world, context);
	for (int i = 0; i < 400; i++)
		gw_str_puts(&missing, "wörter ");
	gw_str_printf(&wrong, "%s\n{{ 1 / 0 }}", gw_str_text(&missing));
	gw_str_puts(&missing, "\n{{ missing }}");
	gw_auto_free char *a = expr_render(&world, gw_str_text(&missing));
	assert_ptr_equal(strstr(a, "error: Unable to find `missing` used in the expression `wört"),
		a);
	assert_non_null(strstr(a, "…` at line 2"));
	gw_auto_free char *b = expr_render(&world, gw_str_text(&wrong));
	assert_ptr_equal(strstr(b, "error: Could not perform division (wörter "), b);
	assert_non_null(strstr(b, "…:2)"));
	expr_world_clear(&world);
}

static struct gw_template *shared;

static void *render_often(void *arg)
{
	struct expr_world *world = arg;
	for (int i = 0; i < 2000; i++) {
		struct gw_error err;
		gw_auto_str out = { 0 };
		struct gw_scope scope = world->scope;
		struct expr_world own = { scope, world->context };
		if (!gw_template_render(shared, &own.scope, &out, &err) ||
			strcmp(gw_str_text(&out), "A5,[1],0:1") != 0)
			return arg;
	}
	return NULL;
}

static void threads_share_templates_and_values(void **state)
{
	(void)state;
	pthread_t threads[4];
	struct expr_world world;
	expr_world_init(&world, context);
	shared = compile("{{ 'a' | upper }}{{ n }},{{ list }},{% for x in list %}{% set y = x %}{{ "
			 "loop.index }}:{{ y }}{% endfor %}");
	for (size_t i = 0; i < GW_LEN(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, render_often, &world), 0);
	for (size_t i = 0; i < GW_LEN(threads); i++) {
		void *failed;
		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
	gw_template_free(shared);
	expr_world_clear(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_single_expression_keeps_its_type),
		cmocka_unit_test(results_are_rendered_again_if_the_scope_says_so),
		cmocka_unit_test(text_without_delimiters_is_constant),
		cmocka_unit_test(a_template_says_what_it_needs),
		cmocka_unit_test(a_template_says_which_variables_it_mentions),
		cmocka_unit_test(some_texts_count_as_false),
		cmocka_unit_test(long_templates_are_cut_in_messages),
		cmocka_unit_test(threads_share_templates_and_values),
	};
	return RUN(tests);
}
