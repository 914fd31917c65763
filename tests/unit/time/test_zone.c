/* test_zone.c - finding zones, their changes, wall-clock dates in gaps and overlaps, TZif files */
#include "tests/unit/test.h"

#include "base/fd.h"
#include "time/zone.h"

#include <pthread.h>

static struct gw_error err;

static gw_time time_of(const char *text)
{
	gw_time at;
	if (!gw_time_parse(gw_slice_of(text), gw_zone_utc(), &at, &err))
		fail_msg("%s", err.message);
	return at;
}

static const struct gw_zone *zone_of(const char *name)
{
	const struct gw_zone *zone = gw_zone_find(name, &err);
	if (!zone)
		fail_msg("%s", err.message);
	return zone;
}

static void offsets_are_zones_named_as_java_does(void **state)
{
	(void)state;
	static const struct {
		const char *name, *id;
		int offset;
	} names[] = {
		{ "Z", "Z", 0 },
		{ "+00:00", "Z", 0 },
		{ "-0", "Z", 0 },
		{ "+2", "+02:00", 7200 },
		{ "-0530", "-05:30", -19800 },
		{ "+18:00", "+18:00", 64800 },
		{ "+01:02:03", "+01:02:03", 3723 },
		{ "UTC", "UTC", 0 },
		{ "GMT+2", "GMT+02:00", 7200 },
		{ "UTC-03:00", "UTC-03:00", -10800 },
		{ "UT+0", "UT", 0 },
	};
	for (size_t i = 0; i < GW_LEN(names); i++) {
		const struct gw_zone *zone = zone_of(names[i].name);
		assert_string_equal(gw_zone_name(zone), names[i].id);
		assert_int_equal(gw_zone_offset(zone, 0), names[i].offset);
		assert_ptr_equal(gw_zone_find(names[i].id, &err), zone);
	}
}

static void what_is_no_zone_is_refused(void **state)
{
	(void)state;
	static const char *const names[] = { "", " ", "Mars/Base", "+", "+19:00", "+18:01", "+1:30",
		"+01:", "+01:60", "+123", "Z+1", "UTC+", "GMT+25", "../../etc/passwd",
		"/etc/localtime", "Europe", "Europe/", "Europe//Paris", "zone.tab", "tzdata.zi",
		"Europe/Paris\n", "right/Europe/Paris" };
	for (size_t i = 0; i < GW_LEN(names); i++) {
		assert_null(gw_zone_find(names[i], &err));
		assert_non_null(strstr(err.message, "Unknown time-zone ID: "));
	}
}

static void a_zone_changes_its_offset_and_its_abbreviation(void **state)
{
	(void)state;
	const struct gw_zone *paris = zone_of("Europe/Paris");
	gw_time change = time_of("2024-03-31T01:00:00Z");
	assert_string_equal(gw_zone_phase(paris, change - 1).abbreviation, "CET");
	assert_string_equal(gw_zone_phase(paris, change).abbreviation, "CEST");
	assert_int_equal(gw_zone_offset(paris, change - 1), 3600);
	assert_int_equal(gw_zone_offset(paris, change), 7200);
	assert_int_equal(gw_zone_change_after(paris, change - 1), change);
	assert_int_equal(gw_zone_change_after(paris, change), time_of("2024-10-27T01:00:00Z"));
	assert_int_equal(gw_zone_change_before(paris, change), change);
	assert_int_equal(gw_zone_change_before(paris, change - 1), time_of("2023-10-29T01:00:00Z"));
	assert_int_equal(gw_zone_change_after(gw_zone_utc(), change), GW_NEVER);
	assert_int_equal(gw_zone_change_before(gw_zone_utc(), change), GW_NEVER);
}

static void the_ends_of_time_have_an_offset(void **state)
{
	(void)state;
	const struct gw_zone *paris = zone_of("Europe/Paris");
	const gw_time ends[] = { INT64_MIN, INT64_MAX };
	for (size_t i = 0; i < GW_LEN(ends); i++) {
		assert_in_range(gw_zone_offset(paris, ends[i]), 0, 7200);
		gw_zone_change_after(paris, ends[i]);
		gw_zone_change_before(paris, ends[i]);
	}
}

static void assert_resolves(const char *zone, const char *wall, const char *instant)
{
	gw_auto_str got = { 0 };
	struct gw_civil c = gw_civil_at(time_of(wall), 0);
	gw_time_print(&got, gw_zone_resolve(zone_of(zone), &c));
	assert_string_equal(gw_str_text(&got), instant);
}

static void a_date_in_a_gap_is_shifted_by_the_gap(void **state)
{
	(void)state;
	assert_resolves("Europe/Paris", "2024-03-31T02:30:00", "2024-03-31T01:30:00Z");
	assert_resolves("Europe/Paris", "2024-03-31T03:00:00", "2024-03-31T01:00:00Z");
	assert_resolves("Australia/Lord_Howe", "2024-10-06T02:10:00", "2024-10-05T15:40:00Z");
	assert_resolves("Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T22:00:00Z");
}

static void a_date_in_an_overlap_is_the_earlier_one(void **state)
{
	(void)state;
	assert_resolves("Europe/Paris", "2024-10-27T02:30:00", "2024-10-27T00:30:00Z");
	assert_resolves("America/Havana", "2024-11-03T00:30:00", "2024-11-03T04:30:00Z");
}

static void *find_zones(void *arg)
{
	static const char *const names[] = { "Europe/Rome", "Asia/Seoul", "+03:30", "Mars/Base" };
	struct gw_error ignored;
	const struct gw_zone **found = arg;
	for (int i = 0; i < 1000; i++)
		for (size_t k = 0; k < GW_LEN(names); k++)
			found[k] = gw_zone_find(names[k], &ignored);
	return NULL;
}

static void many_threads_find_the_same_zones(void **state)
{
	(void)state;
	pthread_t threads[4];
	const struct gw_zone *found[4][4];
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, find_zones, found[i]), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < 4; i++)
		assert_memory_equal(found[i], found[0], sizeof(found[0]));
	assert_non_null(found[0][0]);
	assert_null(found[0][3]);
}

/* ---- Files ---- */

static void read_file(const char *name, struct gw_str *out)
{
	gw_auto_free char *path = gw_sprintf("/usr/share/zoneinfo/%s", name);
	if (!gw_file_read(path, 1 << 20, out, &err))
		fail_msg("%s", err.message);
}

static void a_file_read_from_memory_is_the_zone(void **state)
{
	(void)state;
	gw_auto_str file = { 0 };
	read_file("America/New_York", &file);
	struct gw_zone *zone = gw_zone_read("Here", gw_str_slice(&file));
	assert_non_null(zone);
	assert_string_equal(gw_zone_name(zone), "Here");
	assert_int_equal(gw_zone_offset(zone, time_of("2024-07-01T00:00:00Z")), -4 * 3600);
	assert_int_equal(gw_zone_offset(zone, time_of("2090-01-01T00:00:00Z")), -5 * 3600);
	gw_zone_free(zone);
}

static void a_file_cut_short_is_no_zone(void **state)
{
	(void)state;
	gw_auto_str file = { 0 };
	read_file("Europe/Paris", &file);
	for (size_t len = 0; len < file.len; len++) {
		gw_auto_free char *part = gw_alloc(len);
		memcpy(part, file.data, len);
		assert_null(gw_zone_read("Short", gw_slice(part, len)));
	}
}

static void a_damaged_file_does_no_harm(void **state)
{
	(void)state;
	gw_auto_str file = { 0 };
	read_file("Europe/Dublin", &file);
	for (size_t i = 0; i < file.len; i++) {
		char kept = file.data[i];
		file.data[i] = (char)0xff;
		struct gw_zone *zone = gw_zone_read("Damaged", gw_str_slice(&file));
		if (zone) {
			gw_zone_change_after(zone, 0);
			gw_zone_change_before(zone, INT64_MAX);
		}
		gw_zone_free(zone);
		file.data[i] = kept;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offsets_are_zones_named_as_java_does),
		cmocka_unit_test(what_is_no_zone_is_refused),
		cmocka_unit_test(a_zone_changes_its_offset_and_its_abbreviation),
		cmocka_unit_test(the_ends_of_time_have_an_offset),
		cmocka_unit_test(a_date_in_a_gap_is_shifted_by_the_gap),
		cmocka_unit_test(a_date_in_an_overlap_is_the_earlier_one),
		cmocka_unit_test(many_threads_find_the_same_zones),
		cmocka_unit_test(a_file_read_from_memory_is_the_zone),
		cmocka_unit_test(a_file_cut_short_is_no_zone),
		cmocka_unit_test(a_damaged_file_does_no_harm),
	};
	return RUN(tests);
}
