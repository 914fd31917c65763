/* utf8.c - decoding, checking and cutting UTF-8 */
#include "base/utf8.h"

#include <locale.h>
#include <pthread.h>
#include <wctype.h>

/* Decodes one character; returns its length, 0 if it is invalid. */
static size_t decode(const unsigned char *p, size_t len, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = p[0] < 0x80       ? 1
		   : p[0] >> 5 == 6  ? 2
		   : p[0] >> 4 == 14 ? 3
		   : p[0] >> 3 == 30 ? 4
				     : 0;
	if (n == 0 || n > len)
		return 0;
	*c = n == 1 ? p[0] : p[0] & (0x7f >> n);
	for (size_t i = 1; i < n; i++) {
		if (p[i] >> 6 != 2)
			return 0;
		*c = *c << 6 | (p[i] & 0x3f);
	}
	if (*c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000))
		return 0;
	return n;
}

/* Most text is ASCII: skips it eight bytes at a time. */
static size_t skip_ascii(const char *data, size_t len)
{
	size_t i = 0;
	for (uint64_t word; i + 8 <= len; i += 8) {
		memcpy(&word, data + i, 8);
		if (word & UINT64_C(0x8080808080808080))
			break;
	}
	while (i < len && (unsigned char)data[i] < 0x80)
		i++;
	return i;
}

bool gw_utf8_valid(const char *data, size_t len)
{
	uint32_t c;
	for (size_t i = skip_ascii(data, len), n; i < len; i += skip_ascii(data + i, len - i)) {
		n = decode((const unsigned char *)data + i, len - i, &c);
		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

size_t gw_utf8_cut(const char *data, size_t len, size_t max)
{
	if (len <= max)
		return len;
	while (max > 0 && ((unsigned char)data[max] & 0xc0) == 0x80)
		max--;
	return max;
}

uint32_t gw_utf8_next(struct gw_slice text, size_t *pos)
{
	uint32_t c;
	size_t n = decode((const unsigned char *)text.data + *pos, text.len - *pos, &c);
	*pos += n ? n : 1;
	return n ? c : 0xfffd;
}

void gw_utf8_put(struct gw_str *out, uint32_t c)
{
	char b[4];
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = n; i-- > 1; c >>= 6)
		b[i] = (char)(0x80 | (c & 0x3f));
	b[0] = (char)(n == 1 ? c : (0xf00u >> n & 0xff) | c);
	gw_str_add(out, b, n);
}

size_t gw_utf8_length(struct gw_slice text)
{
	size_t n = 0;
	for (size_t i = 0; i < text.len; n++)
		gw_utf8_next(text, &i);
	return n;
}

void gw_utf8_clean(struct gw_str *out, const char *data, size_t len)
{
	struct gw_slice text = { data, len };
	for (size_t i = 0; i < len;) {
		size_t start = i;
		uint32_t c = gw_utf8_next(text, &i);
		if (c == 0xfffd)
			gw_str_puts(out, "\xef\xbf\xbd");
		else if (c)
			gw_str_add(out, data + start, i - start);
	}
}

static locale_t unicode;

static void make_locale(void)
{
	unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

static locale_t unicode_locale(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, make_locale);
	return unicode;
}

uint32_t gw_utf8_upper(uint32_t c)
{
	return unicode_locale() ? (uint32_t)towupper_l((wint_t)c, unicode) : c;
}

uint32_t gw_utf8_lower(uint32_t c)
{
	return unicode_locale() ? (uint32_t)towlower_l((wint_t)c, unicode) : c;
}
