/* test_pattern.c - dates by pattern, against a table */
#include "tests/unit/table.h"

#include "time/pattern.h"

static struct gw_error err;

static const struct gw_zone *zone_of(const char *name)
{
	const struct gw_zone *zone = gw_zone_find(name, &err);
	assert_non_null(zone);
	return zone;
}

static void print_row(char *const c[TABLE_COLUMNS], struct gw_str *got)
{
	gw_time at;
	if (!gw_pattern_parse(gw_slice_of(c[3]), "iso_date_time", gw_zone_utc(), &at, &err))
		fail_msg("%s: %s", c[3], err.message);
	if (!gw_pattern_format(got, c[1], at, zone_of(c[2]), &err))
		gw_str_printf(got, "!%s", err.message);
}

static void read_row(char *const c[TABLE_COLUMNS], struct gw_str *got)
{
	gw_time at;
	if (gw_pattern_parse(gw_slice_of(c[3]), c[1], zone_of(c[2]), &at, &err))
		gw_time_print(got, at);
	else
		gw_str_printf(got, "!%s", err.message);
}

static void check_row(char *const c[TABLE_COLUMNS])
{
	gw_auto_str got = { 0 };
	if (strcmp(c[0], "print") == 0)
		print_row(c, &got);
	else
		read_row(c, &got);
	if (strcmp(gw_str_text(&got), c[4]) != 0)
		fail_msg("%s %s in %s: %s\n  got    %s\n  wanted %s", c[0], c[1], c[2], c[3],
			gw_str_text(&got), c[4]);
}

static void dates_are_printed_and_read_as_java_does(void **state)
{
	(void)state;
	each_row("tests/unit/time/pattern.tsv", check_row);
}

static void a_wrong_pattern_adds_nothing(void **state)
{
	(void)state;
	gw_auto_str out = { 0 };
	gw_str_puts(&out, "at ");
	assert_false(gw_pattern_format(&out, "yyyy-TT", 0, gw_zone_utc(), &err));
	assert_string_equal(gw_str_text(&out), "at ");
	assert_string_equal(err.message, "Unknown pattern letter: T");
}

static void a_pattern_without_end_is_refused(void **state)
{
	(void)state;
	gw_auto_str pattern = { 0 }, out = { 0 };
	for (int i = 0; i < 10000; i++)
		gw_str_puts(&pattern, "[y");
	assert_false(gw_pattern_format(&out, gw_str_text(&pattern), 0, gw_zone_utc(), &err));
	assert_string_equal(err.message, "Date pattern has more than 100 parts");
}

static void a_time_without_a_date_is_no_instant(void **state)
{
	(void)state;
	gw_time at = 42;
	assert_false(gw_pattern_parse(gw_slice_of("10:05"), "HH:mm", gw_zone_utc(), &at, &err));
	assert_string_equal(err.message,
		"Text '10:05' could not be parsed: it does not say year, month and day");
	assert_int_equal(at, 42);
}

static void abbreviations_that_name_no_zone_are_read_as_offsets(void **state)
{
	(void)state;
	gw_time at;
	assert_true(gw_pattern_parse(gw_slice_of("2024-07-01 12:00 PDT"), "yyyy-MM-dd HH:mm z",
		gw_zone_utc(), &at, &err));
	gw_auto_str out = { 0 };
	gw_time_print(&out, at);
	assert_string_equal(gw_str_text(&out), "2024-07-01T19:00:00Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_are_printed_and_read_as_java_does),
		cmocka_unit_test(a_wrong_pattern_adds_nothing),
		cmocka_unit_test(a_pattern_without_end_is_refused),
		cmocka_unit_test(a_time_without_a_date_is_no_instant),
		cmocka_unit_test(abbreviations_that_name_no_zone_are_read_as_offsets),
	};
	return RUN(tests);
}
