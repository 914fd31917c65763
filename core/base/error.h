/* error.h - what each error code means to the outside: one table */
#ifndef GW_BASE_ERROR_H
#define GW_BASE_ERROR_H

#include <godwit/error.h>

struct gw_code_info {
	const char *name;
	int http_status;
	int exit_status;
	bool retry; /* the same call may succeed later */
};

GW_EXPORT const struct gw_code_info *gw_code_info(enum gw_code code);

/* The text of an errno value; thread-safe, a static string. */
GW_EXPORT const char *gw_errno_text(int number);

#endif
