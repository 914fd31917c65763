/* mask.h - hiding secrets in log lines */
#ifndef GW_RUN_MASK_H
#define GW_RUN_MASK_H

#include <godwit/text.h>

/* Zero-initialised it hides nothing. */
struct gw_mask {
	char **secrets; /* owned */
	size_t n, cap;
};

/* Hides a text from now on; of a text of several lines, each that is not very short too. */
GW_EXPORT void gw_mask_add(struct gw_mask *mask, const char *secret);
GW_EXPORT void gw_mask_clear(struct gw_mask *mask);
/* A star for each character of a secret; the first nine stars in a row become "**masked*". False,
 * and nothing written, if there is no secret in the text. */
GW_EXPORT bool gw_mask_apply(const struct gw_mask *mask, struct gw_slice text, struct gw_str *out);

#endif
