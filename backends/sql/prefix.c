/* prefix.c - texts that start with a prefix as a range, so that an index finds them */
#include "backends/sql/prefix.h"

static bool is_inside(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static uint32_t last_character(struct gw_slice text, size_t *at)
{
	size_t i = text.len - 1;
	while (i && is_inside(text.data[i]))
		i--;
	size_t n = text.len - i;
	uint32_t c = (unsigned char)text.data[i];
	if (n > 1)
		c &= 0x7fu >> n;
	for (size_t k = i + 1; k < text.len; k++)
		c = c << 6 | ((unsigned char)text.data[k] & 0x3f);
	*at = i;
	return c;
}

static void add_character(struct gw_str *out, uint32_t c)
{
	unsigned more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
	static const unsigned char heads[] = { 0, 0xc0, 0xe0, 0xf0 };
	gw_str_putc(out, (char)(heads[more] | c >> (6 * more)));
	while (more--)
		gw_str_putc(out, (char)(0x80 | (c >> (6 * more) & 0x3f)));
}

bool gw_sql_prefix_end(struct gw_str *out, struct gw_slice prefix)
{
	while (prefix.len) {
		size_t at;
		uint32_t next = last_character(prefix, &at) + 1;
		if (next == 0xd800)
			next = 0xe000;
		prefix.len = at;
		if (next > 0x10ffff)
			continue;
		gw_str_add(out, prefix.data, prefix.len);
		add_character(out, next);
		return true;
	}
	return false;
}
