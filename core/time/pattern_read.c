/* pattern_read.c - reading dates by pattern */
#include "time/pattern.h"

#include "base/mem.h"
#include "time/pattern_item.h"

#include <ctype.h>
#include <strings.h>

#define DIGITS_MAX 18

struct reader {
	struct gw_slice text;
	size_t pos;
	bool any_case;
	struct gw_fields fields;
};

static size_t left(const struct reader *r)
{
	return r->text.len - r->pos;
}

static char peek(const struct reader *r)
{
	return r->pos < r->text.len ? r->text.data[r->pos] : '\0';
}

static bool skip(struct reader *r, const char *text, size_t len)
{
	const char *at = r->text.data + r->pos;
	if (len > left(r) ||
		(r->any_case ? strncasecmp(at, text, len) : memcmp(at, text, len)) != 0)
		return false;
	r->pos += len;
	return true;
}

static bool skip_char(struct reader *r, char c)
{
	return skip(r, &c, 1);
}

/* ---- Numbers and names ---- */

static int count_digits(const struct reader *r, int most)
{
	int n = 0;
	while (n < most && (size_t)n < left(r) &&
		isdigit((unsigned char)r->text.data[r->pos + (size_t)n]))
		n++;
	return n;
}

static int64_t take_digits(struct reader *r, int n)
{
	int64_t number = 0;
	while (n-- > 0)
		number = number * 10 + (r->text.data[r->pos++] - '0');
	return number;
}

/* Digits that the items right behind need: "yyyyMMdd" is read from its end. */
static int reserved_digits(const struct gw_item *item, const struct gw_item *end)
{
	int reserved = 0;
	while (++item < end) {
		struct gw_digits d = { item->count, item->count };
		if (item->type == GW_ITEM_YEAR || item->type == GW_ITEM_NUMBER)
			d = gw_item_digits(item);
		else if (item->type != GW_ITEM_FRACTION || item->field != 'n')
			break;
		if (d.least != d.most)
			break;
		reserved += d.least;
	}
	return reserved;
}

static bool read_number(struct reader *r, const struct gw_item *item, const struct gw_item *end)
{
	struct gw_digits d = gw_item_digits(item);
	bool is_year = item->type == GW_ITEM_YEAR && d.most > 2;
	bool plus = is_year && item->count >= 4 && skip_char(r, '+');
	bool minus = is_year && !plus && skip_char(r, '-');
	int reserved = d.least == d.most ? 0 : reserved_digits(item, end);
	int most = d.most < DIGITS_MAX ? d.most : DIGITS_MAX;
	int n = count_digits(r, most + reserved) - reserved;
	n = n > most ? most : n < d.least ? d.least : n;
	if (n > DIGITS_MAX || count_digits(r, n) < n)
		return false;
	if (is_year && item->count >= 4 && !minus && plus != (n > d.least))
		return false; /* a plus stands before years that are too long, and only there */
	int64_t number = take_digits(r, n);
	if (item->type == GW_ITEM_YEAR && d.most == 2)
		number += 2000;
	gw_fields_set(&r->fields, item->field, minus ? -number : number);
	return true;
}

static bool read_name(struct reader *r, const struct gw_item *item)
{
	const struct gw_letter *l = item->letter;
	size_t longest = 0;
	for (int64_t value = l->least; value <= l->most; value++) {
		const char *name = gw_item_name(item, value);
		size_t start = r->pos, len = strlen(name);
		if (len > longest && skip(r, name, len)) {
			r->pos = start;
			longest = len;
			gw_fields_set(&r->fields, item->field, value);
		}
	}
	r->pos += longest;
	return longest > 0;
}

static bool read_fraction(struct reader *r, const struct gw_item *item)
{
	bool is_free = item->field == 'f';
	if (is_free && !skip_char(r, '.'))
		return true;
	int n = count_digits(r, is_free ? 9 : item->count);
	if (n < item->count)
		return false;
	int64_t nano = take_digits(r, n);
	for (; n < 9; n++)
		nano *= 10;
	gw_fields_set(&r->fields, 'n', nano);
	return true;
}

/* ---- Offsets and zones ---- */

static bool read_two(struct reader *r, bool may_be_one, int max, int *out)
{
	int n = count_digits(r, 2);
	if (n < 2 && !(n == 1 && may_be_one))
		return false;
	*out = (int)take_digits(r, n);
	return *out <= max;
}

/* ":30" or "30"; what is not there is zero, unless it must be. */
static bool read_offset_part(struct reader *r, bool colon, bool must, int *out)
{
	size_t start = r->pos;
	*out = 0;
	if ((!colon || skip_char(r, ':')) && read_two(r, false, 59, out))
		return true;
	r->pos = start;
	*out = 0;
	return !must;
}

static bool read_offset(struct reader *r, struct gw_offset_style style)
{
	int hours, minutes, seconds = 0;
	bool is_localized = *style.prefix;
	r->fields.offset_s = 0;
	r->fields.has_offset = true;
	if (!is_localized && style.zero && skip(r, style.zero, strlen(style.zero)))
		return true;
	if (is_localized && !skip(r, style.prefix, strlen(style.prefix)))
		return false;
	char sign = peek(r);
	if (sign != '+' && sign != '-')
		return is_localized;
	r->pos++;
	if (!read_two(r, style.is_short, 18, &hours) ||
		!read_offset_part(r, style.colon, style.minutes, &minutes))
		return false;
	if (style.seconds && !read_offset_part(r, style.colon, false, &seconds))
		return false;
	int size = hours * 3600 + minutes * 60 + seconds;
	r->fields.offset_s = sign == '-' ? -size : size;
	return size <= 18 * 3600;
}

static bool is_zone_character(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("/_+-:", c));
}

/* The longest text here that names a zone. */
static bool read_zone_id(struct reader *r)
{
	char name[64];
	struct gw_error ignored;
	size_t n = 0;
	while (n < left(r) && n < sizeof(name) - 1 && is_zone_character(r->text.data[r->pos + n]))
		n++;
	for (; n > 0; n--) {
		memcpy(name, r->text.data + r->pos, n);
		name[n] = '\0';
		r->fields.zone = gw_zone_find(name, &ignored);
		if (r->fields.zone)
			break;
	}
	r->pos += n;
	return n > 0;
}

static bool read_zone_text(struct reader *r, bool is_full)
{
	for (const struct gw_zone_text *t = gw_zone_texts; t->abbreviation; t++) {
		const char *name = is_full ? t->full : t->abbreviation;
		size_t start = r->pos;
		if (!skip(r, name, strlen(name)))
			continue;
		if (!is_zone_character(peek(r))) {
			r->fields.has_offset = true;
			r->fields.offset_s = t->minutes * 60;
			return true;
		}
		r->pos = start;
	}
	return read_zone_id(r);
}

static bool read_zone(struct reader *r, const struct gw_item *item)
{
	if (item->field == 'V')
		return read_zone_id(r);
	if (item->field != 'i')
		return read_zone_text(r, item->count == 4);
	return skip_char(r, '[') && read_zone_id(r) && skip_char(r, ']');
}

/* ---- Everything ---- */

static bool read_item(struct reader *r, const struct gw_item *item, const struct gw_item *end)
{
	switch (item->type) {
	case GW_ITEM_LITERAL:
		return skip(r, item->text.data, item->text.len);
	case GW_ITEM_YEAR:
	case GW_ITEM_NUMBER:
		return read_number(r, item, end);
	case GW_ITEM_NAME:
		return read_name(r, item);
	case GW_ITEM_FRACTION:
		return read_fraction(r, item);
	case GW_ITEM_ZONE:
		return read_zone(r, item);
	case GW_ITEM_OFFSET:
		return read_offset(r, gw_item_offset(item));
	default:
		return false;
	}
}

/* The end of the optional part that opens here. */
static const struct gw_item *find_close(const struct gw_item *open, const struct gw_item *end)
{
	int depth = 1;
	const struct gw_item *item = open + 1;
	for (; item < end; item++) {
		depth += (item->type == GW_ITEM_OPEN) - (item->type == GW_ITEM_CLOSE);
		if (depth == 0)
			break;
	}
	return item;
}

/* On failure r stands where the text did not fit. */
static bool read_items(struct reader *r, const struct gw_item *item, const struct gw_item *end)
{
	for (; item < end; item++) {
		struct reader before = *r;
		if (item->type == GW_ITEM_OPEN) {
			const struct gw_item *close = find_close(item, end);
			if (!read_items(r, item + 1, close))
				*r = before;
			item = close;
		} else if (!read_item(r, item, end)) {
			*r = before;
			return false;
		}
	}
	return true;
}

bool gw_pattern_parse(struct gw_slice text, const char *pattern, const struct gw_zone *zone,
	gw_time *out, struct gw_error *err)
{
	struct gw_pattern p;
	struct gw_error cause;
	if (strcmp(pattern, "iso_instant") == 0)
		return gw_time_parse(text, gw_zone_utc(), out, err);
	if (!gw_pattern_compile(pattern, &p, err))
		return false;
	struct reader r = { .text = text, .any_case = p.is_named };
	if (!read_items(&r, p.items, p.items + p.n))
		return gw_fail(err, GW_INVALID, "Text '%.*s' could not be parsed at index %zu",
			GW_SLICE(text), r.pos);
	if (r.pos < text.len)
		return gw_fail(err, GW_INVALID,
			"Text '%.*s' could not be parsed, unparsed text found at index %zu",
			GW_SLICE(text), r.pos);
	if (!gw_fields_time(&r.fields, zone, out, &cause))
		return gw_fail(err, GW_INVALID, "Text '%.*s' could not be parsed: %s",
			GW_SLICE(text), cause.message);
	return true;
}
