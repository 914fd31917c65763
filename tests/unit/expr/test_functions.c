/* test_functions.c - what is not the same each time, and what a listing needs */
#include "tests/unit/expr/cases.h"

#include "base/id.h"

static char *render(struct expr_world *world, const char *template)
{
	char *text = expr_render(world, template);
	assert_int_not_equal(strncmp(text, "error", 5), 0);
	return text;
}

static void identifiers_are_new_each_time(void **state)
{
	(void)state;
	static const struct {
		const char *template;
		size_t len;
	} kinds[] = { { "{{ uuid() }}", 36 }, { "{{ id() }}", GW_ID_LEN }, { "{{ ksuid() }}", 27 },
		{ "{{ nanoId() }}", 21 }, { "{{ nanoId(40, 'ab') }}", 40 } };
	struct expr_world world;
	expr_world_init(&world, "{}");
	for (size_t i = 0; i < GW_LEN(kinds); i++) {
		gw_auto_free char *a = render(&world, kinds[i].template);
		gw_auto_free char *b = render(&world, kinds[i].template);
		assert_int_equal(strlen(a), kinds[i].len);
		assert_string_not_equal(a, b);
	}
	gw_auto_free char *uuid = render(&world, "{{ uuid() }}");
	assert_int_equal(uuid[8], '-');
	assert_int_equal(uuid[14], '4');
	assert_non_null(strchr("89ab", uuid[19]));
	gw_auto_free char *nano = render(&world, "{{ nanoId(100, 'xy') }}");
	assert_int_equal(strspn(nano, "xy"), 100);
	expr_world_clear(&world);
}

static void random_numbers_stay_in_their_range(void **state)
{
	(void)state;
	struct expr_world world;
	expr_world_init(&world, "{}");
	bool seen[3] = { false };
	for (int i = 0; i < 200; i++) {
		gw_auto_free char *text = render(&world, "{{ randomInt(-1, 2) }}");
		long number = strtol(text, NULL, 10);
		assert_in_range(number + 1, 0, 2);
		seen[number + 1] = true;
	}
	assert_true(seen[0] && seen[1] && seen[2]);
	gw_auto_free char *port = render(&world, "{{ randomPort() }}");
	assert_in_range(strtol(port, NULL, 10), 1, 65535);
	expr_world_clear(&world);
}

static void without_a_server_around_nothing_is_asked(void **state)
{
	(void)state;
	struct expr_world world;
	expr_world_init(&world, "{}");
	world.scope.ask = NULL;
	world.scope.everything = NULL;
	gw_auto_free char *a = expr_render(&world, "{{ secret('x') }}");
	assert_string_equal(a, "error: 'secret' is not available here ({{ secret('x') }}:1)");
	gw_auto_free char *b = expr_render(&world, "{{ printContext() }}");
	assert_string_equal(b,
		"error: 'printContext' is not available here ({{ printContext() }}:1)");
	expr_world_clear(&world);
}

static void all_words_are_listed(void **state)
{
	(void)state;
	const char *name, *params;
	size_t counts[3] = { 0 };
	for (int kind = GW_EXPR_FILTER; kind <= GW_EXPR_TEST; kind++)
		while (gw_expr_word((enum gw_expr_kind)kind, counts[kind], &name, &params))
			counts[kind]++;
	assert_true(counts[GW_EXPR_FILTER] > 60);
	assert_true(counts[GW_EXPR_FUNCTION] > 40);
	assert_int_equal(counts[GW_EXPR_TEST], 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(identifiers_are_new_each_time),
		cmocka_unit_test(random_numbers_stay_in_their_range),
		cmocka_unit_test(without_a_server_around_nothing_is_asked),
		cmocka_unit_test(all_words_are_listed),
	};
	return RUN(tests);
}
