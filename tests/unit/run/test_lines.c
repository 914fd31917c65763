/* test_lines.c - lines out of bytes that come in pieces */
#include "tests/unit/test.h"

#include "run/lines.h"

#include <fcntl.h>
#include <unistd.h>

static struct gw_str seen; /* "[line]" each */

static void see(void *arg, struct gw_slice text, bool is_error)
{
	(void)arg;
	gw_str_printf(&seen, is_error ? "!" : "");
	gw_str_putc(&seen, '[');
	gw_str_add(&seen, text.data, text.len);
	gw_str_putc(&seen, ']');
}

static void assert_lines(const char *const *pieces, const char *expected)
{
	struct gw_lines lines = { .line = see };
	gw_str_reset(&seen);
	for (; *pieces; pieces++)
		gw_lines_add(&lines, gw_slice_of(*pieces));
	gw_lines_end(&lines);
	assert_string_equal(gw_str_text(&seen), expected);
	gw_str_clear(&seen);
}

#define PIECES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void lines_end_in_three_ways(void **state)
{
	(void)state;
	assert_lines(PIECES("a\nb\rc\r\nd\n"), "[a][b][c][d]");
	assert_lines(PIECES("\n\r\n\r\r"), "[][][][]");
}

static void pieces_make_no_difference(void **state)
{
	(void)state;
	assert_lines(PIECES("a", "b", "\nc"), "[ab][c]");
	assert_lines(PIECES("a\r", "\nb\r", "c\r", "\r", "\n"), "[a][b][c][]");
	assert_lines(PIECES("a\r", "", "\nb"), "[a][b]");
	assert_lines(PIECES("no end"), "[no end]");
	assert_lines(PIECES(""), "");
}

static void count_and_check(void *arg, struct gw_slice text, bool is_error)
{
	size_t *total = arg;
	(void)is_error;
	assert_true(text.len <= GW_PIECE_MAX);
	*total += text.len;
}

static void an_endless_line_comes_in_pieces(void **state)
{
	(void)state;
	size_t total = 0, piece = 100000;
	gw_auto_free char *text = gw_alloc(piece);
	memset(text, 0x80, piece); /* no character begins with it */
	struct gw_lines lines = { .line = count_and_check, .arg = &total };
	for (int i = 0; i < 100; i++)
		gw_lines_add(&lines, gw_slice(text, piece));
	assert_true(lines.n > 1);
	gw_lines_end(&lines);
	assert_int_equal(total, 100 * piece);
}

static void draining_takes_what_is_there(void **state)
{
	(void)state;
	int ends[2];
	struct gw_lines lines = { .line = see, .is_error = true };
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(write(ends[1], "one\ntwo", 7), 7);
	gw_str_reset(&seen);
	gw_lines_drain(&lines, ends[0]); /* the other end stays open */
	gw_lines_end(&lines);
	assert_string_equal(gw_str_text(&seen), "![one]![two]");
	gw_str_clear(&seen);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_end_in_three_ways),
		cmocka_unit_test(pieces_make_no_difference),
		cmocka_unit_test(an_endless_line_comes_in_pieces),
		cmocka_unit_test(draining_takes_what_is_there),
	};
	return RUN(tests);
}
