/* test_map.c - the hash table from text to pointer */
#include "tests/unit/test.h"

#include "base/map.h"

static void what_was_put_is_found(void **state)
{
	(void)state;
	struct gw_map map = { 0 };
	int one = 1, two = 2;
	assert_null(gw_map_find(&map, "a"));
	assert_null(gw_map_put(&map, gw_slice_of("a"), &one));
	assert_ptr_equal(gw_map_put(&map, gw_slice_of("a"), &two), &one);
	assert_ptr_equal(gw_map_find(&map, "a"), &two);
	assert_int_equal(map.n, 1);
	gw_map_clear(&map, NULL);
}

static void thousands_survive_removal_of_every_other(void **state)
{
	(void)state;
	struct gw_map map = { 0 };
	char key[16];
	static int values[10000];
	for (int i = 0; i < 10000; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		gw_map_put(&map, gw_slice_of(key), &values[i]);
	}
	for (int i = 0; i < 10000; i += 2) {
		snprintf(key, sizeof(key), "k%d", i);
		assert_ptr_equal(gw_map_remove(&map, gw_slice_of(key)), &values[i]);
	}
	for (int i = 0; i < 10000; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		assert_ptr_equal(gw_map_find(&map, key), i % 2 ? &values[i] : NULL);
	}
	size_t n = 0;
	for (struct gw_map_entry *e = NULL; (e = gw_map_next(&map, e));)
		n++;
	assert_int_equal(n, 5000);
	gw_map_clear(&map, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_put_is_found),
		cmocka_unit_test(thousands_survive_removal_of_every_other),
	};
	return RUN(tests);
}
