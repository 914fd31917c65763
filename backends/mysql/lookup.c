/* lookup.c - locking the records that a batch changes, and what is there of them */
#include "backends/mysql/batch.h"

/* Steps of one kind, by key. */
struct look {
	const struct batch *batch;
	struct gw_sql_step *steps;
	const struct gw_kind *kind;
	const struct asked *run;
	size_t n;
};

static bool is_keywords(const struct gw_kind *kind, unsigned field)
{
	return kind->fields[field].type == GW_KEYWORDS;
}

static void make_look(struct gw_sql *s, const struct look *look)
{
	gw_str_puts(&s->text, "\"key\", \"version\"");
	for (unsigned i = 0; i < look->kind->n_fields; i++)
		if (is_keywords(look->kind, i))
			gw_str_printf(&s->text, ", \"%s\"", look->kind->fields[i].name);
	gw_str_puts(&s->text, " FROM ");
	gw_sql_table(s, look->kind->name, NULL);
	gw_str_puts(&s->text, " FORCE INDEX (PRIMARY)");
	asked_add(s, look->run, look->n);
	gw_str_puts(&s->text, " FOR UPDATE");
}

/* Which fields of keywords will differ from the row. */
static uint64_t find_changes(const struct rows *rows, const struct gw_sql_step *step)
{
	const struct gw_record *r = &step->op->record;
	uint64_t changes = 0;
	unsigned column = 2;
	gw_auto_str packed = { 0 };
	for (unsigned i = 0; i < r->kind->n_fields; i++) {
		if (!is_keywords(r->kind, i))
			continue;
		struct gw_slice now = { 0 }, before = rows_text(rows, column++);
		if (step->op->type != GW_DELETE)
			now = gw_sql_value(r, GW_SQL_FIELDS + i, &packed).text;
		changes |= (uint64_t)!gw_slice_equal(now, before) << i;
	}
	return changes;
}

static bool look_up_run(const struct look *look, struct gw_error *err)
{
	gw_auto_sql s = mysql_begin(look->batch->backend, "SELECT ");
	make_look(&s, look);
	struct rows rows;
	if (!rows_open(&rows, look->batch->link, &s, err))
		return false;
	enum gw_next next;
	while ((next = rows_next(&rows, err)) == GW_NEXT_RECORD) {
		const struct asked *asked = asked_find(look->run, look->n, rows_text(&rows, 0));
		if (!asked)
			continue;
		struct gw_sql_step *step = &look->steps[asked->at];
		step->exists = true;
		step->found = rows_number(&rows, 1);
		step->changes = find_changes(&rows, step);
	}
	rows_close(&rows);
	return next == GW_NEXT_DONE;
}

static bool look_up_kind(const struct batch *batch, struct gw_sql_step *steps, size_t n_steps,
	bool all, struct gw_error *err)
{
	gw_auto_free struct asked *asked = gw_new_array(struct asked, n_steps);
	size_t total = 0;
	for (size_t i = 0; i < n_steps; i++) {
		const struct gw_record *r = &steps[i].op->record;
		steps[i].exists = false;
		if (all || steps[i].op->type != GW_CREATE)
			asked[total++] = (struct asked){ { r->tenant, r->key }, i };
	}
	if (total)
		asked_sort(asked, total);
	for (size_t at = 0, n; at < total; at += n) {
		n = asked_run(asked + at, total - at);
		const struct look look = { batch, steps, steps->op->record.kind, asked + at, n };
		if (!look_up_run(&look, err))
			return false;
	}
	return true;
}

bool batch_look_up(const struct batch *batch, bool all, struct gw_error *err)
{
	for (size_t at = 0, n; at < batch->n; at += n) {
		n = 1;
		while (at + n < batch->n && batch->steps[at + n].kind == batch->steps[at].kind)
			n++;
		if (!look_up_kind(batch, &batch->steps[at], n, all, err))
			return false;
	}
	return true;
}
