/* keys.c - every key of the configuration */
#include "config/keys.h"

#include "base/mem.h"

#include <ctype.h>

const struct gw_key_info gw_key_infos[] = {
	{ "server.port", "integer(0,65535)", "8080", "micronaut.server.port", 0,
		"Port of the API and the page; 0 picks a free one." },
	{ "server.management-port", "integer(0,65535)", "8081", "endpoints.all.port", 0,
		"Port of health and metrics; 0 picks a free one." },
	{ "server.host", "text", "127.0.0.1", "micronaut.server.host", 0,
		"Address to listen on. Only loopback addresses are accepted, since the server has "
		"no accounts and flows run programs." },
	{ "server.url", "text", NULL, "kestra.url", 0,
		"The address that people and clients use: the base of links; its host is accepted "
		"in requests." },
	{ "server.node-name", "text", NULL, NULL, 0,
		"Name of this node, unique among the nodes of an installation; without it the "
		"host's name." },
	{ "server.working-folder", "text", "./data/work", NULL, 0,
		"Folder of this node's own: its lock and the working folders of running tasks." },
	{ "server.termination-grace-period", "duration", "5m", NULL, 0,
		"How long running tasks may take to end when the server stops." },
	{ "server.worker-task-restart-strategy",
		"enum(AFTER_TERMINATION_GRACE_PERIOD,NEVER,IMMEDIATELY)",
		"AFTER_TERMINATION_GRACE_PERIOD", NULL, 0,
		"What becomes of a task run whose node died: it is run again, or fails with "
		"NEVER." },
	{ "server.liveness.interval", "duration", "3s", NULL, 0,
		"How often a node says that it is alive." },
	{ "server.liveness.timeout", "duration", "45s", NULL, 0,
		"How long a silent node counts as alive." },
	{ "server.shards", "integer(1,64)", "2", NULL, 0,
		"Threads of the engine; an execution belongs to one of them." },
	{ "server.http.max-request-size", "size", "10GB", "micronaut.server.max-request-size", 0,
		"Largest request, files included." },
	{ "server.http.max-body-size", "size", "32MB", NULL, 0,
		"Largest request without files: a flow, a JSON document." },
	{ "server.http.max-header-size", "size", "16KB", NULL, 0,
		"Largest head of a request: its address and headers." },
	{ "server.http.max-parts", "integer(1,100000)", "1000", NULL, 0,
		"Most inputs of one request." },
	{ "server.http.idle-timeout", "duration", "60s", NULL, 0,
		"How long a connection stays open without a byte in either direction." },
	{ "server.http.max-connections", "integer(1,100000)", "2000", NULL, 0,
		"Connections at once, waiting and following clients included." },
	{ "server.http.threads", "integer(0,64)", "0", NULL, 0,
		"Threads that read requests, at most 4; 0 = one a core." },
	{ "server.http.workers", "integer(1,256)", "8", NULL, 0,
		"Threads that answer requests from the repository." },
	{ "server.http.queue", "integer(1,100000)", "1000", NULL, 0,
		"Requests that may wait for such a thread; more are answered 429." },
	{ "repository.type", "text", "sqlite", NULL, 0,
		"The backend that stores everything; its settings stand under its name." },
	{ "repository.sqlite.path", "text", "./data/godwit.db", NULL, 0, "The database file." },
	{ "repository.sqlite.sync", "enum(full,normal,off)", NULL, NULL, 0,
		"full survives the loss of power with every answer that was given; normal the loss "
		"of the process, and is faster; off neither [full]." },
	{ "repository.sqlite.busy-timeout", "duration", NULL, NULL, 0,
		"How long to wait for another process that uses the file [10s]." },
	{ "repository.sqlite.cache-mb", "integer(1,65536)", NULL, NULL, 0,
		"Memory for pages of the file [32]." },
	{ "repository.sqlite.mmap-mb", "integer(0,1048576)", NULL, NULL, 0,
		"How much of the file is mapped into memory [0]." },
	{ "repository.postgres.url", "text", NULL, "datasources.postgres.url", GW_KEY_SECRET,
		"postgresql://host:port/database, also as JDBC writes it; the other settings win "
		"over its parts." },
	{ "repository.postgres.host", "text", NULL, NULL, 0,
		"Host name, address, or the folder of a socket." },
	{ "repository.postgres.port", "integer(1,65535)", NULL, NULL, 0, "Its port [5432]." },
	{ "repository.postgres.database", "text", NULL, NULL, 0, "Name of the database." },
	{ "repository.postgres.username", "text", NULL, "datasources.postgres.username", 0,
		"Name of the account." },
	{ "repository.postgres.password", "text", NULL, "datasources.postgres.password",
		GW_KEY_SECRET, "Its password." },
	{ "repository.postgres.schema", "text", NULL, "datasources.postgres.schema", 0,
		"Schema that holds the tables." },
	{ "repository.postgres.sslmode", "enum(disable,allow,prefer,require,verify-ca,verify-full)",
		NULL, NULL, 0, "Encryption, as libpq knows it." },
	{ "repository.postgres.sslrootcert", "text", NULL, NULL, 0,
		"File with the certificates of authorities to trust." },
	{ "repository.postgres.sslcert", "text", NULL, NULL, 0, "File with our certificate." },
	{ "repository.postgres.sslkey", "text", NULL, NULL, 0, "File with its key." },
	{ "repository.postgres.pool", "integer(2,1000)", NULL,
		"datasources.postgres.maximum-pool-size", 0, "Connections at most [16]." },
	{ "repository.postgres.connect-timeout", "duration", NULL, NULL, 0,
		"How long a connection may take to be made [10s]." },
	{ "repository.postgres.statement-timeout", "duration", NULL, NULL, 0,
		"How long a statement may take [30s]." },
	{ "repository.postgres.durable", "boolean", NULL, NULL, 0,
		"false: the database may lose the last moments when it crashes, and is faster "
		"[true]." },
	{ "repository.elasticsearch.hosts", "list", NULL, "kestra.elasticsearch.client.http-hosts",
		GW_KEY_SECRET,
		"Addresses of the nodes, as http://host:port: the next one is used when one fails "
		"[http://127.0.0.1:9200]." },
	{ "repository.elasticsearch.username", "text", NULL,
		"kestra.elasticsearch.client.basic-auth.username", 0, "Name of the account." },
	{ "repository.elasticsearch.password", "text", NULL,
		"kestra.elasticsearch.client.basic-auth.password", GW_KEY_SECRET, "Its password." },
	{ "repository.elasticsearch.api-key", "text", NULL, NULL, GW_KEY_SECRET,
		"An API key, encoded, instead of an account." },
	{ "repository.elasticsearch.ca-file", "text", NULL, NULL, 0,
		"File with the certificates of authorities to trust." },
	{ "repository.elasticsearch.verify", "boolean", NULL, NULL, 0,
		"false: certificates are not checked [true]." },
	{ "repository.elasticsearch.prefix", "text", NULL,
		"kestra.elasticsearch.defaults.indice-prefix", 0,
		"How the names of indices begin [godwit]." },
	{ "repository.elasticsearch.refresh-interval", "text", NULL, NULL, 0,
		"How soon other programs see what is written; Godwit's own searches do not wait "
		"for it [1s]." },
	{ "repository.elasticsearch.shards", "integer(1,1024)", NULL, NULL, 0,
		"Shards of an index that is made anew [1]." },
	{ "repository.elasticsearch.replicas", "integer(-1,10)", NULL, NULL, 0,
		"Copies of each shard; -1 = one as soon as there are two nodes [-1]." },
	{ "repository.elasticsearch.bulk-mb", "integer(1,90)", NULL, NULL, 0,
		"Size of a write, less than the server's http.max_content_length [8]." },
	{ "repository.elasticsearch.connections", "integer(1,256)", NULL, NULL, 0,
		"Connections at most [16]." },
	{ "repository.elasticsearch.gzip", "boolean", NULL, NULL, 0,
		"Whether requests and answers are compressed [false]." },
	{ "repository.elasticsearch.connect-timeout", "duration", NULL, NULL, 0,
		"How long a connection may take to be made [5s]." },
	{ "repository.elasticsearch.request-timeout", "duration", NULL, NULL, 0,
		"How long a request may take [30s]." },
	{ "repository.mysql.url", "text", NULL, "datasources.mysql.url", GW_KEY_SECRET,
		"mysql://host:port/database, also as JDBC writes it; the other settings win over "
		"its parts." },
	{ "repository.mysql.host", "text", NULL, NULL, 0, "Host name or address [127.0.0.1]." },
	{ "repository.mysql.port", "integer(1,65535)", NULL, NULL, 0, "Its port [3306]." },
	{ "repository.mysql.socket", "text", NULL, NULL, 0,
		"File of the server's socket, in place of host and port." },
	{ "repository.mysql.database", "text", NULL, NULL, 0, "Name of the database [godwit]." },
	{ "repository.mysql.username", "text", NULL, "datasources.mysql.username", 0,
		"Name of the account." },
	{ "repository.mysql.password", "text", NULL, "datasources.mysql.password", GW_KEY_SECRET,
		"Its password." },
	{ "repository.mysql.sslmode", "enum(disable,prefer,require,verify-ca,verify-full)", NULL,
		NULL, 0, "Encryption [prefer; verify-full with ssl-ca; disable with socket]." },
	{ "repository.mysql.ssl-ca", "text", NULL, NULL, 0,
		"File with the certificates of authorities to trust." },
	{ "repository.mysql.ssl-cert", "text", NULL, NULL, 0, "File with our certificate." },
	{ "repository.mysql.ssl-key", "text", NULL, NULL, 0, "File with its key." },
	{ "repository.mysql.pool", "integer(2,1000)", NULL, "datasources.mysql.maximum-pool-size",
		0, "Connections at most [16]." },
	{ "repository.mysql.connect-timeout", "duration", NULL, NULL, 0,
		"How long a connection may take to be made [10s]." },
	{ "repository.mysql.statement-timeout", "duration", NULL, NULL, 0,
		"How long a statement may take [30s]." },
	{ "repository.*", "map", NULL, NULL, 0,
		"Settings of a backend of that name, handed to it as they stand." },
	{ "queue.type", "text", NULL, NULL, GW_KEY_HIDDEN, "" },
	{ "storage.type", "text", "local", NULL, 0,
		"Where files of executions and backups are kept: local (a folder) or s3; its "
		"settings stand under its name." },
	{ "storage.local.base-path", "text", "./data/storage", NULL, 0,
		"Folder of the internal storage." },
	{ "storage.s3.bucket", "text", NULL, NULL, 0, "Name of the bucket; it is not made." },
	{ "storage.s3.region", "text", NULL, NULL, 0, "Its region [AWS_REGION, else us-east-1]." },
	{ "storage.s3.endpoint", "text", NULL, NULL, 0,
		"http://host:port of another server than Amazon's." },
	{ "storage.s3.force-path-style", "boolean", NULL, NULL, 0,
		"false: the bucket is part of the host's name, not of the path [true]." },
	{ "storage.s3.access-key", "text", NULL, NULL, 0,
		"Name of the key [AWS_ACCESS_KEY_ID, else of the credentials' file]." },
	{ "storage.s3.secret-key", "text", NULL, NULL, GW_KEY_SECRET,
		"Its secret [AWS_SECRET_ACCESS_KEY, else of the file]." },
	{ "storage.s3.session-token", "text", NULL, NULL, GW_KEY_SECRET,
		"What belongs to a temporary key [AWS_SESSION_TOKEN, else of the file]." },
	{ "storage.s3.credentials-file", "text", NULL, NULL, 0,
		"File of profiles with keys [AWS_SHARED_CREDENTIALS_FILE, else "
		"~/.aws/credentials]." },
	{ "storage.s3.profile", "text", NULL, NULL, 0,
		"Which of them [AWS_PROFILE, else default]." },
	{ "storage.s3.ca-file", "text", NULL, NULL, 0,
		"File with the certificates of authorities to trust." },
	{ "storage.s3.verify", "boolean", NULL, NULL, 0,
		"false: certificates are not checked [true]." },
	{ "storage.s3.temporary-folder", "text", NULL, NULL, 0,
		"Where files lie while they are read [TMPDIR, else /var/tmp]." },
	{ "storage.s3.part-mb", "integer(5,64)", NULL, NULL, 0,
		"Size of the parts that larger files are written in; a file has at most 10000 "
		"[8]." },
	{ "storage.s3.attempts", "integer(1,20)", NULL, NULL, 0,
		"How often a request is sent before it fails, with growing pauses [5]." },
	{ "storage.s3.connect-timeout", "duration", NULL, NULL, 0,
		"How long a connection may take to be made [10s]." },
	{ "storage.s3.stall-timeout", "duration", NULL, NULL, 0,
		"How long a request may go on without a byte in either direction [60s]." },
	{ "storage.*", "map", NULL, NULL, 0,
		"Settings of a storage of that name, handed to it as they stand." },
	{ "tasks.tmp-dir.path", "text", NULL, NULL, 0,
		"Parent of the working folders of task runs; without it the node's working "
		"folder." },
	{ "tasks.hosts", "integer(0,64)", "0", NULL, 0,
		"Processes that start tasks; 0 = one a core, at most four." },
	{ "tasks.threads", "integer(0,10000)", "0", NULL, 0,
		"Task runs at once on this node; 0 = four a core." },
	{ "tasks.user", "text", NULL, NULL, 0,
		"User that tasks run as, if the server runs as root." },
	{ "tasks.hidden-environment", "list",
		"GODWIT_, KESTRA_, MICRONAUT_, SECRET_, DATASOURCES_, PG, MYSQL, AWS_", NULL, 0,
		"Tasks do not see variables of the server's environment that begin so." },
	{ "plugins.path", "list", NULL, NULL, 0,
		"Folders of third parties' modules, beside the installation's own." },
	{ "plugins.in-server", "list", NULL, NULL, 0,
		"Names of modules from these folders that are trusted to run inside the server." },
	{ "plugins.defaults", "list", NULL, "godwit.tasks.defaults kestra.tasks.defaults", 0,
		"Default properties by type: a list of {type, forced, values}." },
	{ "plugins.configurations", "list", NULL, NULL, 0,
		"Settings of types: a list of {type, values}." },
	{ "variables.env-vars-prefix", "text", "KESTRA_", NULL, 0,
		"Environment variables that begin so are the variables envs.* of expressions." },
	{ "variables.globals", "map", NULL, NULL, 0, "The variables globals.* of expressions." },
	{ "variables.recursive-rendering", "boolean", "false", NULL, 0,
		"Whether what an expression yields is rendered again." },
	{ "encryption.secret-key", "text", NULL, NULL, GW_KEY_SECRET,
		"Key of encrypted inputs and outputs, and of encrypt(): 32 bytes in Base64." },
	{ "logging.level", "enum(TRACE,DEBUG,INFO,WARN,ERROR)", "INFO", NULL, 0,
		"The least level of the server's own log." },
	{ "logging.format", "enum(text,json)", "text", NULL, 0,
		"One line of text or one JSON object an event." },
	{ NULL, NULL, NULL, NULL, 0, NULL },
};

static bool is_below(const char *key, struct gw_slice section)
{
	return strncmp(key, section.data, section.len) == 0 && key[section.len] == '.';
}

bool gw_key_is_section(struct gw_slice section)
{
	for (const struct gw_key_info *info = gw_key_infos; info->key; info++)
		if (is_below(info->key, section))
			return true;
	return false;
}

/* Whether the row "repository.*" speaks of "repository.other". */
static bool pattern_matches(const char *pattern, struct gw_slice key)
{
	size_t n = strlen(pattern) - 1;
	if (pattern[n] != '*' || key.len <= n || memcmp(key.data, pattern, n) != 0)
		return false;
	return !memchr(key.data + n, '.', key.len - n) && !gw_key_is_section(key);
}

const struct gw_key_info *gw_key_find(struct gw_slice key)
{
	for (const struct gw_key_info *info = gw_key_infos; info->key; info++)
		if (gw_slice_is(key, info->key) || pattern_matches(info->key, key))
			return info;
	return NULL;
}

bool gw_key_name(const struct gw_key_info *info, unsigned i, struct gw_str *out)
{
	static const char *const heads[] = { "godwit", "kestra" };
	gw_str_reset(out);
	if (i < GW_LEN(heads)) {
		gw_str_printf(out, "%s.%s", heads[i], info->key);
		return true;
	}
	const char *alias = info->aliases;
	for (i -= GW_LEN(heads); alias && i > 0; i--) {
		alias = strchr(alias, ' ');
		alias += alias != NULL;
	}
	if (alias)
		gw_str_add(out, alias, strcspn(alias, " "));
	return alias != NULL;
}

void gw_key_variable(struct gw_str *out, struct gw_slice name)
{
	gw_str_reset(out);
	for (size_t i = 0; i < name.len; i++)
		gw_str_putc(out, isalnum((unsigned char)name.data[i])
					 ? (char)toupper((unsigned char)name.data[i])
					 : '_');
}

enum { LONGEST = 63 };

static unsigned smallest(unsigned a, unsigned b, unsigned c)
{
	unsigned least = a < b ? a : b;
	return least < c ? least : c;
}

/* Levenshtein's distance. */
static unsigned distance(struct gw_slice a, struct gw_slice b)
{
	unsigned row[LONGEST + 1];
	for (unsigned j = 0; j <= b.len; j++)
		row[j] = j;
	for (unsigned i = 1; i <= a.len; i++) {
		unsigned diagonal = row[0];
		row[0] = i;
		for (unsigned j = 1; j <= b.len; j++) {
			unsigned change = diagonal + (a.data[i - 1] != b.data[j - 1]);
			diagonal = row[j];
			row[j] = smallest(row[j] + 1, row[j - 1] + 1, change);
		}
	}
	return row[b.len];
}

const char *gw_key_nearest(struct gw_slice written)
{
	const char *nearest = NULL;
	if (written.len > LONGEST)
		return NULL;
	unsigned least = 3 + (unsigned)written.len / 5;
	for (const struct gw_key_info *info = gw_key_infos; info->key; info++) {
		struct gw_slice key = gw_slice_of(info->key);
		if (key.len > LONGEST || info->flags & GW_KEY_HIDDEN)
			continue;
		unsigned d = distance(written, key);
		if (d < least) {
			least = d;
			nearest = info->key;
		}
	}
	return nearest;
}
