/* multipart.c - reading multipart/form-data piece by piece, large parts into unnamed files */
#include "api/multipart.h"

#include "base/fd.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define BOUNDARY_MAX 70u /* RFC 2046 */

enum stage {
	IN_CONTENT, /* of a part, or what precedes the first boundary */
	AFTER_BOUNDARY,
	IN_HEADER,
	AT_END,
};

struct gw_multipart {
	const struct gw_multipart_limits *limits;
	char delimiter[4 + BOUNDARY_MAX + 1]; /* "\r\n--boundary" */
	size_t delimiter_len;
	enum stage stage;
	bool any; /* something was fed */
	struct gw_str pending; /* not yet understood */
	struct gw_part *parts;
	size_t n, cap;
	bool open; /* content goes to the last part, else it is dropped */
	size_t in_memory;
};

/* ---- Headers ---- */

static struct gw_slice trim(struct gw_slice s)
{
	while (s.len && (s.data[0] == ' ' || s.data[0] == '\t'))
		s = gw_slice(s.data + 1, s.len - 1);
	while (s.len && (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == '\t'))
		s.len--;
	return s;
}

/* Takes what stands before a separator off the front; *rest is what follows it. */
static struct gw_slice take_until(struct gw_slice *rest, char separator)
{
	const char *at = rest->len ? memchr(rest->data, separator, rest->len) : NULL;
	size_t len = at ? (size_t)(at - rest->data) : rest->len;
	struct gw_slice taken = gw_slice(rest->data, len);
	size_t skip = at ? len + 1 : len;
	*rest = gw_slice(rest->data + skip, rest->len - skip);
	return taken;
}

static bool same_word(struct gw_slice s, const char *word)
{
	return s.len == strlen(word) && strncasecmp(s.data, word, s.len) == 0;
}

/* A value after "=": a word, or a quoted text with "\" before what it quotes. */
static void take_value(struct gw_slice *rest, struct gw_str *out)
{
	*rest = trim(*rest);
	if (!rest->len || rest->data[0] != '"') {
		struct gw_slice word = trim(take_until(rest, ';'));
		gw_str_add(out, word.data, word.len);
		return;
	}
	size_t i = 1;
	for (; i < rest->len && rest->data[i] != '"'; i++) {
		bool escaped = rest->data[i] == '\\' && i + 1 < rest->len &&
			       (rest->data[i + 1] == '"' || rest->data[i + 1] == '\\');
		i += escaped;
		gw_str_putc(out, rest->data[i]);
	}
	*rest = gw_slice(rest->data + i, rest->len - i);
	take_until(rest, ';');
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* UTF-8''na%C3%AFve (RFC 5987) */
static void decode_extended(struct gw_slice raw, struct gw_str *out)
{
	take_until(&raw, '\'');
	take_until(&raw, '\'');
	for (size_t i = 0; i < raw.len; i++) {
		int high = i + 2 < raw.len ? hex_digit(raw.data[i + 1]) : -1;
		int low = high >= 0 ? hex_digit(raw.data[i + 2]) : -1;
		if (raw.data[i] == '%' && low >= 0) {
			gw_str_putc(out, (char)(high << 4 | low));
			i += 2;
		} else {
			gw_str_putc(out, raw.data[i]);
		}
	}
}

/* The parameter of a header value such as `form-data; name="x"`; false if it has none. */
static bool find_parameter(struct gw_slice value, const char *name, struct gw_str *out)
{
	take_until(&value, ';');
	while (value.len) {
		struct gw_slice key = trim(take_until(&value, '='));
		gw_auto_str text = { 0 };
		take_value(&value, &text);
		bool extended = key.len && key.data[key.len - 1] == '*';
		if (!same_word(gw_slice(key.data, key.len - extended), name))
			continue;
		if (extended)
			decode_extended(gw_str_slice(&text), out);
		else
			gw_str_add(out, text.data, text.len);
		return true;
	}
	return false;
}

/* The text of a parameter for free(); *out stays NULL if there is none. */
static bool read_name(struct gw_slice value, const char *name, char **out, struct gw_error *err)
{
	gw_auto_str text = { 0 };
	if (!find_parameter(value, name, &text))
		return true;
	if (memchr(gw_str_text(&text), '\0', text.len) ||
		!gw_utf8_valid(gw_str_text(&text), text.len))
		return gw_fail(err, GW_BAD_REQUEST,
			"the %s of a part of the multipart body is not UTF-8", name);
	*out = gw_str_steal(&text);
	return true;
}

/* Looks for Content-Disposition in the header lines of a part. */
static struct gw_slice find_disposition(struct gw_slice header)
{
	while (header.len) {
		struct gw_slice value = take_until(&header, '\n');
		if (value.len && value.data[value.len - 1] == '\r')
			value.len--;
		if (same_word(trim(take_until(&value, ':')), "content-disposition"))
			return value;
	}
	return gw_slice(NULL, 0);
}

static bool begin_part(struct gw_multipart *m, struct gw_slice header, struct gw_error *err)
{
	gw_auto_free char *name = NULL;
	gw_auto_free char *filename = NULL;
	struct gw_slice value = find_disposition(header);
	m->open = false;
	if (!value.data)
		return true;
	if (!read_name(value, "name", &name, err) || !read_name(value, "filename", &filename, err))
		return false;
	if (!name)
		return true;
	if (m->n == m->limits->parts)
		return gw_fail(err, GW_INVALID, "a multipart body may have at most %zu parts",
			m->limits->parts);
	m->parts = gw_grow(m->parts, m->n, &m->cap);
	m->parts[m->n++] = (struct gw_part){
		.name = gw_steal(&name), .filename = gw_steal(&filename), .fd = -1
	};
	m->open = true;
	return true;
}

/* ---- Content ---- */

static bool move_to_file(struct gw_multipart *m, struct gw_part *part, struct gw_error *err)
{
	part->fd = open(m->limits->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (part->fd < 0)
		return gw_fail_errno(err, errno, "making a file for an upload in %s",
			m->limits->folder);
	if (!gw_fd_write_all(part->fd, part->text.data, part->text.len, err))
		return gw_explain(err, "storing an upload");
	m->in_memory -= part->text.len;
	gw_str_clear(&part->text);
	return true;
}

static bool add_content(struct gw_multipart *m, const char *data, size_t len, struct gw_error *err)
{
	if (!m->open || !len)
		return true;
	struct gw_part *part = &m->parts[m->n - 1];
	part->size += len;
	if (part->fd < 0 &&
		(part->text.len + len > m->limits->inline_part ||
			m->in_memory + len > m->limits->inline_total) &&
		!move_to_file(m, part, err))
		return false;
	if (part->fd >= 0)
		return gw_fd_write_all(part->fd, data, len, err) ||
		       gw_explain(err, "storing an upload");
	gw_str_add(&part->text, data, len);
	m->in_memory += len;
	return true;
}

/* ---- Stages: each eats from text and says whether it could go on ---- */

static bool read_content(struct gw_multipart *m, struct gw_slice *text, struct gw_error *err)
{
	const char *at = memmem(text->data, text->len, m->delimiter, m->delimiter_len);
	size_t keep = m->delimiter_len - 1;
	size_t len = at ? (size_t)(at - text->data) : text->len > keep ? text->len - keep : 0;
	if (!add_content(m, text->data, len, err))
		return false;
	size_t eaten = at ? len + m->delimiter_len : len;
	*text = gw_slice(text->data + eaten, text->len - eaten);
	if (at) {
		m->open = false;
		m->stage = AFTER_BOUNDARY;
	}
	return true;
}

/* Whether a header is too long. partial: bytes of its end that may have come already. */
static bool exceeds(const struct gw_multipart *m, size_t len, size_t partial)
{
	return len > m->limits->header + partial;
}

/* "--" ends the body; else blanks and a line break lead to a part's header. */
static bool read_boundary_end(struct gw_multipart *m, struct gw_slice *text, struct gw_error *err)
{
	if (text->len >= 2 && memcmp(text->data, "--", 2) == 0) {
		m->stage = AT_END;
		return true;
	}
	const char *at = memmem(text->data, text->len, "\r\n", 2);
	size_t len = at ? (size_t)(at - text->data) : text->len;
	if ((at && trim(gw_slice(text->data, len)).len) || exceeds(m, len, at ? 0 : 1))
		return gw_fail(err, GW_BAD_REQUEST, "the multipart body has text after a boundary");
	if (!at)
		return true;
	/* The line break stays: an empty header is a line break too. */
	*text = gw_slice(at, text->len - len);
	m->stage = IN_HEADER;
	return true;
}

static bool read_header(struct gw_multipart *m, struct gw_slice *text, struct gw_error *err)
{
	const char *at = memmem(text->data, text->len, "\r\n\r\n", 4);
	size_t len = at ? (size_t)(at - text->data) : text->len;
	if (exceeds(m, len, at ? 0 : 3))
		return gw_fail(err, GW_BAD_REQUEST,
			"the header of a part of the multipart body is longer than %zu bytes",
			m->limits->header);
	if (!at)
		return true;
	if (!begin_part(m, gw_slice(text->data, len), err))
		return false;
	*text = gw_slice(at + 4, text->len - len - 4);
	m->stage = IN_CONTENT;
	return true;
}

static bool step(struct gw_multipart *m, struct gw_slice *text, struct gw_error *err)
{
	switch (m->stage) {
	case IN_CONTENT:
		return read_content(m, text, err);
	case AFTER_BOUNDARY:
		return read_boundary_end(m, text, err);
	case IN_HEADER:
		return read_header(m, text, err);
	case AT_END:
		*text = gw_slice(text->data, 0);
		return true;
	}
	return true;
}

/* ---- The whole ---- */

/* The boundary parameter, 1 to 70 characters of which none can be mistaken for a line's end. */
static bool read_boundary(struct gw_multipart *m, const char *content_type, struct gw_error *err)
{
	gw_auto_str boundary = { 0 };
	bool found = find_parameter(gw_slice_of(content_type), "boundary", &boundary);
	if (!found || !boundary.len || boundary.len > BOUNDARY_MAX)
		return gw_fail(err, GW_BAD_REQUEST,
			"the header Content-Type: multipart/form-data needs a boundary of 1 to %u "
			"characters",
			BOUNDARY_MAX);
	for (size_t i = 0; i < boundary.len; i++)
		if (!isprint((unsigned char)boundary.data[i]))
			return gw_fail(err, GW_BAD_REQUEST,
				"the boundary of the multipart body is not printable");
	snprintf(m->delimiter, sizeof(m->delimiter), "\r\n--%s", boundary.data);
	m->delimiter_len = strlen(m->delimiter);
	return true;
}

struct gw_multipart *gw_multipart_new(const char *content_type,
	const struct gw_multipart_limits *limits, struct gw_error *err)
{
	struct gw_multipart *m = gw_new(struct gw_multipart);
	m->limits = limits;
	if (!read_boundary(m, content_type, err)) {
		gw_multipart_free(m);
		return NULL;
	}
	/* So that the first boundary, too, follows a line break. */
	gw_str_puts(&m->pending, "\r\n");
	return m;
}

bool gw_multipart_feed(struct gw_multipart *m, const char *data, size_t len, struct gw_error *err)
{
	m->any = m->any || len;
	gw_str_add(&m->pending, data, len);
	struct gw_slice text = gw_str_slice(&m->pending);
	enum stage stage;
	size_t left;
	do {
		stage = m->stage;
		left = text.len;
		if (!step(m, &text, err))
			return false;
	} while (stage != m->stage || left != text.len);
	memmove(m->pending.data, text.data, text.len);
	m->pending.len = text.len;
	return true;
}

bool gw_multipart_finish(struct gw_multipart *m, struct gw_error *err)
{
	if (m->stage == AT_END || !m->any)
		return true;
	return gw_fail(err, GW_BAD_REQUEST, "the multipart body ends before its last boundary");
}

void gw_multipart_free(struct gw_multipart *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->n; i++) {
		free(m->parts[i].name);
		free(m->parts[i].filename);
		gw_str_clear(&m->parts[i].text);
		gw_fd_close(&m->parts[i].fd);
	}
	free(m->parts);
	gw_str_clear(&m->pending);
	free(m);
}

struct gw_part *gw_multipart_part(struct gw_multipart *m, size_t i)
{
	return m && i < m->n ? &m->parts[i] : NULL;
}

int gw_part_open(const struct gw_part *part, struct gw_error *err)
{
	int fd = part->fd >= 0 ? fcntl(part->fd, F_DUPFD_CLOEXEC, 0)
			       : memfd_create("part", MFD_CLOEXEC);
	if (fd >= 0 &&
		(part->fd >= 0 || gw_fd_write_all(fd, part->text.data, part->text.len, err)) &&
		lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	gw_fail_errno(err, errno, "opening an uploaded part");
	gw_fd_close(&fd);
	return -1;
}
