/* prefix.h - texts that start with a prefix as a range */
#ifndef GW_BACKENDS_SQL_PREFIX_H
#define GW_BACKENDS_SQL_PREFIX_H

#include <godwit/text.h>

/* Appends the smallest text behind all that start with the prefix (bytewise): its last character
 * raised by one. False = there is none. */
bool gw_sql_prefix_end(struct gw_str *out, struct gw_slice prefix);

#endif
