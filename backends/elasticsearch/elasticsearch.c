/* elasticsearch.c - the repository in Elasticsearch 7.10 and later, or OpenSearch 2.4 and later */
#include "backends/elasticsearch/elasticsearch.h"
#include "backends/sql/settings.h"

#include <godwit/module.h>

#define PREFIX_MAX 64

#define TEXT(name, member, fallback)                                                           \
	{                                                                                      \
		name, GW_SETTING_TEXT, offsetof(struct settings, member), fallback, 0, 0, NULL \
	}
#define NUMBER(name, member, fallback, least, most)                                                \
	{                                                                                          \
		name, GW_SETTING_NUMBER, offsetof(struct settings, member), fallback, least, most, \
			NULL                                                                       \
	}
#define DURATION(name, member, fallback)                                                \
	{                                                                               \
		name, GW_SETTING_DURATION, offsetof(struct settings, member), fallback, \
			GW_MILLISECOND, 3600 * GW_SECOND, NULL                          \
	}
#define BOOL(name, member, fallback)                                                           \
	{                                                                                      \
		name, GW_SETTING_BOOL, offsetof(struct settings, member), fallback, 0, 0, NULL \
	}

static const struct gw_setting settings_table[] = {
	TEXT("hosts", hosts, "http://127.0.0.1:9200"),
	TEXT("username", username, NULL),
	TEXT("password", password, NULL),
	TEXT("api-key", api_key, NULL),
	TEXT("ca-file", ca_file, NULL),
	BOOL("verify", verify, "true"),
	TEXT("prefix", prefix, "godwit"),
	TEXT("refresh-interval", refresh_interval, "1s"),
	NUMBER("shards", shards, "1", 1, 1024),
	NUMBER("replicas", replicas, "-1", -1, 10),
	NUMBER("bulk-mb", bulk_mb, "8", 1, 90),
	NUMBER("connections", connections, "16", 1, 256),
	BOOL("gzip", gzip, "false"),
	DURATION("connect-timeout", connect_timeout, "PT5S"),
	DURATION("request-timeout", request_timeout, "PT30S"),
};

static const struct flavour flavours[] = {
	{ "OpenSearch", "opensearch", 2, "/_search/point_in_time", "/_search/point_in_time",
		"pit_id", true },
	{ "Elasticsearch", NULL, 7, "/_pit", "/_pit", "id", false },
};

/* ---- Opening ---- */

/* Hosts may be a list; a new reference. */
static json_t *join_hosts(const json_t *given)
{
	json_t *settings = given ? json_copy((json_t *)(uintptr_t)given) : json_object();
	const json_t *hosts = json_object_get(settings, "hosts");
	gw_auto_str joined = { 0 };
	size_t i;
	json_t *host;
	if (!json_is_array(hosts))
		return settings;
	json_array_foreach (hosts, i, host)
		gw_str_printf(&joined, "%s%s", i ? "," : "",
			json_is_string(host) ? json_string_value(host) : "?");
	json_object_set_new(settings, "hosts", json_string(gw_str_text(&joined)));
	return settings;
}

/* It begins names of indices, and stands in paths. Kestra's ends with an underscore. */
static bool check_prefix(char *prefix, struct gw_error *err)
{
	size_t len = strlen(prefix);
	while (len > 1 && prefix[len - 1] == '_')
		prefix[--len] = '\0';
	bool ok = len > 0 && len <= PREFIX_MAX && prefix[0] >= 'a' && prefix[0] <= 'z';
	for (size_t i = 0; i < len; i++)
		ok = ok && (strchr("-_", prefix[i]) || (prefix[i] >= 'a' && prefix[i] <= 'z') ||
				   (prefix[i] >= '0' && prefix[i] <= '9'));
	return ok || gw_fail(err, GW_INVALID,
			     "repository.elasticsearch.prefix: 1 to %d of a-z, 0-9, _ and -, the "
			     "first a letter, are wanted",
			     PREFIX_MAX);
}

static void elasticsearch_close(struct gw_backend *b)
{
	if (!b)
		return;
	http_close(b->http);
	for (size_t i = 0; i < b->n_indices; i++) {
		pthread_cond_destroy(&b->indices[i].refreshed);
		pthread_mutex_destroy(&b->indices[i].lock);
		free(b->indices[i].alias);
	}
	free(b->indices);
	free(b->version);
	gw_settings_clear(settings_table, GW_LEN(settings_table), &b->settings);
	free(b);
}

static void name_indices(struct gw_backend *b, const struct gw_kind *const *kinds)
{
	while (kinds[b->n_indices])
		b->n_indices++;
	b->indices = gw_new_array(struct index, b->n_indices);
	for (size_t i = 0; i < b->n_indices; i++) {
		struct index *index = &b->indices[i];
		index->kind = kinds[i];
		index->oldest = index->newest = 1;
		index->alias = gw_sprintf("%s_%s", b->settings.prefix, kinds[i]->name);
		pthread_mutex_init(&index->lock, NULL);
		gw_cond_init(&index->refreshed);
	}
}

/* Asks the server what it is. */
static bool meet(struct gw_backend *b, struct gw_error *err)
{
	const struct request request = { .method = "GET", .path = "/" };
	json_auto_t *answer = call_well(b, &request, err);
	const json_t *version = json_object_get(answer, "version");
	const char *number = gw_json_string(version, "number");
	const char *distribution = gw_json_string(version, "distribution");
	if (!answer)
		return false;
	if (!number)
		return gw_fail(err, GW_INVALID, "%s is no Elasticsearch", http_host(b->http));
	size_t i = 0;
	while (flavours[i].distribution &&
		(!distribution || strcmp(flavours[i].distribution, distribution) != 0))
		i++;
	b->flavour = &flavours[i];
	b->version = gw_strdup(number);
	if (strtol(number, NULL, 10) < b->flavour->least)
		return gw_fail(err, GW_INVALID, "%s %s is too old: version %d or later is wanted",
			b->flavour->name, number, b->flavour->least);
	return true;
}

static struct gw_backend *elasticsearch_open(const json_t *given,
	const struct gw_kind *const *kinds, struct gw_error *err)
{
	struct gw_backend *b = gw_new(struct gw_backend);
	json_auto_t *settings = join_hosts(given);
	bool ok = gw_settings_read(settings, settings_table, GW_LEN(settings_table), &b->settings,
			  "repository.elasticsearch", err) &&
		  check_prefix(b->settings.prefix, err);
	b->http = ok ? http_open(&b->settings, err) : NULL;
	if (b->http) {
		name_indices(b, kinds);
		ok = meet(b, err);
	}
	if (ok && b->http)
		return b;
	elasticsearch_close(b);
	return NULL;
}

/* ---- The rest of the table ---- */

/* The clock of the elected master, one for all nodes; else that of whoever answered. */
static bool elasticsearch_clock(struct gw_backend *b, gw_time *out, struct gw_error *err)
{
	const struct request request = { .method = "GET",
		.path = "/_nodes/_master/stats/jvm?filter_path=nodes.*.timestamp" };
	struct answer answer;
	if (!http_send(b->http, &request, &answer, err))
		return false;
	json_auto_t *value = json_loadb(gw_str_text(&answer.body), answer.body.len, 0, NULL);
	const json_t *nodes = json_object_get(value, "nodes");
	const json_t *node = json_object_iter_value(json_object_iter((json_t *)(uintptr_t)nodes));
	const json_t *timestamp = json_object_get(node, "timestamp");
	gw_str_clear(&answer.body);
	if (json_is_integer(timestamp))
		*out = json_integer_value(timestamp) * GW_MILLISECOND;
	else if (answer.date != GW_NEVER)
		*out = answer.date;
	else
		return gw_fail(err, answer.status >= 500 ? GW_UNAVAILABLE : GW_DENIED,
			"%s does not tell the time: the right \"monitor\" is wanted",
			http_host(b->http));
	return true;
}

static bool elasticsearch_describe(struct gw_backend *b, struct gw_str *out, struct gw_error *err)
{
	(void)err;
	gw_str_printf(out, "%s %s at %s, prefix %s", b->flavour->name, b->version,
		http_host(b->http), b->settings.prefix);
	return true;
}

static const struct gw_backend_type elasticsearch_backend = {
	.name = "elasticsearch",
	.summary = "Keeps everything in Elasticsearch or OpenSearch",
	.capabilities = GW_NO_TRANSACTIONS,
	.open = elasticsearch_open,
	.close = elasticsearch_close,
	.migrate = elasticsearch_migrate,
	.layout = elasticsearch_layout,
	.place = "prefix",
	.remove = elasticsearch_remove,
	.get = elasticsearch_get,
	.scan = elasticsearch_scan,
	.count = elasticsearch_count,
	.write = elasticsearch_write,
	.claim = elasticsearch_claim,
	.clock = elasticsearch_clock,
	.describe = elasticsearch_describe,
	.snapshot = elasticsearch_snapshot,
	.release = elasticsearch_release,
};

const struct gw_module gw_module = {
	GW_MODULE_HEAD,
	.name = "elasticsearch",
	.version = "1.0",
	.summary = "The repository in Elasticsearch",
	.backends = (const struct gw_backend_type *const[]){ &elasticsearch_backend, NULL },
};
