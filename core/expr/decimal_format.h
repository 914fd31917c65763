/* decimal_format.h - numbers as java.text.DecimalFormat prints them */
#ifndef GW_EXPR_DECIMAL_FORMAT_H
#define GW_EXPR_DECIMAL_FORMAT_H

#include <godwit/text.h>

#include <jansson.h>

/* Patterns of # 0 , . % ‰ ; with quoted texts around; scientific ones (E) are not known. */
bool gw_decimal_format(struct gw_str *out, struct gw_slice pattern, const json_t *number,
	struct gw_error *err);

#endif
