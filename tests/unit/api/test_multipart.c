/* test_multipart.c - multipart bodies, whole and in pieces, well meant and not */
#include "tests/unit/test.h"

#include "api/multipart.h"
#include "base/fd.h"

static const struct gw_multipart_limits limits = {
	.parts = 4, .header = 200, .inline_part = 16, .inline_total = 40, .folder = "/tmp"
};

static struct gw_multipart *read_body(const char *body, size_t len, size_t piece,
	struct gw_error *err)
{
	struct gw_multipart *m =
		gw_multipart_new("multipart/form-data; boundary=\"XX\"", &limits, err);
	assert_non_null(m);
	bool fine = true;
	for (size_t i = 0; fine && i < len; i += piece)
		fine = gw_multipart_feed(m, body + i, len - i < piece ? len - i : piece, err);
	if (fine && gw_multipart_finish(m, err))
		return m;
	gw_multipart_free(m);
	return NULL;
}

static struct gw_multipart *read_text(const char *body)
{
	struct gw_error err;
	struct gw_multipart *m = read_body(body, strlen(body), strlen(body) + 1, &err);
	if (!m)
		print_message("%s\n", err.message);
	assert_non_null(m);
	return m;
}

static void assert_part(struct gw_multipart *m, size_t i, const char *name, const char *filename,
	const char *text)
{
	struct gw_error err;
	const struct gw_part *part = gw_multipart_part(m, i);
	assert_non_null(part);
	assert_string_equal(part->name, name);
	if (filename)
		assert_string_equal(part->filename, filename);
	else
		assert_null(part->filename);
	gw_auto_str content = { 0 };
	gw_auto_fd fd = gw_part_open(part, &err);
	assert_true(gw_fd_read_all(fd, 1000, &content, &err));
	assert_string_equal(gw_str_text(&content), text);
	assert_int_equal(part->size, strlen(text));
}

#define PART(name, text) \
	"--XX\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" text "\r\n"

static const char two_parts[] = "preamble\r\n" PART("a",
	"one") "--XX \t\r\n"
	       "content-type: text/plain\r\n"
	       "CONTENT-DISPOSITION: form-data; filename=f.txt; name=b\r\n\r\n"
	       "line\r\n--X\r\n--\r\nmore than inline\r\n--XX--\r\nepilogue";

static void parts_are_the_same_however_the_body_is_cut(void **state)
{
	(void)state;
	struct gw_error err;
	for (size_t piece = 1; piece <= sizeof(two_parts); piece++) {
		struct gw_multipart *m = read_body(two_parts, sizeof(two_parts) - 1, piece, &err);
		assert_non_null(m);
		assert_part(m, 0, "a", NULL, "one");
		assert_part(m, 1, "b", "f.txt", "line\r\n--X\r\n--\r\nmore than inline");
		assert_null(gw_multipart_part(m, 2));
		gw_multipart_free(m);
	}
}

static void small_parts_stay_in_memory_until_they_are_too_many(void **state)
{
	(void)state;
	struct gw_multipart *m = read_text(PART("a", "0123456789abcdef")
			PART("b", "0123456789abcdef") PART("c", "0123456789abcdef")
				PART("d", "0123456789abcdef!") "--XX--");
	assert_int_equal(gw_multipart_part(m, 0)->fd, -1);
	assert_int_equal(gw_multipart_part(m, 1)->fd, -1);
	assert_true(gw_multipart_part(m, 2)->fd >= 0);
	assert_true(gw_multipart_part(m, 3)->fd >= 0);
	assert_part(m, 2, "c", NULL, "0123456789abcdef");
	assert_part(m, 3, "d", NULL, "0123456789abcdef!");
	gw_multipart_free(m);
}

static void an_empty_body_is_no_parts(void **state)
{
	(void)state;
	static const char *const bodies[] = { "", "--XX--", "--XX--\r\n", "\r\n--XX--\r\n",
		"--XX\r\n\r\nno header\r\n--XX--" };
	for (size_t i = 0; i < GW_LEN(bodies); i++) {
		struct gw_multipart *m = read_text(bodies[i]);
		assert_null(gw_multipart_part(m, 0));
		gw_multipart_free(m);
	}
}

static void an_empty_part_is_a_part(void **state)
{
	(void)state;
	struct gw_multipart *m = read_text(PART("a", "") "--XX--");
	assert_part(m, 0, "a", NULL, "");
	gw_multipart_free(m);
}

static void quoted_and_extended_names_are_understood(void **state)
{
	(void)state;
	struct gw_multipart *m = read_text(
		"--XX\r\nContent-Disposition: form-data; name=\"a \\\"b\\\\; c\"; filename=\"x;y\""
		"\r\n\r\n\r\n--XX\r\nContent-Disposition: form-data; name*=UTF-8''na%C3%AFve; "
		"filename*=utf-8''%e2%82%ac.txt\r\n\r\n\r\n--XX--");
	assert_part(m, 0, "a \"b\\; c", "x;y", "");
	assert_part(m, 1, "na\xc3\xafve", "\xe2\x82\xac.txt", "");
	gw_multipart_free(m);
}

static void hostile_bodies_are_refused(void **state)
{
	(void)state;
	static const struct {
		const char *body, *message;
	} cases[] = {
		{ "--XX\r\n", "ends before its last boundary" },
		{ PART("a", "x"), "ends before its last boundary" },
		{ "no boundary at all", "ends before its last boundary" },
		{ "--XXY\r\n", "text after a boundary" },
		{ "--XX junk\r\n", "text after a boundary" },
		{ PART("a", "") PART("a", "") PART("a", "") PART("a", "") PART("a", "") "--XX--",
			"at most 4 parts" },
		{ "--XX\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\n\r\n--XX--",
			"is not UTF-8" },
		{ "--XX\r\nX: "
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "\r\n\r\n\r\n--XX--",
			"longer than 200 bytes" },
	};
	for (size_t i = 0; i < GW_LEN(cases); i++)
		for (size_t piece = 1; piece < 100; piece += 49) {
			struct gw_error err = { 0 };
			assert_null(read_body(cases[i].body, strlen(cases[i].body), piece, &err));
			assert_non_null(strstr(err.message, cases[i].message));
		}
}

static void a_name_with_a_zero_byte_is_refused(void **state)
{
	(void)state;
	static const char body[] =
		"--XX\r\nContent-Disposition: form-data; name=\"a\0b\"\r\n\r\n\r\n--XX--";
	struct gw_error err = { 0 };
	assert_null(read_body(body, sizeof(body) - 1, 1000, &err));
	assert_non_null(strstr(err.message, "is not UTF-8"));
}

static void content_keeps_its_zero_bytes(void **state)
{
	(void)state;
	static const char body[] = PART("a", "x\0\r\n--XY\0") "--XX--";
	struct gw_error err = { 0 };
	struct gw_multipart *m = read_body(body, sizeof(body) - 1, 3, &err);
	assert_int_equal(gw_multipart_part(m, 0)->size, 9);
	assert_memory_equal(gw_multipart_part(m, 0)->text.data, "x\0\r\n--XY\0", 9);
	gw_multipart_free(m);
}

static void a_boundary_is_needed(void **state)
{
	(void)state;
	static const char *const types[] = { "multipart/form-data",
		"multipart/form-data; boundary=", "multipart/form-data; boundary=\"a\rb\"",
		"multipart/form-data; boundary=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaa" };
	for (size_t i = 0; i < GW_LEN(types); i++) {
		struct gw_error err = { 0 };
		assert_null(gw_multipart_new(types[i], &limits, &err));
		assert_int_equal(err.code, GW_BAD_REQUEST);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_are_the_same_however_the_body_is_cut),
		cmocka_unit_test(small_parts_stay_in_memory_until_they_are_too_many),
		cmocka_unit_test(an_empty_body_is_no_parts),
		cmocka_unit_test(an_empty_part_is_a_part),
		cmocka_unit_test(quoted_and_extended_names_are_understood),
		cmocka_unit_test(hostile_bodies_are_refused),
		cmocka_unit_test(a_name_with_a_zero_byte_is_refused),
		cmocka_unit_test(content_keeps_its_zero_bytes),
		cmocka_unit_test(a_boundary_is_needed),
	};
	return RUN(tests);
}
