/* raw.h - {% raw %}…{% endraw %}: text that no rendering touches, also not the next one */
#ifndef GW_EXPR_RAW_H
#define GW_EXPR_RAW_H

#include <godwit/text.h>

/* The length of a tag such as "{%- raw %}" at the start of text; 0 if none stands there. */
size_t gw_raw_tag(struct gw_slice text, const char *word);
/* Where the next {% endraw %} begins and how long it is; false if there is none. */
bool gw_raw_end(struct gw_slice text, size_t *begin, size_t *len);
/* Appends text without the tags of its raw sections. */
void gw_raw_strip(struct gw_str *out, struct gw_slice text);

#endif
