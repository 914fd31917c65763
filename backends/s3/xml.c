/* xml.c - finding values in the answers of an S3 server, which are flat and have no attributes
 * where it matters */
#include "backends/s3/xml.h"

#include <godwit/mem.h>

static const char *find(struct gw_slice text, const char *what)
{
	return text.len ? memmem(text.data, text.len, what, strlen(what)) : NULL;
}

bool xml_next(struct gw_slice *rest, const char *tag, struct gw_slice *out)
{
	gw_auto_free char *open = gw_sprintf("<%s>", tag), *close = gw_sprintf("</%s>", tag);
	const char *end = rest->data + rest->len;
	const char *from = find(*rest, open);
	if (!from)
		return false;
	from += strlen(open);
	const char *to = find(gw_slice(from, (size_t)(end - from)), close);
	if (!to)
		return false;
	*out = gw_slice(from, (size_t)(to - from));
	to += strlen(close);
	*rest = gw_slice(to, (size_t)(end - to));
	return true;
}

static void add_utf8(struct gw_str *out, unsigned long c)
{
	if (c < 0x80) {
		gw_str_putc(out, (char)c);
	} else if (c < 0x800) {
		gw_str_putc(out, (char)(0xc0 | c >> 6));
		gw_str_putc(out, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		gw_str_putc(out, (char)(0xe0 | c >> 12));
		gw_str_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
		gw_str_putc(out, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x110000) {
		gw_str_putc(out, (char)(0xf0 | c >> 18));
		gw_str_putc(out, (char)(0x80 | (c >> 12 & 0x3f)));
		gw_str_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
		gw_str_putc(out, (char)(0x80 | (c & 0x3f)));
	}
}

/* What stands between "&" and ";". */
static void add_entity(struct gw_str *out, struct gw_slice name)
{
	static const struct {
		const char *name;
		char c;
	} known[] = { { "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' },
		{ "apos", '\'' } };
	gw_auto_free char *text = gw_slice_dup(name);
	for (size_t i = 0; i < GW_LEN(known); i++)
		if (strcmp(text, known[i].name) == 0)
			gw_str_putc(out, known[i].c);
	if (text[0] == '#' && text[1] == 'x')
		add_utf8(out, strtoul(text + 2, NULL, 16));
	else if (text[0] == '#')
		add_utf8(out, strtoul(text + 1, NULL, 10));
}

char *xml_text(struct gw_slice text, const char *tag)
{
	struct gw_slice found;
	gw_auto_str out = { 0 };
	if (!xml_next(&text, tag, &found))
		return NULL;
	for (size_t i = 0; i < found.len; i++) {
		const char *at = found.data + i;
		const char *end = *at == '&' ? memchr(at, ';', found.len - i) : NULL;
		if (end) {
			add_entity(&out, gw_slice(at + 1, (size_t)(end - at) - 1));
			i += (size_t)(end - at);
		} else {
			gw_str_putc(&out, *at);
		}
	}
	return gw_str_steal(&out);
}
