/* write.c - many groups in one transaction
 *
 * If a statement does not touch as many rows as it has operations, somebody's condition did not
 * hold: all is rolled back, the versions are looked up, the groups that lose are marked, and the
 * rest is sent again. A put is a create or a replacement, whichever its lookup says. */
#include "backends/postgres/batch.h"

struct writing {
	struct gw_backend *backend;
	struct link *link;
};

/* ---- Looking up versions ---- */

static bool look_up_kind(const struct writing *w, struct gw_sql_step *steps, size_t n,
	struct gw_error *err)
{
	struct statement_name name;
	const struct gw_kind *kind = w->backend->kinds[steps[0].kind];
	if (!statement_prepare(w->backend, w->link, STATEMENT_PROBE, kind, &name, err))
		return false;
	gw_auto_free struct gw_key *keys = gw_new_array(struct gw_key, n);
	for (size_t i = 0; i < n; i++) {
		keys[i] = (struct gw_key){ steps[i].op->record.tenant, steps[i].op->record.key };
		steps[i].exists = false;
	}
	struct params p = { 0 };
	params_keys(&p, keys, n);
	auto_result *result = link_execute(w->link, name.text, &p, err);
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

static bool look_up(const struct writing *w, struct gw_sql_chunk *c, struct gw_error *err)
{
	for (size_t at = 0, n; at < c->n_steps; at += n) {
		n = 1;
		while (at + n < c->n_steps && c->steps[at + n].kind == c->steps[at].kind)
			n++;
		if (!look_up_kind(w, &c->steps[at], n, err))
			return false;
	}
	return true;
}

/* ---- One attempt ---- */

static enum gw_sql_verdict failure(const struct link *link)
{
	return link->is_victim && !link_is_broken(link) ? GW_SQL_DEADLOCK : GW_SQL_FAILED;
}

static enum gw_sql_verdict finish(struct gw_sql_chunk *c, struct batch *batch, bool hit,
	struct gw_error *err)
{
	if (batch->in_transaction && !link_run(batch->link, hit ? "COMMIT" : "ROLLBACK", err))
		return GW_SQL_FAILED;
	if (!hit)
		return GW_SQL_CONFLICT;
	gw_sql_mark_done(c);
	return GW_SQL_COMMITTED;
}

static enum gw_sql_verdict attempt(void *arg, struct gw_sql_chunk *c, struct gw_error *err)
{
	const struct writing *w = arg;
	struct link *link = w->link;
	bool hit;
	link->is_victim = false;
	if (c->has_puts || c->conflicts) {
		if (!look_up(w, c, err))
			return failure(link);
		gw_sql_decide(c);
	}
	if (c->n_steps == 0)
		return GW_SQL_COMMITTED;
	gw_sql_number_steps(c, &w->backend->versions);
	struct batch batch = {
		.backend = w->backend, .link = link, .steps = c->steps, .n = c->n_steps
	};
	if (batch_run(&batch, &hit, err))
		return finish(c, &batch, hit, err);
	struct gw_error ignored;
	enum gw_sql_verdict verdict = failure(link);
	if (!link_is_broken(link) && PQtransactionStatus(link->conn) == PQTRANS_INERROR)
		link_run(link, "ROLLBACK", &ignored);
	return verdict;
}

static bool begin(void *arg, struct gw_error *err)
{
	struct writing *w = arg;
	w->link = link_take(&w->backend->pool, false, err);
	return w->link != NULL;
}

static void end(void *arg)
{
	struct writing *w = arg;
	link_give(&w->backend->pool, w->link);
}

bool postgres_write(struct gw_backend *b, struct gw_group *groups, size_t n, struct gw_error *err)
{
	struct writing w = { .backend = b };
	const struct gw_sql_writer writer = { .server = "PostgreSQL",
		.kinds = b->kinds,
		.begin = begin,
		.end = end,
		.attempt = attempt,
		.arg = &w };
	return gw_sql_write(&writer, groups, n, err);
}
