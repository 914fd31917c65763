/* fuzz_zone.c - finding zones by name */
#include "tests/fuzz/fuzz.h"

#include <godwit/time.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gw_error err;
	gw_auto_free char *name = fuzz_text(data, size);
	const struct gw_zone *zone = gw_zone_find(name, &err);
	if (!zone)
		return 0;
	MUST(gw_zone_find(gw_zone_name(zone), &err) == zone);
	int offset = gw_zone_offset(zone, 0);
	MUST(offset >= -18 * 3600 && offset <= 18 * 3600);
	return 0;
}
