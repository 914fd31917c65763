/* write.c - many groups in one transaction
 *
 * If a statement does not touch as many rows as it has operations, somebody's condition did not
 * hold: all is rolled back, the versions are looked up, the groups that lose are marked, and the
 * rest is sent again. A put is a create or a replacement, whichever its lookup says. */
#include "backends/postgres/batch.h"

#include <time.h>

#define CHUNK_OPS 5000
#define CHUNK_BYTES ((size_t)64 << 20)
#define CONFLICTS_MAX 100 /* rounds; in each one somebody else won */
#define DEADLOCKS_MAX 20

/* The groups of one transaction. */
struct chunk {
	struct gw_group *groups;
	size_t n_groups;
	struct step *steps;
	size_t n_steps;
	bool must_look; /* versions have to be looked up first */
};

enum verdict { COMMITTED, CONFLICT, DEADLOCK, FAILED };

static void mark_missed(struct step *step)
{
	for (size_t i = 0; i < step->group->n; i++)
		if (step->group->ops[i].outcome == GW_OP_PENDING)
			step->group->ops[i].outcome = GW_OP_SKIPPED;
	step->op->outcome = GW_OP_MISSED;
}

/* ---- Steps, in an order in which all writers meet each other ---- */

static int step_order(const void *a, const void *b)
{
	const struct step *x = a, *y = b;
	const struct gw_record *r = &x->op->record, *s = &y->op->record;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->as != y->as)
		return x->as < y->as ? -1 : 1;
	int order = gw_slice_compare(r->tenant, s->tenant);
	return order ? order : gw_slice_compare(r->key, s->key);
}

static void order_steps(struct chunk *c)
{
	qsort(c->steps, c->n_steps, sizeof(*c->steps), step_order);
}

static void make_steps(struct gw_backend *b, struct chunk *c)
{
	c->n_steps = 0;
	for (size_t g = 0; g < c->n_groups; g++) {
		struct gw_group *group = &c->groups[g];
		for (size_t i = 0; i < group->n; i++) {
			struct gw_op *op = &group->ops[i];
			c->steps[c->n_steps++] = (struct step){ .op = op,
				.group = group,
				.kind = gw_sql_kind_index(b->kinds, op->record.kind),
				.as = op->type,
				.expected = (int64_t)op->record.version.a };
			op->outcome = GW_OP_PENDING;
			c->must_look |= op->type == GW_PUT;
		}
	}
	order_steps(c);
}

/* Leaves out the groups that have lost. */
static void drop_decided(struct chunk *c)
{
	size_t kept = 0;
	for (size_t i = 0; i < c->n_steps; i++)
		if (c->steps[i].op->outcome == GW_OP_PENDING)
			c->steps[kept++] = c->steps[i];
	c->n_steps = kept;
}

/* ---- Looking up versions ---- */

static bool look_up_kind(struct gw_backend *b, struct link *link, struct step *steps, size_t n,
	struct gw_error *err)
{
	struct statement_name name;
	if (!statement_prepare(b, link, STATEMENT_PROBE, b->kinds[steps[0].kind], &name, err))
		return false;
	gw_auto_free struct gw_key *keys = gw_new_array(struct gw_key, n);
	for (size_t i = 0; i < n; i++) {
		keys[i] = (struct gw_key){ steps[i].op->record.tenant, steps[i].op->record.key };
		steps[i].exists = false;
	}
	struct params p = { 0 };
	params_keys(&p, keys, n);
	auto_result *result = link_execute(link, name.text, &p, err);
	params_free(&p);
	for (int i = 0; result && i < PQntuples(result); i++) {
		size_t at = (size_t)result_number(result, i, 0) - 1;
		if (at < n) {
			steps[at].exists = true;
			steps[at].found = result_number(result, i, 1);
		}
	}
	return result != NULL;
}

static bool look_up(struct gw_backend *b, struct link *link, struct chunk *c, struct gw_error *err)
{
	for (size_t at = 0, n; at < c->n_steps; at += n) {
		n = 1;
		while (at + n < c->n_steps && c->steps[at + n].kind == c->steps[at].kind)
			n++;
		if (!look_up_kind(b, link, &c->steps[at], n, err))
			return false;
	}
	return true;
}

static void decide(struct chunk *c)
{
	for (size_t i = 0; i < c->n_steps; i++) {
		struct step *step = &c->steps[i];
		bool is_expected = step->exists && step->found == step->expected;
		if (step->op->type == GW_PUT) {
			step->as = step->exists ? GW_REPLACE : GW_CREATE;
			step->expected = step->found;
		} else if (step->op->type == GW_CREATE ? step->exists : !is_expected) {
			mark_missed(step);
		}
	}
	drop_decided(c);
	order_steps(c);
}

/* ---- One attempt ---- */

static enum verdict failure(const struct link *link)
{
	return link->is_victim && !link_is_broken(link) ? DEADLOCK : FAILED;
}

static enum verdict finish(struct chunk *c, struct batch *batch, bool hit, struct gw_error *err)
{
	if (batch->in_transaction && !link_run(batch->link, hit ? "COMMIT" : "ROLLBACK", err))
		return FAILED;
	for (size_t i = 0; hit && i < c->n_steps; i++)
		c->steps[i].op->outcome = GW_OP_DONE;
	return hit ? COMMITTED : CONFLICT;
}

static enum verdict attempt(struct gw_backend *b, struct link *link, struct chunk *c,
	struct gw_error *err)
{
	bool hit;
	link->is_victim = false;
	if (c->must_look) {
		if (!look_up(b, link, c, err))
			return failure(link);
		decide(c);
	}
	if (c->n_steps == 0)
		return COMMITTED;
	for (size_t i = 0; i < c->n_steps; i++)
		c->steps[i].op->version.a = (uint64_t)gw_sql_next_version(&b->versions);
	struct batch batch = { .backend = b, .link = link, .steps = c->steps, .n = c->n_steps };
	if (batch_run(&batch, &hit, err))
		return finish(c, &batch, hit, err);
	struct gw_error ignored;
	enum verdict verdict = failure(link);
	if (!link_is_broken(link) && PQtransactionStatus(link->conn) == PQTRANS_INERROR)
		link_run(link, "ROLLBACK", &ignored);
	return verdict;
}

/* ---- Until every group is decided ---- */

static void pause_a_moment(unsigned round)
{
	struct timespec t = { .tv_nsec = 1000000L * (1 + (long)(round * 7919 % 13)) };
	nanosleep(&t, NULL);
}

static bool write_on(struct gw_backend *b, struct link *link, struct chunk *c, struct gw_error *err)
{
	unsigned conflicts = 0, deadlocks = 0;
	for (;;) {
		switch (attempt(b, link, c, err)) {
		case COMMITTED:
			return true;
		case CONFLICT:
			c->must_look = true;
			if (++conflicts < CONFLICTS_MAX)
				break;
			return gw_fail(err, GW_UNAVAILABLE,
				"PostgreSQL: others keep changing the same records");
		case DEADLOCK:
			if (++deadlocks == DEADLOCKS_MAX)
				return false;
			pause_a_moment(deadlocks);
			break;
		case FAILED:
			return false;
		}
	}
}

static bool write_chunk(struct gw_backend *b, struct gw_group *groups, size_t n, size_t n_ops,
	struct gw_error *err)
{
	struct chunk c = { .groups = groups, .n_groups = n };
	gw_auto_free struct step *steps = gw_new_array(struct step, n_ops);
	c.steps = steps;
	make_steps(b, &c);
	struct link *link = link_take(&b->pool, false, err);
	if (!link)
		return false;
	bool ok = write_on(b, link, &c, err);
	link_give(&b->pool, link);
	return ok;
}

static size_t group_bytes(const struct gw_group *group)
{
	size_t bytes = 0;
	for (size_t i = 0; i < group->n; i++)
		bytes += group->ops[i].record.doc.len;
	return bytes;
}

bool postgres_write(struct gw_backend *b, struct gw_group *groups, size_t n, struct gw_error *err)
{
	for (size_t at = 0; at < n;) {
		size_t end = at, n_ops = 0, bytes = 0;
		do {
			n_ops += groups[end].n;
			bytes += group_bytes(&groups[end++]);
		} while (end < n && n_ops + groups[end].n <= CHUNK_OPS &&
			 bytes + group_bytes(&groups[end]) <= CHUNK_BYTES);
		if (!write_chunk(b, &groups[at], end - at, n_ops, err))
			return false;
		at = end;
	}
	return true;
}
