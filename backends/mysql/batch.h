/* batch.h - the operations of one transaction, as few statements */
#ifndef GW_BACKENDS_MYSQL_BATCH_H
#define GW_BACKENDS_MYSQL_BATCH_H

#include "backends/mysql/mysql.h"
#include "backends/sql/chunk.h"

/* Steps are ordered by kind and type. */
struct batch {
	struct gw_backend *backend;
	struct link *link;
	struct gw_sql_step *steps;
	size_t n;
};

/* Locks the records of the steps (creates too if all) and notes what is there. */
bool batch_look_up(const struct batch *batch, bool all, struct gw_error *err);
/* Writes: what is replaced or deleted has been looked up and is as expected. */
bool batch_write(const struct batch *batch, struct gw_error *err);

#endif
