/* fuzz_pattern.c - printing and reading dates by any pattern */
#include "tests/fuzz/fuzz.h"

#include "time/pattern.h"

/* Eight bytes of instant, one for the length of the pattern, the pattern, the text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gw_error err;
	gw_auto_str printed = { 0 };
	gw_time at, read;
	if (size < 9 || size - 9 < data[8])
		return 0;
	memcpy(&at, data, 8);
	gw_auto_free char *pattern = fuzz_text(data + 9, data[8]);
	struct gw_slice text = fuzz_slice(data + 9 + data[8], size - 9 - data[8]);
	const struct gw_zone *zone = gw_zone_find("America/New_York", &err);
	zone = zone ? zone : gw_zone_utc();
	gw_pattern_parse(text, pattern, zone, &read, &err);
	if (gw_pattern_format(&printed, pattern, at, zone, &err))
		gw_pattern_parse(gw_str_slice(&printed), pattern, zone, &read, &err);
	return 0;
}
