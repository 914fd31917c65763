/* mask.c - hiding secrets in log lines */
#include "run/mask.h"

#include "base/mem.h"
#include "base/utf8.h"

#define SHORT_LINE 8 /* bytes; "}" alone must not be hidden everywhere */

static void add(struct gw_mask *mask, struct gw_slice secret)
{
	for (size_t i = 0; i < mask->n; i++)
		if (gw_slice_is(secret, mask->secrets[i]))
			return;
	mask->secrets = gw_grow(mask->secrets, mask->n, &mask->cap);
	mask->secrets[mask->n++] = gw_slice_dup(secret);
}

void gw_mask_add(struct gw_mask *mask, const char *secret)
{
	if (*secret == '\0')
		return;
	add(mask, gw_slice_of(secret));
	if (!strchr(secret, '\n'))
		return;
	for (const char *line = secret; *line;) {
		size_t n = strcspn(line, "\r\n");
		if (n >= SHORT_LINE)
			add(mask, gw_slice(line, n));
		line += n + strspn(line + n, "\r\n");
	}
}

void gw_mask_clear(struct gw_mask *mask)
{
	for (size_t i = 0; i < mask->n; i++)
		free(mask->secrets[i]);
	free(mask->secrets);
	*mask = (struct gw_mask){ 0 };
}

/* Stars are as many as characters, so the text can only get shorter. */
static bool hide(struct gw_str *text, struct gw_slice secret)
{
	gw_auto_str hidden = { 0 };
	const char *p = text->data, *end = p + text->len, *found;
	if (!memmem(p, text->len, secret.data, secret.len))
		return false;
	while ((found = memmem(p, (size_t)(end - p), secret.data, secret.len))) {
		gw_str_add(&hidden, p, (size_t)(found - p));
		for (size_t i = gw_utf8_length(secret); i > 0; i--)
			gw_str_putc(&hidden, '*');
		p = found + secret.len;
	}
	gw_str_add(&hidden, p, (size_t)(end - p));
	gw_str_reset(text);
	gw_str_add(text, hidden.data, hidden.len);
	return true;
}

bool gw_mask_apply(const struct gw_mask *mask, struct gw_slice text, struct gw_str *out)
{
	gw_auto_str changed = { 0 };
	bool found = false;
	if (mask->n == 0 || text.len == 0)
		return false;
	gw_str_add(&changed, text.data, text.len);
	for (size_t i = 0; i < mask->n; i++)
		found |= hide(&changed, gw_slice_of(mask->secrets[i]));
	if (!found)
		return false;
	char *stars = strstr(changed.data, "*********");
	if (stars)
		memcpy(stars, "**masked*", 9);
	gw_str_add(out, changed.data, changed.len);
	return true;
}
