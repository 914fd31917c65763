/* split.c - the documents of a text, one after another */
#include "yaml/yaml.h"

#include <ctype.h>

static bool is_separator(struct gw_slice line)
{
	return line.len >= 3 && memcmp(line.data, "---", 3) == 0 &&
	       (line.len == 3 || isspace((unsigned char)line.data[3]));
}

static struct gw_slice trim(struct gw_slice text)
{
	while (text.len > 0 && isspace((unsigned char)text.data[text.len - 1]))
		text.len--;
	while (text.len > 0 && (*text.data == '\n' || *text.data == '\r')) {
		text.data++;
		text.len--;
	}
	return text;
}

bool gw_yaml_next_document(struct gw_slice text, size_t *pos, struct gw_slice *out)
{
	while (*pos < text.len) {
		size_t start = *pos, end = *pos;
		for (bool found = false; !found && *pos < text.len;) {
			const char *line = text.data + *pos;
			const char *newline = memchr(line, '\n', text.len - *pos);
			size_t len = newline ? (size_t)(newline - line) : text.len - *pos;
			found = is_separator(gw_slice(line, len));
			*pos += found ? 3 : len + (newline != NULL);
			end = found ? *pos - 3 : *pos;
		}
		*out = trim(gw_slice(text.data + start, end - start));
		if (out->len > 0)
			return true;
	}
	return false;
}
