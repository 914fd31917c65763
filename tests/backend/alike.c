/* alike.c - cases: texts that look alike or are long, many records, clocks that differ */
#include "tests/backend/suite.h"

#include "base/clock.h"
#include "base/thread.h"

/* ---- What some collations take for the same; in the order of their bytes ---- */

static const char *const alike[] = { " a", "A", "SS", "a", "a ", "a  ", "a\xcc\x81", "fi", "ss",
	"\xc3\x81", "\xc3\x9f", "\xc3\xa1", "\xc3\xa5", "\xc4\xb1", "\xd0\xb0", "\xef\xac\x81",
	"\xef\xbd\x81", "\xef\xbf\xbd", "\xf0\x9d\x92\x9c", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x81",
	"\xf0\x9f\x98\x81 ", "\xf4\x8f\xbf\xbf" };

/* A flow whose namespace and one label are the text. */
static void put_alike(const char *key, const char *text)
{
	struct gw_value fields[GW_FLOW_N] = { 0 };
	const struct gw_slice label = gw_slice_of(text);
	fields[GW_FLOW_NAMESPACE] = gw_value_string(text);
	fields[GW_FLOW_LABELS] = (struct gw_value){ .is_set = true, .items = &label, .n_items = 1 };
	struct gw_op op = suite_op(GW_CREATE, key, "{}");
	op.record.kind = &gw_kind_flow;
	op.record.fields = fields;
	must_write(&op);
}

static void assert_found(enum gw_compare compare, const char *field, struct gw_slice text,
	const char *keys)
{
	const struct gw_value value = gw_value_text(text);
	const struct gw_filter filter = {
		.compare = compare, .field = field, .values = &value, .n_values = 1
	};
	const struct gw_query query = { .kind = &gw_kind_flow, .filters = &filter, .n_filters = 1 };
	assert_keys(&query, keys);
}

static void keys_that_look_alike_are_different(void)
{
	for (size_t i = 0; i < GW_LEN(alike); i++) {
		size_t n = (i * 7) % GW_LEN(alike);
		gw_auto_free char *doc = gw_sprintf("%zu", n);
		struct gw_op op = suite_op(GW_CREATE, alike[n], doc);
		must_write(&op);
	}
	for (size_t i = 0; i < GW_LEN(alike); i++) {
		gw_auto_free char *doc = gw_sprintf("%zu", i);
		assert_doc(alike[i], doc);
	}
	const struct gw_query query = { .kind = &gw_kind_waiter };
	gw_auto_stream *s = gw_store_scan(store, &query, &err);
	struct gw_record r;
	size_t n = 0;
	while (gw_stream_next(s, &r, &err) == GW_NEXT_RECORD)
		assert_true(gw_slice_is(r.key, alike[n++]));
	assert_int_equal(n, GW_LEN(alike));
}

static void fields_that_look_alike_are_different(void)
{
	static const char *const fields[] = { "namespace", "labels" };
	struct gw_count *counts;
	size_t n;
	for (size_t i = 0; i < GW_LEN(alike); i++) {
		gw_auto_free char *key = gw_sprintf("%02zu", i);
		put_alike(key, alike[i]);
	}
	for (size_t f = 0; f < GW_LEN(fields); f++) {
		for (size_t i = 0; i < GW_LEN(alike); i++) {
			gw_auto_free char *key = gw_sprintf("%02zu", i);
			assert_found(GW_EQ, fields[f], gw_slice_of(alike[i]), key);
		}
		const struct gw_query query = { .kind = &gw_kind_flow };
		assert_true(gw_store_count_by(store, &query, fields[f], &counts, &n, &err));
		assert_int_equal(n, GW_LEN(alike));
		gw_counts_free(counts, n);
	}
	assert_found(GW_GE, "namespace", gw_slice_of(alike[19]), "19 20 21 22");
}

static void characters_of_four_bytes_are_searched_for(void)
{
	put_alike("a", "\xf0\x9f\x98\x80");
	put_alike("b", "\xf0\x9f\x98\x80.team");
	put_alike("c", "x\xf0\x9f\x98\x80y");
	put_alike("d", "\xf0\x9f\x98\x81");
	const struct gw_slice face = gw_slice_of("\xf0\x9f\x98\x80");
	assert_found(GW_EQ, "namespace", face, "a");
	assert_found(GW_PREFIX, "namespace", face, "a b");
	assert_found(GW_UNDER, "namespace", face, "a b");
	assert_found(GW_SUFFIX, "namespace", face, "a");
	assert_found(GW_CONTAINS, "namespace", face, "a b c");
	assert_found(GW_GT, "namespace", face, "b d");
	assert_found(GW_EQ, "labels", face, "a");
}

/* ---- Long texts ---- */

enum { LONG = 10000 };

/* Characters of four bytes behind a few of one, so that no bound lies between two of them. */
static void fill_long(char *text, int shift)
{
	memset(text, 'x', LONG);
	for (int i = shift; i + 4 <= LONG; i += 4)
		memcpy(text + i, "\xf0\x9f\x98\x80", 4);
}

static void texts_of_ten_kilobytes_are_indexed(void)
{
	for (int shift = 0; shift < 4; shift++) {
		char key[] = { (char)('a' + shift), '\0' }, text[LONG];
		struct gw_value fields[GW_FLOW_N] = { 0 };
		fill_long(text, shift);
		const struct gw_slice whole = gw_slice(text, LONG);
		fields[GW_FLOW_NAMESPACE] = gw_value_text(whole);
		fields[GW_FLOW_DESCRIPTION] = gw_value_text(whole);
		fields[GW_FLOW_LABELS] =
			(struct gw_value){ .is_set = true, .items = &whole, .n_items = 1 };
		struct gw_op op = suite_op(GW_CREATE, key, "{}");
		op.record.kind = &gw_kind_flow;
		op.record.fields = fields;
		must_write(&op);
		assert_found(GW_EQ, "namespace", whole, key);
		assert_found(GW_EQ, "labels", whole, key);
		op = suite_next(&op, NULL);
		must_write(&op);
		assert_found(GW_EQ, "labels", whole, "");
	}
}

/* ---- Many records ---- */

enum { MANY = 20000, CALL = 5000 };

static char many_keys[MANY][8];
static struct gw_op many[MANY];

static bool write_many(size_t first, size_t n, size_t step)
{
	struct gw_error e;
	gw_auto_free struct gw_group *groups = gw_new_array(struct gw_group, n);
	for (size_t i = 0; i < n; i++)
		groups[i] = (struct gw_group){ &many[first + i * step], 1 };
	bool ok = gw_store_write(store, groups, n, 10000, &e);
	if (!ok)
		print_error("%s\n", e.message);
	for (size_t i = 0; ok && i < n; i++)
		ok = many[first + i * step].outcome == GW_OP_DONE;
	return ok;
}

static void *delete_odd(void *ok)
{
	for (size_t i = 1; i < MANY; i += 2)
		many[i] = suite_next(&many[i], NULL);
	*(bool *)ok = true;
	for (size_t i = 1; i < MANY; i += 2000)
		*(bool *)ok &= write_many(i, 1000, 2);
	return NULL;
}

/* Counts the even ones in pages by key; each has to come once and in order. */
static unsigned page_through(void)
{
	char last[8] = "";
	unsigned n_even = 0;
	for (bool more = true; more;) {
		const struct gw_query query = { .kind = &gw_kind_waiter,
			.tenant = gw_slice_of("main"),
			.after = last[0] ? gw_slice_of(last) : gw_slice(NULL, 0),
			.limit = 777 };
		gw_auto_stream *s = gw_store_scan(store, &query, &err);
		struct gw_record r;
		more = false;
		assert_non_null(s);
		while (gw_stream_next(s, &r, &err) == GW_NEXT_RECORD) {
			assert_true(gw_slice_compare(r.key, gw_slice_of(last)) > 0);
			snprintf(last, sizeof(last), "%.*s", GW_SLICE(r.key));
			n_even += (last[4] - '0') % 2 == 0;
			more = true;
		}
	}
	return n_even;
}

static void twenty_thousand_are_paged_while_others_are_deleted(void)
{
	pthread_t deleter;
	bool deleted = false;
	for (size_t i = 0; i < MANY; i++) {
		snprintf(many_keys[i], sizeof(many_keys[i]), "%05zu", i);
		many[i] = suite_op(GW_CREATE, many_keys[i], "{\"a\":[1,2,3]}");
	}
	for (size_t i = 0; i < MANY; i += CALL)
		assert_true(write_many(i, CALL, 1));
	assert_true(gw_thread_start(&deleter, "deleter", delete_odd, &deleted, &err));
	unsigned first = page_through(), second = page_through();
	pthread_join(deleter, NULL);
	assert_true(deleted);
	assert_int_equal(first, MANY / 2);
	assert_int_equal(second, MANY / 2);
	assert_int_equal(suite_count(&(struct gw_query){ .kind = &gw_kind_waiter }), MANY / 2);
}

/* ---- Clocks ---- */

static void put_due(const char *key, gw_time due)
{
	struct gw_op op = suite_op(GW_PUT, key, "{}");
	op.record.due = due;
	must_write(&op);
}

static void assert_claimed(struct gw_store *node, const char *owner, gw_time now, const char *keys)
{
	gw_auto_stream *s =
		gw_store_claim(node, &gw_kind_waiter, gw_slice_of(owner), now, 10, &err);
	gw_auto_str found = { 0 };
	struct gw_record r;
	while (s && gw_stream_next(s, &r, &err) == GW_NEXT_RECORD)
		gw_str_printf(&found, "%.*s ", GW_SLICE(r.key));
	assert_string_equal(gw_str_text(&found), keys);
}

/* What is due is a matter of the now that the caller names, and no clock makes a version. */
static void nodes_whose_clocks_differ_share_the_work(void)
{
	const gw_time hour = 3600 * GW_SECOND, now = gw_clock_now();
	struct gw_store *ahead = suite_open();
	put_due("past", now - 2 * hour);
	put_due("soon", now + hour / 2);
	assert_claimed(store, "behind", now - hour, "past ");
	assert_claimed(ahead, "ahead", now + hour, "soon ");
	assert_claimed(store, "behind", now + 2 * hour, "");
	struct gw_op first = suite_op(GW_PUT, "k", "1");
	must_write(&first);
	gw_clock_fake(now - hour);
	struct gw_op second = suite_next(&first, "2"), late = suite_next(&first, "3");
	struct gw_group group = { &second, 1 };
	assert_true(gw_store_write(ahead, &group, 1, 0, &err));
	assert_int_equal(second.outcome, GW_OP_DONE);
	gw_clock_fake(GW_NEVER);
	must_miss(&late);
	gw_store_close(&ahead);
}

const struct suite_case suite_alike[] = {
	CASE(keys_that_look_alike_are_different),
	CASE(fields_that_look_alike_are_different),
	CASE(characters_of_four_bytes_are_searched_for),
	CASE(texts_of_ten_kilobytes_are_indexed),
	CASE(twenty_thousand_are_paged_while_others_are_deleted),
	SHARED_CASE(nodes_whose_clocks_differ_share_the_work),
	{ 0 },
};
