/* remote.c - calling the server's API */
#include "cli/remote.h"

#include "base/base64.h"
#include "base/json.h"
#include "base/mem.h"

#define DEFAULT_SERVER "http://localhost:8080"

static bool add_credentials(struct gw_remote *remote, const struct gw_args *args,
	struct gw_error *err)
{
	gw_auto_str value = { 0 };
	const char *user = gw_args_get(args, "user");
	const char *token = gw_args_get(args, "api-token");
	if (user && token)
		return gw_fail(err, GW_BAD_REQUEST, "give --user or --api-token, not both");
	if (!user && !token)
		return true;
	gw_str_puts(&value, user ? "Basic " : "Bearer ");
	if (user)
		gw_base64_encode(&value, user, strlen(user));
	else
		gw_str_puts(&value, token);
	return gw_client_header(remote->client, "Authorization", gw_str_text(&value), err);
}

static bool add_headers(struct gw_remote *remote, const struct gw_args *args, struct gw_error *err)
{
	const char *header;
	for (size_t i = 0; (header = gw_args_next(args, "headers", &i));) {
		size_t n = strcspn(header, "=");
		gw_auto_free char *name = gw_strndup(header, n);
		if (header[n] != '=')
			return gw_fail(err, GW_BAD_REQUEST, "--headers takes NAME=VALUE, not '%s'",
				header);
		if (!gw_client_header(remote->client, name, header + n + 1, err))
			return false;
	}
	return add_credentials(remote, args, err);
}

static bool read_output(struct gw_remote *remote, const char *format, struct gw_error *err)
{
	remote->json = format && strcmp(format, "json") == 0;
	if (remote->json || !format || strcmp(format, "text") == 0)
		return true;
	return gw_fail(err, GW_BAD_REQUEST, "--output is text or json, not '%s'", format);
}

bool gw_remote_open(struct gw_remote *remote, const struct gw_args *args, struct gw_error *err)
{
	const char *url = gw_args_get(args, "server");
	const char *tenant = gw_args_get(args, "tenant");
	remote->url = gw_strdup(url ? url : DEFAULT_SERVER);
	for (size_t n = strlen(remote->url); n > 0 && remote->url[n - 1] == '/'; n--)
		remote->url[n - 1] = '\0';
	remote->tenant = gw_strdup(tenant ? tenant : "main");
	remote->client = gw_client_new(remote->url, err);
	return remote->client && read_output(remote, gw_args_get(args, "output"), err) &&
	       add_headers(remote, args, err);
}

void gw_remote_close(struct gw_remote *remote)
{
	gw_client_free(&remote->client);
	free(remote->url);
	free(remote->tenant);
	*remote = (struct gw_remote){ 0 };
}

void gw_remote_path(const struct gw_remote *remote, struct gw_str *out, const char *const *pieces)
{
	gw_str_puts(out, "/api/v1/");
	gw_url_encode(out, gw_slice_of(remote->tenant));
	for (; *pieces; pieces++) {
		gw_str_putc(out, '/');
		gw_url_encode(out, gw_slice_of(*pieces));
	}
}

void gw_remote_query(struct gw_str *path, const char *name, const char *value)
{
	if (!value)
		return;
	gw_str_printf(path, "%c%s=", strchr(gw_str_text(path), '?') ? '&' : '?', name);
	gw_url_encode(path, gw_slice_of(value));
}

static enum gw_code code_of(int status)
{
	static const struct {
		int status;
		enum gw_code code;
	} codes[] = {
		{ 400, GW_INVALID },
		{ 401, GW_DENIED },
		{ 403, GW_DENIED },
		{ 404, GW_NOT_FOUND },
		{ 409, GW_CONFLICT },
		{ 422, GW_INVALID },
		{ 429, GW_BUSY },
	};
	for (size_t i = 0; i < GW_LEN(codes); i++)
		if (codes[i].status == status)
			return codes[i].code;
	return status >= 500 ? GW_UNAVAILABLE : GW_INVALID;
}

bool gw_remote_refused(const struct gw_reply *reply, struct gw_error *err)
{
	struct gw_error unread;
	json_auto_t *doc = gw_json_parse(gw_str_slice(&reply->body), &unread);
	const char *message = gw_json_string(doc, "message");
	if (!message && reply->body.len > 0 && reply->body.len < 300)
		message = gw_str_text(&reply->body);
	return gw_fail(err, code_of(reply->status), "the server answered %d%s%s", reply->status,
		message ? ": " : "", message ? message : "");
}

bool gw_remote_call(const struct gw_remote *remote, const struct gw_call *call,
	struct gw_reply *reply, struct gw_error *err)
{
	if (!gw_client_call(remote->client, call, reply, err))
		return gw_explain(err, "%s", remote->url);
	return reply->status / 100 == 2 || gw_remote_refused(reply, err);
}

json_t *gw_remote_json(const struct gw_remote *remote, const struct gw_call *call,
	struct gw_error *err)
{
	gw_auto_reply reply = { 0 };
	if (!gw_remote_call(remote, call, &reply, err))
		return NULL;
	if (reply.body.len == 0)
		return json_null();
	json_t *doc = gw_json_parse(gw_str_slice(&reply.body), err);
	if (!doc)
		gw_explain(err, "%s: the answer is no JSON", remote->url);
	return doc;
}
