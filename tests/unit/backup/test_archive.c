/* test_archive.c - archives: what was written comes back, and nothing else does */
#include "tests/unit/test.h"

#include "backup/archive.h"
#include "base/fd.h"
#include "model/kinds.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#define KEY "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
#define N_FLOWS 40
#define TRIES 1000

static struct gw_error err;

/* ---- Writing into memory ---- */

struct bytes {
	struct gw_str text;
	size_t borders[4096]; /* ends of what was written at once */
	size_t n_borders;
};

static bool collect(void *arg, struct gw_slice part, struct gw_error *e)
{
	struct bytes *b = arg;
	(void)e;
	gw_str_add(&b->text, part.data, part.len);
	b->borders[b->n_borders++] = b->text.len;
	return true;
}

static struct gw_record flow_record(int i, struct gw_value *fields, char key[32], char *doc)
{
	static const struct gw_slice labels[] = { { "a\x1f"
						    "1",
							  3 },
		{ "b\x1f"
		  "2",
			3 } };
	snprintf(key, 32, "company.team/flow%04d", i);
	snprintf(doc, 128, "{\"id\":\"flow%04d\",\"text\":\"äöü – %d\"}", i, i * 7919);
	fields[GW_FLOW_NAMESPACE] = gw_value_string("company.team");
	fields[GW_FLOW_REVISION] = gw_value_number(i - 5);
	fields[GW_FLOW_LABELS] = (struct gw_value){ .is_set = true, .items = labels, .n_items = 2 };
	fields[GW_FLOW_UPDATED] = gw_value_time(1734688800000000 + i);
	return (struct gw_record){ .kind = &gw_kind_flow,
		.tenant = gw_slice_of("main"),
		.key = gw_slice_of(key),
		.version = { (uint64_t)i << 40, 7 },
		.due = i % 2 ? i : GW_NEVER,
		.owner = gw_slice_of(i % 3 ? NULL : "somebody"),
		.fields = fields,
		.doc = gw_slice_of(doc) };
}

static void write_archive(struct bytes *out, const char *key)
{
	const struct gw_archive_sink sink = { collect, out };
	json_auto_t *header = json_pack("{s:s, s:s}", "type", "FULL", "version", "0.1.0");
	gw_auto_archive_writer *w = gw_archive_create(header, key, &sink, &err);
	char name[32], doc[128];
	assert_non_null(w);
	assert_true(gw_archive_begin_file(w, "main", "/a/b.txt", &err));
	assert_true(gw_archive_add_part(w, gw_slice_of("content"), &err));
	for (int i = 0; i < N_FLOWS; i++) {
		struct gw_value fields[GW_FLOW_N] = { 0 };
		struct gw_record r = flow_record(i, fields, name, doc);
		assert_true(gw_archive_add(w, &r, &err));
	}
	struct gw_record gone = { .kind = &gw_kind_trigger,
		.tenant = gw_slice_of("main"),
		.key = gw_slice_of("x/y/z"),
		.due = GW_NEVER };
	assert_true(gw_archive_add_deleted(w, &gone, &err));
	gw_archive_expect(w, &gw_kind_secret);
	assert_true(gw_archive_finish(w, &err));
	assert_int_equal(gw_archive_size(w), out->text.len);
}

/* ---- Reading ---- */

static int file_of(struct gw_slice bytes)
{
	int fd = memfd_create("archive", MFD_CLOEXEC);
	assert_true(gw_fd_write_all(fd, bytes.data, bytes.len, &err));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* Reads to the end; how many records there were, -1 = it failed. */
static int count_records(struct gw_slice bytes, const char *key)
{
	struct gw_archive_item item;
	enum gw_archive_next next;
	int n = 0;
	gw_auto_archive_reader *r = gw_archive_open(file_of(bytes), key, &err);
	while (r && (next = gw_archive_next(r, &item, &err)) < GW_ARCHIVE_DONE)
		n += next == GW_ARCHIVE_RECORD;
	return r && next == GW_ARCHIVE_DONE ? n : -1;
}

static void expect_flow(const struct gw_archive_item *item, int i)
{
	char key[32], doc[128];
	struct gw_value fields[GW_FLOW_N] = { 0 };
	const struct gw_record wanted = flow_record(i, fields, key, doc);
	const struct gw_record *r = &item->record;
	assert_ptr_equal(r->kind, &gw_kind_flow);
	assert_true(gw_slice_equal(r->tenant, wanted.tenant));
	assert_true(gw_slice_equal(r->key, wanted.key));
	assert_true(gw_slice_equal(r->doc, wanted.doc));
	assert_true(gw_version_equal(r->version, wanted.version));
	assert_int_equal(r->due, wanted.due);
	assert_null(r->owner.data);
	assert_int_equal(item->was_owned, i % 3 == 0);
	assert_int_equal(r->fields[GW_FLOW_REVISION].number, i - 5);
	assert_int_equal(r->fields[GW_FLOW_UPDATED].number, 1734688800000000 + i);
	assert_false(r->fields[GW_FLOW_DESCRIPTION].is_set);
	assert_int_equal(r->fields[GW_FLOW_LABELS].n_items, 2);
	assert_memory_equal(r->fields[GW_FLOW_LABELS].items[1].data,
		"b\x1f"
		"2",
		3);
}

static void expect_all(struct gw_slice bytes, const char *key)
{
	struct gw_archive_item item;
	gw_auto_archive_reader *r = gw_archive_open(file_of(bytes), key, &err);
	assert_non_null(r);
	assert_string_equal(json_string_value(json_object_get(gw_archive_header(r), "type")),
		"FULL");
	assert_int_equal(gw_archive_next(r, &item, &err), GW_ARCHIVE_FILE);
	assert_string_equal(item.path, "/a/b.txt");
	assert_int_equal(gw_archive_next(r, &item, &err), GW_ARCHIVE_PART);
	assert_true(gw_slice_is(item.part, "content"));
	for (int i = 0; i < N_FLOWS; i++) {
		assert_int_equal(gw_archive_next(r, &item, &err), GW_ARCHIVE_RECORD);
		expect_flow(&item, i);
	}
	assert_int_equal(gw_archive_next(r, &item, &err), GW_ARCHIVE_DELETED);
	assert_string_equal(item.kind, "trigger");
	assert_true(gw_slice_is(item.record.key, "x/y/z"));
	assert_int_equal(gw_archive_next(r, &item, &err), GW_ARCHIVE_DONE);
	assert_int_equal(gw_tally_find(gw_archive_read(r), "flow")->n, N_FLOWS);
	assert_int_equal(gw_tally_find(gw_archive_read(r), "secret")->n, 0);
}

static void what_was_written_is_read(void **state)
{
	(void)state;
	struct bytes sealed = { 0 }, plain = { 0 };
	write_archive(&sealed, KEY);
	expect_all(gw_str_slice(&sealed.text), KEY);
	write_archive(&plain, NULL);
	expect_all(gw_str_slice(&plain.text), NULL);
	gw_str_clear(&sealed.text);
	gw_str_clear(&plain.text);
}

static void the_header_is_readable_without_a_key(void **state)
{
	(void)state;
	struct bytes b = { 0 };
	write_archive(&b, KEY);
	gw_auto_fd fd = file_of(gw_str_slice(&b.text));
	json_auto_t *header = gw_archive_peek(fd, &err);
	assert_string_equal(json_string_value(json_object_get(header, "version")), "0.1.0");
	assert_null(memmem(b.text.data, b.text.len, "flow00", 6));
	gw_str_clear(&b.text);
}

static void another_key_is_refused(void **state)
{
	(void)state;
	struct bytes b = { 0 };
	write_archive(&b, KEY);
	assert_int_equal(count_records(gw_str_slice(&b.text), "another"), -1);
	assert_int_equal(err.code, GW_DENIED);
	assert_int_equal(count_records(gw_str_slice(&b.text), NULL), -1);
	assert_int_equal(err.code, GW_DENIED);
	assert_non_null(strstr(err.message, "--encryption-key"));
	gw_str_clear(&b.text);
}

static void a_newer_format_is_refused(void **state)
{
	(void)state;
	struct bytes b = { 0 };
	write_archive(&b, NULL);
	b.text.data[8]++;
	assert_int_equal(count_records(gw_str_slice(&b.text), NULL), -1);
	assert_int_equal(err.code, GW_CONFLICT);
	gw_str_clear(&b.text);
}

static void expect_damage(struct gw_slice bytes, const char *key)
{
	assert_int_equal(count_records(bytes, key), -1);
	assert_true(err.code == GW_INVALID || err.code == GW_CONFLICT || err.code == GW_DENIED);
}

static void an_archive_that_is_cut_is_refused(void **state)
{
	(void)state;
	static const char *const keys[] = { KEY, NULL };
	srandom(4711);
	for (size_t k = 0; k < GW_LEN(keys); k++) {
		struct bytes b = { 0 };
		write_archive(&b, keys[k]);
		assert_true(b.n_borders > 5);
		for (size_t i = 0; i + 1 < b.n_borders; i++)
			expect_damage(gw_slice(b.text.data, b.borders[i]), keys[k]);
		for (int i = 0; i < TRIES / (keys[k] ? 10 : 1); i++)
			expect_damage(gw_slice(b.text.data, (size_t)random() % b.text.len),
				keys[k]);
		gw_str_clear(&b.text);
	}
}

static void a_changed_bit_is_noticed(void **state)
{
	(void)state;
	static const char *const keys[] = { KEY, NULL };
	srandom(4712);
	for (size_t k = 0; k < GW_LEN(keys); k++) {
		struct bytes b = { 0 };
		write_archive(&b, keys[k]);
		for (int i = 0; i < TRIES / (keys[k] ? 10 : 1); i++) {
			size_t bit = (size_t)random() % (8 * b.text.len);
			b.text.data[bit / 8] ^= (char)(1 << bit % 8);
			expect_damage(gw_str_slice(&b.text), keys[k]);
			b.text.data[bit / 8] ^= (char)(1 << bit % 8);
		}
		assert_int_equal(count_records(gw_str_slice(&b.text), keys[k]), N_FLOWS);
		gw_str_clear(&b.text);
	}
}

static void frames_in_another_order_are_refused(void **state)
{
	(void)state;
	struct bytes b = { 0 };
	gw_auto_str swapped = { 0 };
	write_archive(&b, NULL);
	size_t first = b.borders[0], second = b.borders[1], third = b.borders[2];
	gw_str_add(&swapped, b.text.data, first);
	gw_str_add(&swapped, b.text.data + second, third - second);
	gw_str_add(&swapped, b.text.data + first, second - first);
	gw_str_add(&swapped, b.text.data + third, b.text.len - third);
	assert_int_equal(count_records(gw_str_slice(&swapped), NULL), -1);
	gw_str_clear(&b.text);
}

static void nothing_may_follow_the_end(void **state)
{
	(void)state;
	struct bytes b = { 0 };
	write_archive(&b, NULL);
	gw_str_putc(&b.text, 'x');
	assert_int_equal(count_records(gw_str_slice(&b.text), NULL), -1);
	gw_str_clear(&b.text);
}

/* Archives of every format there was. */
static void samples_stay_readable(void **state)
{
	(void)state;
	static const char *const names[] = { "format1.kestra", "format1-plain.kestra" };
	for (size_t i = 0; i < GW_LEN(names); i++) {
		gw_auto_str bytes = { 0 };
		gw_auto_free char *path = gw_sprintf("%s/tests/unit/backup/samples/%s",
			getenv("GW_SOURCE"), names[i]);
		assert_true(gw_file_read(path, 1 << 20, &bytes, &err));
		expect_all(gw_str_slice(&bytes), i == 0 ? KEY : NULL);
	}
}

/* Makes the samples of today's format: test_archive FOLDER */
static int write_samples(const char *folder)
{
	static const char *const names[] = { "format1.kestra", "format1-plain.kestra" };
	for (size_t i = 0; i < GW_LEN(names); i++) {
		struct bytes b = { 0 };
		gw_auto_free char *path = gw_sprintf("%s/%s", folder, names[i]);
		write_archive(&b, i == 0 ? KEY : NULL);
		gw_file_replace(path, gw_str_slice(&b.text), &err);
		gw_str_clear(&b.text);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_is_read),
		cmocka_unit_test(the_header_is_readable_without_a_key),
		cmocka_unit_test(another_key_is_refused),
		cmocka_unit_test(a_newer_format_is_refused),
		cmocka_unit_test(an_archive_that_is_cut_is_refused),
		cmocka_unit_test(a_changed_bit_is_noticed),
		cmocka_unit_test(frames_in_another_order_are_refused),
		cmocka_unit_test(nothing_may_follow_the_end),
		cmocka_unit_test(samples_stay_readable),
	};
	if (argc > 1)
		return write_samples(argv[1]);
	return RUN(tests);
}
