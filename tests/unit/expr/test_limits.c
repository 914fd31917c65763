/* test_limits.c - templates that want too much are refused, and quickly */
#include "tests/unit/expr/cases.h"

#include "base/json.h"
#include "expr/limits.h"

static struct expr_world world;

static int start(void **state)
{
	(void)state;
	expr_world_init(&world, "{\"n\": 5, \"text\": \"abc\"}");
	return 0;
}

static int stop(void **state)
{
	(void)state;
	expr_world_clear(&world);
	return 0;
}

/* The template must fail with this in its message. */
static void refuse(const char *template, const char *expected)
{
	gw_auto_free char *text = expr_render(&world, template);
	if (strncmp(text, "error: ", 7) != 0 || !strstr(text, expected))
		fail_msg("%.80s: expected \"%s\", got %.300s", template, expected, text);
}

/* before, n times repeated, after */
static char *repeat(const char *before, const char *repeated, int n, const char *after)
{
	gw_auto_str text = { 0 };
	gw_str_puts(&text, before);
	for (int i = 0; i < n; i++)
		gw_str_puts(&text, repeated);
	gw_str_puts(&text, after);
	return gw_str_steal(&text);
}

static void refuse_repeated(const char *before, const char *repeated, int n, const char *expected)
{
	gw_auto_free char *template = repeat(before, repeated, n, "");
	refuse(template, expected);
}

static void deep_nesting_is_refused(void **state)
{
	(void)state;
	refuse_repeated("{{ ", "(", 100000, "Nested deeper than 200 levels");
	refuse_repeated("{{ ", "[", 100000, "Nested deeper than 200 levels");
	refuse_repeated("{{ ", "{'a':", 100000, "Nested deeper than 200 levels");
	refuse_repeated("{{ ", "not ", 100000, "Nested deeper than 200 levels");
	refuse_repeated("{{ ", "-", 100000, "Nested deeper than 200 levels");
	refuse_repeated("{{ ", "1 ? ", 100000, "Nested deeper than 200 levels");
	refuse_repeated("{{ ", "1 ? 2 : ", 100000, "Nested deeper than 200 levels");
	refuse_repeated("{{ ", "max(", 100000, "Nested deeper than 200 levels");
	refuse_repeated("{{ n[", "n[", 100000, "Nested deeper than 200 levels");
	refuse_repeated("{{ ", "\"#{", 100000, "Nested deeper than 200 levels");
	refuse_repeated("", "{% if 1 %}", 50000, "Nested deeper than 200 levels");
	refuse_repeated("", "{% for i in n %}", 50000, "Nested deeper than 200 levels");
	refuse_repeated("", "{% filter upper %}", 50000, "Nested deeper than 200 levels");
	refuse_repeated("", "{% if 0 %}{% elseif 0 %}", 20000, "Nested deeper than 200 levels");
}

static void long_chains_of_operators_are_refused_when_they_run(void **state)
{
	(void)state;
	gw_auto_free char *fits = repeat("{{ 1", " + 1", 400, " }}");
	gw_auto_free char *result = expr_render(&world, fits);
	assert_string_equal(result, "401");
	gw_auto_free char *chain = repeat("{{ 1", " + 1", 100000, " }}");
	refuse(chain, "Nested deeper than 500 levels");
	gw_auto_free char *path = repeat("{{ n", ".a", 100000, " }}");
	refuse(path, "Nested deeper than 500 levels");
	gw_auto_free char *filters = repeat("{{ text", " | upper", 50000, " }}");
	refuse(filters, "Nested deeper than 500 levels");
}

static void endless_recursion_is_refused(void **state)
{
	(void)state;
	refuse("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "Nested deeper than 500 levels");
	refuse("{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() "
	       "}}",
		"Nested deeper than 500 levels");
	refuse("{% macro m(x=m()) %}{% endmacro %}{{ m() }}", "Nested deeper than 500 levels");
	refuse("{% block a %}{{ block('a') }}{% endblock %}", "Nested deeper than 500 levels");
	refuse("{% set t = '{{ render(t) }}' %}{{ render(t) }}", "Nested deeper than 500 levels");
	refuse("{% set t = '{{ render([t]) }}' %}{{ render([t]) }}",
		"Nested deeper than 500 levels");
}

static void too_many_steps_are_refused(void **state)
{
	(void)state;
	refuse("{% for i in 1..1000 %}{% for j in 1..1000 %}x{% endfor %}{% endfor %}",
		"takes more than 1000000 steps");
	refuse("{% macro m(i) %}{% for j in 1..9 %}{{ m(i) }}{% endfor %}{% endmacro %}{{ m(1) }}",
		"levels");
	refuse("{% macro m(i) %}{% if i > 0 %}{{ m(i - 1) }}{{ m(i - 1) }}{% endif %}{% endmacro "
	       "%}{{ "
	       "m(40) }}",
		"takes more than 1000000 steps");
	assert_int_equal(world.scope.steps, GW_EXPR_STEPS_MAX);
}

static void huge_results_are_refused(void **state)
{
	(void)state;
	refuse("{{ 1..1000000000 }}",
		"The range function cannot produce more than 1000000 elements, "
		"but this call would produce 1000000000.");
	refuse("{{ range(-9223372036854775807, 9223372036854775807) }}",
		"cannot produce more than 1000000 elements");
	refuse("{{ range(0, 9223372036854775807, 1) }}",
		"cannot produce more than 1000000 elements");
	refuse("{{ 'a' | indent(9223372036854775807) }}",
		"The result is longer than 16777216 bytes");
	refuse("{{ \"a\nb\" | indent(10000000, 'xyz') }}",
		"The result is longer than 16777216 bytes");
	refuse("{% set x = 'abcdefgh' %}{% for i in 1..40 %}{% set x = x ~ x %}{% endfor %}",
		"The result is longer than 16777216 bytes");
	refuse("{% set x = [1] %}{% for i in 1..60 %}{% set x = x + x %}{% endfor %}",
		"takes more than 1000000 steps");
	refuse("{% set x = 'abcdefgh' %}{% for i in 1..20 %}{% set x = x ~ x %}{% endfor %}{% for "
	       "i in "
	       "1..9 %}{{ x }}{% endfor %}",
		"The result is longer than 16777216 bytes");
	refuse("{% set x = 'aaaaaaaa' %}{% for i in 1..10 %}{% set x = x ~ x %}{% endfor %}{{ x | "
	       "replace({'a': x}) }}",
		"The result is longer than 16777216 bytes");
	refuse("{% set x = 'ab' %}{% for i in 1..99 %}{% set x = x | base64encode | base64encode "
	       "%}{% "
	       "endfor %}",
		"The result is longer than 16777216 bytes");
	refuse("{% set x = [1] %}{% for i in 1..15 %}{% set x = x + x %}{% endfor %}{{ x | join(x "
	       "| "
	       "join('-')) }}",
		"The result is longer than 16777216 bytes");
}

/* Each level holds the one below twice: few nodes, but 2^n to walk over. */
static void values_that_share_their_parts_cannot_explode(void **state)
{
	(void)state;
	static const char grow[] =
		"{% set x = 1 %}{% for i in 1..100 %}{% set x = [x, x] %}{% endfor %}{{ x }}";
	refuse(grow, "takes more than 1000000 steps");
	static const char *const uses[] = { "x", "x | toJson", "x | toIon", "x | yaml", "x == y",
		"x | replace({'a': 'b'})", "render(x)", "x ~ ''", "[x] | distinct",
		"x contains 5" };
	for (size_t i = 0; i < GW_LEN(uses); i++) {
		gw_auto_free char *template =
			gw_sprintf("{%% set x = [1] %%}{%% set y = [1] %%}{%% for i in 1..17 "
				   "%%}{%% set x = [x, x] "
				   "%%}{%% set y = [y, y] %%}{%% endfor %%}{%% set x = [x, x, x, "
				   "x, x, x, x, x] "
				   "%%}{%% set y = [y, y, y, y, y, y, y, y] %%}{{ %s }}",
				uses[i]);
		gw_auto_free char *text = expr_render(&world, template);
		assert_int_equal(strncmp(text, "error: ", 7), 0);
	}
}

static void values_nested_too_deeply_are_refused(void **state)
{
	(void)state;
	refuse("{% set x = 1 %}{% for i in 1..1000 %}{% set x = [x] %}{% endfor %}{{ x }}",
		"A value is nested deeper than 128 levels");
	refuse("{% set x = [1] %}{% for i in 1..1000 %}{% set x = x | chunk(1) %}{% endfor %}",
		"A value is nested deeper than 128 levels");
	refuse("{% macro m(x, i) %}{% if i > 0 %}{{ m({'a': x}, i - 1) }}{% endif %}{% endmacro "
	       "%}{{ "
	       "m(1, 90) }}{{ m([[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]], 120) }}",
		"levels");
	gw_auto_free char *json = repeat("{{ json('", "[", 10000, "') }}");
	refuse(json, "nested deeper than 128 levels");
	gw_auto_free char *ion = repeat("{{ fromIon('", "[", 10000, "') }}");
	refuse(ion, "nested too deeply");
	gw_auto_free char *annotations = repeat("{{ fromIon('", "a::", 10000, "1') }}");
	refuse(annotations, "nested too deeply");
}

static void regular_expressions_cannot_run_for_ever(void **state)
{
	(void)state;
	gw_auto_free char *nested = repeat("{{ '", "a", 60, "!' | regexMatch('^(a+)+$') }}");
	refuse(nested, "takes too long to match");
	gw_auto_free char *dots = repeat("{{ '", "a", 5000, "' | regexMatch('.*.*.*.*[bc]') }}");
	refuse(dots, "takes too long to match");
	gw_auto_free char *scan = repeat("{{ '", "a", 300000, "' | regexMatch('[ab]*[cd]') }}");
	refuse(scan, "takes too long to match");
	gw_auto_free char *replace =
		repeat("{{ '", "ab", 100000, "' | regexReplace('(a|b)*[cd]', 'x') }}");
	refuse(replace, "takes too long to match");
	gw_auto_free char *split = repeat("{{ '", "x", 40, "' | split('(x+x+)+[yz]') }}");
	refuse(split, "takes too long to match");
	gw_auto_free char *big = repeat("{{ 'a' | regexMatch('", "a?", 5000, "') }}");
	refuse(big, "A regular expression is longer than 4096 bytes");
	refuse("{{ 'a' | regexMatch('((a{1,1000}){1,1000}){1,1000}') }}",
		"Invalid regular expression");
	gw_auto_free char *lines = repeat("{{ ('", "some line of a log\n", 20000,
		"' | regexReplace('l(o)g', '$1')) | length }}");
	gw_auto_free char *length = expr_render(&world, lines);
	assert_string_equal(length, "340000");
}

static void large_templates_and_many_names_are_refused(void **state)
{
	(void)state;
	refuse_repeated("{{ n }}", "x", 1 << 20, "A template is longer than 1048576 bytes");
	gw_auto_str macros = { 0 }, sets = { 0 }, params = { 0 };
	for (int i = 0; i < 600; i++) {
		gw_str_printf(&macros, "{%% macro m%d() %%}{%% endmacro %%}", i);
		gw_str_printf(&sets, "{%% set v%d = 1 %%}", i);
		gw_str_printf(&params, "%sp%d", i ? "," : "{% macro m(", i);
	}
	gw_str_puts(&params, ") %}{% endmacro %}");
	refuse(gw_str_text(&macros), "More than 500 names of one kind");
	refuse(gw_str_text(&sets), "More than 500 names of one kind");
	refuse(gw_str_text(&params), "More than 500 names of one kind");
	refuse("{{ '\xff' }}", "A template is no valid UTF-8");
}

static void plain_text_may_be_long(void **state)
{
	(void)state;
	gw_auto_free char *plain = repeat("", "0123456789", 200000, "");
	gw_auto_free char *text = expr_render(&world, plain);
	assert_int_equal(strlen(text), 2000000);
}

static void a_failure_leaves_the_output_as_it_was(void **state)
{
	(void)state;
	struct gw_error err;
	gw_auto_str out = { 0 };
	gw_str_puts(&out, "before");
	struct gw_template *t = gw_template_compile(gw_slice_of("after {{ missing }}"), &err);
	assert_non_null(t);
	assert_false(gw_template_render(t, &world.scope, &out, &err));
	assert_string_equal(gw_str_text(&out), "before");
	gw_template_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deep_nesting_is_refused),
		cmocka_unit_test(long_chains_of_operators_are_refused_when_they_run),
		cmocka_unit_test(endless_recursion_is_refused),
		cmocka_unit_test(too_many_steps_are_refused),
		cmocka_unit_test(huge_results_are_refused),
		cmocka_unit_test(values_that_share_their_parts_cannot_explode),
		cmocka_unit_test(values_nested_too_deeply_are_refused),
		cmocka_unit_test(regular_expressions_cannot_run_for_ever),
		cmocka_unit_test(large_templates_and_many_names_are_refused),
		cmocka_unit_test(plain_text_may_be_long),
		cmocka_unit_test(a_failure_leaves_the_output_as_it_was),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
