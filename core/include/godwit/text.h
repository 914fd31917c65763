/* text.h - slices of text that somebody else owns, and buffers that grow up to a limit */
#ifndef GODWIT_TEXT_H
#define GODWIT_TEXT_H

#include <godwit/error.h>

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A borrowed piece of text: not terminated, may hold any byte. data NULL means "no value". */
struct gw_slice {
	const char *data;
	size_t len;
};

static inline struct gw_slice gw_slice(const char *data, size_t len)
{
	return (struct gw_slice){ data, len };
}

static inline struct gw_slice gw_slice_of(const char *text)
{
	return (struct gw_slice){ text, text ? strlen(text) : 0 };
}

static inline bool gw_slice_equal(struct gw_slice a, struct gw_slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool gw_slice_is(struct gw_slice a, const char *text)
{
	return a.data && gw_slice_equal(a, gw_slice_of(text));
}

/* Bytewise, as strcmp. */
static inline int gw_slice_compare(struct gw_slice a, struct gw_slice b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len ? memcmp(a.data, b.data, len) : 0;
	return order ? order : (a.len > b.len) - (a.len < b.len);
}

GW_EXPORT bool gw_slice_starts(struct gw_slice text, struct gw_slice prefix);
GW_EXPORT bool gw_slice_ends(struct gw_slice text, struct gw_slice suffix);

/* For printf: printf("%.*s", GW_SLICE(text)). */
#define GW_SLICE(s) (int)(s).len, (s).data ? (s).data : ""

/* A growing text, always terminated once something was added. Zero-initialised it is empty and
 * bounded by GW_STR_LIMIT; what would exceed the limit is dropped and sets full. */
struct gw_str {
	char *data; /* owned; NULL while nothing was added */
	size_t len;
	size_t cap;
	size_t limit; /* bytes; 0 = GW_STR_LIMIT */
	bool full;
};

#define GW_STR_LIMIT ((size_t)1 << 30)

GW_EXPORT void gw_str_clear(struct gw_str *s); /* frees; s is empty again */
GW_EXPORT void gw_str_reset(struct gw_str *s); /* empties, keeps the memory */
GW_EXPORT void gw_str_reserve(struct gw_str *s, size_t more);
GW_EXPORT void gw_str_add(struct gw_str *s, const char *data, size_t len);
/* Makes the text longer and returns where the new bytes are to be written; NULL (and full is set)
 * if they exceed the limit. */
GW_EXPORT char *gw_str_extend(struct gw_str *s, size_t len);
GW_EXPORT void gw_str_puts(struct gw_str *s, const char *text);
GW_EXPORT void gw_str_putc(struct gw_str *s, char c);
GW_EXPORT void gw_str_printf(struct gw_str *s, const char *format, ...) GW_PRINTF(2, 3);
GW_EXPORT void gw_str_vprintf(struct gw_str *s, const char *format, va_list args) GW_PRINTF(2, 0);
GW_EXPORT void gw_str_int(struct gw_str *s, int64_t number);
/* Hands the text over as a terminated string for free(); s is empty again. Never NULL. */
GW_EXPORT char *gw_str_steal(struct gw_str *s);
/* The text as a terminated string, "" while empty; valid until the next call on s. */
GW_EXPORT const char *gw_str_text(const struct gw_str *s);

static inline struct gw_slice gw_str_slice(const struct gw_str *s)
{
	return (struct gw_slice){ s->data ? s->data : "", s->len };
}

#define gw_auto_str __attribute__((cleanup(gw_str_clear))) struct gw_str

#endif
