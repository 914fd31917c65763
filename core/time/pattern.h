/* pattern.h - dates as text by Java's DateTimeFormatter patterns, in English
 *
 * A pattern is one of the named formats (iso, iso_sec, sql, sql_seq, iso_date_time …,
 * rfc_1123_date_time, full, long, medium, short) or consists of the letters of DateTimeFormatter,
 * without p (padding). Weeks (Y w W e) are those of the United States. Zone names (z v) are known
 * for the abbreviations in wide use; others print as GMT-03:00. */
#ifndef GW_TIME_PATTERN_H
#define GW_TIME_PATTERN_H

#include <godwit/time.h>

/* Appends; GW_INVALID if the pattern is wrong (then out is as before). */
GW_EXPORT bool gw_pattern_format(struct gw_str *out, const char *pattern, gw_time at,
	const struct gw_zone *zone, struct gw_error *err);

/* Reads the whole text. A text without an offset or a zone is read in the given zone; without a
 * time it is the start of the day. The letter B can only be printed. */
GW_EXPORT bool gw_pattern_parse(struct gw_slice text, const char *pattern,
	const struct gw_zone *zone, gw_time *out, struct gw_error *err);

#endif
