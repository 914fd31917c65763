/* response.c - the response to a request: status, headers, and a body in chunks or of a length */
#include "cli/response.h"

#include <stdlib.h>
#include <stdio.h>
#include <strings.h>

enum {
	LONGEST_LINE = 65536,
	MOST_HEADERS = 200,
};

#define LARGEST_BODY ((size_t)1 << 30)

void gw_response_close(struct gw_response *r)
{
	gw_wire_close(&r->wire);
}

static bool read_header(struct gw_response *r, const char *line, struct gw_error *err)
{
	char *end;
	if (strncasecmp(line, "Transfer-Encoding:", 18) == 0) {
		r->chunked = strcasestr(line, "chunked") != NULL;
		r->to_end = !r->chunked;
		r->left = 0;
	} else if (strncasecmp(line, "Content-Length:", 15) == 0 && !r->chunked) {
		r->left = strtoull(line + 15, &end, 10);
		r->to_end = false;
		if (*end)
			return gw_fail(err, GW_INVALID, "the server sent a broken length");
	}
	return true;
}

static bool read_headers(struct gw_response *r, struct gw_error *err)
{
	gw_auto_str line = { 0 };
	r->to_end = true;
	for (int i = 0; i < MOST_HEADERS; i++) {
		gw_str_reset(&line);
		if (!gw_wire_line(&r->wire, LONGEST_LINE, &line, err))
			return false;
		if (line.len == 0)
			return true;
		if (!read_header(r, gw_str_text(&line), err))
			return false;
	}
	return gw_fail(err, GW_INVALID, "the server sent too many headers");
}

bool gw_response_start(struct gw_response *r, struct gw_error *err)
{
	do {
		gw_auto_str line = { 0 };
		if (!gw_wire_line(&r->wire, LONGEST_LINE, &line, err))
			return false;
		if (sscanf(gw_str_text(&line), "HTTP/1.%*d %d", &r->status) != 1)
			return gw_fail(err, GW_INVALID, "what answers there does not speak HTTP");
		if (!read_headers(r, err))
			return false;
	} while (r->status / 100 == 1);
	r->ended = r->status == 204 || r->status == 304;
	return true;
}

static bool next_chunk(struct gw_response *r, struct gw_error *err)
{
	gw_auto_str line = { 0 };
	char *end;
	if (!gw_wire_line(&r->wire, LONGEST_LINE, &line, err))
		return false;
	r->left = strtoull(gw_str_text(&line), &end, 16);
	if (end == gw_str_text(&line) || (*end && *end != ';' && *end != ' '))
		return gw_fail(err, GW_INVALID, "the server sent a broken chunk");
	r->ended = r->left == 0; /* what follows the last one is of no interest */
	return true;
}

static bool end_of_chunk(struct gw_response *r, struct gw_error *err)
{
	gw_auto_str line = { 0 };
	return gw_wire_line(&r->wire, 1, &line, err);
}

ssize_t gw_response_take(struct gw_response *r, char *out, size_t len, struct gw_error *err)
{
	if (!r->ended && !r->to_end && r->left == 0) {
		r->ended = !r->chunked;
		if (r->chunked && !next_chunk(r, err))
			return -1;
	}
	if (r->ended)
		return 0;
	if (!r->to_end && len > r->left)
		len = (size_t)r->left;
	ssize_t n = gw_wire_take(&r->wire, out, len, err);
	if (n == 0 && !r->to_end) {
		gw_fail(err, GW_UNAVAILABLE, "the server closed the connection amid its answer");
		return -1;
	}
	if (n <= 0 || r->to_end)
		return n;
	r->left -= (uint64_t)n;
	if (r->chunked && r->left == 0 && !end_of_chunk(r, err))
		return -1;
	return n;
}

bool gw_response_read(struct gw_response *r, struct gw_str *out, struct gw_error *err)
{
	char part[16384];
	ssize_t n;
	while ((n = gw_response_take(r, part, sizeof(part), err)) > 0) {
		if (out->len + (size_t)n > LARGEST_BODY)
			return gw_fail(err, GW_INVALID, "the server's answer is too large");
		gw_str_add(out, part, (size_t)n);
	}
	return n == 0;
}
