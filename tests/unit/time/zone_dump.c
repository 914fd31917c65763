/* zone_dump.c - prints how zones change and resolve dates, for check_zones.py to compare
 *
 * Zone names come on standard input. For each: "zone NAME OFFSET" (in 1970), then for each change
 * until 2100 "change SECONDS OFFSET", then "wall SECONDS INSTANT" for clock times around it. */
#include <godwit/time.h>

#include "time/zone.h"

#include <stdio.h>

#define YEAR_2100 (INT64_C(4102444800) * GW_SECOND)

static void dump_walls(const struct gw_zone *zone, gw_time change)
{
	int before = gw_zone_offset(zone, change - 1), after = gw_zone_offset(zone, change);
	int low = before < after ? before : after, high = before < after ? after : before;
	const int walls[] = { low - 1, low, (low + high) / 2, high - 1, high };
	for (int i = 0; i < 5; i++) {
		gw_time wall = change + walls[i] * GW_SECOND;
		struct gw_civil c = gw_civil_at(wall, 0);
		printf("wall %lld %lld\n", (long long)(wall / GW_SECOND),
			(long long)(gw_zone_resolve(zone, &c) / GW_SECOND));
	}
}

static void dump(const char *name, const struct gw_zone *zone)
{
	printf("zone %s %d\n", name, gw_zone_offset(zone, 0));
	gw_time at = gw_zone_change_after(zone, 0);
	for (; at != GW_NEVER && at < YEAR_2100; at = gw_zone_change_after(zone, at)) {
		printf("change %lld %d\n", (long long)(at / GW_SECOND), gw_zone_offset(zone, at));
		dump_walls(zone, at);
	}
}

int main(void)
{
	char name[100];
	struct gw_error err;
	while (scanf("%99s", name) == 1) {
		const struct gw_zone *zone = gw_zone_find(name, &err);
		if (zone)
			dump(name, zone);
		else
			printf("error %s\n", err.message);
	}
	return 0;
}
