/* zone.c - finding time zones by name, their offsets, and the instants of wall-clock dates */
#include "time/zone.h"

#include "base/fd.h"
#include "base/map.h"
#include "base/mem.h"

#include <ctype.h>
#include <pthread.h>
#include <unistd.h>

#define FILE_MAX ((size_t)256 << 10)
#define FIXED_MAX 16384 /* zones live for good */
#define RULE_MAX INT64_C(9000000000000)

static const struct gw_zone utc = { .name = (char[]){ "UTC" }, .first = { 0, "UTC" } };
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct gw_map cache; /* of zones; they live for good */

/* ---- Finding ---- */

static struct gw_zone *load_file(const char *path, const char *name)
{
	struct gw_error ignored;
	gw_auto_str content = { 0 };
	if (!gw_file_read(path, FILE_MAX, &content, &ignored))
		return NULL;
	return gw_zone_read(name, gw_str_slice(&content));
}

/* "+h", "+hh", "+hhmm", "+hh:mm", "+hhmmss", "+hh:mm:ss" up to 18 hours. */
static bool parse_offset(const char *text, int *offset_s)
{
	int digits[6] = { 0 }, n = 0;
	if (*text != '+' && *text != '-')
		return false;
	for (const char *p = text + 1; *p; p++) {
		if (*p == ':' && n > 0 && n % 2 == 0 && p[1])
			continue;
		if (!isdigit((unsigned char)*p) || n == 6)
			return false;
		digits[n++] = *p - '0';
	}
	if (n == 1)
		digits[1] = digits[0], digits[0] = 0, n = 2;
	int hours = digits[0] * 10 + digits[1], minutes = digits[2] * 10 + digits[3];
	int seconds = digits[4] * 10 + digits[5];
	int total = hours * 3600 + minutes * 60 + seconds;
	if (n % 2 || n == 0 || minutes > 59 || seconds > 59 || total > 18 * 3600)
		return false;
	*offset_s = *text == '-' ? -total : total;
	return true;
}

/* "Z", "UTC", "+02:00", "-0530", "GMT+2" as java.time.ZoneId reads them; id: as it writes them. */
static bool parse_fixed(const char *name, struct gw_str *id, int *offset_s)
{
	static const char *const prefixes[] = { "UTC", "GMT", "UT", "" };
	*offset_s = 0;
	size_t i = 0;
	while (strncmp(name, prefixes[i], strlen(prefixes[i])) != 0)
		i++;
	const char *rest = name + strlen(prefixes[i]);
	if (strcmp(name, "Z") != 0 && (*rest || !*prefixes[i]) && !parse_offset(rest, offset_s))
		return false;
	gw_str_puts(id, prefixes[i]);
	if (*offset_s)
		gw_offset_print(id, *offset_s);
	else if (id->len == 0)
		gw_str_putc(id, 'Z');
	return true;
}

static bool is_zone_name(const char *name)
{
	if (!isalpha((unsigned char)name[0]) || strstr(name, "//") || strlen(name) > 64)
		return false;
	for (const char *p = name; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("/_+-", *p))
			return false;
	return true;
}

static struct gw_zone *make_fixed(const char *id, int offset_s)
{
	static int n;
	if (n == FIXED_MAX)
		return NULL;
	n++;
	struct gw_zone *zone = gw_new(struct gw_zone);
	zone->name = gw_strdup(id);
	zone->first = (struct gw_zone_phase){ offset_s, offset_s ? "" : zone->name };
	return zone;
}

static struct gw_zone *load_zone(const char *name)
{
	if (!is_zone_name(name))
		return NULL;
	const char *base = getenv("TZDIR");
	gw_auto_free char *path = gw_sprintf("%s/%s", base ? base : "/usr/share/zoneinfo", name);
	return load_file(path, name);
}

const struct gw_zone *gw_zone_find(const char *name, struct gw_error *err)
{
	int offset_s;
	gw_auto_str id = { 0 };
	bool is_fixed = parse_fixed(name, &id, &offset_s);
	const char *key = is_fixed ? gw_str_text(&id) : name;
	pthread_mutex_lock(&lock);
	struct gw_zone *zone = gw_map_find(&cache, key);
	if (!zone) {
		zone = is_fixed ? make_fixed(key, offset_s) : load_zone(key);
		if (zone)
			gw_map_put(&cache, gw_slice_of(key), zone);
	}
	pthread_mutex_unlock(&lock);
	if (!zone)
		gw_fail(err, GW_INVALID, "Unknown time-zone ID: %s", name);
	return zone;
}

const struct gw_zone *gw_zone_utc(void)
{
	return &utc;
}

static const struct gw_zone *local;

static void find_local(void)
{
	struct gw_error ignored;
	const char *name = getenv("TZ");
	char target[256];
	ssize_t n = readlink("/etc/localtime", target, sizeof(target) - 1);
	if (name && *name == ':')
		name++;
	if (!name && n > 0) {
		target[n] = '\0';
		char *at = strstr(target, "zoneinfo/");
		name = at ? at + strlen("zoneinfo/") : NULL;
	}
	local = name && *name ? gw_zone_find(name, &ignored) : NULL;
	if (!local)
		local = load_file("/etc/localtime", "localtime");
	if (!local)
		local = &utc;
}

const struct gw_zone *gw_zone_local(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, find_local);
	return local;
}

const char *gw_zone_name(const struct gw_zone *zone)
{
	return zone->name;
}

/* ---- Using ---- */

/* How many changes of the file are at or before an instant. */
static size_t count_changes(const struct gw_zone *zone, gw_time at)
{
	size_t low = 0, high = zone->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (zone->changes[middle] <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Kept so far from the ends of time that a rule's next change cannot overflow. */
static int64_t whole_seconds(gw_time at)
{
	int64_t seconds = at / GW_SECOND - (at % GW_SECOND < 0);
	return seconds > RULE_MAX ? RULE_MAX : seconds < -RULE_MAX ? -RULE_MAX : seconds;
}

struct gw_zone_phase gw_zone_phase(const struct gw_zone *zone, gw_time at)
{
	size_t n = count_changes(zone, at);
	if (n == zone->n && zone->has_rule) {
		const struct gw_tz_side *side = gw_posix_tz_side(&zone->rule, whole_seconds(at));
		return (struct gw_zone_phase){ side->offset, side->name };
	}
	return n == 0 ? zone->first : zone->phases[n - 1];
}

int gw_zone_offset(const struct gw_zone *zone, gw_time at)
{
	return gw_zone_phase(zone, at).offset;
}

gw_time gw_zone_change_after(const struct gw_zone *zone, gw_time at)
{
	int64_t seconds;
	size_t n = count_changes(zone, at);
	if (n < zone->n)
		return zone->changes[n];
	if (!zone->has_rule || !gw_posix_tz_after(&zone->rule, whole_seconds(at), &seconds))
		return GW_NEVER;
	return seconds * GW_SECOND > at ? seconds * GW_SECOND : GW_NEVER;
}

gw_time gw_zone_change_before(const struct gw_zone *zone, gw_time at)
{
	int64_t seconds;
	size_t n = count_changes(zone, at);
	gw_time last = n > 0 ? zone->changes[n - 1] : GW_NEVER;
	if (n < zone->n || !zone->has_rule ||
		!gw_posix_tz_before(&zone->rule, whole_seconds(at), &seconds))
		return last;
	gw_time change = seconds * GW_SECOND;
	return change > last && change <= at ? change : last;
}

/* The offsets a day before and after cover any transition near the wall-clock time. */
gw_time gw_zone_resolve(const struct gw_zone *zone, const struct gw_civil *civil)
{
	gw_time as_utc = gw_civil_time(civil, 0);
	int before = gw_zone_offset(zone, as_utc - 86400 * GW_SECOND);
	int after = gw_zone_offset(zone, as_utc + 86400 * GW_SECOND);
	gw_time first = as_utc - before * GW_SECOND;
	if (gw_zone_offset(zone, first) == before)
		return first;
	gw_time second = as_utc - after * GW_SECOND;
	if (gw_zone_offset(zone, second) == after)
		return second;
	return first; /* in a gap: the old offset shifts it forward by the gap's length */
}
