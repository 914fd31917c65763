/* str.c - slices and growing texts (godwit/text.h) */
#include <godwit/text.h>

#include "base/mem.h"

#include <stdio.h>

bool gw_slice_starts(struct gw_slice text, struct gw_slice prefix)
{
	return text.len >= prefix.len && gw_slice_equal(gw_slice(text.data, prefix.len), prefix);
}

bool gw_slice_ends(struct gw_slice text, struct gw_slice suffix)
{
	return suffix.len == 0 ||
	       (text.len >= suffix.len &&
		       memcmp(text.data + text.len - suffix.len, suffix.data, suffix.len) == 0);
}

void gw_str_clear(struct gw_str *s)
{
	free(s->data);
	*s = (struct gw_str){ .limit = s->limit };
}

void gw_str_reset(struct gw_str *s)
{
	s->len = 0;
	s->full = false;
	if (s->data)
		s->data[0] = '\0';
}

void gw_str_reserve(struct gw_str *s, size_t more)
{
	size_t need = s->len + more + 1;
	if (need <= s->cap)
		return;
	size_t cap = s->cap ? s->cap * 2 : 64;
	s->cap = cap < need ? need : cap;
	s->data = gw_realloc(s->data, s->cap);
	s->data[s->len] = '\0';
}

char *gw_str_extend(struct gw_str *s, size_t len)
{
	size_t limit = s->limit ? s->limit : GW_STR_LIMIT;
	if (len > limit - s->len) {
		s->full = true;
		return NULL;
	}
	if (s->len + len >= s->cap)
		gw_str_reserve(s, len);
	char *at = s->data + s->len;
	s->len += len;
	s->data[s->len] = '\0';
	return at;
}

void gw_str_add(struct gw_str *s, const char *data, size_t len)
{
	char *at = gw_str_extend(s, len);
	if (at && len)
		memcpy(at, data, len);
}

void gw_str_puts(struct gw_str *s, const char *text)
{
	gw_str_add(s, text, strlen(text));
}

void gw_str_putc(struct gw_str *s, char c)
{
	char *at = gw_str_extend(s, 1);
	if (at)
		*at = c;
}

void gw_str_vprintf(struct gw_str *s, const char *format, va_list args)
{
	char text[256];
	va_list again;
	va_copy(again, args);
	int n = vsnprintf(text, sizeof(text), format, args);
	if (n > 0 && (size_t)n < sizeof(text)) {
		gw_str_add(s, text, n);
	} else if (n > 0) {
		gw_auto_free char *longer = gw_alloc((size_t)n + 1);
		vsnprintf(longer, (size_t)n + 1, format, again);
		gw_str_add(s, longer, n);
	}
	va_end(again);
}

void gw_str_printf(struct gw_str *s, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	gw_str_vprintf(s, format, args);
	va_end(args);
}

void gw_str_int(struct gw_str *s, int64_t number)
{
	char digits[24];
	char *p = digits + sizeof(digits);
	uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
	do
		*--p = (char)('0' + rest % 10);
	while ((rest /= 10));
	if (number < 0)
		*--p = '-';
	gw_str_add(s, p, (size_t)(digits + sizeof(digits) - p));
}

char *gw_str_steal(struct gw_str *s)
{
	char *text = s->data ? s->data : gw_strndup("", 0);
	*s = (struct gw_str){ .limit = s->limit };
	return text;
}

const char *gw_str_text(const struct gw_str *s)
{
	return s->data ? s->data : "";
}
