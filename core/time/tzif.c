/* tzif.c - reading the files of the time zone database (TZif, RFC 8536, versions 2 to 4) */
#include "time/zone.h"

#include "base/mem.h"

#define HEADER_SIZE 44
#define COUNT_MAX ((size_t)1 << 16)
#define OFFSET_MAX (26 * 3600)

static int64_t read_be(const unsigned char *p, size_t size)
{
	uint64_t number = p[0] & 0x80 ? UINT64_MAX : 0;
	for (size_t i = 0; i < size; i++)
		number = number << 8 | p[i];
	return (int64_t)number;
}

static gw_time read_time(const unsigned char *p)
{
	int64_t seconds = read_be(p, 8);
	if (seconds < INT64_MIN / GW_SECOND)
		return INT64_MIN + 1;
	return seconds > INT64_MAX / GW_SECOND ? INT64_MAX : seconds * GW_SECOND;
}

struct counts {
	size_t isut, isstd, leap, time, type, chars;
};

/* A header's six counts; false if it is none. */
static bool read_header(const unsigned char *p, size_t len, struct counts *c)
{
	if (len < HEADER_SIZE || memcmp(p, "TZif", 4) != 0 || p[4] < '2')
		return false;
	size_t *fields[] = { &c->isut, &c->isstd, &c->leap, &c->time, &c->type, &c->chars };
	for (size_t i = 0; i < GW_LEN(fields); i++) {
		*fields[i] = (size_t)read_be(p + 20 + 4 * i, 4);
		if (*fields[i] > COUNT_MAX)
			return false;
	}
	return c->leap == 0 && c->type > 0 && c->type <= 256 && c->chars > 0 &&
	       c->isstd <= c->type && c->isut <= c->type;
}

static size_t block_size(const struct counts *c, size_t time_size)
{
	return c->time * (time_size + 1) + c->type * 6 + c->chars + c->isstd + c->isut;
}

static bool read_phase(const struct gw_zone *zone, const unsigned char *type, size_t chars,
	struct gw_zone_phase *out)
{
	out->offset = (int)read_be(type, 4);
	out->abbreviation = zone->abbreviations + type[5];
	return type[5] < chars && out->offset >= -OFFSET_MAX && out->offset <= OFFSET_MAX;
}

/* The data block: changes, the type of each, types, abbreviations. */
static bool read_block(struct gw_zone *zone, const unsigned char *p, const struct counts *c)
{
	const unsigned char *indexes = p + c->time * 8;
	const unsigned char *types = indexes + c->time;
	zone->n = c->time;
	zone->changes = gw_new_array(gw_time, c->time);
	zone->phases = gw_new_array(struct gw_zone_phase, c->time);
	zone->abbreviations = gw_strndup((const char *)types + c->type * 6, c->chars);
	if (!read_phase(zone, types, c->chars, &zone->first))
		return false;
	for (size_t i = 0; i < c->time; i++) {
		zone->changes[i] = read_time(p + i * 8);
		if (i > 0 && zone->changes[i] < zone->changes[i - 1])
			return false;
		if (indexes[i] >= c->type ||
			!read_phase(zone, types + indexes[i] * 6, c->chars, &zone->phases[i]))
			return false;
	}
	return true;
}

static bool read_tzif(struct gw_zone *zone, const unsigned char *p, size_t len)
{
	struct counts c;
	if (!read_header(p, len, &c))
		return false;
	size_t skip = HEADER_SIZE + block_size(&c, 4); /* the first block repeats it in 32 bits */
	if (skip >= len || !read_header(p + skip, len - skip, &c))
		return false;
	p += skip + HEADER_SIZE;
	len -= skip + HEADER_SIZE;
	size_t block = block_size(&c, 8);
	if (block > len || !read_block(zone, p, &c))
		return false;
	const char *footer = (const char *)p + block;
	if (len - block < 2 || footer[0] != '\n' || footer[len - block - 1] != '\n')
		return false;
	gw_auto_free char *rule = gw_strndup(footer + 1, len - block - 2);
	zone->has_rule = gw_posix_tz_parse(rule, &zone->rule);
	return zone->has_rule || *rule == '\0';
}

struct gw_zone *gw_zone_read(const char *name, struct gw_slice tzif)
{
	struct gw_zone *zone = gw_new(struct gw_zone);
	zone->name = gw_strdup(name);
	if (read_tzif(zone, (const unsigned char *)tzif.data, tzif.len))
		return zone;
	gw_zone_free(zone);
	return NULL;
}

void gw_zone_free(struct gw_zone *zone)
{
	if (!zone)
		return;
	free(zone->name);
	free(zone->abbreviations);
	free(zone->changes);
	free(zone->phases);
	free(zone);
}
