/* http.c - requests through libcurl: a bounded pool of handles, the next host when one fails */
#include "backends/elasticsearch/http.h"

#include <godwit/mem.h>

#include <curl/curl.h>
#include <strings.h>
#include <time.h>
#include <zlib.h>

#define ANSWER_MAX ((size_t)512 << 20)
#define GZIP_LEAST 1024 /* shorter bodies travel as they are */
#define FIRST_PAUSE_MS 20
#define LONGEST_PAUSE_MS 1000
#define HANDLES_MAX 256

struct http {
	const struct settings *settings;
	char **hosts; /* without a slash at the end */
	size_t n_hosts;
	size_t at; /* atomic: the host in use */
	struct curl_slist *headers[2]; /* of plain and of compressed bodies */

	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t freed;
	CURL *idle[HANDLES_MAX];
	size_t n_idle, n_busy;
};

/* ---- Opening ---- */

static bool add_host(struct http *http, struct gw_slice host, struct gw_error *err)
{
	while (host.len && host.data[0] == ' ')
		host = gw_slice(host.data + 1, host.len - 1);
	while (host.len && strchr(" /", host.data[host.len - 1]))
		host.len--;
	if (!gw_slice_starts(host, gw_slice_of("http://")) &&
		!gw_slice_starts(host, gw_slice_of("https://")))
		return gw_fail(err, GW_INVALID,
			"repository.elasticsearch.hosts: \"%.*s\" does not begin with http:// or "
			"https://",
			GW_SLICE(host));
	http->hosts[http->n_hosts++] = gw_slice_dup(host);
	return true;
}

static bool read_hosts(struct http *http, const char *text, struct gw_error *err)
{
	size_t most = 1;
	for (const char *at = text; *at; at++)
		most += *at == ',';
	http->hosts = gw_new_array(char *, most);
	for (const char *at = text; *at;) {
		size_t len = strcspn(at, ",");
		if (!add_host(http, gw_slice(at, len), err))
			return false;
		at += len + (at[len] == ',');
	}
	return http->n_hosts > 0 ||
	       gw_fail(err, GW_INVALID, "repository.elasticsearch.hosts is missing");
}

static struct curl_slist *make_headers(const struct settings *s, bool compressed)
{
	struct curl_slist *list = curl_slist_append(NULL, "Content-Type: application/json");
	list = curl_slist_append(list, "Expect:");
	if (compressed)
		list = curl_slist_append(list, "Content-Encoding: gzip");
	if (s->api_key) {
		gw_auto_free char *header = gw_sprintf("Authorization: ApiKey %s", s->api_key);
		list = curl_slist_append(list, header);
	}
	return list;
}

struct http *http_open(const struct settings *settings, struct gw_error *err)
{
	struct http *http = gw_new(struct http);
	http->settings = settings;
	pthread_mutex_init(&http->lock, NULL);
	gw_cond_init(&http->freed);
	for (int i = 0; i < 2; i++)
		http->headers[i] = make_headers(settings, i == 1);
	if (read_hosts(http, settings->hosts, err))
		return http;
	http_close(http);
	return NULL;
}

void http_close(struct http *http)
{
	if (!http)
		return;
	for (size_t i = 0; i < http->n_idle; i++)
		curl_easy_cleanup(http->idle[i]);
	for (size_t i = 0; i < http->n_hosts; i++)
		free(http->hosts[i]);
	free(http->hosts);
	for (int i = 0; i < 2; i++)
		curl_slist_free_all(http->headers[i]);
	pthread_cond_destroy(&http->freed);
	pthread_mutex_destroy(&http->lock);
	free(http);
}

const char *http_host(struct http *http)
{
	return http->hosts[__atomic_load_n(&http->at, __ATOMIC_RELAXED) % http->n_hosts];
}

/* ---- Handles ---- */

static CURL *make_handle(const struct settings *s)
{
	CURL *handle = curl_easy_init();
	if (!handle)
		abort();
	curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(handle, CURLOPT_TCP_NODELAY, 1L);
	curl_easy_setopt(handle, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS,
		(long)(s->connect_timeout / GW_MILLISECOND));
	curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)(s->request_timeout / GW_MILLISECOND));
	curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, s->verify ? 1L : 0L);
	curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, s->verify ? 2L : 0L);
	if (s->ca_file)
		curl_easy_setopt(handle, CURLOPT_CAINFO, s->ca_file);
	if (s->gzip)
		curl_easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "gzip");
	if (s->username && !s->api_key) {
		curl_easy_setopt(handle, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
		curl_easy_setopt(handle, CURLOPT_USERNAME, s->username);
		curl_easy_setopt(handle, CURLOPT_PASSWORD, s->password ? s->password : "");
	}
	return handle;
}

static CURL *take_handle(struct http *http)
{
	gw_locked(&http->lock);
	while (http->n_busy >= (size_t)http->settings->connections)
		gw_cond_wait(&http->freed, &http->lock, -1);
	http->n_busy++;
	return http->n_idle ? http->idle[--http->n_idle] : make_handle(http->settings);
}

static void give_handle(struct http *http, CURL *handle)
{
	gw_locked(&http->lock);
	http->n_busy--;
	http->idle[http->n_idle++] = handle;
	pthread_cond_signal(&http->freed);
}

/* ---- One exchange ---- */

struct exchange {
	struct http *http;
	const struct request *request;
	struct gw_slice body; /* as sent */
	size_t sent;
	struct answer *answer;
	bool has_head; /* all headers have come: libcurl does not mind if they are cut */
	char message[CURL_ERROR_SIZE];
};

static size_t take_body(char *data, size_t size, size_t n, void *arg)
{
	struct exchange *x = arg;
	gw_str_add(&x->answer->body, data, size * n);
	return x->answer->body.full ? 0 : size * n;
}

static size_t take_header(char *data, size_t size, size_t n, void *arg)
{
	struct exchange *x = arg;
	static const char name[] = "date:";
	if (size * n == 2 && memcmp(data, "\r\n", 2) == 0)
		x->has_head = true;
	if (size * n > sizeof(name) && strncasecmp(data, name, sizeof(name) - 1) == 0) {
		gw_auto_free char *text =
			gw_strndup(data + sizeof(name) - 1, size * n - sizeof(name) + 1);
		time_t at = curl_getdate(text, NULL);
		x->answer->date = at < 0 ? GW_NEVER : (gw_time)at * GW_SECOND;
	}
	return size * n;
}

/* For what must not be sent twice: without a way to rewind, libcurl does not start again by itself
 * when a connection that was open ends without an answer. */
static size_t give_body(char *buffer, size_t size, size_t n, void *arg)
{
	struct exchange *x = arg;
	size_t left = x->body.len - x->sent, len = size * n < left ? size * n : left;
	memcpy(buffer, x->body.data + x->sent, len);
	x->sent += len;
	return len;
}

static void set_body(CURL *handle, struct exchange *x)
{
	curl_off_t len = (curl_off_t)x->body.len;
	curl_easy_setopt(handle, CURLOPT_POST, 1L);
	curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, len);
	if (x->request->once) {
		curl_easy_setopt(handle, CURLOPT_POSTFIELDS, NULL);
		curl_easy_setopt(handle, CURLOPT_READFUNCTION, give_body);
		curl_easy_setopt(handle, CURLOPT_READDATA, x);
	} else {
		curl_easy_setopt(handle, CURLOPT_POSTFIELDS, x->body.data ? x->body.data : "");
	}
}

static CURLcode perform(CURL *handle, const char *host, struct exchange *x)
{
	bool compressed = x->body.data != x->request->body.data;
	gw_auto_free char *url = gw_sprintf("%s%s", host, x->request->path);
	x->sent = 0;
	x->has_head = false;
	gw_str_reset(&x->answer->body);
	x->answer->body.limit = ANSWER_MAX;
	x->answer->date = GW_NEVER;
	x->message[0] = '\0';
	curl_easy_setopt(handle, CURLOPT_URL, url);
	curl_easy_setopt(handle, CURLOPT_HTTPHEADER, x->http->headers[compressed]);
	curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, x->message);
	curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(handle, CURLOPT_WRITEDATA, x);
	curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(handle, CURLOPT_HEADERDATA, x);
	set_body(handle, x);
	curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST,
		x->request->method ? x->request->method : "POST");
	CURLcode code = curl_easy_perform(handle);
	curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &x->answer->status);
	return code == CURLE_OK && !x->has_head ? CURLE_GOT_NOTHING : code;
}

/* ---- Again, elsewhere, later ---- */

/* Nothing of the request can have arrived. */
static bool never_left(CURLcode code)
{
	return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST ||
	       code == CURLE_SSL_CONNECT_ERROR || code == CURLE_PEER_FAILED_VERIFICATION;
}

/* Each host once, beginning with the one in use, until one answers. */
static CURLcode try_hosts(CURL *handle, struct exchange *x)
{
	struct http *http = x->http;
	CURLcode code = CURLE_OK;
	for (size_t i = 0; i < http->n_hosts; i++) {
		size_t at = __atomic_load_n(&http->at, __ATOMIC_RELAXED);
		code = perform(handle, http->hosts[at % http->n_hosts], x);
		bool is_down = code != CURLE_OK || x->answer->status == 502 ||
			       x->answer->status == 503 || x->answer->status == 504;
		if (!is_down)
			break;
		size_t next = (at + 1) % http->n_hosts;
		__atomic_compare_exchange_n(&http->at, &at, next, false, __ATOMIC_RELAXED,
			__ATOMIC_RELAXED);
		if (x->request->once && !never_left(code))
			break;
	}
	return code;
}

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void pause_ms(int64_t ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	nanosleep(&t, NULL);
}

static bool is_refused(const struct exchange *x)
{
	long status = x->answer->status;
	return status == 429 || (!x->request->once && status >= 502 && status <= 504);
}

static CURLcode try_patiently(CURL *handle, struct exchange *x)
{
	int64_t wait = FIRST_PAUSE_MS;
	int64_t until = now_ms() + x->http->settings->request_timeout / GW_MILLISECOND;
	CURLcode code = try_hosts(handle, x);
	while (code == CURLE_OK && is_refused(x) && now_ms() + wait < until) {
		pause_ms(wait);
		wait = wait * 2 < LONGEST_PAUSE_MS ? wait * 2 : LONGEST_PAUSE_MS;
		code = try_hosts(handle, x);
	}
	return code;
}

/* The body as it travels: compressed, owned by out, if that is wished and worth it. */
static struct gw_slice pack(const struct settings *s, struct gw_slice body, struct gw_str *out)
{
	z_stream z = { 0 };
	if (!s->gzip || body.len < GZIP_LEAST || body.len > UINT32_MAX / 2 ||
		deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return body;
	size_t room = deflateBound(&z, body.len);
	z.next_in = (Bytef *)(uintptr_t)body.data;
	z.avail_in = (uInt)body.len;
	z.next_out = (Bytef *)gw_str_extend(out, room);
	z.avail_out = (uInt)room;
	int end = deflate(&z, Z_FINISH);
	out->len = room - z.avail_out;
	deflateEnd(&z);
	return end == Z_STREAM_END ? gw_str_slice(out) : body;
}

bool http_send(struct http *http, const struct request *request, struct answer *answer,
	struct gw_error *err)
{
	gw_auto_str packed = { 0 };
	*answer = (struct answer){ 0 };
	struct exchange x = { .http = http, .request = request, .answer = answer };
	x.body = pack(http->settings, request->body, &packed);
	CURL *handle = take_handle(http);
	CURLcode code = try_patiently(handle, &x);
	give_handle(http, handle);
	if (code == CURLE_OK)
		return true;
	bool was_full = answer->body.full;
	gw_str_clear(&answer->body);
	if (was_full)
		return gw_fail(err, GW_INTERNAL, "%s answers too much at once", http_host(http));
	return gw_fail(err, GW_UNAVAILABLE, "%s: %s", http_host(http),
		x.message[0] ? x.message : curl_easy_strerror(code));
}
