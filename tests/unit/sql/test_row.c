/* test_row.c - packed keywords, cut keywords, versions */
#include "tests/unit/test.h"

#include "backends/sql/sql.h"

static const struct gw_field fields[] = { { "name", GW_KEYWORD }, { "tags", GW_KEYWORDS } };
static const struct gw_kind kind = { .name = "thing", .fields = fields, .n_fields = 2 };
enum { NAME = GW_SQL_FIELDS, TAGS };

static void keywords_come_back_as_they_were_packed(void **state)
{
	(void)state;
	const struct gw_slice items[] = { { "3:abc", 5 }, { "", 0 }, { "\xc3\xa9:", 3 } };
	const struct gw_value values[] = { { 0 },
		{ .is_set = true, .items = items, .n_items = 3 } };
	const struct gw_record r = { .kind = &kind, .fields = values };
	gw_auto_str packed = { 0 };
	gw_auto_row row;
	gw_sql_row_init(&row, &kind, GW_WANT_RECORDS);
	gw_sql_row_text(&row, TAGS, gw_sql_value(&r, TAGS, &packed).text);
	assert_int_equal(row.fields[1].n_items, 3);
	for (int i = 0; i < 3; i++)
		assert_true(gw_slice_equal(row.fields[1].items[i], items[i]));
}

static void no_keywords_are_null(void **state)
{
	(void)state;
	const struct gw_value values[] = { { 0 }, { .is_set = true } };
	const struct gw_record r = { .kind = &kind, .fields = values };
	gw_auto_str packed = { 0 };
	assert_false(gw_sql_value(&r, TAGS, &packed).is_set);
}

static void damaged_keywords_end_where_they_make_no_sense(void **state)
{
	(void)state;
	static const struct {
		const char *packed;
		unsigned n;
	} cases[] = { { "1:a2:b", 1 }, { "x", 0 }, { ":", 1 }, { "9", 0 }, { "99999999999:a", 0 },
		{ "1:a3", 1 }, { "-1:a", 0 }, { "18446744073709551615:a", 0 } };
	gw_auto_row row;
	gw_sql_row_init(&row, &kind, GW_WANT_RECORDS);
	for (size_t i = 0; i < GW_LEN(cases); i++) {
		gw_sql_row_text(&row, TAGS, gw_slice_of(cases[i].packed));
		assert_int_equal(row.fields[1].n_items, cases[i].n);
		assert_int_equal(row.fields[1].is_set, cases[i].n > 0);
	}
}

static void keywords_are_cut_between_characters(void **state)
{
	(void)state;
	char text[GW_KEYWORD_INDEXED + 10];
	memset(text, 'a', sizeof(text));
	assert_int_equal(gw_sql_cut(gw_slice(text, 100)).len, 100);
	assert_int_equal(gw_sql_cut(gw_slice(text, sizeof(text))).len, GW_KEYWORD_INDEXED);
	memcpy(text + GW_KEYWORD_INDEXED - 2, "\xe2\x82\xac", 3);
	assert_int_equal(gw_sql_cut(gw_slice(text, sizeof(text))).len, GW_KEYWORD_INDEXED - 2);
}

static void versions_leave_room_for_a_claim(void **state)
{
	(void)state;
	struct gw_sql_versions v;
	struct gw_error err;
	assert_true(gw_sql_versions_init(&v, &err));
	int64_t first = gw_sql_next_version(&v);
	assert_true(first >= 0);
	assert_true(gw_sql_next_version(&v) == first + 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keywords_come_back_as_they_were_packed),
		cmocka_unit_test(no_keywords_are_null),
		cmocka_unit_test(damaged_keywords_end_where_they_make_no_sense),
		cmocka_unit_test(keywords_are_cut_between_characters),
		cmocka_unit_test(versions_leave_room_for_a_claim),
	};
	return RUN(tests);
}
