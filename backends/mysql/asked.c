/* asked.c - keys by tenant in lists of a few sizes, so that few statements do for all numbers */
#include "backends/mysql/mysql.h"

static const size_t sizes[] = { 1, 8, 64, 512 };

static int asked_order(const void *a, const void *b)
{
	const struct asked *x = a, *y = b;
	int order = gw_slice_compare(x->key.tenant, y->key.tenant);
	return order ? order : gw_slice_compare(x->key.key, y->key.key);
}

void asked_sort(struct asked *asked, size_t n)
{
	qsort(asked, n, sizeof(*asked), asked_order);
}

size_t asked_run(const struct asked *asked, size_t n)
{
	size_t run = 1, most = sizes[GW_LEN(sizes) - 1];
	while (run < n && run < most && gw_slice_equal(asked[run].key.tenant, asked->key.tenant))
		run++;
	return run;
}

static void add_text(struct gw_sql *s, struct gw_slice text)
{
	gw_sql_param(s,
		(struct gw_value){ .is_set = true, .text = text.data ? text : gw_slice_of("") });
}

/* The last one is repeated up to the next size. */
void asked_add(struct gw_sql *s, const struct asked *run, size_t n)
{
	size_t size = 0;
	while (sizes[size] < n)
		size++;
	gw_str_puts(&s->text, " WHERE \"tenant\" = ");
	add_text(s, run->key.tenant);
	gw_str_puts(&s->text, " AND \"key\" IN (");
	for (size_t i = 0; i < sizes[size]; i++) {
		gw_str_puts(&s->text, i ? ", " : "");
		add_text(s, run[i < n ? i : n - 1].key.key);
	}
	gw_str_puts(&s->text, ")");
}

const struct asked *asked_find(const struct asked *run, size_t n, struct gw_slice key)
{
	size_t low = 0, high = n;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (gw_slice_compare(run[middle].key.key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && gw_slice_equal(run[low].key.key, key) ? &run[low] : NULL;
}
