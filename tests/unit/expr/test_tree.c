/* test_tree.c - JSON values whose strings are templates */
#include "tests/unit/expr/cases.h"

#include "base/json.h"

static const char context[] = "{\"n\": 5, \"name\": \"Ada\", \"list\": [1, 2], \"key\": \"k\"}";

static json_t *parse(const char *text)
{
	struct gw_error err;
	json_t *value = gw_json_parse(gw_slice_of(text), &err);
	if (!value)
		fail_msg("%s: %s", text, err.message);
	return value;
}

/* The rendered value as JSON, or "error: message"; to be freed. */
static char *render(const char *source, bool typed)
{
	struct expr_world world;
	struct gw_error err;
	gw_auto_str out = { 0 };
	expr_world_init(&world, context);
	json_auto_t *value = parse(source);
	struct gw_tree *tree = gw_tree_compile(value, &err);
	json_auto_t *result = tree ? gw_tree_render(tree, &world.scope, typed, &err) : NULL;
	if (result)
		gw_json_print(&out, result);
	else
		gw_str_printf(&out, "error: %s", err.message);
	gw_tree_free(tree);
	expr_world_clear(&world);
	return gw_str_steal(&out);
}

static void check(const char *source, bool typed, const char *expected)
{
	gw_auto_free char *got = render(source, typed);
	if (strcmp(got, expected) != 0)
		fail_msg("%s: expected %s, got %s", source, expected, got);
}

static void strings_at_any_depth_are_rendered(void **state)
{
	(void)state;
	check("\"{{ name }}\"", false, "\"Ada\"");
	check("{\"a\": \"{{ n }}\", \"b\": [\"x{{ n }}\", {\"c\": \"{{ list }}\"}], \"d\": 1, "
	      "\"e\": "
	      "null, \"f\": true, \"g\": 1.5}",
		false,
		"{\"a\":\"5\",\"b\":[\"x5\",{\"c\":\"[1,2]\"}],\"d\":1,\"e\":null,\"f\":true,\"g\":"
		"1.5}");
	check("{\"{{ key }}1\": \"{{ name }}\"}", false, "{\"k1\":\"Ada\"}");
	check("{\"{{ key }}\": 1, \"k\": 2}", false, "{\"k\":1}");
	check("{\"{{ key }}\": [1, 2]}", false, "{\"k\":[1,2]}");
	check("[[], {}, [[\"{{ n }}\"]]]", false, "[[],{},[[\"5\"]]]");
}

static void typed_trees_keep_types(void **state)
{
	(void)state;
	check("{\"a\": \"{{ n }}\", \"b\": \"{{ list }}\", \"c\": \"x{{ n }}\", \"d\": \"{{ null "
	      "}}\"}",
		true, "{\"a\":5,\"b\":[1,2],\"c\":\"x5\",\"d\":null}");
}

static void errors_are_those_of_the_template(void **state)
{
	(void)state;
	check("[1, \"{{ missing }}\"]", false,
		"error: Unable to find `missing` used in the expression `{{ missing }}` at line 1");
	check("{\"{{ missing }}\": 1}", false,
		"error: Unable to find `missing` used in the expression `{{ missing }}` at line 1");
	check("[\"a\", {\"b\": [\"{{ x | nosuch }}\", \"{{ n }}\"]}]", false,
		"error: Filter [nosuch] does not exist. ({{ x | nosuch }}:1)");
}

static void constant_values_are_returned_as_they_are(void **state)
{
	(void)state;
	struct expr_world world;
	struct gw_error err;
	expr_world_init(&world, context);
	json_auto_t *value = parse("{\"a\": [1, \"plain\", {\"b\": null}], \"c\": [\"{{ n }}\"]}");
	json_t *constant = json_object_get(value, "a");
	struct gw_tree *whole = gw_tree_compile(value, &err);
	struct gw_tree *part = gw_tree_compile(constant, &err);
	assert_false(gw_tree_is_constant(whole));
	assert_true(gw_tree_is_constant(part));
	assert_ptr_equal(gw_tree_source(whole), value);
	json_auto_t *same = gw_tree_render(part, &world.scope, false, &err);
	assert_ptr_equal(same, constant);
	json_auto_t *rendered = gw_tree_render(whole, &world.scope, false, &err);
	assert_ptr_equal(json_object_get(rendered, "a"), constant);
	gw_tree_free(whole);
	gw_tree_free(part);
	gw_tree_free(NULL);
	expr_world_clear(&world);
}

static void note(void *arg, const char *root, const char *member)
{
	gw_str_printf(arg, "%s.%s ", root, member ? member : "*");
}

static void trees_say_what_they_need_and_mention(void **state)
{
	(void)state;
	struct gw_error err;
	gw_auto_str found = { 0 };
	json_auto_t *value = parse(
		"{\"{{ a.b }}\": [\"{{ secret('x') }}\", {\"c\": \"{{ d }}\"}], \"e\": \"f\"}");
	struct gw_tree *tree = gw_tree_compile(value, &err);
	assert_int_equal(gw_tree_needs(tree), GW_NEEDS_IO);
	gw_tree_variables(tree, note, &found);
	assert_string_equal(gw_str_text(&found), "a.b d.* ");
	gw_tree_free(tree);
}

static void deep_values_are_refused(void **state)
{
	(void)state;
	struct gw_error err;
	json_auto_t *value = json_string("{{ n }}");
	for (int i = 0; i < 300; i++)
		value = json_pack("[o]", value);
	assert_null(gw_tree_compile(value, &err));
	assert_string_equal(err.message, "nested deeper than 128 levels");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_at_any_depth_are_rendered),
		cmocka_unit_test(typed_trees_keep_types),
		cmocka_unit_test(errors_are_those_of_the_template),
		cmocka_unit_test(constant_values_are_returned_as_they_are),
		cmocka_unit_test(trees_say_what_they_need_and_mention),
		cmocka_unit_test(deep_values_are_refused),
	};
	return RUN(tests);
}
