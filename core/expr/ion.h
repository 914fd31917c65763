/* ion.h - the text form of Amazon Ion, as far as it has a counterpart in JSON */
#ifndef GW_EXPR_ION_H
#define GW_EXPR_ION_H

#include <godwit/text.h>

#include <jansson.h>

/* Reads null, booleans, numbers (decimal, hexadecimal, binary, with _), texts ("…" and '''…'''),
 * symbols, lists, s-expressions (as lists), structs, timestamps (as text), clobs and blobs (as
 * text) and comments; annotations are left out. Not known: nan and inf, integers beyond 64 bits,
 * the binary form, and symbol tables. */
json_t *gw_ion_parse(struct gw_slice text, size_t *pos, struct gw_error *err);
/* Whether a value follows after white space and comments; *pos moves there. */
bool gw_ion_has_more(struct gw_slice text, size_t *pos);
/* Doubles as Ion floats ("1.5e0"), keys without quotes where they are symbols. False when it
 * becomes longer than out's limit. */
bool gw_ion_print(struct gw_str *out, const json_t *value, int depth);

#endif
