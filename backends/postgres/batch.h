/* batch.h - the operations of one transaction, sent all at once */
#ifndef GW_BACKENDS_POSTGRES_BATCH_H
#define GW_BACKENDS_POSTGRES_BATCH_H

#include "backends/postgres/postgres.h"

/* An operation on its way. */
struct step {
	struct gw_op *op;
	struct gw_group *group;
	size_t kind; /* index */
	enum gw_op_type as; /* create, replace or delete; put until it is known which */
	int64_t expected; /* version */
	bool exists; /* as last looked up, and which version was found */
	int64_t found;
};

/* Steps are ordered by kind and type: each run of equal ones is a statement. */
struct batch {
	struct gw_backend *backend;
	struct link *link;
	const struct step *steps;
	size_t n;
	bool in_transaction; /* left open; a single statement needs none */
};

/* Sends the steps; *hit = each found what it expects. A transaction is left open. */
bool batch_run(struct batch *batch, bool *hit, struct gw_error *err);

#endif
