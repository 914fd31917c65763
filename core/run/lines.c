/* lines.c - lines out of what a program writes */
#include "run/lines.h"

#include "base/utf8.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void emit(struct gw_lines *lines, struct gw_slice text)
{
	lines->n++;
	lines->line(lines->arg, text, lines->is_error);
}

static void emit_pieces(struct gw_lines *lines)
{
	size_t done = 0;
	while (lines->rest.len - done > GW_PIECE_MAX) {
		size_t n =
			gw_utf8_cut(lines->rest.data + done, lines->rest.len - done, GW_PIECE_MAX);
		if (n + 4 < GW_PIECE_MAX)
			n = GW_PIECE_MAX; /* no text at all */
		emit(lines, gw_slice(lines->rest.data + done, n));
		done += n;
	}
	if (done == 0)
		return;
	memmove(lines->rest.data, lines->rest.data + done, lines->rest.len - done);
	lines->rest.len -= done;
}

static void end_line(struct gw_lines *lines, struct gw_slice tail)
{
	if (lines->rest.len == 0) {
		emit(lines, tail);
		return;
	}
	gw_str_add(&lines->rest, tail.data, tail.len);
	emit(lines, gw_str_slice(&lines->rest));
	gw_str_reset(&lines->rest);
}

static size_t find_end(const char *p, size_t len)
{
	const char *lf = memchr(p, '\n', len);
	size_t n = lf ? (size_t)(lf - p) : len;
	const char *cr = memchr(p, '\r', n);
	return cr ? (size_t)(cr - p) : n;
}

void gw_lines_add(struct gw_lines *lines, struct gw_slice text)
{
	const char *p = text.data;
	const char *stop = p + text.len;
	if (lines->after_cr && p < stop && *p == '\n')
		p++;
	if (text.len > 0)
		lines->after_cr = text.data[text.len - 1] == '\r';
	while (p < stop) {
		size_t n = find_end(p, (size_t)(stop - p));
		if (p + n == stop)
			break;
		end_line(lines, gw_slice(p, n));
		bool is_pair = p[n] == '\r' && p + n + 1 < stop && p[n + 1] == '\n';
		p += n + (is_pair ? 2 : 1);
	}
	if (p < stop)
		gw_str_add(&lines->rest, p, (size_t)(stop - p));
	emit_pieces(lines);
}

void gw_lines_end(struct gw_lines *lines)
{
	if (lines->rest.len > 0)
		end_line(lines, gw_slice("", 0));
	gw_str_clear(&lines->rest);
}

static int read_some(struct gw_lines *lines, int fd, size_t most)
{
	char part[65536];
	ssize_t n = read(fd, part, most < sizeof(part) ? most : sizeof(part));
	if (n > 0)
		gw_lines_add(lines, gw_slice(part, (size_t)n));
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? -1 : 0;
	return (int)n;
}

int gw_lines_read(struct gw_lines *lines, int fd)
{
	return read_some(lines, fd, SIZE_MAX);
}

void gw_lines_drain(struct gw_lines *lines, int fd)
{
	int left = 0;
	if (ioctl(fd, FIONREAD, &left) != 0)
		return;
	while (left > 0) {
		int n = read_some(lines, fd, (size_t)left);
		if (n <= 0)
			return;
		left -= n;
	}
}
