/* pattern_item.h - a date pattern taken apart, for printing and for reading */
#ifndef GW_TIME_PATTERN_ITEM_H
#define GW_TIME_PATTERN_ITEM_H

#include <godwit/time.h>

#include "time/names.h"

#define GW_PATTERN_ITEMS 100

enum gw_item_type {
	GW_ITEM_LITERAL,
	GW_ITEM_OPEN, /* [ */
	GW_ITEM_CLOSE, /* ] */
	GW_ITEM_YEAR,
	GW_ITEM_NUMBER,
	GW_ITEM_NAME, /* a number as text */
	GW_ITEM_FRACTION,
	GW_ITEM_PERIOD, /* "in the morning" */
	GW_ITEM_ZONE,
	GW_ITEM_OFFSET,
};

/* What a letter means. */
struct gw_letter {
	char letter;
	char field; /* what it stands for: letters that mean the same share one */
	enum gw_item_type type;
	unsigned counts; /* bit n: n letters are allowed */
	int digits; /* at most, for two letters and more; 0 = as many as letters */
	int named_from; /* from so many letters on it is text; 0 = never */
	int64_t least, most; /* values; both 0 = any */
	const struct gw_name *names; /* of least, least + 1 … */
	const char *name; /* Java's */
};

struct gw_item {
	enum gw_item_type type;
	char field;
	int count; /* letters */
	const struct gw_letter *letter;
	struct gw_slice text; /* of a literal */
};

struct gw_pattern {
	struct gw_item items[GW_PATTERN_ITEMS];
	size_t n;
	bool is_named; /* read without regard to case */
};

bool gw_pattern_compile(const char *pattern, struct gw_pattern *out, struct gw_error *err);

/* How many digits a YEAR or NUMBER has. */
struct gw_digits {
	int least, most;
};
struct gw_digits gw_item_digits(const struct gw_item *item);

/* How an offset is written: X x Z O and those of named formats. */
struct gw_offset_style {
	bool colon, minutes, seconds; /* minutes: even if zero; seconds: unless zero */
	const char *zero; /* for no offset; NULL = digits */
	const char *prefix; /* "GMT" */
	bool is_short; /* an hour may have one digit */
};
struct gw_offset_style gw_item_offset(const struct gw_item *item);

/* The name for a value, by the count of letters. */
const char *gw_item_name(const struct gw_item *item, int64_t value);

/* The fields of a date that was read, by letter. */
struct gw_fields {
	uint64_t set;
	int64_t values['z' - 'A' + 1];
	const struct gw_zone *zone; /* NULL = none was named */
	int offset_s;
	bool has_offset;
};

static inline bool gw_fields_have(const struct gw_fields *f, char field)
{
	return f->set >> (field - 'A') & 1;
}

static inline int64_t gw_fields_get(const struct gw_fields *f, char field)
{
	return f->values[field - 'A'];
}

static inline void gw_fields_set(struct gw_fields *f, char field, int64_t value)
{
	f->set |= UINT64_C(1) << (field - 'A');
	f->values[field - 'A'] = value;
}

/* Is each within its range? */
bool gw_fields_check(const struct gw_fields *f, struct gw_error *err);
/* The instant that fields name; without a zone of their own in the given one. */
bool gw_fields_time(const struct gw_fields *f, const struct gw_zone *zone, gw_time *out,
	struct gw_error *err);

#endif
