/* filter.c - cases: what filters find, by example and against the memory backend at random */
#include "tests/backend/suite.h"

static void put_namespace(const char *key, const char *namespace)
{
	struct gw_value fields[GW_FLOW_N] = { 0 };
	fields[GW_FLOW_NAMESPACE] = gw_value_string(namespace);
	struct gw_op op = suite_op(GW_PUT, key, "{}");
	op.record.kind = &gw_kind_flow;
	op.record.fields = fields;
	must_write(&op);
}

static void assert_found(const struct gw_filter *filter, const char *keys)
{
	const struct gw_query query = { .kind = &gw_kind_flow, .filters = filter, .n_filters = 1 };
	assert_keys(&query, keys);
}

static void assert_compare(enum gw_compare compare, const char *text, const char *keys)
{
	const struct gw_value value = gw_value_string(text);
	const struct gw_filter filter = {
		.compare = compare, .field = "namespace", .values = &value, .n_values = 1
	};
	assert_found(&filter, keys);
}

static void texts_are_compared_literally(void)
{
	put_namespace("a", "a%b");
	put_namespace("b", "axb");
	put_namespace("c", "a_b");
	put_namespace("d", "a\\b");
	put_namespace("e", "A%B");
	put_namespace("f", NULL);
	put_namespace("g", "\xc3\xa9t\xc3\xa9");
	put_namespace("h", "");
	assert_compare(GW_PREFIX, "a%", "a");
	assert_compare(GW_PREFIX, "a_", "c");
	assert_compare(GW_PREFIX, "", "a b c d e g h");
	assert_compare(GW_SUFFIX, "%b", "a");
	assert_compare(GW_SUFFIX, "\\b", "d");
	assert_compare(GW_SUFFIX, "\xc3\xa9", "g");
	assert_compare(GW_SUFFIX, "", "a b c d e g h");
	assert_compare(GW_CONTAINS, "%", "a e");
	assert_compare(GW_CONTAINS, "%B", "a e");
	assert_compare(GW_CONTAINS, "\\", "d");
	assert_compare(GW_CONTAINS, "\xc3\x89", "");
	assert_compare(GW_CONTAINS, "T\xc3\xa9", "g");
	assert_compare(GW_EQ, "a_b", "c");
	assert_compare(GW_EQ, "a'b", "");
	assert_compare(GW_GT, "a%b", "b c d g");
	assert_compare(GW_LE, "a%b", "a e h");
}

static void under_means_the_namespace_or_what_is_below(void)
{
	put_namespace("a", "company");
	put_namespace("b", "company.team");
	put_namespace("c", "company.team.x");
	put_namespace("d", "companyteam");
	put_namespace("e", "company-x");
	put_namespace("f", "company/x");
	assert_compare(GW_UNDER, "company", "a b c");
	assert_compare(GW_UNDER, "company.team", "b c");
	assert_compare(GW_UNDER, "compan", "");
}

static void null_fits_no_comparison_and_every_not(void)
{
	put_namespace("a", "x");
	put_namespace("b", "y");
	put_namespace("c", NULL);
	const struct gw_value x = gw_value_string("x");
	const struct gw_filter equals = {
		.compare = GW_EQ, .field = "namespace", .values = &x, .n_values = 1
	};
	const struct gw_filter is_null = { .compare = GW_IS_NULL, .field = "namespace" };
	const struct gw_filter not_x = { .compare = GW_NOT, .nested = &equals, .n_nested = 1 };
	const struct gw_filter set = { .compare = GW_NOT, .nested = &is_null, .n_nested = 1 };
	const struct gw_filter not_not = { .compare = GW_NOT, .nested = &not_x, .n_nested = 1 };
	const struct gw_filter both[] = { not_x, set };
	const struct gw_filter neither = { .compare = GW_NOT, .nested = both, .n_nested = 2 };
	const struct gw_filter any = { .compare = GW_ANY, .nested = both, .n_nested = 2 };
	const struct gw_filter nothing = { .compare = GW_ANY };
	const struct gw_filter no_value = { .compare = GW_EQ, .field = "namespace" };
	assert_found(&equals, "a");
	assert_found(&is_null, "c");
	assert_found(&not_x, "b c");
	assert_found(&set, "a b");
	assert_found(&not_not, "a");
	assert_found(&neither, "a c");
	assert_found(&any, "a b c");
	assert_found(&nothing, "");
	assert_found(&no_value, "");
}

/* ---- At random, against the reference ---- */

enum { RECORDS = 120, QUERIES = 250, POOL = 400 };

static const char *const words[] = { "", "a", "A", "ab", "a.b", "a.b.c", "a%", "a_b", "B",
	"b\xc3\xa9", "\xc3\x89", "z", "a/b", "a-b", "\xf0\x9f\x98\x80", "\xed\x9f\xbf",
	"\xf4\x8f\xbf\xbf" };

/* What a random query is made of lives here until the next one. */
static struct gw_filter filters[POOL];
static struct gw_value values[POOL];
static unsigned n_filters, n_values;

static const char *random_word(uint64_t *seed)
{
	return words[suite_random(seed, GW_LEN(words))];
}

static struct gw_value random_value(uint64_t *seed, enum gw_field_type type)
{
	switch (type) {
	case GW_INTEGER:
		return gw_value_number((int64_t)suite_random(seed, 7) - 3);
	case GW_INSTANT:
		return gw_value_number((int64_t)suite_random(seed, 7) * GW_SECOND);
	case GW_BOOLEAN:
		return gw_value_number((int64_t)suite_random(seed, 2));
	default:
		return gw_value_string(random_word(seed));
	}
}

static void random_record(uint64_t *seed, struct gw_value *fields, struct gw_slice *items,
	struct gw_record *r)
{
	for (unsigned i = 0; i < GW_FLOW_N; i++)
		fields[i] = suite_random(seed, 4) ? random_value(seed, gw_kind_flow.fields[i].type)
						  : (struct gw_value){ 0 };
	unsigned n = (unsigned)suite_random(seed, 4);
	for (unsigned i = 0; i < n; i++)
		items[i] = gw_slice_of(random_word(seed));
	fields[GW_FLOW_LABELS] = (struct gw_value){ .is_set = n > 0, .items = items, .n_items = n };
	r->kind = &gw_kind_flow;
	r->fields = fields;
	if (suite_random(seed, 2))
		r->due = (int64_t)suite_random(seed, 7) * GW_SECOND;
	else if (suite_random(seed, 2))
		r->owner = gw_slice_of(random_word(seed));
}

static void write_random(uint64_t *seed, struct gw_store *reference)
{
	static const char *const tenants[] = { "", "main", "other" };
	for (unsigned i = 0; i < RECORDS; i++) {
		struct gw_value fields[GW_FLOW_N];
		struct gw_slice items[4];
		char key[16];
		snprintf(key, sizeof(key), "%s/%u", random_word(seed), i % 100);
		struct gw_op op = suite_op(GW_PUT, key, "{}");
		op.record.tenant = gw_slice_of(tenants[suite_random(seed, 3)]);
		random_record(seed, fields, items, &op.record);
		must_write(&op);
		assert_true(gw_store_write_one(reference, &op, &err));
	}
}

static const struct gw_field envelope[] = { { "tenant", GW_KEYWORD }, { "key", GW_KEYWORD },
	{ "owner", GW_KEYWORD }, { "due", GW_INSTANT } };

static struct gw_field random_field(uint64_t *seed)
{
	unsigned i = (unsigned)suite_random(seed, GW_FLOW_N + GW_LEN(envelope));
	return i < GW_FLOW_N ? gw_kind_flow.fields[i] : envelope[i - GW_FLOW_N];
}

static enum gw_compare random_compare(uint64_t *seed, enum gw_field_type type)
{
	static const enum gw_compare for_text[] = { GW_CONTAINS, GW_IS_NULL };
	static const enum gw_compare for_boolean[] = { GW_EQ, GW_IS_NULL };
	static const enum gw_compare for_number[] = { GW_EQ, GW_LT, GW_LE, GW_GT, GW_GE,
		GW_IS_NULL };
	if (type == GW_TEXT)
		return for_text[suite_random(seed, 2)];
	if (type == GW_BOOLEAN)
		return for_boolean[suite_random(seed, 2)];
	if (type == GW_INTEGER || type == GW_INSTANT)
		return for_number[suite_random(seed, GW_LEN(for_number))];
	return (enum gw_compare)suite_random(seed, GW_ANY);
}

static struct gw_filter random_filter(uint64_t *seed, unsigned depth)
{
	if (depth < 3 && n_filters < POOL - 4 && suite_random(seed, 4) == 0) {
		struct gw_filter *nested = &filters[n_filters];
		unsigned n = (unsigned)suite_random(seed, 4);
		n_filters += n;
		for (unsigned i = 0; i < n; i++)
			nested[i] = random_filter(seed, depth + 1);
		return (struct gw_filter){ .compare = suite_random(seed, 2) ? GW_ANY : GW_NOT,
			.nested = nested,
			.n_nested = n };
	}
	struct gw_field field = random_field(seed);
	struct gw_value *first = &values[n_values];
	unsigned n = n_values < POOL - 3 ? (unsigned)suite_random(seed, 4) : 0;
	n_values += n;
	for (unsigned i = 0; i < n; i++)
		first[i] = random_value(seed, field.type);
	return (struct gw_filter){ .compare = random_compare(seed, field.type),
		.field = field.name,
		.values = first,
		.n_values = n };
}

static void random_query(uint64_t *seed, struct gw_filter *top, struct gw_order *orders,
	struct gw_query *query)
{
	n_filters = n_values = 0;
	*query = (struct gw_query){ .kind = &gw_kind_flow, .filters = top, .orders = orders };
	if (suite_random(seed, 3))
		query->tenant = gw_slice_of("main");
	query->n_filters = (unsigned)suite_random(seed, 4);
	for (unsigned i = 0; i < query->n_filters; i++)
		top[i] = random_filter(seed, 0);
	unsigned n_orders = (unsigned)suite_random(seed, 3);
	for (unsigned i = 0; i < n_orders; i++) {
		struct gw_field field = random_field(seed);
		if (field.type != GW_KEYWORDS && field.type != GW_TEXT)
			orders[query->n_orders++] =
				(struct gw_order){ field.name, suite_random(seed, 2) };
	}
	query->limit = suite_random(seed, 2) ? suite_random(seed, 40) : 0;
	query->offset = suite_random(seed, 3) ? 0 : suite_random(seed, 10);
	if (query->tenant.data && !query->n_orders && suite_random(seed, 2))
		query->after = gw_slice_of(random_word(seed));
}

static int by_value(const void *a, const void *b)
{
	return strcmp(((const struct gw_count *)a)->value, ((const struct gw_count *)b)->value);
}

static char *grouped(struct gw_store *s, const struct gw_query *query, const char *field)
{
	struct gw_count *counts;
	size_t n;
	struct gw_str text = { 0 };
	assert_true(gw_store_count_by(s, query, field, &counts, &n, &err));
	if (n > 0)
		qsort(counts, n, sizeof(*counts), by_value);
	for (size_t i = 0; i < n; i++)
		gw_str_printf(&text, "%s:%d ", counts[i].value, (int)counts[i].n);
	gw_counts_free(counts, n);
	return gw_str_steal(&text);
}

static void assert_agree(struct gw_store *reference, const struct gw_query *query, uint64_t *seed)
{
	gw_auto_free char *expected = suite_keys(reference, query);
	assert_keys(query, expected);
	uint64_t n;
	assert_true(gw_store_count(reference, query, 0, &n, &err));
	assert_int_equal(suite_count(query), n);
	struct gw_field field = random_field(seed);
	if (field.type == GW_TEXT)
		return;
	gw_auto_free char *groups = grouped(reference, query, field.name);
	gw_auto_free char *found = grouped(store, query, field.name);
	assert_string_equal(found, groups);
}

static void compare_at_random(uint64_t seed)
{
	struct gw_store *reference = gw_store_open(gw_test_backend("memory"), NULL, &err);
	const struct gw_query all = { .kind = &gw_kind_flow };
	uint64_t n;
	assert_non_null(reference);
	assert_true(gw_store_delete_where(store, &all, &n, &err));
	write_random(&seed, reference);
	for (unsigned i = 0; i < QUERIES; i++) {
		struct gw_filter top[4];
		struct gw_order orders[3];
		struct gw_query query;
		random_query(&seed, top, orders, &query);
		assert_agree(reference, &query, &seed);
	}
	gw_store_close(&reference);
}

static void random_queries_find_what_the_reference_finds(void)
{
	for (uint64_t seed = 1; seed <= 4; seed++)
		compare_at_random(seed);
}

const struct suite_case suite_filter[] = {
	CASE(texts_are_compared_literally),
	CASE(under_means_the_namespace_or_what_is_below),
	CASE(null_fits_no_comparison_and_every_not),
	CASE(random_queries_find_what_the_reference_finds),
	{ 0 },
};
