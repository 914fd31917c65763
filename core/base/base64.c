/* base64.c - encoding and decoding base64 */
#include "base/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void gw_base64_encode(struct gw_str *out, const void *data, size_t len)
{
	const unsigned char *p = data;
	for (size_t i = 0; i < len; i += 3) {
		size_t n = len - i < 3 ? len - i : 3;
		uint32_t bits =
			(uint32_t)p[i] << 16 | (n > 1 ? p[i + 1] << 8 : 0) | (n > 2 ? p[i + 2] : 0);
		char four[4];
		for (size_t k = 0; k < 4; k++)
			four[k] = k <= n ? alphabet[bits >> (18 - 6 * k) & 63] : '=';
		gw_str_add(out, four, 4);
	}
}

static int digit_value(char c)
{
	if (c == '-')
		return 62;
	if (c == '_')
		return 63;
	const char *at = c ? strchr(alphabet, c) : NULL;
	return at ? (int)(at - alphabet) : -1;
}

bool gw_base64_decode(struct gw_str *out, struct gw_slice text)
{
	uint32_t bits = 0;
	int n_bits = 0;
	size_t i = 0;
	for (; i < text.len && text.data[i] != '='; i++) {
		if (text.data[i] && strchr(" \t\r\n", text.data[i]))
			continue;
		int value = digit_value(text.data[i]);
		if (value < 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
		if ((n_bits += 6) >= 8) {
			n_bits -= 8;
			gw_str_putc(out, (char)(bits >> n_bits & 0xff));
		}
	}
	for (; i < text.len; i++)
		if (text.data[i] == '\0' || !strchr("= \t\r\n", text.data[i]))
			return false;
	return n_bits != 6;
}
