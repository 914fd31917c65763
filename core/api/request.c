/* request.c - reading a request's target, parameters and body */
#include "api/request.h"

#include "base/fd.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

/* ---- The target ---- */

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that "%xx" at p stands for; -1 if it is none. */
static int escaped_byte(const char *p, size_t left)
{
	if (left < 3 || p[0] != '%')
		return -1;
	int high = hex_value(p[1]), low = hex_value(p[2]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

struct gw_slice gw_request_decode(struct gw_http_request *rq, struct gw_slice text, bool plus)
{
	char *out = gw_arena_alloc(&rq->arena, text.len + 1);
	size_t len = 0;
	for (size_t i = 0; i < text.len; i++) {
		int byte = escaped_byte(text.data + i, text.len - i);
		if (byte >= 0)
			i += 2;
		else if (plus && text.data[i] == '+')
			byte = ' ';
		else
			byte = (unsigned char)text.data[i];
		out[len++] = (char)byte;
	}
	out[len] = '\0';
	if (memchr(out, '\0', len) || !gw_utf8_valid(out, len))
		return gw_slice(NULL, 0);
	return gw_slice(out, len);
}

const char *gw_request_keep(struct gw_http_request *rq, const char *text)
{
	return gw_arena_copy(&rq->arena, gw_slice_of(text)).data;
}

static size_t count_params(struct gw_slice query)
{
	size_t n = query.len > 0;
	for (size_t i = 0; i < query.len; i++)
		n += query.data[i] == '&';
	return n;
}

static bool read_param(struct gw_http_request *rq, struct gw_slice text, struct gw_param *out)
{
	const char *equals = memchr(text.data, '=', text.len);
	size_t len = equals ? (size_t)(equals - text.data) : text.len;
	size_t skip = equals ? len + 1 : len;
	out->name = gw_request_decode(rq, gw_slice(text.data, len), true);
	out->value = gw_request_decode(rq, gw_slice(text.data + skip, text.len - skip), true);
	return out->name.data && out->value.data;
}

static bool read_query(struct gw_http_request *rq, struct gw_slice query, size_t max,
	struct gw_error *err)
{
	size_t n = count_params(query);
	if (n > max)
		return gw_fail(err, GW_BAD_REQUEST, "at most %zu parameters are allowed", max);
	struct gw_param *params = gw_arena_alloc(&rq->arena, n * sizeof(*params));
	rq->query = params;
	while (query.len) {
		const char *amp = memchr(query.data, '&', query.len);
		size_t len = amp ? (size_t)(amp - query.data) : query.len;
		if (len && !read_param(rq, gw_slice(query.data, len), &params[rq->n_query++]))
			return gw_fail(err, GW_BAD_REQUEST,
				"a query parameter does not decode to UTF-8");
		len += amp != NULL;
		query = gw_slice(query.data + len, query.len - len);
	}
	return true;
}

bool gw_request_read_target(struct gw_http_request *rq, size_t max_params, struct gw_error *err)
{
	const char *mark = memchr(rq->target.data, '?', rq->target.len);
	size_t len = mark ? (size_t)(mark - rq->target.data) : rq->target.len;
	rq->path = gw_slice(rq->target.data, len);
	if (!mark)
		return true;
	return read_query(rq, gw_slice(mark + 1, rq->target.len - len - 1), max_params, err);
}

/* ---- Parameters ---- */

const char *gw_request_param(const struct gw_http_request *rq, const char *name)
{
	for (size_t i = 0; i < rq->n_query; i++)
		if (gw_slice_is(rq->query[i].name, name))
			return rq->query[i].value.data;
	return NULL;
}

bool gw_request_flag(const struct gw_http_request *rq, const char *name, bool fallback, bool *out,
	struct gw_error *err)
{
	const char *text = gw_request_param(rq, name);
	if (!text || !*text)
		*out = fallback;
	else if (strcasecmp(text, "true") == 0)
		*out = true;
	else if (strcasecmp(text, "false") == 0)
		*out = false;
	else
		return gw_fail(err, GW_BAD_REQUEST, "%s must be true or false, not '%s'", name,
			text);
	return true;
}

bool gw_request_int(const struct gw_http_request *rq, const char *name, int64_t *out,
	struct gw_error *err)
{
	const char *text = gw_request_param(rq, name);
	if (!text || !*text)
		return true;
	char *end;
	errno = 0;
	long long number = strtoll(text, &end, 10);
	if (errno || *end || isspace((unsigned char)*text))
		return gw_fail(err, GW_BAD_REQUEST, "%s must be a whole number, not '%s'", name,
			text);
	*out = number;
	return true;
}

/* ---- Bodies ---- */

static bool tenant_agrees(const struct gw_http_request *rq, const json_t *object,
	struct gw_error *err)
{
	const char *tenant = gw_json_string(object, "tenantId");
	if (!tenant || !rq->tenant || strcmp(tenant, rq->tenant) == 0)
		return true;
	return gw_fail(err, GW_INVALID, "tenantId '%s' of the body is not the request's '%s'",
		tenant, rq->tenant);
}

json_t *gw_request_json(struct gw_http_request *rq, struct gw_error *err)
{
	json_auto_t *body = gw_json_parse(gw_str_slice(&rq->body), err);
	if (!body) {
		gw_explain(err, "Invalid json");
		return NULL;
	}
	if (!tenant_agrees(rq, body, err))
		return NULL;
	size_t i;
	json_t *item;
	json_array_foreach (body, i, item)
		if (!tenant_agrees(rq, item, err))
			return NULL;
	return gw_steal(&body);
}

void gw_request_clear(struct gw_http_request *rq)
{
	gw_str_clear(&rq->body);
	gw_multipart_free(rq->form);
	gw_str_clear(&rq->out.body);
	gw_fd_close(&rq->out.fd);
	gw_arena_clear(&rq->arena);
}
