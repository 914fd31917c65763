/* batch.c - many rows by one statement, bounded in rows and bytes */
#include "backends/mysql/batch.h"

#define ROWS_MAX 64 /* of one statement; fewer are powers of two, so that few texts do */

/* Steps of one kind and type. */
struct run {
	const struct batch *batch;
	const struct gw_kind *kind;
	enum gw_op_type as;
	struct gw_sql_step *steps;
	size_t n;
};

static struct run next_run(const struct batch *batch, size_t first)
{
	struct gw_sql_step *steps = batch->steps + first;
	size_t n = 1;
	while (first + n < batch->n && steps[n].kind == steps[0].kind && steps[n].as == steps[0].as)
		n++;
	return (struct run){ batch, batch->backend->kinds[steps[0].kind], steps[0].as, steps, n };
}

/* ---- Rows ---- */

/* What a step sends, about. */
static size_t row_bytes(const struct gw_record *r)
{
	size_t bytes = r->doc.len + r->key.len + 512;
	for (unsigned i = 0; r->fields && i < r->kind->n_fields; i++) {
		const struct gw_value *value = &r->fields[i];
		bytes += value->text.len;
		for (unsigned k = 0; k < value->n_items; k++)
			bytes += value->items[k].len + 8;
	}
	return bytes;
}

static bool fail_too_large(const struct run *run, size_t bytes, struct gw_error *err)
{
	return gw_fail(err, GW_INVALID,
		"MySQL: a record of kind %s has %zu bytes, and the server takes no more than %zu: "
		"raise its max_allowed_packet",
		run->kind->name, bytes, run->batch->link->packet_max);
}

/* How many rows one statement takes; 0 = not even one fits. */
static size_t fitting_rows(const struct run *run, size_t first, struct gw_error *err)
{
	size_t limit = run->batch->link->packet_max / 16 * 15;
	size_t bytes = 0, fit = 0, n = 1;
	while (first + fit < run->n && fit < ROWS_MAX) {
		bytes += row_bytes(&run->steps[first + fit].op->record);
		if (bytes > limit)
			break;
		fit++;
	}
	if (fit == 0)
		fail_too_large(run, bytes, err);
	while (n * 2 <= fit)
		n *= 2;
	return fit ? n : 0;
}

/* A packed value is copied: it lives in a buffer that is used again. */
static void add_value(struct gw_sql *s, struct gw_value value, const struct gw_str *packed)
{
	if (value.is_set && value.text.data && value.text.data == packed->data)
		gw_sql_owned_text(s, gw_slice_dup(value.text));
	else
		gw_sql_param(s, value);
}

static void add_row(struct gw_sql *s, const struct gw_op *op)
{
	const struct gw_kind *kind = op->record.kind;
	gw_auto_str packed = { 0 };
	for (unsigned i = 0; i < gw_sql_n_columns(kind); i++) {
		struct gw_value value = gw_sql_value(&op->record, i, &packed);
		if (i == GW_SQL_VERSION)
			value.number = (int64_t)op->version.a;
		gw_str_puts(&s->text, i ? "," : "(");
		add_value(s, value, &packed);
	}
	gw_str_puts(&s->text, ")");
}

static void add_overwrite(struct gw_sql *s, const struct gw_kind *kind)
{
	gw_str_puts(&s->text, " ON DUPLICATE KEY UPDATE");
	for (unsigned i = GW_SQL_VERSION; i < gw_sql_n_columns(kind); i++) {
		const char *name = gw_sql_column_name(kind, i);
		gw_str_printf(&s->text, "%s \"%s\" = VALUES(\"%s\")", i > GW_SQL_VERSION ? "," : "",
			name, name);
	}
}

/* Creates rows, or overwrites those that are there. */
static bool insert_rows(const struct run *run, struct gw_error *err)
{
	for (size_t at = 0, n; at < run->n; at += n) {
		n = fitting_rows(run, at, err);
		if (n == 0)
			return false;
		gw_auto_sql s = mysql_begin(run->batch->backend, "INSERT INTO ");
		gw_sql_table(&s, run->kind->name, NULL);
		gw_str_puts(&s.text, " (");
		gw_sql_columns(&s, "", run->kind, GW_WANT_RECORDS);
		gw_str_puts(&s.text, ") VALUES ");
		for (size_t i = 0; i < n; i++) {
			gw_str_puts(&s.text, i ? "," : "");
			add_row(&s, run->steps[at + i].op);
		}
		if (run->as == GW_REPLACE)
			add_overwrite(&s, run->kind);
		if (!prepared_run(run->batch->link, &s, err))
			return false;
	}
	return true;
}

/* ---- Deleting by key ---- */

static bool delete_asked(const struct run *run, const char *field, struct asked *asked,
	size_t total, struct gw_error *err)
{
	gw_auto_free char *index =
		field ? gw_sprintf("\"%s_%s_key\"", run->kind->name, field) : gw_strdup("PRIMARY");
	if (total)
		asked_sort(asked, total);
	for (size_t at = 0, n; at < total; at += n) {
		n = asked_run(asked + at, total - at);
		gw_auto_sql s = mysql_begin(run->batch->backend, "DELETE ");
		gw_sql_table(&s, run->kind->name, field);
		gw_str_puts(&s.text, " FROM ");
		gw_sql_table(&s, run->kind->name, field);
		gw_str_printf(&s.text, " FORCE INDEX (%s)", index);
		asked_add(&s, asked + at, n);
		if (!prepared_run(run->batch->link, &s, err))
			return false;
	}
	return true;
}

static struct asked asked_of(const struct gw_sql_step *step)
{
	return (struct asked){ { step->op->record.tenant, step->op->record.key }, 0 };
}

static bool delete_rows(const struct run *run, struct gw_error *err)
{
	gw_auto_free struct asked *asked = gw_new_array(struct asked, run->n);
	for (size_t i = 0; i < run->n; i++)
		asked[i] = asked_of(&run->steps[i]);
	return delete_asked(run, NULL, asked, run->n, err);
}

/* ---- Keywords ---- */

static bool changes(const struct run *run, const struct gw_sql_step *step, unsigned field)
{
	return run->as == GW_CREATE || step->changes >> field & 1;
}

static bool clear_keywords(const struct run *run, unsigned field, struct gw_error *err)
{
	gw_auto_free struct asked *asked = gw_new_array(struct asked, run->n);
	size_t n = 0;
	for (size_t i = 0; i < run->n; i++)
		if (run->as != GW_CREATE && changes(run, &run->steps[i], field))
			asked[n++] = asked_of(&run->steps[i]);
	return delete_asked(run, run->kind->fields[field].name, asked, n, err);
}

/* A keyword of a record. */
struct keyword {
	const struct gw_record *record;
	struct gw_slice value;
};

static struct keyword *collect_keywords(const struct run *run, unsigned field, size_t *n)
{
	struct keyword *all = NULL;
	size_t cap = 0;
	*n = 0;
	for (size_t i = 0; i < run->n; i++) {
		const struct gw_record *r = &run->steps[i].op->record;
		bool has =
			r->fields && r->fields[field].is_set && changes(run, &run->steps[i], field);
		for (unsigned k = 0; has && k < r->fields[field].n_items; k++) {
			all = gw_grow(all, *n, &cap);
			all[(*n)++] = (struct keyword){ r, gw_sql_cut(r->fields[field].items[k]) };
		}
	}
	return all;
}

/* One that a record has twice is stored once. */
static bool insert_keywords(const struct run *run, unsigned field, const struct keyword *keywords,
	size_t n, struct gw_error *err)
{
	gw_auto_sql s = mysql_begin(run->batch->backend, "INSERT INTO ");
	gw_auto_str packed = { 0 };
	gw_sql_table(&s, run->kind->name, run->kind->fields[field].name);
	gw_str_puts(&s.text, " (\"tenant\", \"key\", \"value\") VALUES ");
	for (size_t i = 0; i < n; i++) {
		gw_str_puts(&s.text, i ? ",(" : "(");
		gw_sql_param(&s, gw_sql_value(keywords[i].record, GW_SQL_TENANT, &packed));
		gw_str_puts(&s.text, ",");
		gw_sql_param(&s, gw_sql_value(keywords[i].record, GW_SQL_KEY, &packed));
		gw_str_puts(&s.text, ",");
		gw_sql_param(&s, (struct gw_value){ .is_set = true, .text = keywords[i].value });
		gw_str_puts(&s.text, ")");
	}
	gw_str_puts(&s.text, " ON DUPLICATE KEY UPDATE \"value\" = VALUES(\"value\")");
	return prepared_run(run->batch->link, &s, err);
}

static bool write_keywords(const struct run *run, unsigned field, struct gw_error *err)
{
	if (!clear_keywords(run, field, err))
		return false;
	if (run->as == GW_DELETE)
		return true;
	size_t total, n = ROWS_MAX;
	gw_auto_free struct keyword *keywords = collect_keywords(run, field, &total);
	bool ok = true;
	for (size_t at = 0; ok && at < total; at += n) {
		while (n > total - at)
			n /= 2;
		ok = insert_keywords(run, field, keywords + at, n, err);
	}
	return ok;
}

/* ---- All together ---- */

static bool write_run(const struct run *run, struct gw_error *err)
{
	if (!(run->as == GW_DELETE ? delete_rows(run, err) : insert_rows(run, err)))
		return false;
	for (unsigned i = 0; i < run->kind->n_fields; i++)
		if (run->kind->fields[i].type == GW_KEYWORDS && !write_keywords(run, i, err))
			return false;
	return true;
}

bool batch_write(const struct batch *batch, struct gw_error *err)
{
	for (size_t at = 0; at < batch->n;) {
		struct run run = next_run(batch, at);
		if (!write_run(&run, err))
			return false;
		at += run.n;
	}
	return true;
}
