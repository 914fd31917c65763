/* node.c - renewing the life sign, and taking over from the dead
 *
 * A node renews its record every few seconds. Another may declare it dead only after reading the
 * record unchanged for the whole timeout of its own clock; no clocks are compared. What a dead node
 * owned is taken over. A node whose renewal fails for good was declared dead itself. */
#include "engine/node.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/log.h"
#include "engine/gate.h"
#include "engine/scheduler.h"
#include "engine/trigger_state.h"
#include "run/hosts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define PATROL_MOST (10 * GW_SECOND)
#define CLAIM_MAX 1000
#define LOCK_PATIENCE (5 * GW_SECOND)

/* Another node, as it was last seen. */
struct other {
	struct gw_version version;
	int64_t since; /* boot time at which this version was first seen */
};

struct gw_node {
	struct gw_engine *engine;
	struct gw_version version; /* of our record */
	int64_t interval_us, timeout_us;
	int64_t outlive_us; /* after a life sign, task hosts go on for this long */
	int64_t patrol_us; /* from one patrol to the next */
	char *predecessor; /* id of the process that had our folder before; NULL = none */
	struct gw_map others; /* id -> struct other */
	atomic_bool has_others;
	gw_time next_patrol;
	pthread_t beat_thread, listen_thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool is_stopping, has_threads;
};

/* ---- The working folder ---- */

/* The task hosts of a server that died hold the lock until all that they ran is gone. */
static bool wait_for_lock(int fd)
{
	int64_t end = gw_clock_boot() + LOCK_PATIENCE;
	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (gw_clock_boot() >= end)
			return false;
		nanosleep(&(struct timespec){ 0, 5000000 }, NULL);
	}
	return true;
}

static bool lock_folder(struct gw_node *node, struct gw_error *err)
{
	struct gw_engine *engine = node->engine;
	gw_auto_free char *path = gw_sprintf("%s/node.lock", engine->working_folder);
	gw_auto_str before = { 0 };
	struct gw_error ignored;
	if (!gw_dir_make(engine->working_folder, err))
		return false;
	engine->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (engine->lock < 0)
		return gw_fail_errno(err, errno, "%s", path);
	if (!wait_for_lock(engine->lock))
		return gw_fail(err, GW_CONFLICT,
			"another server uses the folder %s: stop it, or set server.working-folder",
			engine->working_folder);
	if (gw_fd_read_all(engine->lock, 64, &before, &ignored) && before.len == GW_ID_LEN)
		node->predecessor = gw_str_steal(&before);
	if (ftruncate(engine->lock, 0) != 0 ||
		pwrite(engine->lock, engine->node_id.text, GW_ID_LEN, 0) != GW_ID_LEN)
		return gw_fail_errno(err, errno, "%s", path);
	return true;
}

/* ---- Our record ---- */

/* As Kestra names such a server. */
static const char *type_of(unsigned roles)
{
	switch (roles) {
	case GW_ROLE_WEBSERVER:
		return "WEBSERVER";
	case GW_ROLE_EXECUTOR:
		return "EXECUTOR";
	case GW_ROLE_SCHEDULER:
		return "SCHEDULER";
	default:
		return "STANDALONE";
	}
}

static bool write_record(struct gw_node *node, enum gw_op_type type, struct gw_error *err)
{
	struct gw_engine *engine = node->engine;
	struct gw_value fields[GW_NODE_N] = { [GW_NODE_STATE] = gw_value_string("RUNNING"),
		[GW_NODE_TYPE] = gw_value_string(type_of(engine->roles)),
		[GW_NODE_ROLES] = gw_value_number(engine->roles),
		[GW_NODE_RENEWED] = gw_value_time(gw_clock_now()) };
	gw_auto_str doc = { 0 };
	gw_str_putc(&doc, '{');
	gw_json_text(&doc, "id", gw_slice_of(engine->node_id.text));
	gw_json_text(&doc, "name", gw_slice_of(engine->node_name));
	gw_json_int(&doc, "roles", engine->roles);
	gw_json_time(&doc, "renewed", gw_clock_now());
	gw_str_putc(&doc, '}');
	struct gw_op op = { .type = type,
		.record = { .kind = &gw_kind_node,
			.tenant = gw_slice_of(""),
			.key = gw_slice_of(engine->node_id.text),
			.version = node->version,
			.due = GW_NEVER,
			.fields = fields,
			.doc = gw_str_slice(&doc) } };
	if (!gw_store_write_one(engine->store, &op, err))
		return false;
	node->version = op.version;
	return true;
}

/* A life sign; also the time at which the hosts would give up without the next one. */
static bool renew(struct gw_node *node, struct gw_error *err)
{
	int64_t at_boot = gw_clock_boot();
	if (!write_record(node, GW_REPLACE, err))
		return false;
	if (node->engine->hosts)
		gw_hosts_deadline(node->engine->hosts, at_boot + node->outlive_us);
	return true;
}

/* ---- Taking over ---- */

/* What was read just now becomes ours: a shard goes on with it. */
static void adopt(struct gw_engine *engine, const struct gw_record *record)
{
	struct gw_error err;
	struct gw_machine *m = gw_load_record(engine, record, &err);
	if (!m) {
		gw_log(GW_WARN, "engine", "taking over execution %.*s: %s", GW_SLICE(record->key),
			err.message);
		return;
	}
	gw_machine_resume_work(m, engine->run_again, gw_clock_now());
	m->exec->is_dirty = true;
	struct gw_mail *mail = gw_new(struct gw_mail);
	mail->type = GW_MAIL_ADOPT;
	mail->machine = m;
	gw_shard_post(gw_shard_of(engine, m->exec->id.text), mail, false);
}

/* Everything of a kind that an owner has; stays valid although records change meanwhile. */
static struct gw_stream *scan_owned(struct gw_engine *engine, const struct gw_kind *kind,
	const char *owner, struct gw_error *err)
{
	struct gw_value value = gw_value_string(owner);
	struct gw_filter filter = {
		.compare = GW_EQ, .field = "owner", .values = &value, .n_values = 1
	};
	struct gw_query query = { .kind = kind, .filters = &filter, .n_filters = 1 };
	return gw_store_scan(engine->store, &query, err);
}

static void take_executions(struct gw_engine *engine, const char *owner)
{
	struct gw_error err;
	struct gw_record record;
	gw_auto_stream *stream = scan_owned(engine, &gw_kind_execution, owner, &err);
	size_t n = 0;
	while (stream && gw_stream_next(stream, &record, &err) == GW_NEXT_RECORD) {
		adopt(engine, &record);
		n++;
	}
	if (n > 0)
		gw_log(GW_INFO, "engine", "took over %zu executions of node %s", n, owner);
}

static void release_trigger(struct gw_batch *batch, const struct gw_record *record)
{
	struct gw_error err;
	struct gw_trigger_state t;
	if (!gw_trigger_state_read(record, &t, &err)) {
		gw_log(GW_ERROR, "engine", "%s", err.message);
		return;
	}
	gw_batch_group(batch);
	gw_trigger_state_put(batch, GW_REPLACE, &t, (struct gw_slice){ 0 }, gw_trigger_due(&t));
	gw_trigger_state_clear(&t);
}

static void release_triggers(struct gw_engine *engine, const char *owner)
{
	struct gw_error err;
	struct gw_record record;
	struct gw_batch batch = { 0 };
	gw_auto_stream *stream = scan_owned(engine, &gw_kind_trigger, owner, &err);
	while (stream && gw_stream_next(stream, &record, &err) == GW_NEXT_RECORD)
		release_trigger(&batch, &record);
	gw_stream_close(&stream);
	if (batch.n_groups > 0) {
		if (!gw_batch_write(&batch, engine->store, 30000, &err))
			gw_log(GW_WARN, "engine", "releasing triggers: %s", err.message);
		gw_engine_wake_scheduler(engine);
	}
	gw_batch_clear(&batch);
}

static void take_over(struct gw_engine *engine, const char *owner)
{
	release_triggers(engine, owner);
	if (gw_engine_executes(engine))
		take_executions(engine, owner);
}

/* ---- Patrol: nobody's executions, and those of the dead ---- */

static size_t claim_some(struct gw_engine *engine)
{
	struct gw_error err;
	struct gw_record record;
	size_t n = 0;
	gw_time until = gw_clock_now() + PATROL_MOST + GW_SECOND;
	gw_auto_stream *stream = gw_store_claim(engine->store, &gw_kind_execution, engine->owner,
		until, CLAIM_MAX, &err);
	while (stream && gw_stream_next(stream, &record, &err) == GW_NEXT_RECORD) {
		adopt(engine, &record);
		n++;
	}
	return n;
}

/* Executions whose timer is due before the next patrol, and new ones from nodes that run none. */
static void claim_due(struct gw_engine *engine)
{
	while (claim_some(engine) == CLAIM_MAX)
		;
}

static bool mark_dead(struct gw_node *node, const struct gw_record *record)
{
	struct gw_error err;
	struct gw_op op = { .type = GW_DELETE, .record = *record };
	if (!gw_store_write_one(node->engine->store, &op, &err))
		return false;
	gw_log(GW_WARN, "engine", "node %.*s gave no life sign: it is dead", GW_SLICE(record->key));
	return true;
}

/* True if it is alive, as far as we can know. */
static bool is_alive(struct gw_node *node, const struct gw_record *record)
{
	struct other *other = gw_map_get(&node->others, record->key);
	int64_t now = gw_clock_boot();
	if (!other) {
		other = gw_new(struct other);
		gw_map_put(&node->others, record->key, other);
	}
	if (!gw_version_equal(other->version, record->version))
		*other = (struct other){ record->version, now };
	return now - other->since < node->timeout_us || !mark_dead(node, record);
}

static bool list_alive(struct gw_node *node, struct gw_map *alive, struct gw_error *err)
{
	struct gw_query query = { .kind = &gw_kind_node };
	struct gw_record record;
	enum gw_next next;
	gw_auto_stream *stream = gw_store_scan(node->engine->store, &query, err);
	if (!stream)
		return false;
	while ((next = gw_stream_next(stream, &record, err)) == GW_NEXT_RECORD) {
		bool is_self = gw_slice_is(record.key, node->engine->node_id.text);
		if (is_self || is_alive(node, &record))
			gw_map_put(alive, record.key, node);
	}
	node->has_others = alive->n > 1;
	return next == GW_NEXT_DONE;
}

/* Owners of live records that are no live nodes: looked for every time, since a node that was
 * thought dead may wake up and create late. */
static void visit_owners(struct gw_node *node, const struct gw_kind *kind,
	const struct gw_map *alive)
{
	struct gw_error err;
	struct gw_count *owners;
	size_t n;
	struct gw_filter is_null = { .compare = GW_IS_NULL, .field = "owner" };
	struct gw_filter filter = { .compare = GW_NOT, .nested = &is_null, .n_nested = 1 };
	struct gw_query query = { .kind = kind, .filters = &filter, .n_filters = 1 };
	if (!gw_store_count_by(node->engine->store, &query, "owner", &owners, &n, &err)) {
		gw_log(GW_WARN, "engine", "looking for dead owners: %s", err.message);
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (!gw_map_find(alive, owners[i].value))
			take_over(node->engine, owners[i].value);
	gw_counts_free(owners, n);
}

static void patrol(struct gw_node *node)
{
	struct gw_error err;
	struct gw_map alive = { 0 };
	gw_store_sync_clock(node->engine->store, &err); /* else it goes on as it went */
	if (list_alive(node, &alive, &err)) {
		visit_owners(node, &gw_kind_execution, &alive);
		visit_owners(node, &gw_kind_trigger, &alive);
	} else {
		gw_log(GW_WARN, "engine", "listing nodes: %s", err.message);
	}
	gw_map_clear(&alive, NULL);
	if (gw_engine_executes(node->engine)) {
		claim_due(node->engine);
		gw_gate_patrol(node->engine);
	}
	gw_remote_serve(node->engine);
}

bool gw_node_has_others(const struct gw_node *node)
{
	return node->has_others;
}

/* ---- Threads ---- */

/* True when it is time to stop. */
static bool pause_for(struct gw_node *node, int64_t us)
{
	gw_locked(&node->lock);
	if (!node->is_stopping)
		gw_cond_wait(&node->wake, &node->lock, us / 1000);
	return node->is_stopping;
}

static void *beat(void *arg)
{
	struct gw_node *node = arg;
	struct gw_error err;
	while (!pause_for(node, node->interval_us)) {
		if (!renew(node, &err)) {
			gw_log(GW_ERROR, "engine", "renewing the life sign: %s", err.message);
			if (err.code == GW_CONFLICT) {
				gw_engine_lost(node->engine);
				return NULL;
			}
		}
		if (gw_clock_now() >= node->next_patrol) {
			patrol(node);
			node->next_patrol = gw_clock_now() + node->patrol_us;
		}
	}
	return NULL;
}

static bool is_stopping(struct gw_node *node)
{
	gw_locked(&node->lock);
	return node->is_stopping;
}

/* Another node has left work or changed flows. */
static void *listen_for_signals(void *arg)
{
	struct gw_node *node = arg;
	struct gw_engine *engine = node->engine;
	while (!is_stopping(node)) {
		if (!gw_store_wait(engine->store, 60000))
			continue;
		gw_catalog_refresh(engine->catalog);
		gw_engine_wake_scheduler(engine);
		gw_remote_serve(engine);
		if (gw_engine_executes(engine))
			claim_due(engine);
	}
	return NULL;
}

struct gw_node *gw_node_open(struct gw_engine *engine, struct gw_error *err)
{
	struct gw_node *node = gw_new(struct gw_node);
	node->engine = engine;
	node->interval_us = gw_config_duration(engine->config, "server.liveness.interval");
	node->timeout_us = gw_config_duration(engine->config, "server.liveness.timeout");
	node->outlive_us = node->timeout_us / 9 * 7; /* gone before others take over */
	node->patrol_us = node->timeout_us / 4 < PATROL_MOST ? node->timeout_us / 4 : PATROL_MOST;
	pthread_mutex_init(&node->lock, NULL);
	gw_cond_init(&node->wake);
	if (lock_folder(node, err) && write_record(node, GW_CREATE, err))
		return node;
	gw_node_close(node);
	return NULL;
}

/* The predecessor in our folder is gone for certain: its lock was free. */
static void bury_predecessor(struct gw_node *node)
{
	struct gw_error err;
	struct gw_record record;
	gw_auto_free void *hold = NULL;
	struct gw_key key = { gw_slice_of(""), gw_slice_of(node->predecessor) };
	if (gw_store_get(node->engine->store, &gw_kind_node, key, &record, &hold, &err)) {
		struct gw_op op = { .type = GW_DELETE, .record = record };
		gw_store_write_one(node->engine->store, &op, &err);
	}
	take_over(node->engine, node->predecessor);
}

bool gw_node_start(struct gw_node *node, struct gw_error *err)
{
	if (!renew(node, err)) {
		if (err->code == GW_CONFLICT)
			gw_engine_lost(node->engine);
		return false;
	}
	struct gw_error ignored; /* a patrol asks again */
	gw_store_sync_clock(node->engine->store, &ignored);
	if (node->predecessor)
		bury_predecessor(node);
	if (gw_engine_executes(node->engine))
		claim_due(node->engine);
	node->next_patrol = gw_clock_now() + node->interval_us;
	if (!gw_thread_start(&node->beat_thread, "node", beat, node, err))
		return false;
	if (!gw_thread_start(&node->listen_thread, "signals", listen_for_signals, node, err)) {
		gw_node_stop(node);
		return false;
	}
	node->has_threads = true;
	return true;
}

void gw_node_stop(struct gw_node *node)
{
	if (!node)
		return;
	pthread_mutex_lock(&node->lock);
	node->is_stopping = true;
	pthread_cond_broadcast(&node->wake);
	pthread_mutex_unlock(&node->lock);
	if (!node->has_threads)
		return;
	gw_store_wake(node->engine->store);
	pthread_join(node->beat_thread, NULL);
	pthread_join(node->listen_thread, NULL);
	node->has_threads = false;
}

void gw_node_close(struct gw_node *node)
{
	struct gw_error ignored;
	if (!node)
		return;
	struct gw_op op = { .type = GW_DELETE,
		.record = { .kind = &gw_kind_node,
			.tenant = gw_slice_of(""),
			.key = gw_slice_of(node->engine->node_id.text),
			.version = node->version,
			.due = GW_NEVER } };
	if (node->version.a || node->version.b)
		gw_store_write_one(node->engine->store, &op, &ignored);
	gw_fd_close(&node->engine->lock);
	gw_map_clear(&node->others, free);
	free(node->predecessor);
	pthread_mutex_destroy(&node->lock);
	pthread_cond_destroy(&node->wake);
	free(node);
}
