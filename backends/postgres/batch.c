/* batch.c - statements over arrays, in one pipeline */
#include "backends/postgres/batch.h"

/* What was sent and how many rows it has to touch; < 0: any number. */
struct sent {
	int64_t *rows;
	size_t n, cap;
};

/* Steps of one kind and type. */
struct run {
	struct gw_backend *backend;
	struct link *link;
	const struct gw_kind *kind;
	enum gw_op_type as;
	const struct gw_sql_step *steps;
	size_t n;
};

static struct run next_run(const struct batch *batch, size_t first)
{
	const struct gw_sql_step *steps = batch->steps + first;
	size_t n = 1;
	while (first + n < batch->n && steps[n].kind == steps[0].kind && steps[n].as == steps[0].as)
		n++;
	return (struct run){ batch->backend, batch->link, batch->backend->kinds[steps[0].kind],
		steps[0].as, steps, n };
}

static enum statement statement_of(enum gw_op_type as)
{
	return as == GW_CREATE    ? STATEMENT_CREATE
	       : as == GW_REPLACE ? STATEMENT_REPLACE
				  : STATEMENT_DELETE;
}

/* ---- Parameters ---- */

static void add_column(const struct run *run, unsigned column, struct params *p)
{
	bool is_number = gw_sql_is_number(run->kind, column);
	bool is_doc = column == gw_sql_n_columns(run->kind) - 1;
	struct gw_str *array = params_array(p,
		is_number ? OID_INT8
		: is_doc  ? OID_JSON
			  : OID_TEXT,
		run->n);
	gw_auto_str packed = { 0 };
	for (size_t i = 0; i < run->n; i++) {
		const struct gw_op *op = run->steps[i].op;
		struct gw_value value = gw_sql_value(&op->record, column, &packed);
		if (column == GW_SQL_VERSION)
			array_add_number(array, (int64_t)op->version.a);
		else if (is_number && value.is_set)
			array_add_number(array, value.number);
		else
			array_add_text(array, value.text);
	}
}

static void add_expected(const struct run *run, struct params *p)
{
	struct gw_str *array = params_array(p, OID_INT8, run->n);
	for (size_t i = 0; i < run->n; i++)
		array_add_number(array, run->steps[i].expected);
}

static void make_params(const struct run *run, struct params *p)
{
	unsigned n = run->as == GW_DELETE ? GW_SQL_VERSION : gw_sql_n_columns(run->kind);
	for (unsigned i = 0; i < n; i++)
		add_column(run, i, p);
	if (run->as != GW_CREATE)
		add_expected(run, p);
}

static unsigned items_of(const struct gw_sql_step *step, unsigned field)
{
	const struct gw_record *r = &step->op->record;
	return r->fields && r->fields[field].is_set ? r->fields[field].n_items : 0;
}

/* A row for each keyword of each record: its key, the keyword, and all of them packed. */
static void make_keyword_params(const struct run *run, unsigned field, struct params *p)
{
	size_t n = 0;
	gw_auto_str packed = { 0 };
	for (size_t i = 0; i < run->n; i++)
		n += items_of(&run->steps[i], field);
	struct gw_str *tenants = params_array(p, OID_TEXT, n);
	struct gw_str *keys = params_array(p, OID_TEXT, n);
	struct gw_str *values = params_array(p, OID_TEXT, n);
	struct gw_str *all = run->as == GW_REPLACE ? params_array(p, OID_TEXT, n) : NULL;
	for (size_t i = 0; i < run->n; i++) {
		const struct gw_record *r = &run->steps[i].op->record;
		for (unsigned k = 0; k < items_of(&run->steps[i], field); k++) {
			array_add_text(tenants, gw_sql_value(r, GW_SQL_TENANT, &packed).text);
			array_add_text(keys, r->key);
			array_add_text(values, gw_sql_cut(r->fields[field].items[k]));
			if (all)
				array_add_text(all,
					gw_sql_value(r, GW_SQL_FIELDS + field, &packed).text);
		}
	}
}

/* ---- What keeps keyword tables in step: before the records themselves change ---- */

static bool has_items(const struct run *run, unsigned field)
{
	for (size_t i = 0; i < run->n; i++)
		if (items_of(&run->steps[i], field))
			return true;
	return false;
}

/* Prepares the statement or, if sent is given, sends it. */
static bool keyword_statement(const struct run *run, unsigned field, enum keyword_statement which,
	struct sent *sent, struct gw_error *err)
{
	const struct keyword_table table = { run->kind, field };
	struct statement_name name;
	if (!keyword_statement_prepare(run->backend, run->link, &table, which, &name, err))
		return false;
	if (!sent)
		return true;
	struct params p = { 0 };
	if (which == KEYWORDS_NEW || which == KEYWORDS_CHANGE) {
		make_keyword_params(run, field, &p);
	} else {
		add_column(run, GW_SQL_TENANT, &p);
		add_column(run, GW_SQL_KEY, &p);
	}
	if (which == KEYWORDS_CLEAR)
		add_column(run, GW_SQL_FIELDS + field, &p);
	bool ok = link_send(run->link, name.text, &p, err);
	params_free(&p);
	sent->rows = gw_grow(sent->rows, sent->n, &sent->cap);
	sent->rows[sent->n++] = -1;
	return ok;
}

static bool field_statements(const struct run *run, unsigned field, struct sent *sent,
	struct gw_error *err)
{
	if (run->as == GW_DELETE)
		return keyword_statement(run, field, KEYWORDS_DROP, sent, err);
	if (run->as == GW_CREATE)
		return !has_items(run, field) ||
		       keyword_statement(run, field, KEYWORDS_NEW, sent, err);
	return keyword_statement(run, field, KEYWORDS_CLEAR, sent, err) &&
	       (!has_items(run, field) ||
		       keyword_statement(run, field, KEYWORDS_CHANGE, sent, err));
}

/* All statements of a run: prepares them, or sends them if sent is given. */
static bool run_statements(const struct run *run, struct sent *sent, struct gw_error *err)
{
	for (unsigned i = 0; i < run->kind->n_fields; i++)
		if (run->kind->fields[i].type == GW_KEYWORDS &&
			!field_statements(run, i, sent, err))
			return false;
	struct statement_name name;
	enum statement which = statement_of(run->as);
	if (!statement_prepare(run->backend, run->link, which, run->kind, &name, err))
		return false;
	if (!sent)
		return true;
	struct params p = { 0 };
	make_params(run, &p);
	bool ok = link_send(run->link, name.text, &p, err);
	params_free(&p);
	sent->rows = gw_grow(sent->rows, sent->n, &sent->cap);
	sent->rows[sent->n++] = (int64_t)run->n;
	return ok;
}

static bool all_runs(const struct batch *batch, struct sent *sent, struct gw_error *err)
{
	for (size_t at = 0; at < batch->n;) {
		struct run run = next_run(batch, at);
		if (!run_statements(&run, sent, err))
			return false;
		at += run.n;
	}
	return true;
}

/* ---- Sending and reading ---- */

static bool send_text(const struct batch *batch, const char *statement, struct sent *sent,
	struct gw_error *err)
{
	sent->rows = gw_grow(sent->rows, sent->n, &sent->cap);
	sent->rows[sent->n++] = -1;
	return PQsendQueryParams(batch->link->conn, statement, 0, NULL, NULL, NULL, NULL, 0) ||
	       link_fail(batch->link, NULL, err);
}

static bool signals(const struct batch *batch)
{
	for (size_t i = 0; i < batch->n; i++)
		if (strcmp(batch->steps[i].op->record.kind->name, "signal") == 0)
			return true;
	return false;
}

static bool send_all(const struct batch *batch, struct sent *sent, struct gw_error *err)
{
	if (batch->in_transaction && !send_text(batch, "BEGIN", sent, err))
		return false;
	if (!all_runs(batch, sent, err))
		return false;
	if (signals(batch)) {
		gw_auto_free char *notify = gw_sprintf("NOTIFY \"%s\"", batch->backend->channel);
		if (!send_text(batch, notify, sent, err))
			return false;
	}
	return PQpipelineSync(batch->link->conn) || link_fail(batch->link, NULL, err);
}

/* A created key exists, or this follows on such an error. */
static bool is_aborted(const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	return PQresultStatus(result) == PGRES_PIPELINE_ABORTED ||
	       (state && strcmp(state, "23505") == 0);
}

/* The answer to one statement, which ends with a NULL. */
static bool read_one(struct link *link, int64_t rows, bool *hit, struct gw_error *err)
{
	auto_result *result = link_next(link, err);
	if (!result)
		return err->code == GW_OK ? link_fail(link, NULL, err) : false;
	if (is_aborted(result))
		*hit = false;
	else if (PQresultStatus(result) != PGRES_COMMAND_OK)
		return link_fail(link, result, err);
	else if (rows >= 0 && strtoll(PQcmdTuples(result), NULL, 10) != rows)
		*hit = false;
	auto_result *end = link_next(link, err);
	return !end && err->code == GW_OK;
}

/* Reads on behind a failure, so that the link can be used again; the first error counts. */
static bool read_all(struct link *link, const struct sent *sent, bool *hit, struct gw_error *err)
{
	bool ok = true;
	*hit = true;
	for (size_t i = 0; ok && i < sent->n; i++)
		ok = read_one(link, sent->rows[i], hit, err);
	struct gw_error later;
	bool at_end = false;
	while (!at_end && !link_is_broken(link)) {
		auto_result *result = link_next(link, &later);
		at_end = PQresultStatus(result) == PGRES_PIPELINE_SYNC || later.code != GW_OK;
	}
	return PQexitPipelineMode(link->conn) ? ok : ok && link_fail(link, NULL, err);
}

static bool only_creates(const struct batch *batch)
{
	for (size_t i = 0; i < batch->n; i++)
		if (batch->steps[i].as != GW_CREATE)
			return false;
	return true;
}

/* Until its end a pipeline is one transaction, so what can only fail by an error (a key that
 * exists) needs no other. Anything else is counted before it is committed. */
static bool needs_transaction(const struct batch *batch)
{
	const struct gw_kind *kind = batch->steps[0].op->record.kind;
	bool has_keywords = false;
	for (unsigned i = 0; i < kind->n_fields; i++)
		has_keywords |= kind->fields[i].type == GW_KEYWORDS;
	return !only_creates(batch) && (batch->n > 1 || has_keywords || signals(batch));
}

bool batch_run(struct batch *batch, bool *hit, struct gw_error *err)
{
	if (!all_runs(batch, NULL, err))
		return false;
	batch->in_transaction = needs_transaction(batch);
	if (!PQenterPipelineMode(batch->link->conn))
		return link_fail(batch->link, NULL, err);
	struct sent sent = { 0 };
	bool ok = send_all(batch, &sent, err) && read_all(batch->link, &sent, hit, err);
	free(sent.rows);
	return ok;
}
