/* claim.c - taking what is due: found by a scan, taken by its version */
#include "backends/elasticsearch/elasticsearch.h"

#define ROUNDS 10 /* of losing everything to others */

/* Records that are due, copied. */
static bool find_due(struct gw_backend *b, const struct gw_kind *kind, gw_time now, size_t limit,
	struct gw_records *out, struct gw_error *err)
{
	const struct gw_value until = { .is_set = true, .number = now };
	const struct gw_filter filters[] = {
		{ .compare = GW_LE, .field = "due", .values = &until, .n_values = 1 },
		{ .compare = GW_IS_NULL, .field = "owner" },
	};
	const struct gw_order order = { .field = "due" };
	const struct gw_query query = { .kind = kind,
		.filters = filters,
		.n_filters = GW_LEN(filters),
		.orders = &order,
		.n_orders = 1,
		.limit = limit };
	struct gw_record r;
	enum gw_next next = GW_NEXT_FAILED;
	gw_auto_stream *s = elasticsearch_scan(b, &query, err);
	while (s && (next = gw_stream_next(s, &r, err)) == GW_NEXT_RECORD)
		gw_records_add(out, gw_record_copy(&r));
	return next == GW_NEXT_DONE;
}

/* Writes the owner into each; those that somebody else changed meanwhile are left out. */
static bool take(struct gw_backend *b, const struct gw_records *found, struct gw_slice owner,
	struct gw_records *out, struct gw_error *err)
{
	gw_auto_free struct gw_op *ops = gw_new_array(struct gw_op, found->n);
	gw_auto_free struct gw_group *groups = gw_new_array(struct gw_group, found->n);
	for (size_t i = 0; i < found->n; i++) {
		ops[i] = (struct gw_op){ .type = GW_REPLACE, .record = *found->items[i] };
		ops[i].record.owner = owner;
		ops[i].record.due = GW_NEVER;
		groups[i] = (struct gw_group){ &ops[i], 1 };
	}
	if (!elasticsearch_write(b, groups, found->n, err))
		return false;
	for (size_t i = 0; i < found->n; i++) {
		if (ops[i].outcome != GW_OP_DONE)
			continue;
		ops[i].record.version = ops[i].version;
		gw_records_add(out, gw_record_copy(&ops[i].record));
	}
	return true;
}

struct gw_stream *elasticsearch_claim(struct gw_backend *b, const struct gw_kind *kind,
	struct gw_slice owner, gw_time now, size_t limit, struct gw_error *err)
{
	gw_auto_records claimed = { 0 };
	for (int i = 0; i < ROUNDS && claimed.n == 0; i++) {
		gw_auto_records found = { 0 };
		if (!find_due(b, kind, now, limit, &found, err))
			return NULL;
		if (found.n == 0)
			break;
		if (!take(b, &found, owner, &claimed, err))
			return NULL;
	}
	return gw_records_stream(&claimed);
}
