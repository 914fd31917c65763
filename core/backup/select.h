/* select.h - which records a selection means, as queries and one by one */
#ifndef GW_BACKUP_SELECT_H
#define GW_BACKUP_SELECT_H

#include "backup/backup.h"

#define GW_SELECT_FILTERS 4

/* A query with what it points to. */
struct gw_selecting {
	struct gw_query query;
	struct gw_filter filters[GW_SELECT_FILTERS];
	struct gw_value values[GW_SELECT_FILTERS];
};

/* Whether the selection can speak of this kind at all: task runs it knows by their execution. */
bool gw_selection_covers(const struct gw_selection *selection, const struct gw_kind *kind);
bool gw_selection_is_partial(const struct gw_selection *selection); /* more than resources */
/* False: records of this kind have nothing that the selection asks for. */
bool gw_selection_query(const struct gw_selection *selection, const struct gw_kind *kind,
	struct gw_selecting *out);
/* Files of a namespace lie in its folder, those of a flow with its executions. */
bool gw_selection_has_file(const struct gw_selection *selection, const char *path);
bool gw_selection_has(const struct gw_selection *selection, const struct gw_record *record);

#endif
