/* id.h - identifiers: 22 base62 characters, of which the first 8 are a time in milliseconds */
#ifndef GW_BASE_ID_H
#define GW_BASE_ID_H

#include <godwit/time.h>

#define GW_ID_LEN 22

struct gw_id {
	char text[GW_ID_LEN + 1];
};

/* A new one; ids made later sort later (to the millisecond). */
GW_EXPORT struct gw_id gw_id_new(gw_time now);
/* Always the same for the same cause: a hash over the parts (ended by NULL) beside the time. */
GW_EXPORT struct gw_id gw_id_derive(gw_time at, const char *const *parts);
/* The smallest possible id of an instant: for scanning by key. */
GW_EXPORT struct gw_id gw_id_floor(gw_time at);
GW_EXPORT bool gw_id_valid(struct gw_slice text);
GW_EXPORT void gw_random(void *out, size_t len);

#endif
