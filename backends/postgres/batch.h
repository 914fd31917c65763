/* batch.h - the operations of one transaction, sent all at once */
#ifndef GW_BACKENDS_POSTGRES_BATCH_H
#define GW_BACKENDS_POSTGRES_BATCH_H

#include "backends/postgres/postgres.h"
#include "backends/sql/chunk.h"

/* Steps are ordered by kind and type: each run of equal ones is a statement. */
struct batch {
	struct gw_backend *backend;
	struct link *link;
	const struct gw_sql_step *steps;
	size_t n;
	bool in_transaction; /* left open; a single statement needs none */
};

/* Sends the steps; *hit = each found what it expects. A transaction is left open. */
bool batch_run(struct batch *batch, bool *hit, struct gw_error *err);

#endif
