/* claim.c - taking what is due: locked in its order, past what others have locked */
#include "backends/mysql/mysql.h"
#include "backends/sql/chunk.h"

#define DEADLOCKS_MAX 20

struct claim {
	struct gw_backend *backend;
	struct link *link;
	const struct gw_kind *kind;
	struct gw_slice owner;
	struct gw_records claimed;
};

static struct gw_value number_value(int64_t number)
{
	return (struct gw_value){ .is_set = true, .number = number };
}

/* The index is in the order of claiming, so no more than what is taken gets locked. */
static void make_find(struct gw_sql *s, const struct gw_kind *kind, gw_time now, size_t limit)
{
	gw_sql_columns(s, "", kind, GW_WANT_RECORDS);
	gw_str_puts(&s->text, " FROM ");
	gw_sql_table(s, kind->name, NULL);
	gw_str_printf(&s->text, " FORCE INDEX (\"%s_owner_due\")", kind->name);
	gw_str_puts(&s->text, " WHERE \"owner\" IS NULL AND \"due\" <= ");
	gw_sql_param(s, number_value(now));
	gw_str_puts(&s->text, " ORDER BY \"due\", \"key\", \"tenant\" LIMIT ");
	gw_sql_param(s, number_value((int64_t)(limit < INT32_MAX ? limit : INT32_MAX)));
	gw_str_puts(&s->text, " FOR UPDATE SKIP LOCKED");
}

/* As they will be. */
static void add_claimed(struct claim *c, const struct gw_record *r)
{
	struct gw_record now = *r;
	now.version.a++;
	now.due = GW_NEVER;
	now.owner = c->owner;
	gw_records_add(&c->claimed, gw_record_copy(&now));
}

static bool find_due(struct claim *c, gw_time now, size_t limit, struct gw_error *err)
{
	gw_auto_sql s = mysql_begin(c->backend, "SELECT ");
	make_find(&s, c->kind, now, limit);
	struct rows rows;
	if (!rows_open(&rows, c->link, &s, err))
		return false;
	gw_auto_row row;
	gw_sql_row_init(&row, c->kind, GW_WANT_RECORDS);
	enum gw_next next;
	while ((next = rows_next(&rows, err)) == GW_NEXT_RECORD) {
		rows_read(&rows, &row);
		add_claimed(c, &row.record);
	}
	rows_close(&rows);
	return next == GW_NEXT_DONE;
}

static bool own_run(struct claim *c, const struct asked *run, size_t n, struct gw_error *err)
{
	gw_auto_sql s = mysql_begin(c->backend, "UPDATE ");
	gw_sql_table(&s, c->kind->name, NULL);
	gw_str_puts(&s.text, " FORCE INDEX (PRIMARY) SET \"owner\" = ");
	gw_sql_param(&s, (struct gw_value){ .is_set = true, .text = c->owner });
	gw_str_puts(&s.text, ", \"due\" = NULL, \"version\" = \"version\" + 1");
	asked_add(&s, run, n);
	return prepared_run(c->link, &s, err);
}

static bool own(struct claim *c, struct gw_error *err)
{
	size_t total = c->claimed.n;
	gw_auto_free struct asked *asked = gw_new_array(struct asked, total);
	for (size_t i = 0; i < total; i++)
		asked[i].key =
			(struct gw_key){ c->claimed.items[i]->tenant, c->claimed.items[i]->key };
	asked_sort(asked, total);
	for (size_t at = 0, n; at < total; at += n) {
		n = asked_run(asked + at, total - at);
		if (!own_run(c, asked + at, n, err))
			return false;
	}
	return true;
}

static bool try_claim(struct claim *c, gw_time now, size_t limit, struct gw_error *err)
{
	c->link->is_victim = false;
	bool ok = link_begin(c->link, err) && find_due(c, now, limit, err) &&
		  (c->claimed.n == 0 || own(c, err)) && link_commit(c->link, err);
	if (!ok) {
		link_roll_back(c->link);
		gw_records_clear(&c->claimed);
	}
	return ok;
}

struct gw_stream *mysql_claim(struct gw_backend *b, const struct gw_kind *kind,
	struct gw_slice owner, gw_time now, size_t limit, struct gw_error *err)
{
	struct claim c = {
		.backend = b, .link = link_take(&b->pool, err), .kind = kind, .owner = owner
	};
	if (!c.link)
		return NULL;
	bool ok;
	for (unsigned round = 1; !(ok = try_claim(&c, now, limit, err)); round++) {
		if (!c.link->is_victim || c.link->is_broken || round == DEADLOCKS_MAX)
			break;
		gw_sql_pause(round);
	}
	link_give(&b->pool, c.link);
	return ok ? gw_records_stream(&c.claimed) : NULL;
}
