/* lines.h - lines out of what a program writes, as it comes */
#ifndef GW_RUN_LINES_H
#define GW_RUN_LINES_H

#include <godwit/text.h>

#define GW_PIECE_MAX ((size_t)2 << 20) /* a longer line arrives in pieces of this size */

struct gw_lines {
	void (*line)(void *arg, struct gw_slice text, bool is_error);
	void *arg;
	bool is_error;
	bool after_cr; /* a line feed that follows belongs to the line before */
	struct gw_str rest; /* a line that has not ended */
	uint64_t n;
};

/* A line ends with \n, \r or \r\n. */
GW_EXPORT void gw_lines_add(struct gw_lines *lines, struct gw_slice text);
/* What is left without an end is a line too; frees. */
GW_EXPORT void gw_lines_end(struct gw_lines *lines);

/* Reads once, up to 64 KB: the number of bytes, 0 at the end, -1 if there is nothing to read. */
GW_EXPORT int gw_lines_read(struct gw_lines *lines, int fd);
/* Reads what is there now and no more: writers that stay do not hold us. */
GW_EXPORT void gw_lines_drain(struct gw_lines *lines, int fd);

#endif
