/* reply.c - the bodies of errors, in Kestra's shape (core/api/request.h) */
#include "api/request.h"

#include "base/error.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <stdio.h>

static const char *const prefixes[] = {
	[GW_INVALID] = "Illegal argument",
	[GW_BAD_REQUEST] = "Bad Request",
	[GW_DENIED] = "Forbidden",
	[GW_NOT_FOUND] = "Not Found",
	[GW_CONFLICT] = "Illegal state",
	[GW_BUSY] = "Too Many Requests",
	[GW_UNAVAILABLE] = "Service Unavailable",
	[GW_INTERNAL] = "Internal server error",
};

#define BUSY_RETRY_S 1

/* What came from outside may be no UTF-8. */
static void put_clean(struct gw_str *out, const char *name, struct gw_slice text)
{
	gw_auto_str clean = { 0 };
	gw_utf8_clean(&clean, text.data, text.len);
	gw_json_text(out, name, gw_str_slice(&clean));
}

/* Empties the response; {"message":…,"_links":{"self":[…]} is left open. */
static struct gw_str *begin(struct gw_http_request *rq, int status, const char *message)
{
	struct gw_response *out = &rq->out;
	gw_fd_close(&out->fd);
	struct gw_str body = out->body;
	*out = (struct gw_response){ .status = status, .fd = -1, .body = body };
	gw_str_reset(&out->body);
	gw_str_putc(&out->body, '{');
	put_clean(&out->body, "message", gw_slice_of(message));
	gw_json_key(&out->body, "_links");
	gw_str_puts(&out->body, "{\"self\":[{");
	put_clean(&out->body, "href", rq->target);
	gw_json_bool(&out->body, "templated", false);
	gw_str_puts(&out->body, "}]}");
	return &out->body;
}

void gw_reply_status(struct gw_http_request *rq, int status, const char *message)
{
	gw_str_putc(begin(rq, status, message), '}');
}

/* Messages that name their own kind ("Invalid json: …") get no prefix. */
static bool names_its_kind(const char *message, const char *prefix)
{
	static const char *const kinds[] = { "Invalid json", "Invalid entity", "Invalid format",
		"Invalid type" };
	if (strncmp(message, prefix, strlen(prefix)) == 0)
		return true;
	for (size_t i = 0; i < GW_LEN(kinds); i++)
		if (strncmp(message, kinds[i], strlen(kinds[i])) == 0)
			return true;
	return false;
}

void gw_reply_error(struct gw_http_request *rq, const struct gw_error *err)
{
	const struct gw_code_info *info = gw_code_info(err->code);
	const char *prefix = prefixes[err->code] ? prefixes[err->code] : "Error";
	char message[sizeof(err->message) + 32];
	if (!err->message[0])
		snprintf(message, sizeof(message), "%s", prefix);
	else if (names_its_kind(err->message, prefix))
		snprintf(message, sizeof(message), "%s", err->message);
	else
		snprintf(message, sizeof(message), "%s: %s", prefix, err->message);
	gw_reply_status(rq, info->http_status, message);
	if (err->code == GW_BUSY)
		rq->out.retry_after_s = BUSY_RETRY_S;
}

static void list_violations(struct gw_str *out, const struct gw_violations *violations)
{
	gw_json_key(out, "_embedded");
	gw_str_puts(out, "{\"errors\":[");
	for (size_t i = 0; i < violations->n; i++) {
		gw_json_comma(out);
		gw_str_putc(out, '{');
		gw_json_text(out, "message", gw_slice_of(violations->items[i].message));
		gw_json_text(out, "path", gw_slice_of(violations->items[i].shown));
		gw_str_putc(out, '}');
	}
	gw_str_puts(out, "]}");
}

bool gw_reply_invalid(struct gw_http_request *rq, const char *message,
	const struct gw_violations *violations)
{
	gw_auto_str text = { 0 };
	gw_str_puts(&text, "Invalid entity: ");
	gw_str_puts(&text, message);
	struct gw_str *out = begin(rq, 422, gw_str_text(&text));
	if (violations && violations->n)
		list_violations(out, violations);
	gw_str_putc(out, '}');
	return true;
}
