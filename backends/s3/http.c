/* http.c - signed requests through libcurl, sent again while that may help */
#include "backends/s3/s3.h"
#include "backends/s3/xml.h"

#include <godwit/mem.h>
#include <godwit/thread.h>

#include <curl/curl.h>
#include <errno.h>
#include <inttypes.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_MAX ((size_t)16 << 20)
#define FIRST_PAUSE_MS 100
#define LONGEST_PAUSE_MS 5000
#define IDLE_MAX 16

struct http {
	const struct settings *settings;
	const struct keys *keys;
	char *base; /* "https://host:port" */
	char *host; /* "host:port" */
	char *root; /* "/bucket" or "" */
	char *where;

	pthread_mutex_t lock; /* guards what follows */
	CURL *idle[IDLE_MAX];
	size_t n_idle;
};

/* ---- Opening ---- */

static bool set_address(struct http *http, struct gw_error *err)
{
	const struct settings *s = http->settings;
	gw_auto_free char *amazon = gw_sprintf("https://s3.%s.amazonaws.com", s->region);
	struct gw_slice url = gw_slice_of(s->endpoint ? s->endpoint : amazon);
	const char *colon = strstr(url.data, "://");
	while (url.len && url.data[url.len - 1] == '/')
		url.len--;
	if (!gw_slice_starts(url, gw_slice_of("http://")) &&
		!gw_slice_starts(url, gw_slice_of("https://")))
		return gw_fail(err, GW_INVALID,
			"storage.s3.endpoint: \"%s\" does not begin with http:// or https://",
			s->endpoint);
	int scheme = (int)(colon + 3 - url.data);
	struct gw_slice host = gw_slice(url.data + scheme, url.len - (size_t)scheme);
	if (host.len == 0 || memchr(host.data, '/', host.len) || memchr(host.data, '@', host.len))
		return gw_fail(err, GW_INVALID,
			"storage.s3.endpoint: \"%s\" is to be an address without user and path",
			s->endpoint);
	http->host = s->path_style ? gw_slice_dup(host)
				   : gw_sprintf("%s.%.*s", s->bucket, GW_SLICE(host));
	http->base = gw_sprintf("%.*s%s", scheme, url.data, http->host);
	http->root = s->path_style ? gw_sprintf("/%s", s->bucket) : gw_strdup("");
	http->where = gw_sprintf("%s%s", http->base, http->root);
	return true;
}

struct http *http_open(const struct settings *settings, const struct keys *keys,
	struct gw_error *err)
{
	struct http *http = gw_new(struct http);
	http->settings = settings;
	http->keys = keys;
	pthread_mutex_init(&http->lock, NULL);
	if (set_address(http, err))
		return http;
	http_close(http);
	return NULL;
}

void http_close(struct http *http)
{
	if (!http)
		return;
	while (http->n_idle > 0)
		curl_easy_cleanup(http->idle[--http->n_idle]);
	pthread_mutex_destroy(&http->lock);
	free(http->base);
	free(http->host);
	free(http->root);
	free(http->where);
	free(http);
}

const char *http_where(const struct http *http)
{
	return http->where;
}

static CURL *take_handle(struct http *http)
{
	gw_locked(&http->lock);
	CURL *handle = http->n_idle > 0 ? http->idle[--http->n_idle] : curl_easy_init();
	if (!handle)
		abort();
	return handle;
}

static void give_handle(struct http *http, CURL *handle)
{
	gw_locked(&http->lock);
	if (http->n_idle < IDLE_MAX)
		http->idle[http->n_idle++] = handle;
	else
		curl_easy_cleanup(handle);
}

/* ---- One exchange ---- */

struct exchange {
	struct http *http;
	const struct call *call;
	struct reply *reply;
	CURL *handle;
	char hash[HASH_TEXT];
	int64_t received; /* content that is in call->fd */
	int disk; /* errno of writing it */
	bool has_head; /* all headers have come */
	char message[CURL_ERROR_SIZE];
};

/* The first content of a try: a server may begin anew although it was asked to go on. */
static bool begin_content(struct exchange *x)
{
	if (x->reply->status == 206 || x->received == 0)
		return true;
	x->received = 0;
	if (ftruncate(x->call->fd, 0) == 0 && lseek(x->call->fd, 0, SEEK_SET) == 0)
		return true;
	x->disk = errno;
	return false;
}

static bool write_content(struct exchange *x, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(x->call->fd, data, len);
		if (n < 0 && errno != EINTR) {
			x->disk = errno;
			return false;
		}
		data += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
		x->received += n > 0 ? n : 0;
	}
	return true;
}

static size_t take_body(char *data, size_t size, size_t n, void *arg)
{
	struct exchange *x = arg;
	struct reply *reply = x->reply;
	bool is_first = reply->status == 0;
	curl_easy_getinfo(x->handle, CURLINFO_RESPONSE_CODE, &reply->status);
	if (x->call->fd > 0 && http_is_fine(reply)) {
		if (is_first && !begin_content(x))
			return 0;
		return write_content(x, data, size * n) ? size * n : 0;
	}
	gw_str_add(&reply->body, data, size * n);
	return reply->body.full ? 0 : size * n;
}

static void take_text(struct gw_slice line, const char *name, char *out, size_t room)
{
	size_t len = strlen(name);
	if (line.len <= len || strncasecmp(line.data, name, len) != 0 || line.data[len] != ':')
		return;
	struct gw_slice value = gw_slice(line.data + len + 1, line.len - len - 1);
	while (value.len && strchr(" \t", value.data[0]))
		value = gw_slice(value.data + 1, value.len - 1);
	while (value.len && strchr(" \t\r\n", value.data[value.len - 1]))
		value.len--;
	if (value.len >= room)
		return;
	memcpy(out, value.data, value.len);
	out[value.len] = '\0';
}

static size_t take_header(char *data, size_t size, size_t n, void *arg)
{
	struct exchange *x = arg;
	struct gw_slice line = gw_slice(data, size * n);
	if (gw_slice_is(line, "\r\n"))
		x->has_head = true;
	take_text(line, "etag", x->reply->etag, sizeof(x->reply->etag));
	take_text(line, MARK_HEADER, x->reply->mark, sizeof(x->reply->mark));
	return size * n;
}

/* ---- What is sent ---- */

static struct curl_slist *add_header(struct curl_slist *list, const char *name, const char *value)
{
	gw_auto_free char *line = gw_sprintf("%s: %s", name, value);
	struct curl_slist *longer = curl_slist_append(list, line);
	if (!longer)
		abort();
	return longer;
}

static struct curl_slist *without_header(struct curl_slist *list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(list, line);
	if (!longer)
		abort();
	return longer;
}

static struct curl_slist *sign_headers(const struct exchange *x, const char *path)
{
	char at[32];
	const struct keys *keys = x->http->keys;
	struct gw_civil c = gw_civil_at((gw_time)time(NULL) * GW_SECOND, 0);
	snprintf(at, sizeof(at), "%04d%02d%02dT%02d%02d%02dZ", c.year, c.month, c.day, c.hour,
		c.minute, c.second);
	struct header headers[5] = { { "host", x->http->host }, { "x-amz-content-sha256", x->hash },
		{ "x-amz-date", at } };
	size_t n = 3;
	if (x->call->mark)
		headers[n++] = (struct header){ MARK_HEADER, x->call->mark };
	if (keys->token)
		headers[n++] = (struct header){ "x-amz-security-token", keys->token };
	const struct signed_request request = { x->call->method, path,
		x->call->query ? x->call->query : "", headers, n, x->hash,
		x->http->settings->region, at };
	gw_auto_str authorization = { 0 };
	sign(keys, &request, &authorization);
	struct curl_slist *list = NULL;
	for (size_t i = 0; i < n; i++)
		list = add_header(list, headers[i].name, headers[i].value);
	return add_header(list, "authorization", gw_str_text(&authorization));
}

static struct curl_slist *make_headers(const struct exchange *x, const char *path)
{
	const struct call *call = x->call;
	struct curl_slist *list = sign_headers(x, path);
	list = without_header(list, "Expect:");
	list = without_header(list, "Content-Type:");
	if (call->only_new)
		list = add_header(list, "if-none-match", "*");
	if (call->fd > 0 && x->received > 0)
		list = add_header(list, "if-match", x->reply->etag);
	if (call->fd > 0 && (x->received > 0 || call->bytes != GW_WHOLE)) {
		gw_auto_str range = { 0 };
		gw_str_printf(&range, "bytes=%" PRId64 "-", x->received);
		if (call->bytes != GW_WHOLE)
			gw_str_int(&range, call->bytes - 1);
		list = add_header(list, "range", gw_str_text(&range));
	}
	return list;
}

static void set_connection(CURL *handle, const struct settings *s)
{
	curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(handle, CURLOPT_TCP_NODELAY, 1L);
	curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS,
		(long)(s->connect_timeout / GW_MILLISECOND));
	curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, (long)(s->stall_timeout / GW_SECOND));
	curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, s->verify ? 1L : 0L);
	curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, s->verify ? 2L : 0L);
	if (s->ca_file)
		curl_easy_setopt(handle, CURLOPT_CAINFO, s->ca_file);
}

static void set_request(CURL *handle, struct exchange *x)
{
	const struct call *call = x->call;
	if (strcmp(call->method, "HEAD") == 0) {
		curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
	} else if (strcmp(call->method, "GET") != 0) {
		const char *body = call->body.data ? call->body.data : "";
		curl_easy_setopt(handle, CURLOPT_POST, 1L);
		curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
		curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body);
		curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, call->method);
	}
	curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, x->message);
	curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(handle, CURLOPT_WRITEDATA, x);
	curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(handle, CURLOPT_HEADERDATA, x);
}

static void reset_reply(struct exchange *x)
{
	struct reply *reply = x->reply;
	reply->status = 0;
	reply->length = 0;
	reply->mark[0] = '\0';
	gw_str_reset(&reply->body);
	reply->body.limit = ANSWER_MAX;
	x->has_head = false;
	x->message[0] = '\0';
}

static CURLcode perform(struct exchange *x)
{
	const struct http *http = x->http;
	CURL *handle = x->handle;
	curl_off_t length = -1;
	gw_auto_str path = { 0 };
	gw_str_puts(&path, http->root);
	gw_str_putc(&path, '/');
	if (x->call->key)
		sign_escape(&path, x->call->key, "/");
	gw_auto_free char *url = gw_sprintf("%s%s%s%s", http->base, gw_str_text(&path),
		x->call->query ? "?" : "", x->call->query ? x->call->query : "");
	struct curl_slist *headers = make_headers(x, gw_str_text(&path));
	reset_reply(x);
	curl_easy_reset(handle);
	set_connection(handle, http->settings);
	set_request(handle, x);
	curl_easy_setopt(handle, CURLOPT_URL, url);
	curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
	x->reply->tries++;
	CURLcode code = curl_easy_perform(handle);
	curl_slist_free_all(headers);
	curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &x->reply->status);
	curl_easy_getinfo(handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	x->reply->length = length;
	return code == CURLE_OK && !x->has_head ? CURLE_GOT_NOTHING : code;
}

/* ---- Again, later ---- */

static void pause_before(unsigned try)
{
	int64_t ms = (int64_t)FIRST_PAUSE_MS << (try < 10 ? try : 10);
	ms = ms < LONGEST_PAUSE_MS ? ms : LONGEST_PAUSE_MS;
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	nanosleep(&t, NULL);
}

/* What no second try mends. */
static bool is_final(CURLcode code)
{
	return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
	       code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL;
}

static bool asks_for_patience(const struct reply *reply)
{
	static const long statuses[] = { 429, 500, 502, 503, 504 };
	for (size_t i = 0; i < GW_LEN(statuses); i++)
		if (reply->status == statuses[i])
			return true;
	gw_auto_free char *code =
		reply->status == 400 ? xml_text(gw_str_slice(&reply->body), "Code") : NULL;
	return code && strcmp(code, "RequestTimeout") == 0;
}

/* Content that goes on does not count as a try. */
static CURLcode try_patiently(struct exchange *x)
{
	for (unsigned try = 0;;) {
		int64_t before = x->received;
		CURLcode code = perform(x);
		bool is_done = code == CURLE_OK && !asks_for_patience(x->reply);
		if (is_done || x->disk || x->reply->body.full || is_final(code))
			return code;
		try = x->received > before ? 1 : try + 1;
		if (try >= (unsigned)x->http->settings->attempts)
			return code;
		pause_before(try - 1);
	}
}

static bool fail_exchange(const struct exchange *x, CURLcode code, struct gw_error *err)
{
	if (x->disk)
		return gw_fail_errno(err, x->disk, "%s", x->http->settings->temporary_folder);
	if (x->reply->body.full)
		return gw_fail(err, GW_INTERNAL, "%s answers too much at once", x->http->base);
	return gw_fail(err, GW_UNAVAILABLE, "%s: %s", x->http->base,
		x->message[0] ? x->message : curl_easy_strerror(code));
}

bool http_call(struct http *http, const struct call *call, struct reply *reply,
	struct gw_error *err)
{
	*reply = (struct reply){ 0 };
	struct exchange x = { .http = http, .call = call, .reply = reply };
	sign_hash(call->body, x.hash);
	x.handle = take_handle(http);
	CURLcode code = try_patiently(&x);
	give_handle(http, x.handle);
	if (code == CURLE_OK)
		return true;
	fail_exchange(&x, code, err);
	gw_str_clear(&reply->body);
	return false;
}

/* ---- What answers mean ---- */

static enum gw_code code_of(long status, const char *code)
{
	static const struct {
		long status;
		enum gw_code code;
	} known[] = { { 400, GW_INVALID }, { 401, GW_DENIED }, { 403, GW_DENIED },
		{ 404, GW_NOT_FOUND }, { 409, GW_CONFLICT }, { 412, GW_CONFLICT } };
	if (code && strcmp(code, "NoSuchBucket") == 0)
		return GW_INVALID;
	for (size_t i = 0; i < GW_LEN(known); i++)
		if (known[i].status == status)
			return known[i].code;
	return status == 429 || status >= 500 ? GW_UNAVAILABLE : GW_INVALID;
}

bool http_fail(const struct reply *reply, const char *what, struct gw_error *err)
{
	struct gw_slice body = gw_str_slice(&reply->body);
	gw_auto_free char *code = xml_text(body, "Code"), *message = xml_text(body, "Message");
	enum gw_code why = code_of(reply->status, code);
	if (why == GW_NOT_FOUND)
		return gw_fail(err, why, "%s (File not found)", what);
	if (!code)
		return gw_fail(err, why, "storage: %s: the S3 server answers %ld", what,
			reply->status);
	return gw_fail(err, why, "storage: %s: %s: %s", what, code, message ? message : "");
}

bool http_demand(struct http *http, const struct call *call, const char *what, struct reply *reply,
	struct gw_error *err)
{
	if (!http_call(http, call, reply, err))
		return gw_explain(err, "storage: %s", what);
	if (http_is_fine(reply))
		return true;
	http_fail(reply, what, err);
	gw_str_clear(&reply->body);
	return false;
}
