/* fuzz_iso8601.c - reading dates and durations; what is printed reads back as the same */
#include "tests/fuzz/fuzz.h"

#include <godwit/time.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gw_error err;
	int64_t at, us, again;
	gw_auto_str date = { 0 }, zoned = { 0 }, duration = { 0 };
	struct gw_slice text = fuzz_slice(data, size);
	const struct gw_zone *paris = gw_zone_find("Europe/Paris", &err);
	if (gw_time_parse(text, paris ? paris : gw_zone_utc(), &at, &err)) {
		gw_time_print(&date, at);
		if (*gw_str_text(&date) != '+' && *gw_str_text(&date) != '-') {
			MUST(gw_time_parse(gw_str_slice(&date), gw_zone_utc(), &again, &err));
			MUST(again == at);
		}
		gw_time_print_zoned(&zoned, at, paris ? paris : gw_zone_utc());
	}
	if (gw_duration_parse(text, &us, &err)) {
		gw_duration_print(&duration, us);
		MUST(gw_duration_parse(gw_str_slice(&duration), &again, &err));
		MUST(again == us);
	}
	return 0;
}
