/* chunk.h - the groups of one transaction, tried until each of them is decided */
#ifndef GW_BACKENDS_SQL_CHUNK_H
#define GW_BACKENDS_SQL_CHUNK_H

#include "backends/sql/sql.h"

/* An operation on its way. */
struct gw_sql_step {
	struct gw_op *op;
	struct gw_group *group;
	size_t kind; /* index */
	enum gw_op_type as; /* create, replace or delete; put until it is known which */
	int64_t expected; /* version */
	bool exists; /* as last looked up, and which version was found */
	int64_t found;
	uint64_t changes; /* bits of the KEYWORDS fields that were found to change */
};

/* Steps are ordered by kind, type, tenant and key: all writers meet in the same order. */
struct gw_sql_chunk {
	struct gw_group *groups;
	size_t n_groups;
	struct gw_sql_step *steps;
	size_t n_steps;
	bool has_puts;
	unsigned conflicts; /* attempts that met one, so far */
};

enum gw_sql_verdict {
	GW_SQL_COMMITTED,
	GW_SQL_CONFLICT, /* some condition does not hold: versions have to be looked up */
	GW_SQL_DEADLOCK, /* the same may succeed now */
	GW_SQL_FAILED,
};

struct gw_sql_writer {
	const char *server; /* for messages */
	const struct gw_kind *const *kinds;
	bool (*begin)(void *arg, struct gw_error *err); /* before the attempts of a chunk */
	void (*end)(void *arg);
	enum gw_sql_verdict (*attempt)(void *arg, struct gw_sql_chunk *c, struct gw_error *err);
	void *arg;
};

/* Writes the groups, chunk by chunk. */
bool gw_sql_write(const struct gw_sql_writer *w, struct gw_group *groups, size_t n,
	struct gw_error *err);

void gw_sql_order_steps(struct gw_sql_chunk *c);
/* By what was looked up: makes puts what they are, marks the groups that lose and drops them. */
void gw_sql_decide(struct gw_sql_chunk *c);
void gw_sql_number_steps(struct gw_sql_chunk *c, struct gw_sql_versions *v); /* new versions */
void gw_sql_mark_missed(struct gw_sql_step *step);
void gw_sql_mark_done(struct gw_sql_chunk *c);
/* Pauses for some milliseconds, different ones each round. */
void gw_sql_pause(unsigned round);

#endif
