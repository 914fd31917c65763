/* fuzz_cron.c - reading cron expressions, and finding their neighbours of an instant */
#include "tests/fuzz/fuzz.h"

#include <godwit/time.h>

static void check_neighbours(const struct gw_cron *cron, const struct gw_zone *zone, gw_time at)
{
	gw_time next = gw_cron_next(cron, zone, at);
	if (next != GW_NEVER) {
		MUST(next > at);
		gw_time before = gw_cron_previous(cron, zone, next);
		MUST(before == GW_NEVER || before <= at);
	}
	gw_time previous = gw_cron_previous(cron, zone, at);
	MUST(previous == GW_NEVER || previous < at);
}

/* Eight bytes of instant, one of options, then the expression. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const zones[] = { "UTC", "Europe/Paris", "America/Havana",
		"Australia/Lord_Howe" };
	struct gw_error err;
	struct gw_cron cron;
	gw_time at;
	if (size < sizeof(at) + 1)
		return 0;
	memcpy(&at, data, sizeof(at));
	gw_auto_free char *text = fuzz_text(data + 9, size - 9);
	if (!gw_cron_parse(text, data[8] & 4, &cron, &err))
		return 0;
	const struct gw_zone *zone = gw_zone_find(zones[data[8] & 3], &err);
	check_neighbours(&cron, zone ? zone : gw_zone_utc(), at);
	check_neighbours(&cron, zone ? zone : gw_zone_utc(),
		at % (INT64_C(4102444800) * GW_SECOND));
	return 0;
}
