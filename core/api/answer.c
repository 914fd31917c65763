/* answer.c - answering documents and lists of them, as text */
#include "api/api.h"

#include "base/clock.h"
#include "base/json.h"

#define ANSWER_MAX ((size_t)256 << 20) /* bytes */

static bool fits(const struct gw_str *out, struct gw_error *err)
{
	return !out->full ||
	       gw_fail(err, GW_INVALID, "the answer has more than %zu MB: ask for a smaller page",
		       ANSWER_MAX >> 20);
}

bool gw_answer_each(struct gw_search *s, const struct gw_query *query,
	bool (*each)(void *arg, const struct gw_record *record, struct gw_error *err), void *arg,
	struct gw_error *err)
{
	struct gw_record record;
	enum gw_next next;
	gw_auto_stream *stream = gw_store_scan(gw_api_of(s->rq)->store, query, err);
	if (!stream)
		return false;
	while ((next = gw_stream_next(stream, &record, err)) == GW_NEXT_RECORD)
		if (!each(arg, &record, err))
			return false;
	return next == GW_NEXT_DONE;
}

struct listing {
	const struct gw_lister *lister;
	struct gw_str *out;
	uint64_t n;
	struct gw_record **copies;
	size_t n_copies, cap;
};

static bool list_record(void *arg, const struct gw_record *record, struct gw_error *err)
{
	struct listing *listing = arg;
	gw_json_comma(listing->out);
	listing->lister->item(listing->out, record, listing->lister->arg);
	listing->n++;
	return fits(listing->out, err);
}

static bool copy_record(void *arg, const struct gw_record *record, struct gw_error *err)
{
	struct listing *listing = arg;
	(void)err;
	listing->copies = gw_grow(listing->copies, listing->n_copies, &listing->cap);
	listing->copies[listing->n_copies++] = gw_record_copy(record);
	return true;
}

static bool list_copies(struct gw_search *s, struct listing *listing, struct gw_error *err)
{
	bool fine = gw_answer_each(s, &s->query, copy_record, listing, err);
	for (size_t i = 0; i < listing->n_copies; i++) {
		fine = fine && list_record(listing, listing->copies[i], err);
		free(listing->copies[i]);
	}
	free(listing->copies);
	return fine;
}

/* "[…]"; *n is how many. */
static bool list_all(struct gw_search *s, const struct gw_lister *lister, uint64_t *n,
	struct gw_error *err)
{
	struct listing listing = { .lister = lister, .out = &s->rq->out.body };
	listing.out->limit = ANSWER_MAX;
	gw_str_putc(listing.out, '[');
	if (lister->asks ? !list_copies(s, &listing, err)
			 : !gw_answer_each(s, &s->query, list_record, &listing, err))
		return false;
	gw_str_putc(listing.out, ']');
	*n = listing.n;
	return fits(listing.out, err);
}

bool gw_answer_list(struct gw_search *s, const struct gw_lister *lister, struct gw_error *err)
{
	uint64_t n;
	return list_all(s, lister, &n, err);
}

/* A page that is not full tells the total by itself. */
static bool find_total(struct gw_search *s, uint64_t n, uint64_t *total, struct gw_error *err)
{
	if (n < s->query.limit && (n > 0 || s->query.offset == 0)) {
		*total = s->query.offset + n;
		return true;
	}
	struct gw_query all = s->query;
	all.offset = all.limit = 0;
	all.n_orders = 0;
	return gw_store_count(gw_api_of(s->rq)->store, &all, GW_TOTAL_MAX, total, err);
}

bool gw_answer_page(struct gw_search *s, const struct gw_lister *lister, struct gw_error *err)
{
	struct gw_str *out = &s->rq->out.body;
	uint64_t n, total;
	gw_str_puts(out, "{\"results\":");
	if (!list_all(s, lister, &n, err) || !find_total(s, n, &total, err))
		return false;
	gw_json_int(out, "total", (int64_t)total);
	gw_str_putc(out, '}');
	return true;
}

static int compare_counts(const void *a, const void *b)
{
	return strcmp(((const struct gw_count *)a)->value, ((const struct gw_count *)b)->value);
}

bool gw_answer_values(struct gw_search *s, const char *field, struct gw_error *err)
{
	struct gw_str *out = &s->rq->out.body;
	struct gw_count *counts;
	size_t n;
	if (!gw_store_count_by(gw_api_of(s->rq)->store, &s->query, field, &counts, &n, err))
		return false;
	if (n)
		qsort(counts, n, sizeof(*counts), compare_counts);
	gw_str_putc(out, '[');
	for (size_t i = 0; i < n; i++) {
		gw_json_comma(out);
		gw_json_quote(out, gw_slice_of(counts[i].value));
	}
	gw_str_putc(out, ']');
	gw_counts_free(counts, n);
	return fits(out, err);
}

void gw_answer_object(struct gw_str *out, struct gw_slice tenant, struct gw_slice doc)
{
	gw_str_putc(out, '{');
	gw_json_text(out, "tenantId", tenant);
	if (doc.len > 2)
		gw_str_putc(out, ',');
	gw_str_add(out, doc.data + 1, doc.len - 1);
}

bool gw_answer_count(struct gw_http_request *rq, uint64_t n)
{
	struct gw_str *out = &rq->out.body;
	gw_str_putc(out, '{');
	gw_json_int(out, "count", (int64_t)n);
	gw_json_int(out, "totalItems", (int64_t)n);
	gw_json_text(out, "operationId", gw_slice_of(gw_id_new(gw_clock_now()).text));
	gw_str_putc(out, '}');
	return true;
}
