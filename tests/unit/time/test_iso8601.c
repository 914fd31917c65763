/* test_iso8601.c - dates and durations in ISO 8601 */
#include "tests/unit/test.h"

#include <godwit/time.h>

static struct gw_error err;

static void assert_date(const char *text, const char *instant)
{
	gw_time at;
	gw_auto_str got = { 0 };
	const struct gw_zone *paris = gw_zone_find("Europe/Paris", &err);
	if (!gw_time_parse(gw_slice_of(text), paris, &at, &err))
		fail_msg("%s", err.message);
	gw_time_print(&got, at);
	assert_string_equal(gw_str_text(&got), instant);
}

static void dates_are_read_with_and_without_their_parts(void **state)
{
	(void)state;
	assert_date("2024-12-20T10:00:00Z", "2024-12-20T10:00:00Z");
	assert_date("2024-12-20t10:00:00.5z", "2024-12-20T10:00:00.500Z");
	assert_date("2024-12-20 10:00:00,123456789Z", "2024-12-20T10:00:00.123456Z");
	assert_date("2024-12-20T10:00+01:30", "2024-12-20T08:30:00Z");
	assert_date("2024-12-20T10:00-0130", "2024-12-20T11:30:00Z");
	assert_date("2024-12-20T10:00+01", "2024-12-20T09:00:00Z");
	assert_date("2024-12-20T10:00:00+00:00:30", "2024-12-20T09:59:30Z");
	assert_date("2024-07-20T10:00", "2024-07-20T08:00:00Z");
	assert_date("2024-07-20", "2024-07-19T22:00:00Z");
	assert_date("2024-07-20T10:00[Asia/Tokyo]", "2024-07-20T01:00:00Z");
	assert_date("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z");
	assert_date("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z");
	assert_date("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z");
}

static void an_offset_decides_where_a_zone_shows_a_date_twice(void **state)
{
	(void)state;
	assert_date("2024-10-27T02:30:00+02:00[Europe/Paris]", "2024-10-27T00:30:00Z");
	assert_date("2024-10-27T02:30:00+01:00[Europe/Paris]", "2024-10-27T01:30:00Z");
	assert_date("2024-10-27T02:30:00[Europe/Paris]", "2024-10-27T00:30:00Z");
}

static void what_is_no_date_is_refused(void **state)
{
	(void)state;
	static const char *const texts[] = { "", "2024", "2024-12", "24-12-20", "2024-13-01",
		"2024-00-01", "2024-02-30", "2023-02-29", "2024-12-20T", "2024-12-20T10",
		"2024-12-20T24:00:00Z", "2024-12-20T10:60", "2024-12-20T10:00:60Z",
		"2024-12-20T10:00:00.Z", "2024-12-20T10:00:00.1234567890Z",
		"2024-12-20T10:00:00+19:00", "2024-12-20T10:00:00+1", "2024-12-20T10:00:00Zx",
		"2024-12-20T10:00[Mars/Base]", "2024-12-20T10:00[Europe/Paris",
		"2024-12-20T10:00[]", " 2024-12-20", "-024-12-20" };
	gw_time at = 42;
	for (size_t i = 0; i < GW_LEN(texts); i++)
		if (gw_time_parse(gw_slice_of(texts[i]), gw_zone_utc(), &at, &err))
			fail_msg("'%s' was taken for a date", texts[i]);
	assert_false(gw_time_parse(gw_slice(NULL, 0), gw_zone_utc(), &at, &err));
	assert_int_equal(at, 42);
}

static void years_of_other_lengths_are_printed_with_a_sign(void **state)
{
	(void)state;
	struct gw_civil later = { .year = 12345, .month = 6, .day = 7 };
	struct gw_civil earlier = { .year = -44, .month = 3, .day = 15, .micro = 1000 };
	gw_auto_str out = { 0 };
	gw_time_print(&out, gw_civil_time(&later, 0));
	gw_str_putc(&out, ' ');
	gw_time_print(&out, gw_civil_time(&earlier, 0));
	assert_string_equal(gw_str_text(&out), "+12345-06-07T00:00:00Z -0044-03-15T00:00:00.001Z");
}

static void zoned_dates_carry_their_offset(void **state)
{
	(void)state;
	gw_auto_str out = { 0 };
	gw_time_print_zoned(&out, 0, gw_zone_find("Asia/Kolkata", &err));
	gw_str_putc(&out, ' ');
	gw_time_print_zoned(&out, 0, gw_zone_find("-00:25:21", &err));
	gw_str_putc(&out, ' ');
	gw_time_print_zoned(&out, 0, gw_zone_utc());
	assert_string_equal(gw_str_text(&out),
		"1970-01-01T05:30:00+05:30 1969-12-31T23:34:39-00:25:21 1970-01-01T00:00:00Z");
}

static void every_day_has_its_number_and_weekday(void **state)
{
	(void)state;
	struct gw_civil expected = { .year = 1, .month = 1, .day = 1 };
	gw_time at = gw_civil_time(&expected, 0);
	for (int weekday = 1; expected.year < 2420; at += 86400 * GW_SECOND) {
		struct gw_civil c = gw_civil_at(at, 0);
		assert_int_equal(gw_civil_time(&c, 0), at);
		assert_int_equal(gw_civil_weekday(&c), weekday);
		assert_true(c.year >= expected.year && c.month <= 12 && c.day <= 31);
		weekday = weekday % 7 + 1;
		expected = c;
	}
}

/* ---- Durations; what Java's Duration.toString says ---- */

static const struct {
	int64_t us;
	const char *text;
} durations[] = {
	{ 0, "PT0S" },
	{ 1, "PT0.000001S" },
	{ -1, "PT-0.000001S" },
	{ 500000, "PT0.5S" },
	{ -500000, "PT-0.5S" },
	{ -1500000, "PT-1.5S" },
	{ 60000000, "PT1M" },
	{ -60000000, "PT-1M" },
	{ -60500000, "PT-1M-0.5S" },
	{ 59500000, "PT59.5S" },
	{ -59500000, "PT-59.5S" },
	{ 3600000000, "PT1H" },
	{ -3600500000, "PT-1H-0.5S" },
	{ -3599500000, "PT-59M-59.5S" },
	{ 3661001000, "PT1H1M1.001S" },
	{ -3661001000, "PT-1H-1M-1.001S" },
	{ 86400000000, "PT24H" },
	{ -999999, "PT-0.999999S" },
	{ -1000001, "PT-1.000001S" },
	{ INT64_MAX, "PT2562047788H54.775807S" },
};

static void durations_are_printed_as_java_does_and_read_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < GW_LEN(durations); i++) {
		int64_t us;
		gw_auto_str out = { 0 };
		gw_duration_print(&out, durations[i].us);
		assert_string_equal(gw_str_text(&out), durations[i].text);
		assert_true(gw_duration_parse(gw_str_slice(&out), &us, &err));
		assert_int_equal(us, durations[i].us);
	}
	gw_auto_str least = { 0 };
	gw_duration_print(&least, INT64_MIN);
	assert_string_equal(gw_str_text(&least), "PT-2562047788H-54.775808S");
}

static void durations_may_have_days_signs_and_small_letters(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t seconds;
	} texts[] = {
		{ "P1D", 86400 },
		{ "P2W", 14 * 86400 },
		{ "P1DT2H3M4S", 93784 },
		{ "pt1h", 3600 },
		{ "-PT1H", -3600 },
		{ "+PT1H", 3600 },
		{ "PT-6H+3M", -21420 },
		{ "-PT-6H", 21600 },
	};
	for (size_t i = 0; i < GW_LEN(texts); i++) {
		int64_t us;
		if (!gw_duration_parse(gw_slice_of(texts[i].text), &us, &err))
			fail_msg("%s", err.message);
		assert_int_equal(us, texts[i].seconds * GW_SECOND);
	}
}

static void what_is_no_duration_is_refused(void **state)
{
	(void)state;
	static const char *const texts[] = { "", "P", "PT", "1H", "PT1", "P1H", "PT1D", "P1Y",
		"P1M", "PT1.5H", "PT1S1M", "PT1M1M", "P1DT", "PT1H ", "PT.5S", "PT--1S",
		"PT9999999999999S", "P106751992D", "PT0.1234567890S", "five minutes" };
	int64_t us = 42;
	for (size_t i = 0; i < GW_LEN(texts); i++)
		if (gw_duration_parse(gw_slice_of(texts[i]), &us, &err))
			fail_msg("'%s' was taken for a duration", texts[i]);
	assert_int_equal(us, 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_are_read_with_and_without_their_parts),
		cmocka_unit_test(an_offset_decides_where_a_zone_shows_a_date_twice),
		cmocka_unit_test(what_is_no_date_is_refused),
		cmocka_unit_test(years_of_other_lengths_are_printed_with_a_sign),
		cmocka_unit_test(zoned_dates_carry_their_offset),
		cmocka_unit_test(every_day_has_its_number_and_weekday),
		cmocka_unit_test(durations_are_printed_as_java_does_and_read_back),
		cmocka_unit_test(durations_may_have_days_signs_and_small_letters),
		cmocka_unit_test(what_is_no_duration_is_refused),
	};
	return RUN(tests);
}
