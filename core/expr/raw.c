/* raw.c - finding {% raw %} sections and taking their tags away */
#include "expr/raw.h"

static size_t skip_char(struct gw_slice text, size_t i, char c)
{
	while (i < text.len && text.data[i] == c)
		i++;
	return i;
}

static size_t skip_space(struct gw_slice text, size_t i)
{
	while (i < text.len && text.data[i] && strchr(" \t\n\r\f\v", text.data[i]))
		i++;
	return i;
}

size_t gw_raw_tag(struct gw_slice text, const char *word)
{
	size_t len = strlen(word);
	if (text.len < len + 4 || memcmp(text.data, "{%", 2) != 0)
		return 0;
	size_t i = skip_space(text, skip_char(text, 2, '-'));
	if (text.len - i < len || memcmp(text.data + i, word, len) != 0)
		return 0;
	i = skip_char(text, skip_space(text, i + len), '-');
	if (text.len - i < 2 || memcmp(text.data + i, "%}", 2) != 0)
		return 0;
	return i + 2;
}

bool gw_raw_end(struct gw_slice text, size_t *begin, size_t *len)
{
	for (size_t i = 0; i < text.len; i++) {
		const char *at = memmem(text.data + i, text.len - i, "{%", 2);
		if (!at)
			return false;
		i = (size_t)(at - text.data);
		*len = gw_raw_tag(gw_slice(at, text.len - i), "endraw");
		*begin = i;
		if (*len)
			return true;
	}
	return false;
}

void gw_raw_strip(struct gw_str *out, struct gw_slice text)
{
	size_t done = 0;
	for (size_t i = 0; i < text.len;) {
		const char *at = memmem(text.data + i, text.len - i, "{%", 2);
		if (!at)
			break;
		i = (size_t)(at - text.data);
		size_t tag = gw_raw_tag(gw_slice(at, text.len - i), "raw"), begin, len;
		if (!tag) {
			i += 2;
			continue;
		}
		if (!gw_raw_end(gw_slice(at + tag, text.len - i - tag), &begin, &len))
			break;
		gw_str_add(out, text.data + done, i - done);
		gw_str_add(out, at + tag, begin);
		done = i + tag + begin + len;
		i = done;
	}
	gw_str_add(out, text.data + done, text.len - done);
}
