/* url.h - the parameters of a URL */
#ifndef GW_BACKENDS_SQL_URL_H
#define GW_BACKENDS_SQL_URL_H

#include <godwit/text.h>

/* "%2F" and the like; owned. */
char *gw_url_decode(struct gw_slice text);
/* The next of "a=1&b=2"; *value is decoded and owned. False = there are no more. */
bool gw_url_next(const char **at, struct gw_slice *name, char **value);

#endif
