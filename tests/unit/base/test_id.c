/* test_id.c - identifiers: their order, derived ones, uniqueness also after a fork */
#include "tests/unit/test.h"

#include "base/id.h"
#include "base/map.h"

#include <sys/wait.h>
#include <unistd.h>

#define NOW (INT64_C(1734688800123) * GW_MILLISECOND)

static struct gw_slice text_of(const struct gw_id *id)
{
	return gw_slice(id->text, strlen(id->text));
}

static void later_ids_sort_later(void **state)
{
	(void)state;
	const gw_time times[] = { 0, 1, GW_MILLISECOND, NOW, NOW + GW_MILLISECOND, NOW + GW_SECOND,
		INT64_C(7258118400) * GW_SECOND };
	for (size_t i = 1; i < GW_LEN(times); i++) {
		struct gw_id earlier = gw_id_new(times[i - 1]), later = gw_id_new(times[i]);
		if (times[i] - times[i - 1] >= GW_MILLISECOND)
			assert_true(strcmp(earlier.text, later.text) < 0);
		struct gw_id floor = gw_id_floor(times[i]);
		assert_true(strcmp(floor.text, later.text) <= 0);
		assert_memory_equal(floor.text, later.text, 8);
	}
}

static void the_floor_of_an_instant_is_above_all_ids_before(void **state)
{
	(void)state;
	struct gw_id floor = gw_id_floor(NOW);
	for (int i = 0; i < 1000; i++) {
		struct gw_id before = gw_id_new(NOW - GW_MILLISECOND), at = gw_id_new(NOW);
		assert_true(strcmp(before.text, floor.text) < 0);
		assert_true(strcmp(at.text, floor.text) >= 0);
	}
}

static void no_id_comes_twice(void **state)
{
	(void)state;
	static char seen;
	struct gw_map ids = { 0 };
	for (int i = 0; i < 100000; i++) {
		struct gw_id id = gw_id_new(NOW);
		assert_true(gw_id_valid(text_of(&id)));
		assert_null(gw_map_put(&ids, text_of(&id), &seen));
	}
	gw_map_clear(&ids, NULL);
}

static void derived_ids_are_always_the_same(void **state)
{
	(void)state;
	struct gw_id id =
		gw_id_derive(NOW, (const char *[]){ "main", "company.team", "daily", NULL });
	assert_string_equal(id.text, "0UXUPQEt5XSHeyCErZryno");
	assert_true(gw_id_valid(text_of(&id)));
}

static void derived_ids_differ_by_every_part_and_by_time(void **state)
{
	(void)state;
	static char seen;
	const char *const causes[][4] = { { NULL }, { "", NULL }, { "", "", NULL },
		{ "a", "b", NULL }, { "ab", NULL }, { "a", "b", "", NULL }, { "b", "a", NULL } };
	struct gw_map ids = { 0 };
	for (size_t i = 0; i < GW_LEN(causes); i++) {
		struct gw_id id = gw_id_derive(NOW, causes[i]),
			     later = gw_id_derive(NOW + 1, causes[i]);
		assert_null(gw_map_put(&ids, text_of(&id), &seen));
		assert_null(gw_map_put(&ids, text_of(&later), &seen));
	}
	gw_map_clear(&ids, NULL);
}

static void only_twenty_two_letters_and_digits_are_an_id(void **state)
{
	(void)state;
	assert_true(gw_id_valid(gw_slice_of("0123456789ABCDEFGHIJKL")));
	assert_false(gw_id_valid(gw_slice_of("0123456789ABCDEFGHIJK")));
	assert_false(gw_id_valid(gw_slice_of("0123456789ABCDEFGHIJKLM")));
	assert_false(gw_id_valid(gw_slice_of("0123456789ABCDEFGHIJ-L")));
	assert_false(gw_id_valid(gw_slice("0123456789ABCDEFGHIJ\0L", 22)));
	assert_false(gw_id_valid(gw_slice(NULL, 0)));
}

static void a_child_process_makes_ids_of_its_own(void **state)
{
	(void)state;
	int ends[2], status;
	struct gw_id theirs;
	gw_id_new(NOW);
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	if (child == 0) {
		struct gw_id id = gw_id_new(NOW);
		_exit(write(ends[1], &id, sizeof(id)) == sizeof(id) ? 0 : 1);
	}
	struct gw_id ours = gw_id_new(NOW);
	assert_int_equal(read(ends[0], &theirs, sizeof(theirs)), sizeof(theirs));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_string_not_equal(ours.text, theirs.text);
	close(ends[0]);
	close(ends[1]);
}

static void as_many_random_bytes_as_wanted_are_made(void **state)
{
	(void)state;
	unsigned char bytes[5000] = { 0 };
	gw_random(bytes, sizeof(bytes));
	int zeros = 0;
	for (size_t i = 0; i < sizeof(bytes); i++)
		zeros += bytes[i] == 0;
	assert_in_range(zeros, 0, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(later_ids_sort_later),
		cmocka_unit_test(the_floor_of_an_instant_is_above_all_ids_before),
		cmocka_unit_test(no_id_comes_twice),
		cmocka_unit_test(derived_ids_are_always_the_same),
		cmocka_unit_test(derived_ids_differ_by_every_part_and_by_time),
		cmocka_unit_test(only_twenty_two_letters_and_digits_are_an_id),
		cmocka_unit_test(a_child_process_makes_ids_of_its_own),
		cmocka_unit_test(as_many_random_bytes_as_wanted_are_made),
	};
	return RUN(tests);
}
