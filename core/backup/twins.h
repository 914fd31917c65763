/* twins.h - the records of two repositories, in step */
#ifndef GW_BACKUP_TWINS_H
#define GW_BACKUP_TWINS_H

#include "store/store.h"

struct gw_twin {
	struct gw_store *store;
	struct gw_snapshot *snapshot;
	struct gw_stream *stream;
	struct gw_record record; /* the current one */
	bool is_over, is_due; /* the next one is wanted */
};

struct gw_twins {
	struct gw_twin from, to;
};

/* One moment of each. End it also if this fails. */
bool gw_twins_begin(struct gw_twins *t, struct gw_store *from, struct gw_store *to,
	struct gw_error *err);
void gw_twins_end(struct gw_twins *t);

bool gw_twins_open(struct gw_twins *t, const struct gw_query *from, const struct gw_query *to,
	struct gw_error *err);
/* The next key of either: NULL where it is not; both NULL at the end. */
bool gw_twins_next(struct gw_twins *t, const struct gw_record **from, const struct gw_record **to,
	struct gw_error *err);
void gw_twins_close(struct gw_twins *t);

/* Whether records of this kind belong to an installation, not to its running processes. */
bool gw_kind_moves(const struct gw_kind *kind, bool data);

#endif
