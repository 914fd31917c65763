/* fuzz_tzif.c - reading the files of the time zone database */
#include "tests/fuzz/fuzz.h"

#include "time/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const gw_time times[] = { INT64_MIN, -1, 0, INT64_C(1700000000000000),
		INT64_C(4102444800000000), INT64_MAX };
	struct gw_zone *zone = gw_zone_read("Fuzz/Zone", fuzz_slice(data, size));
	if (!zone)
		return 0;
	for (size_t i = 0; i < GW_LEN(times); i++) {
		struct gw_zone_phase phase = gw_zone_phase(zone, times[i]);
		MUST(strlen(phase.abbreviation) < 1 << 16);
		gw_zone_change_after(zone, times[i]);
		MUST(gw_zone_change_before(zone, times[i]) <= times[i]);
	}
	struct gw_civil c = gw_civil_at(times[3], 0);
	gw_zone_resolve(zone, &c);
	gw_zone_free(zone);
	return 0;
}
