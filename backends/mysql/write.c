/* write.c - many groups in one transaction
 *
 * What is to be replaced or deleted is locked and looked up first; the groups whose conditions do
 * not hold are marked, and the rest is written. A key that cannot be created is found by the error
 * it causes: then all is rolled back, and the next attempt looks up creates, too. */
#include "backends/mysql/batch.h"

struct writing {
	struct gw_backend *backend;
	struct link *link;
};

static bool only_creates(const struct gw_sql_chunk *c)
{
	for (size_t i = 0; i < c->n_steps; i++)
		if (c->steps[i].as != GW_CREATE)
			return false;
	return true;
}

static bool look_up(const struct writing *w, struct gw_sql_chunk *c, struct gw_error *err)
{
	const struct batch batch = { w->backend, w->link, c->steps, c->n_steps };
	bool all = c->conflicts > 0;
	if (!all && only_creates(c))
		return true;
	if (!batch_look_up(&batch, all, err))
		return false;
	gw_sql_decide(c);
	return true;
}

static bool write_steps(const struct writing *w, struct gw_sql_chunk *c, struct gw_error *err)
{
	gw_sql_number_steps(c, &w->backend->versions);
	const struct batch batch = { w->backend, w->link, c->steps, c->n_steps };
	return batch_write(&batch, err);
}

static enum gw_sql_verdict attempt(void *arg, struct gw_sql_chunk *c, struct gw_error *err)
{
	const struct writing *w = arg;
	struct link *link = w->link;
	link->is_victim = link->is_duplicate = false;
	if (link_begin(link, err) && look_up(w, c, err) && write_steps(w, c, err) &&
		link_commit(link, err)) {
		gw_sql_mark_done(c);
		return GW_SQL_COMMITTED;
	}
	link_roll_back(link);
	if (link->is_broken)
		return GW_SQL_FAILED;
	return link->is_duplicate ? GW_SQL_CONFLICT
	       : link->is_victim  ? GW_SQL_DEADLOCK
				  : GW_SQL_FAILED;
}

static bool begin(void *arg, struct gw_error *err)
{
	struct writing *w = arg;
	w->link = link_take(&w->backend->pool, err);
	return w->link != NULL;
}

static void end(void *arg)
{
	struct writing *w = arg;
	link_give(&w->backend->pool, w->link);
}

static bool writes_signal(const struct gw_group *groups, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < groups[i].n; k++)
			if (strcmp(groups[i].ops[k].record.kind->name, "signal") == 0)
				return true;
	return false;
}

static void call_waiters(struct gw_backend *b)
{
	struct gw_error ignored;
	struct link *link = link_take(&b->pool, &ignored);
	if (!link)
		return; /* they look from time to time anyway */
	waiter_call(b, link);
	link_give(&b->pool, link);
}

bool mysql_write(struct gw_backend *b, struct gw_group *groups, size_t n, struct gw_error *err)
{
	struct writing w = { .backend = b };
	const struct gw_sql_writer writer = { .server = "MySQL",
		.kinds = b->kinds,
		.begin = begin,
		.end = end,
		.attempt = attempt,
		.arg = &w };
	if (!gw_sql_write(&writer, groups, n, err))
		return false;
	if (writes_signal(groups, n))
		call_waiters(b);
	return true;
}
