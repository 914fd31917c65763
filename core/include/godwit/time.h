/* time.h - instants, zones, cron expressions and ISO 8601 texts */
#ifndef GODWIT_TIME_H
#define GODWIT_TIME_H

#include <godwit/text.h>

/* An instant: microseconds since 1970-01-01T00:00:00Z. */
typedef int64_t gw_time;

#define GW_NEVER INT64_MIN /* no instant */
#define GW_SECOND INT64_C(1000000)
#define GW_MILLISECOND INT64_C(1000)

/* ---- Time zones: IANA names, "Z", "+02:00", from the system's tzdata, cached for good ---- */

struct gw_zone;

/* NULL and an error if there is no such zone. Borrowed, valid for good. */
GW_EXPORT const struct gw_zone *gw_zone_find(const char *name, struct gw_error *err);
GW_EXPORT const struct gw_zone *gw_zone_utc(void);
GW_EXPORT const struct gw_zone *gw_zone_local(void); /* the server's own ($TZ, /etc/localtime) */
GW_EXPORT const char *gw_zone_name(const struct gw_zone *zone);
GW_EXPORT int gw_zone_offset(const struct gw_zone *zone, gw_time at); /* seconds east of UTC */

/* A calendar date and time of day without a zone (proleptic Gregorian). */
struct gw_civil {
	int year;
	int month; /* 1-12 */
	int day; /* 1-31 */
	int hour, minute, second, micro;
};

GW_EXPORT struct gw_civil gw_civil_at(gw_time at, int offset_s);
GW_EXPORT gw_time gw_civil_time(const struct gw_civil *civil, int offset_s);
GW_EXPORT int gw_civil_weekday(const struct gw_civil *civil); /* 1 = Monday .. 7 = Sunday */
/* As java.time resolves it: in a gap shifted forward by its length, in an overlap the earlier. */
GW_EXPORT gw_time gw_zone_resolve(const struct gw_zone *zone, const struct gw_civil *civil);

/* ---- ISO 8601 ---- */

/* Reads "2024-12-20T10:00:00.123+01:00", "…Z", "…[Europe/Paris]", also without seconds. A text
 * without an offset is read in the given zone; a bare date is its start of day. */
GW_EXPORT bool gw_time_parse(struct gw_slice text, const struct gw_zone *zone, gw_time *out,
	struct gw_error *err);
/* "2024-12-20T10:00:00.123456Z" with as many groups of three decimals as needed (0, 3 or 6). */
GW_EXPORT void gw_time_print(struct gw_str *out, gw_time at);
/* "2024-12-20T11:00:00+01:00", "Z" for UTC. */
GW_EXPORT void gw_time_print_zoned(struct gw_str *out, gw_time at, const struct gw_zone *zone);

/* Microseconds; days count 24 hours; years and months are refused. */
GW_EXPORT bool gw_duration_parse(struct gw_slice text, int64_t *out_us, struct gw_error *err);
GW_EXPORT void gw_duration_print(struct gw_str *out, int64_t us); /* "PT1.5S", as Java prints */

/* ---- Cron ---- */

struct gw_cron {
	uint64_t seconds, minutes;
	uint32_t hours, days, months, weekdays; /* bit n = value n; weekday 0 = Sunday */
	bool any_day, any_weekday;
};

/* Five fields, six with leading seconds if with_seconds; nicknames such as @daily. */
GW_EXPORT bool gw_cron_parse(const char *text, bool with_seconds, struct gw_cron *out,
	struct gw_error *err);
/* The first match strictly after (the last strictly before) an instant, in the zone's wall-clock
 * time; GW_NEVER if there is none within eight years. A date that a change of offset leaves out
 * does not exist. A date that comes twice counts once, the earlier time, unless the expression
 * matches oftener than once in its hour, or in the next hour too: then both count, so that every
 * ten minutes stays every ten minutes. */
GW_EXPORT gw_time gw_cron_next(const struct gw_cron *cron, const struct gw_zone *zone, gw_time at);
GW_EXPORT gw_time gw_cron_previous(const struct gw_cron *cron, const struct gw_zone *zone,
	gw_time at);

#endif
