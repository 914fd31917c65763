/* csv.h - answering records as a table */
#ifndef GW_API_CSV_H
#define GW_API_CSV_H

#include "api/api.h"

/* All that match, one a line after a line of heads. columns (ended by NULL) are members of the
 * documents; "state.current" is a member of a member. name is the file's. */
bool gw_csv_answer(struct gw_search *s, const char *const *columns, const char *name,
	struct gw_error *err);

#endif
