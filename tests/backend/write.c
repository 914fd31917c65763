/* write.c - cases: what writing promises */
#include "tests/backend/suite.h"

/* ---- What is stored comes back ---- */

static const struct gw_slice labels[] = { { "team\x1f"
					    "a",
						  6 },
	{ "9:\xc3\xa9\xe2\x82\xac", 7 }, { "", 0 }, { "{\"},\\'%_", 8 } };

static void fill_flow(struct gw_value *fields)
{
	fields[GW_FLOW_NAMESPACE] = gw_value_string("company.team");
	fields[GW_FLOW_ID] = gw_value_string("");
	fields[GW_FLOW_REVISION] = gw_value_number(-9007199254740993);
	fields[GW_FLOW_DISABLED] = gw_value_number(1);
	fields[GW_FLOW_DELETED] = gw_value_number(0);
	fields[GW_FLOW_LABELS] =
		(struct gw_value){ .is_set = true, .items = labels, .n_items = GW_LEN(labels) };
	fields[GW_FLOW_DESCRIPTION] = gw_value_string("it's \"quoted\" \\ {a,b} NULL");
	fields[GW_FLOW_SOURCE] = gw_value_string("id: x\n\ttasks: []\r\n");
	fields[GW_FLOW_UPDATED] = gw_value_time(1734688800123456);
}

static struct gw_op flow_op(const char *key, const struct gw_value *fields)
{
	struct gw_op op = suite_op(GW_CREATE, key, "{}");
	op.record.kind = &gw_kind_flow;
	op.record.fields = fields;
	return op;
}

static void assert_stored(const struct gw_op *op)
{
	struct gw_record r;
	void *hold;
	const struct gw_key key = { op->record.tenant, op->record.key };
	assert_true(gw_store_get(store, op->record.kind, key, &r, &hold, &err));
	assert_same(&r, &op->record);
	assert_true(gw_version_equal(r.version, op->version));
	free(hold);
}

static void every_field_comes_back(void)
{
	struct gw_value fields[GW_FLOW_N] = { 0 };
	fill_flow(fields);
	struct gw_op op = flow_op("full", fields);
	op.record.due = 1734688800000001;
	must_write(&op);
	assert_stored(&op);
	op = flow_op("owned", fields);
	op.record.owner = gw_slice_of("node 1");
	must_write(&op);
	assert_stored(&op);
}

static void null_comes_back_as_null(void)
{
	struct gw_value fields[GW_FLOW_N] = { 0 }, none[GW_FLOW_N] = { 0 };
	fill_flow(fields);
	struct gw_op op = flow_op("k", none);
	must_write(&op);
	assert_stored(&op);
	op = suite_next(&op, "{}");
	op.record.fields = fields;
	must_write(&op);
	assert_stored(&op);
	op = suite_next(&op, "{}");
	op.record.fields = none;
	must_write(&op);
	assert_stored(&op);
}

static void documents_keep_their_bytes(void)
{
	static const char *const docs[] = {
		"{ \"b\" : 1,\n\t\"a\":[ ], \"b\":2 }  ",
		"\"\\u0041\\u0000 \\ud83d\\ude00 \xf0\x9f\x98\x80 \xc3\xa9\"",
		"1.0",
		"1e400",
		"-0",
		"123456789012345678901234567890",
		"null",
		"\"it's \\\\ \\\"\"",
		"[\"\x7f\xef\xbf\xbf\xf4\x8f\xbf\xbf\"]",
	};
	for (size_t i = 0; i < GW_LEN(docs); i++) {
		struct gw_op op = suite_op(GW_PUT, "k", docs[i]);
		must_write(&op);
		assert_stored(&op);
	}
}

static void documents_may_be_large(void)
{
	gw_auto_str doc = { 0 };
	gw_str_putc(&doc, '"');
	while (doc.len < (1 << 20))
		gw_str_printf(&doc, "%zu \xe2\x82\xac ", doc.len);
	gw_str_putc(&doc, '"');
	struct gw_value fields[GW_FLOW_N] = { 0 };
	fields[GW_FLOW_SOURCE] = gw_value_text(gw_str_slice(&doc));
	struct gw_op op = flow_op("large", fields);
	op.record.doc = gw_str_slice(&doc);
	must_write(&op);
	assert_stored(&op);
}

static void keys_may_be_any_text(void)
{
	char longest[GW_KEY_MAX + 1];
	memset(longest, '\xc3', GW_KEY_MAX);
	for (size_t i = 1; i < GW_KEY_MAX; i += 2)
		longest[i] = '\xa9';
	longest[GW_KEY_MAX] = '\0';
	const char *const keys[] = { longest, " ", "a'b\"c\\", "\x01\x1f\n\t", "{x,y}", "%_",
		"\xf4\x8f\xbf\xbf", "a/000001" };
	for (size_t i = 0; i < GW_LEN(keys); i++) {
		struct gw_op op = suite_op(GW_CREATE, keys[i], "{}");
		must_write(&op);
		assert_stored(&op);
	}
}

static void long_keywords_are_found_by_their_beginning(void)
{
	char text[5001];
	memset(text, 'x', 5000);
	text[5000] = '\0';
	struct gw_slice item = gw_slice_of(text);
	struct gw_value fields[GW_FLOW_N] = { 0 };
	fields[GW_FLOW_NAMESPACE] = gw_value_string(text);
	fields[GW_FLOW_LABELS] = (struct gw_value){ .is_set = true, .items = &item, .n_items = 1 };
	struct gw_op op = flow_op("k", fields);
	must_write(&op);
	static const char *const names[] = { "namespace", "labels" };
	for (size_t i = 0; i < 2; i++) {
		struct gw_value value = gw_value_string(text);
		struct gw_filter filter = {
			.compare = GW_EQ, .field = names[i], .values = &value, .n_values = 1
		};
		const struct gw_query query = {
			.kind = &gw_kind_flow, .filters = &filter, .n_filters = 1
		};
		assert_keys(&query, "k");
		value.text.len = GW_KEYWORD_INDEXED;
		filter.compare = GW_PREFIX;
		assert_keys(&query, "k");
		value.text.len--;
		filter.compare = GW_EQ;
		assert_keys(&query, "");
	}
}

static void tenants_and_kinds_are_apart(void)
{
	struct gw_op a = suite_op(GW_CREATE, "k", "{\"n\":1}"), b = a, c = a;
	b.record.tenant = gw_slice_of("other");
	b.record.doc = gw_slice_of("{\"n\":2}");
	c.record.kind = &gw_kind_setting;
	c.record.tenant = gw_slice_of("");
	struct gw_op ops[] = { a, b, c };
	struct gw_group group = { ops, 3 };
	assert_true(gw_store_write(store, &group, 1, 0, &err));
	for (size_t i = 0; i < 3; i++)
		assert_stored(&ops[i]);
	assert_int_equal(suite_count(&(struct gw_query){ .kind = &gw_kind_waiter }), 2);
}

static void what_is_no_text_is_refused(void)
{
	struct gw_op bad[] = { suite_op(GW_PUT, "k", "{}"), suite_op(GW_PUT, "k", "\"\xc3\""),
		suite_op(GW_PUT, "k\xff", "{}") };
	bad[0].record.doc = gw_slice("{\0}", 3);
	for (size_t i = 0; i < GW_LEN(bad); i++) {
		struct gw_op good = suite_op(GW_PUT, "good", "{}");
		struct gw_group groups[] = { { &good, 1 }, { &bad[i], 1 } };
		assert_false(gw_store_write(store, groups, 2, 0, &err));
		assert_int_equal(err.code, GW_INVALID);
		assert_doc("good", NULL);
	}
}

/* ---- Versions ---- */

static void what_exists_cannot_be_created(void)
{
	struct gw_op first = suite_op(GW_CREATE, "k", "{\"n\":1}");
	struct gw_op second = suite_op(GW_CREATE, "k", "{\"n\":2}");
	must_write(&first);
	must_miss(&second);
	assert_doc("k", "{\"n\":1}");
}

static void replacing_takes_the_stored_version(void)
{
	struct gw_op first = suite_op(GW_CREATE, "k", "{\"n\":1}");
	must_write(&first);
	struct gw_op second = suite_next(&first, "{\"n\":2}"), late = second;
	must_write(&second);
	assert_false(gw_version_equal(first.version, second.version));
	must_miss(&late);
	struct gw_op third = suite_next(&second, "{\"n\":3}");
	must_write(&third);
	assert_doc("k", "{\"n\":3}");
	struct gw_op nothing = suite_next(&third, "{}");
	nothing.record.key = gw_slice_of("nothing");
	must_miss(&nothing);
}

static void deleting_takes_the_stored_version(void)
{
	struct gw_op first = suite_op(GW_CREATE, "k", "{\"n\":1}");
	must_write(&first);
	struct gw_op second = suite_next(&first, "{\"n\":2}"), delete = suite_next(&first, NULL);
	must_write(&second);
	must_miss(&delete);
	delete = suite_next(&second, NULL);
	must_write(&delete);
	assert_doc("k", NULL);
	must_miss(&delete);
}

static void putting_creates_and_overwrites(void)
{
	struct gw_op first = suite_op(GW_PUT, "k", "{\"n\":1}"), second;
	must_write(&first);
	second = suite_op(GW_PUT, "k", "{\"n\":2}");
	must_write(&second);
	assert_doc("k", "{\"n\":2}");
	struct gw_op late = suite_next(&first, "{}");
	must_miss(&late);
	struct gw_op third = suite_next(&second, "{\"n\":3}");
	must_write(&third);
}

static void a_version_is_never_used_again(void)
{
	struct gw_op op = suite_op(GW_CREATE, "k", "{}");
	struct gw_version seen[60];
	for (size_t n = 0; n < GW_LEN(seen);) {
		op = suite_op(GW_CREATE, "k", "{}");
		must_write(&op);
		seen[n++] = op.version;
		op = suite_next(&op, "{}");
		must_write(&op);
		seen[n++] = op.version;
		op = suite_op(GW_PUT, "k", "{}");
		must_write(&op);
		seen[n++] = op.version;
		op = suite_next(&op, NULL);
		must_write(&op);
	}
	for (size_t i = 0; i < GW_LEN(seen); i++)
		for (size_t k = 0; k < i; k++)
			assert_false(gw_version_equal(seen[i], seen[k]));
}

/* ---- Groups ---- */

static void a_group_applies_whole_or_not_at_all(void)
{
	for (size_t loser = 0; loser < 4; loser++) {
		struct gw_op there = suite_op(GW_PUT, "there", "{}");
		struct gw_op old = suite_op(GW_PUT, "old", "{\"n\":1}");
		must_write(&there);
		must_write(&old);
		struct gw_op ops[4] = { suite_op(GW_CREATE, "new", "{}"),
			suite_op(GW_PUT, "put", "{}"), suite_next(&there, NULL),
			suite_next(&old, "{\"n\":2}") };
		struct gw_op wrong = suite_op(GW_CREATE, "old", "{}");
		ops[loser] = wrong;
		if (loser != 3)
			ops[3] = suite_op(GW_PUT, "more", "{}");
		struct gw_group group = { ops, 4 };
		assert_true(gw_store_write(store, &group, 1, 0, &err));
		for (size_t i = 0; i < 4; i++)
			assert_int_equal(ops[i].outcome, i == loser ? GW_OP_MISSED : GW_OP_SKIPPED);
		assert_doc("new", NULL);
		assert_doc("put", NULL);
		assert_doc("more", NULL);
		assert_doc("there", "{}");
		assert_doc("old", "{\"n\":1}");
	}
}

enum { GROUPS = 100 };

/* A hundred groups of three; those whose number is divisible by every conflict. */
static void write_hundred(unsigned every)
{
	static struct gw_op ops[GROUPS][3];
	static char keys[GROUPS][3][16];
	struct gw_group groups[GROUPS];
	for (unsigned g = 0; g < GROUPS; g++) {
		for (unsigned i = 0; i < 3; i++) {
			snprintf(keys[g][i], sizeof(keys[g][i]), "%03u-%u-%u", g, i, every);
			ops[g][i] = suite_op(GW_CREATE, keys[g][i], "{}");
		}
		groups[g] = (struct gw_group){ ops[g], 3 };
		struct gw_op taken = suite_op(GW_CREATE, keys[g][g % 3], "{\"taken\":1}");
		if (g % every == every / 2)
			must_write(&taken);
	}
	assert_true(gw_store_write(store, groups, GROUPS, 0, &err));
	for (unsigned g = 0; g < GROUPS; g++) {
		bool conflicts = g % every == every / 2;
		for (unsigned i = 0; i < 3; i++) {
			enum gw_outcome lost = i == g % 3 ? GW_OP_MISSED : GW_OP_SKIPPED;
			assert_int_equal(ops[g][i].outcome, conflicts ? lost : GW_OP_DONE);
			bool is_there = !conflicts || i == g % 3;
			assert_doc(keys[g][i], !is_there   ? NULL
					       : conflicts ? "{\"taken\":1}"
							   : "{}");
		}
	}
}

static void one_conflict_in_a_hundred_groups_stops_only_its_group(void)
{
	write_hundred(100);
}

static void many_conflicts_in_a_hundred_groups_stop_only_their_groups(void)
{
	write_hundred(7);
	write_hundred(1);
}

static void a_batch_mixes_kinds_and_operations(void)
{
	struct gw_op gate = suite_op(GW_CREATE, "k", "{}"), gone = suite_op(GW_CREATE, "g", "{}");
	must_write(&gate);
	must_write(&gone);
	struct gw_op ops[] = { suite_next(&gate, "{\"n\":2}"), suite_op(GW_PUT, "p", "{}"),
		suite_op(GW_CREATE, "k", "{}"), suite_next(&gone, NULL),
		suite_op(GW_CREATE, "k", "{}") };
	ops[2].record.kind = &gw_kind_action;
	ops[4].record.kind = &gw_kind_flow;
	struct gw_group groups[] = { { &ops[0], 2 }, { &ops[2], 0 }, { &ops[2], 3 } };
	assert_true(gw_store_write(store, groups, 3, 0, &err));
	for (size_t i = 0; i < GW_LEN(ops); i++) {
		assert_int_equal(ops[i].outcome, GW_OP_DONE);
		if (ops[i].type != GW_DELETE)
			assert_stored(&ops[i]);
	}
	assert_doc("g", NULL);
	assert_true(gw_store_write(store, NULL, 0, 0, &err));
}

static void thousands_of_operations_fit_in_a_call(void)
{
	enum { N = 5000 };
	struct gw_op *ops = gw_new_array(struct gw_op, N);
	struct gw_group *groups = gw_new_array(struct gw_group, N);
	char(*keys)[8] = gw_zalloc(N * sizeof(*keys));
	for (unsigned i = 0; i < N; i++) {
		snprintf(keys[i], sizeof(keys[i]), "%05u", (i * 7919) % N);
		ops[i] = suite_op(i % 2 ? GW_CREATE : GW_PUT, keys[i], "{\"a\":[1,2,3]}");
		groups[i] = (struct gw_group){ &ops[i], 1 };
	}
	assert_true(gw_store_write(store, groups, N, 0, &err));
	for (unsigned i = 0; i < N; i++) {
		assert_int_equal(ops[i].outcome, GW_OP_DONE);
		ops[i] = suite_next(&ops[i], i % 2 ? "{\"n\":2}" : NULL);
	}
	assert_true(gw_store_write(store, groups, N, 0, &err));
	assert_int_equal(suite_count(&(struct gw_query){ .kind = &gw_kind_waiter }), N / 2);
	free(ops);
	free(groups);
	free(keys);
}

/* ---- Keywords follow their record ---- */

static void assert_labelled(const char *label, const char *keys)
{
	const struct gw_value value = gw_value_string(label);
	const struct gw_filter filter = {
		.compare = GW_EQ, .field = "labels", .values = &value, .n_values = 1
	};
	const struct gw_query query = { .kind = &gw_kind_flow, .filters = &filter, .n_filters = 1 };
	assert_keys(&query, keys);
}

static void keywords_follow_their_record(void)
{
	const struct gw_slice ab[] = { gw_slice_of("a"), gw_slice_of("b"), gw_slice_of("a") };
	const struct gw_slice bc[] = { gw_slice_of("b"), gw_slice_of("c") };
	struct gw_value fields[GW_FLOW_N] = { 0 };
	fields[GW_FLOW_LABELS] = (struct gw_value){ .is_set = true, .items = ab, .n_items = 3 };
	struct gw_op op = flow_op("k", fields);
	must_write(&op);
	assert_labelled("a", "k");
	assert_labelled("b", "k");
	fields[GW_FLOW_LABELS] = (struct gw_value){ .is_set = true, .items = bc, .n_items = 2 };
	op = suite_next(&op, "{}");
	must_write(&op);
	assert_labelled("a", "");
	assert_labelled("b", "k");
	assert_labelled("c", "k");
	op.type = GW_PUT;
	fields[GW_FLOW_LABELS] = (struct gw_value){ .is_set = true, .items = ab, .n_items = 1 };
	must_write(&op);
	assert_labelled("a", "k");
	assert_labelled("c", "");
	struct gw_op wrong = suite_next(&op, "{}");
	wrong.record.version.a ^= 1;
	fields[GW_FLOW_LABELS] = (struct gw_value){ .is_set = true, .items = bc, .n_items = 2 };
	must_miss(&wrong);
	assert_labelled("c", "");
	op = suite_next(&op, NULL);
	must_write(&op);
	assert_labelled("a", "");
	fields[GW_FLOW_LABELS] = (struct gw_value){ 0 };
	op = flow_op("k", fields);
	must_write(&op);
	assert_labelled("a", "");
}

const struct suite_case suite_write[] = {
	CASE(every_field_comes_back),
	CASE(null_comes_back_as_null),
	CASE(documents_keep_their_bytes),
	CASE(documents_may_be_large),
	CASE(keys_may_be_any_text),
	CASE(long_keywords_are_found_by_their_beginning),
	CASE(tenants_and_kinds_are_apart),
	CASE(what_is_no_text_is_refused),
	CASE(what_exists_cannot_be_created),
	CASE(replacing_takes_the_stored_version),
	CASE(deleting_takes_the_stored_version),
	CASE(putting_creates_and_overwrites),
	CASE(a_version_is_never_used_again),
	CASE(a_group_applies_whole_or_not_at_all),
	CASE(one_conflict_in_a_hundred_groups_stops_only_its_group),
	CASE(many_conflicts_in_a_hundred_groups_stop_only_their_groups),
	CASE(a_batch_mixes_kinds_and_operations),
	CASE(thousands_of_operations_fit_in_a_call),
	CASE(keywords_follow_their_record),
	{ 0 },
};
