/* url.c - the parameters of a URL */
#include "backends/sql/url.h"

#include <godwit/mem.h>

#include <ctype.h>

static bool is_code(struct gw_slice text, size_t i)
{
	return text.data[i] == '%' && i + 2 < text.len &&
	       isxdigit((unsigned char)text.data[i + 1]) &&
	       isxdigit((unsigned char)text.data[i + 2]);
}

char *gw_url_decode(struct gw_slice text)
{
	struct gw_str out = { 0 };
	for (size_t i = 0; i < text.len; i++) {
		char hex[3] = { 0 };
		if (is_code(text, i)) {
			memcpy(hex, text.data + i + 1, 2);
			gw_str_putc(&out, (char)strtol(hex, NULL, 16));
			i += 2;
		} else {
			gw_str_putc(&out, text.data[i]);
		}
	}
	return gw_str_steal(&out);
}

bool gw_url_next(const char **at, struct gw_slice *name, char **value)
{
	if (**at == '\0')
		return false;
	size_t n = strcspn(*at, "&"), name_len = strcspn(*at, "=&");
	size_t from = name_len < n ? name_len + 1 : n;
	*name = gw_slice(*at, name_len);
	*value = gw_url_decode(gw_slice(*at + from, n - from));
	*at += n + ((*at)[n] == '&');
	return true;
}
