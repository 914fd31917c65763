/* write.c - groups of operations as bulks
 *
 * There are no transactions. A group is looked at first: if a condition does not hold, nothing of
 * it is sent. Then its steps are sent one after another, those of all groups together. Who loses a
 * race in between takes back what it created. */
#include "backends/elasticsearch/elasticsearch.h"

#include <inttypes.h>
#include <time.h>

#define LOOK_CHUNK 1000 /* documents a request */
#define FIRST_PAUSE_MS 20
#define LONGEST_PAUSE_MS 1000
#define TRIES 8 /* of operations that the server refused for being busy */

/* Operations that are sent together. */
struct bulk {
	struct gw_op **ops;
	size_t n, cap;
};

static void bulk_add(struct bulk *bulk, struct gw_op *op)
{
	bulk->ops = gw_grow(bulk->ops, bulk->n, &bulk->cap);
	bulk->ops[bulk->n++] = op;
}

static void bulk_clear(struct bulk *bulk)
{
	free(bulk->ops);
}

#define auto_bulk __attribute__((cleanup(bulk_clear))) struct bulk

static bool is_conditional(const struct gw_op *op)
{
	return op->type != GW_PUT;
}

static bool is_compared(const struct gw_op *op)
{
	return op->type == GW_REPLACE || op->type == GW_DELETE;
}

static struct gw_version seen_version(const struct gw_op *op)
{
	return op->record.version;
}

/* ---- Printing ---- */

/* What was read goes to the index it was read from, what is new to the newest. */
static void print_target(struct gw_str *out, struct gw_backend *b, const struct gw_op *op)
{
	const struct index *index = index_of(b, op->record.kind);
	bool is_new = op->type == GW_CREATE || (op->type == GW_PUT && !index_is_split(index));
	unsigned number = is_new ? 0 : (unsigned)(seen_version(op).b >> 32);
	gw_auto_str id = { 0 };
	gw_str_puts(out, "\"_index\":\"");
	if (number)
		index_name(out, index, number);
	else
		gw_str_puts(out, index->alias);
	gw_str_puts(out, "\",\"_id\":");
	document_id(&id, op->record.tenant, op->record.key);
	gw_json_quote(out, gw_str_slice(&id));
}

static void print_op(struct gw_str *out, struct gw_backend *b, const struct gw_op *op)
{
	static const char *const actions[] = { [GW_CREATE] = "create",
		[GW_PUT] = "index",
		[GW_REPLACE] = "index",
		[GW_DELETE] = "delete" };
	gw_str_printf(out, "{\"%s\":{", actions[op->type]);
	print_target(out, b, op);
	if (is_compared(op))
		gw_str_printf(out, ",\"if_seq_no\":%" PRIu64 ",\"if_primary_term\":%" PRIu64,
			seen_version(op).a, seen_version(op).b & UINT32_MAX);
	gw_str_puts(out, "}}\n");
	if (op->type == GW_DELETE)
		return;
	document_print(out, &op->record);
	gw_str_putc(out, '\n');
}

/* ---- Answers ---- */

/* Outcome of one item; false: it has none, and err says why. */
static bool read_item(struct gw_backend *b, struct gw_op *op, const json_t *item,
	struct gw_error *err)
{
	long status = (long)json_integer_value(json_object_get(item, "status"));
	const json_t *error = json_object_get(item, "error");
	bool is_gone = is_compared(op) && status == 404 && (!error || is_index_gone(error));
	if (status == 409 || is_gone) {
		op->outcome = GW_OP_MISSED;
		return true;
	}
	if (status < 200 || status >= 300) {
		call_fail(status, error, err);
		return gw_explain(err, "%s %.*s", op->record.kind->name, GW_SLICE(op->record.key));
	}
	op->outcome = GW_OP_DONE;
	op->version = version_of(item);
	index_note(index_of(b, op->record.kind), gw_json_string(item, "_index"));
	return true;
}

static bool is_busy(const json_t *item)
{
	return json_integer_value(json_object_get(item, "status")) == 429 &&
	       strcmp(error_type(json_object_get(item, "error")), "cluster_block_exception") != 0;
}

/* Reads the items of a bulk's answer in the order of its operations; those that the server had no
 * time for are added to busy. */
static bool read_items(struct gw_backend *b, const struct bulk *sent, const json_t *answer,
	struct bulk *busy, struct gw_error *err)
{
	const json_t *items = json_object_get(answer, "items");
	size_t n = sent->n;
	bool ok = json_array_size(items) == n;
	if (!ok)
		gw_fail(err, GW_UNAVAILABLE, "the answer to a bulk has %zu items instead of %zu",
			json_array_size(items), n);
	for (size_t i = 0; i < n && i < json_array_size(items); i++) {
		json_t *about = json_array_get(items, i);
		const json_t *item = json_object_iter_value(json_object_iter(about));
		struct gw_error first;
		if (is_busy(item))
			bulk_add(busy, sent->ops[i]);
		else if (!read_item(b, sent->ops[i], item, ok ? err : &first))
			ok = false;
	}
	return ok;
}

/* ---- Sending ---- */

static bool send_body(struct gw_backend *b, const struct gw_str *body, json_t **answer,
	struct gw_error *err)
{
	const struct request request = { .path = "/_bulk?filter_path=errors,items.*._index,"
						 "items.*._seq_no,items.*._primary_term,"
						 "items.*.status,items.*.error",
		.body = gw_str_slice(body),
		.once = true };
	*answer = call_well(b, &request, err);
	return *answer != NULL;
}

/* One round: bodies of at most so many bytes each, one after another. */
static bool send_round(struct gw_backend *b, const struct bulk *bulk, struct bulk *busy,
	struct gw_error *err)
{
	size_t most = (size_t)b->settings.bulk_mb << 20;
	bool ok = true;
	gw_auto_str body = { 0 };
	for (size_t from = 0, to = 0; ok && from < bulk->n; from = to) {
		gw_str_reset(&body);
		for (; to < bulk->n && (to == from || body.len < most); to++)
			print_op(&body, b, bulk->ops[to]);
		const struct bulk sent = { .ops = bulk->ops + from, .n = to - from };
		json_auto_t *answer = NULL;
		ok = send_body(b, &body, &answer, err) && read_items(b, &sent, answer, busy, err);
	}
	return ok;
}

static void pause_ms(long ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	nanosleep(&t, NULL);
}

/* Sends until each operation has its outcome; what the server had no time for again and again. */
static bool send_bulk(struct gw_backend *b, const struct bulk *bulk, struct gw_error *err)
{
	auto_bulk busy = { 0 };
	bool ok = send_round(b, bulk, &busy, err);
	for (long tries = 1, ms = FIRST_PAUSE_MS; ok && busy.n; tries++) {
		if (tries == TRIES) {
			ok = gw_fail(err, GW_UNAVAILABLE, "the server has too much to do");
			break;
		}
		pause_ms(ms);
		ms = ms * 2 < LONGEST_PAUSE_MS ? ms * 2 : LONGEST_PAUSE_MS;
		auto_bulk again = busy;
		busy = (struct bulk){ 0 };
		ok = send_round(b, &again, &busy, err);
	}
	return ok;
}

/* ---- Looking first ---- */

static bool is_done(const struct gw_op *op)
{
	return op->outcome == GW_OP_DONE;
}

/* Whether something could be applied that cannot be taken back although the group loses. */
static bool needs_look(const struct gw_group *group)
{
	size_t n_lasting = 0, n_conditional = 0;
	for (size_t i = 0; i < group->n; i++) {
		n_lasting += group->ops[i].type != GW_CREATE;
		n_conditional += is_conditional(&group->ops[i]);
	}
	return group->n > 1 && n_lasting > 0 && n_conditional > 0;
}

/* Documents to look at for an operation; returns how many. */
static size_t print_looks(struct gw_str *out, struct gw_backend *b, const struct gw_op *op)
{
	if (!is_compared(op))
		return index_print_places(out, index_of(b, op->record.kind), op->record.tenant,
			op->record.key);
	gw_json_comma(out);
	gw_str_putc(out, '{');
	print_target(out, b, op);
	gw_str_putc(out, '}');
	return 1;
}

/* What a document that is there means for an operation; none was found if hit is NULL. */
static void judge(struct gw_op *op, const json_t *hit)
{
	struct gw_version found = hit ? version_of(hit) : (struct gw_version){ 0 };
	if (op->type == GW_PUT)
		op->record.version = found; /* it stays in its index */
	else if (op->type == GW_CREATE ? hit != NULL
				       : !hit || !gw_version_equal(found, seen_version(op)))
		op->outcome = GW_OP_MISSED;
}

static json_t *fetch_looks(struct gw_backend *b, const struct gw_str *body, size_t n,
	struct gw_error *err)
{
	const struct request request = { .path = "/_mget?_source=false&filter_path=docs.found,"
						 "docs._index,docs._seq_no,docs._primary_term,"
						 "docs.error",
		.body = gw_str_slice(body) };
	json_t *answer = call_well(b, &request, err);
	size_t n_docs = json_array_size(json_object_get(answer, "docs"));
	if (!answer || n_docs == n)
		return answer;
	json_decref(answer);
	gw_fail(err, GW_UNAVAILABLE, "%zu of %zu documents were answered", n_docs, n);
	return NULL;
}

/* The first of n documents that is there; NULL = none. */
static const json_t *first_found(const json_t *docs, size_t at, size_t n)
{
	for (size_t i = at; i < at + n; i++)
		if (gw_json_true(json_array_get(docs, i), "found"))
			return json_array_get(docs, i);
	return NULL;
}

/* Marks operations whose condition does not hold. */
static bool look(struct gw_backend *b, struct gw_op **ops, size_t n, struct gw_error *err)
{
	gw_auto_str body = { 0 };
	gw_auto_free size_t *counts = gw_new_array(size_t, n);
	size_t total = 0;
	gw_str_puts(&body, "{\"docs\":[");
	for (size_t i = 0; i < n; i++)
		total += counts[i] = print_looks(&body, b, ops[i]);
	gw_str_puts(&body, "]}");
	json_auto_t *answer = fetch_looks(b, &body, total, err);
	const json_t *docs = json_object_get(answer, "docs");
	if (!answer)
		return false;
	for (size_t i = 0, at = 0; i < n; at += counts[i++]) {
		const json_t *error = json_object_get(json_array_get(docs, at), "error");
		if (error && counts[i] == 1 && !(is_compared(ops[i]) && is_index_gone(error)))
			return call_fail(503, error, err);
		judge(ops[i], first_found(docs, at, counts[i]));
	}
	return true;
}

/* New records too after a rollover: they may be in an older index. */
static bool is_looked_at(struct gw_backend *b, const struct gw_op *op, bool needed)
{
	bool is_split = !is_compared(op) && index_is_split(index_of(b, op->record.kind));
	return !is_done(op) && (is_split || (needed && is_conditional(op)));
}

static bool look_at_groups(struct gw_backend *b, struct gw_group *groups, size_t n,
	struct gw_error *err)
{
	auto_bulk looks = { 0 };
	for (size_t g = 0; g < n; g++) {
		bool needed = needs_look(&groups[g]);
		for (size_t i = 0; i < groups[g].n; i++)
			if (is_looked_at(b, &groups[g].ops[i], needed))
				bulk_add(&looks, &groups[g].ops[i]);
	}
	for (size_t at = 0; at < looks.n; at += LOOK_CHUNK) {
		size_t some = looks.n - at < LOOK_CHUNK ? looks.n - at : LOOK_CHUNK;
		if (!look(b, looks.ops + at, some, err))
			return false;
	}
	return true;
}

/* ---- Groups ---- */

static bool has_missed(const struct gw_group *group)
{
	for (size_t i = 0; i < group->n; i++)
		if (group->ops[i].outcome == GW_OP_MISSED)
			return true;
	return false;
}

/* The losers' operations were not tried, or are taken back. */
static void skip_rest(struct gw_group *group)
{
	for (size_t i = 0; i < group->n; i++)
		if (group->ops[i].outcome != GW_OP_MISSED)
			group->ops[i].outcome = GW_OP_SKIPPED;
}

static bool has_promised(const struct gw_group *group)
{
	for (size_t i = 0; i < group->n; i++)
		if (group->ops[i].step == GW_STEP_GUARD && is_done(&group->ops[i]))
			return true;
	return false;
}

/* Deletes what a losing group has created, unless somebody changed it since. */
static bool take_back(struct gw_backend *b, const struct gw_group *group, struct gw_error *err)
{
	auto_bulk bulk = { 0 };
	if (has_promised(group))
		return true;
	gw_auto_free struct gw_op *undo = gw_new_array(struct gw_op, group->n);
	for (size_t i = 0; i < group->n; i++) {
		const struct gw_op *op = &group->ops[i];
		if (op->type != GW_CREATE || !is_done(op))
			continue;
		undo[i] = (struct gw_op){ .type = GW_DELETE, .record = op->record };
		undo[i].record.version = op->version;
		bulk_add(&bulk, &undo[i]);
	}
	return bulk.n == 0 || send_bulk(b, &bulk, err);
}

static bool settle_losers(struct gw_backend *b, struct gw_group *groups, size_t n,
	struct gw_error *err)
{
	for (size_t g = 0; g < n; g++) {
		if (!has_missed(&groups[g]))
			continue;
		if (!take_back(b, &groups[g], err))
			return false;
		skip_rest(&groups[g]);
	}
	return true;
}

/* Operations of one step, of the groups that have not lost. */
static bool send_step(struct gw_backend *b, struct gw_group *groups, size_t n, int step,
	struct gw_error *err)
{
	auto_bulk bulk = { 0 };
	for (size_t g = 0; g < n; g++) {
		bool lost = has_missed(&groups[g]);
		for (size_t i = 0; !lost && i < groups[g].n; i++) {
			struct gw_op *op = &groups[g].ops[i];
			if (op->step == step && !is_done(op))
				bulk_add(&bulk, op);
		}
	}
	return bulk.n == 0 || send_bulk(b, &bulk, err);
}

bool elasticsearch_write(struct gw_backend *b, struct gw_group *groups, size_t n,
	struct gw_error *err)
{
	if (!look_at_groups(b, groups, n, err))
		return false;
	for (int step = GW_STEP_GUARD; step <= GW_STEP_LAST; step++)
		if (!send_step(b, groups, n, step, err))
			return false;
	return settle_losers(b, groups, n, err);
}
