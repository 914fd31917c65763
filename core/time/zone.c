/* zone.c - time zones from the system's TZif files (RFC 8536), and fixed offsets */
#include <godwit/time.h>

#include "base/fd.h"
#include "base/map.h"
#include "base/mem.h"
#include "time/posix_tz.h"

#include <ctype.h>
#include <pthread.h>
#include <unistd.h>

#define FILE_MAX ((size_t)256 << 10)

struct gw_zone {
	char *name;
	int64_t *transitions; /* seconds, ascending */
	int32_t *offsets; /* offsets[i] holds from transitions[i] on */
	size_t n;
	int32_t first; /* before the first transition */
	struct gw_posix_tz rule; /* after the last one */
	bool has_rule;
};

static const struct gw_zone utc = { .name = (char[]){ "UTC" } };
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct gw_map cache; /* of zones; they live for good */

/* ---- Reading TZif ---- */

static int64_t read_be(const unsigned char *p, size_t size)
{
	uint64_t number = p[0] & 0x80 ? UINT64_MAX : 0;
	for (size_t i = 0; i < size; i++)
		number = number << 8 | p[i];
	return (int64_t)number;
}

struct counts {
	size_t isut, isstd, leap, time, type, chars;
};

/* A header's six counts; false if it is none. */
static bool read_header(const unsigned char *p, size_t len, struct counts *c)
{
	if (len < 44 || memcmp(p, "TZif", 4) != 0)
		return false;
	size_t *fields[] = { &c->isut, &c->isstd, &c->leap, &c->time, &c->type, &c->chars };
	for (size_t i = 0; i < GW_LEN(fields); i++)
		*fields[i] = (size_t)read_be(p + 20 + 4 * i, 4);
	return c->type > 0 && c->time < FILE_MAX && c->type < 256 && c->chars < FILE_MAX &&
	       c->leap < FILE_MAX && c->isstd <= c->type && c->isut <= c->type;
}

static size_t block_size(const struct counts *c, size_t time_size)
{
	return c->time * (time_size + 1) + c->type * 6 + c->chars + c->leap * (time_size + 4) +
	       c->isstd + c->isut;
}

static bool fill_zone(struct gw_zone *zone, const unsigned char *p, const struct counts *c)
{
	const unsigned char *indexes = p + c->time * 8;
	const unsigned char *types = indexes + c->time;
	zone->n = c->time;
	zone->transitions = gw_new_array(int64_t, c->time);
	zone->offsets = gw_new_array(int32_t, c->time);
	zone->first = (int32_t)read_be(types, 4);
	for (size_t i = 0; i < c->time; i++) {
		if (indexes[i] >= c->type)
			return false;
		zone->transitions[i] = read_be(p + i * 8, 8);
		zone->offsets[i] = (int32_t)read_be(types + indexes[i] * 6, 4);
	}
	return true;
}

static bool read_tzif(struct gw_zone *zone, const unsigned char *p, size_t len)
{
	struct counts c;
	if (!read_header(p, len, &c) || p[4] < '2')
		return false;
	size_t skip = 44 + block_size(&c, 4);
	if (skip >= len || !read_header(p + skip, len - skip, &c))
		return false;
	p += skip + 44;
	len -= skip + 44;
	size_t block = block_size(&c, 8);
	if (block > len || !fill_zone(zone, p, &c))
		return false;
	const char *footer = (const char *)p + block;
	if (len - block < 2 || footer[0] != '\n' || footer[len - block - 1] != '\n')
		return false;
	gw_auto_free char *rule = gw_strndup(footer + 1, len - block - 2);
	zone->has_rule = gw_posix_tz_parse(rule, &zone->rule);
	return zone->has_rule || *rule == '\0';
}

static void free_zone(struct gw_zone *zone)
{
	free(zone->name);
	free(zone->transitions);
	free(zone->offsets);
	free(zone);
}

static struct gw_zone *load_file(const char *path, const char *name)
{
	struct gw_error ignored;
	gw_auto_str content = { 0 };
	if (!gw_file_read(path, FILE_MAX, &content, &ignored))
		return NULL;
	struct gw_zone *zone = gw_new(struct gw_zone);
	zone->name = gw_strdup(name);
	if (read_tzif(zone, (const unsigned char *)content.data, content.len))
		return zone;
	free_zone(zone);
	return NULL;
}

/* ---- Finding ---- */

/* "Z", "UTC", "+02:00", "-0530", "GMT+2", "UTC-03:00" as java.time.ZoneId reads them. */
static bool parse_fixed(const char *name, int *offset_s)
{
	if (strncmp(name, "UTC", 3) == 0 || strncmp(name, "GMT", 3) == 0)
		name += 3;
	*offset_s = 0;
	if (*name == '\0' || strcmp(name, "Z") == 0)
		return true;
	if (*name != '+' && *name != '-')
		return false;
	int digits[6] = { 0 }, n = 0;
	for (const char *p = name + 1; *p; p++) {
		if (*p == ':')
			continue;
		if (!isdigit((unsigned char)*p) || n == 6)
			return false;
		digits[n++] = *p - '0';
	}
	if (n == 1)
		digits[1] = digits[0], digits[0] = 0, n = 2;
	int hours = digits[0] * 10 + digits[1], minutes = digits[2] * 10 + digits[3];
	if (n % 2 || n == 0 || hours > 18 || minutes > 59)
		return false;
	*offset_s = hours * 3600 + minutes * 60 + digits[4] * 10 + digits[5];
	if (*name == '-')
		*offset_s = -*offset_s;
	return true;
}

static bool is_zone_name(const char *name)
{
	if (!isalpha((unsigned char)name[0]) || strstr(name, "..") || strlen(name) > 64)
		return false;
	for (const char *p = name; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("/_+-", *p))
			return false;
	return true;
}

static struct gw_zone *make_zone(const char *name)
{
	int offset_s;
	if (parse_fixed(name, &offset_s)) {
		struct gw_zone *zone = gw_new(struct gw_zone);
		zone->name = gw_strdup(name);
		zone->first = offset_s;
		return zone;
	}
	if (!is_zone_name(name))
		return NULL;
	const char *base = getenv("TZDIR");
	gw_auto_free char *path = gw_sprintf("%s/%s", base ? base : "/usr/share/zoneinfo", name);
	return load_file(path, name);
}

const struct gw_zone *gw_zone_find(const char *name, struct gw_error *err)
{
	pthread_mutex_lock(&lock);
	struct gw_zone *zone = gw_map_find(&cache, name);
	if (!zone && cache.n < 4096 && (zone = make_zone(name)))
		gw_map_put(&cache, gw_slice_of(name), zone);
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

int gw_zone_offset(const struct gw_zone *zone, gw_time at)
{
	int64_t seconds = at / GW_SECOND - (at % GW_SECOND < 0);
	if (zone->n == 0 || seconds < zone->transitions[0])
		return zone->n == 0 && zone->has_rule ? gw_posix_tz_offset(&zone->rule, seconds)
						      : zone->first;
	if (zone->has_rule && seconds >= zone->transitions[zone->n - 1])
		return gw_posix_tz_offset(&zone->rule, seconds);
	size_t low = 0, high = zone->n;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (zone->transitions[middle] <= seconds)
			low = middle;
		else
			high = middle;
	}
	return zone->offsets[low];
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
