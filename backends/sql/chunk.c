/* chunk.c - operations in the order of their locks, and what to do when they meet others */
#include "backends/sql/chunk.h"

#include <godwit/mem.h>

#include <time.h>

#define CHUNK_OPS 5000
#define CHUNK_BYTES ((size_t)64 << 20)
#define CONFLICTS_MAX 100 /* rounds; in each one somebody else won */
#define DEADLOCKS_MAX 20

/* ---- Steps ---- */

static int step_order(const void *a, const void *b)
{
	const struct gw_sql_step *x = a, *y = b;
	const struct gw_record *r = &x->op->record, *s = &y->op->record;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->as != y->as)
		return x->as < y->as ? -1 : 1;
	int order = gw_slice_compare(r->tenant, s->tenant);
	return order ? order : gw_slice_compare(r->key, s->key);
}

void gw_sql_order_steps(struct gw_sql_chunk *c)
{
	qsort(c->steps, c->n_steps, sizeof(*c->steps), step_order);
}

static void make_steps(const struct gw_sql_writer *w, struct gw_sql_chunk *c)
{
	for (size_t g = 0; g < c->n_groups; g++) {
		struct gw_group *group = &c->groups[g];
		for (size_t i = 0; i < group->n; i++) {
			struct gw_op *op = &group->ops[i];
			c->steps[c->n_steps++] = (struct gw_sql_step){ .op = op,
				.group = group,
				.kind = gw_sql_kind_index(w->kinds, op->record.kind),
				.as = op->type,
				.expected = (int64_t)op->record.version.a };
			op->outcome = GW_OP_PENDING;
			c->has_puts |= op->type == GW_PUT;
		}
	}
	gw_sql_order_steps(c);
}

void gw_sql_mark_missed(struct gw_sql_step *step)
{
	for (size_t i = 0; i < step->group->n; i++)
		if (step->group->ops[i].outcome == GW_OP_PENDING)
			step->group->ops[i].outcome = GW_OP_SKIPPED;
	step->op->outcome = GW_OP_MISSED;
}

void gw_sql_mark_done(struct gw_sql_chunk *c)
{
	for (size_t i = 0; i < c->n_steps; i++)
		c->steps[i].op->outcome = GW_OP_DONE;
}

void gw_sql_number_steps(struct gw_sql_chunk *c, struct gw_sql_versions *v)
{
	for (size_t i = 0; i < c->n_steps; i++)
		c->steps[i].op->version.a = (uint64_t)gw_sql_next_version(v);
}

static void drop_decided(struct gw_sql_chunk *c)
{
	size_t kept = 0;
	for (size_t i = 0; i < c->n_steps; i++)
		if (c->steps[i].op->outcome == GW_OP_PENDING)
			c->steps[kept++] = c->steps[i];
	c->n_steps = kept;
}

void gw_sql_decide(struct gw_sql_chunk *c)
{
	for (size_t i = 0; i < c->n_steps; i++) {
		struct gw_sql_step *step = &c->steps[i];
		bool is_expected = step->exists && step->found == step->expected;
		if (step->op->type == GW_PUT) {
			step->as = step->exists ? GW_REPLACE : GW_CREATE;
			step->expected = step->found;
		} else if (step->op->type == GW_CREATE ? step->exists : !is_expected) {
			gw_sql_mark_missed(step);
		}
	}
	drop_decided(c);
	gw_sql_order_steps(c);
}

/* ---- Until every group is decided ---- */

void gw_sql_pause(unsigned round)
{
	struct timespec t = { .tv_nsec = 1000000L * (1 + (long)(round * 7919 % 13)) };
	nanosleep(&t, NULL);
}

static bool try_on(const struct gw_sql_writer *w, struct gw_sql_chunk *c, struct gw_error *err)
{
	unsigned deadlocks = 0;
	for (;;) {
		switch (w->attempt(w->arg, c, err)) {
		case GW_SQL_COMMITTED:
			return true;
		case GW_SQL_CONFLICT:
			if (++c->conflicts < CONFLICTS_MAX)
				break;
			return gw_fail(err, GW_UNAVAILABLE,
				"%s: others keep changing the same records", w->server);
		case GW_SQL_DEADLOCK:
			if (++deadlocks == DEADLOCKS_MAX)
				return false;
			gw_sql_pause(deadlocks);
			break;
		case GW_SQL_FAILED:
			return false;
		}
	}
}

static bool write_chunk(const struct gw_sql_writer *w, struct gw_sql_chunk *c, size_t n_ops,
	struct gw_error *err)
{
	gw_auto_free struct gw_sql_step *steps = gw_new_array(struct gw_sql_step, n_ops);
	c->steps = steps;
	make_steps(w, c);
	if (!w->begin(w->arg, err))
		return false;
	bool ok = try_on(w, c, err);
	w->end(w->arg);
	return ok;
}

static size_t group_bytes(const struct gw_group *group)
{
	size_t bytes = 0;
	for (size_t i = 0; i < group->n; i++)
		bytes += group->ops[i].record.doc.len;
	return bytes;
}

bool gw_sql_write(const struct gw_sql_writer *w, struct gw_group *groups, size_t n,
	struct gw_error *err)
{
	for (size_t at = 0; at < n;) {
		size_t end = at, n_ops = 0, bytes = 0;
		do {
			n_ops += groups[end].n;
			bytes += group_bytes(&groups[end++]);
		} while (end < n && n_ops + groups[end].n <= CHUNK_OPS &&
			 bytes + group_bytes(&groups[end]) <= CHUNK_BYTES);
		struct gw_sql_chunk c = { .groups = &groups[at], .n_groups = end - at };
		if (!write_chunk(w, &c, n_ops, err))
			return false;
		at = end;
	}
	return true;
}
