/* gate.c - how many executions of a flow may run at once: who may enter, who waits */
#include "engine/gate.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"

#define TRIES 1000
#define PATIENCE_MS (-1) /* as long as the repository needs */
#define LOST_AFTER (60 * GW_SECOND) /* a place whose execution was never written */

struct gate {
	struct gw_engine *engine;
	const char *tenant;
	char *key; /* namespace/flow */
	json_t *inside; /* {execution: since when, ms} of those that hold a place */
	uint64_t head, tail; /* of the queue: positions of waiters */
	struct gw_version version;
	bool is_stored;
};

/* ---- The record ---- */

static void clear_gate(struct gate *g)
{
	free(g->key);
	json_decref(g->inside);
}

static bool read_gate(struct gate *g, struct gw_error *err)
{
	struct gw_record record;
	gw_auto_free void *hold = NULL;
	struct gw_key at = { gw_slice_of(g->tenant), gw_slice_of(g->key) };
	json_decref(g->inside);
	g->inside = NULL;
	g->head = g->tail = 0;
	g->is_stored = gw_store_get(g->engine->store, &gw_kind_gate, at, &record, &hold, err);
	if (!g->is_stored) {
		g->inside = json_object();
		return err->code == GW_NOT_FOUND;
	}
	json_auto_t *doc = gw_json_parse(record.doc, err);
	if (!doc)
		return false;
	g->version = record.version;
	g->inside = json_copy(json_object_get(doc, "inside"));
	g->head = (uint64_t)json_integer_value(json_object_get(doc, "head"));
	g->tail = (uint64_t)json_integer_value(json_object_get(doc, "tail"));
	return true;
}

static void put_gate(struct gw_batch *batch, const struct gate *g)
{
	struct gw_op *op = gw_batch_add(batch, g->is_stored ? GW_REPLACE : GW_CREATE, &gw_kind_gate,
		gw_slice_of(g->tenant), gw_slice_of(g->key));
	op->record.version = g->version;
	gw_str_reset(&batch->text);
	gw_str_putc(&batch->text, '{');
	gw_json_value(&batch->text, "inside", g->inside);
	gw_json_int(&batch->text, "head", (int64_t)g->head);
	gw_json_int(&batch->text, "tail", (int64_t)g->tail);
	gw_str_putc(&batch->text, '}');
	op->record.doc = gw_arena_copy(&batch->arena, gw_str_slice(&batch->text));
}

static struct gw_slice waiter_key(struct gw_batch *batch, const struct gate *g, uint64_t position)
{
	return gw_batch_text(batch, "%s/%020lu", g->key, (unsigned long)position);
}

static void put_waiter(struct gw_batch *batch, const struct gate *g, const char *execution)
{
	struct gw_slice key = waiter_key(batch, g, g->tail - 1);
	struct gw_op *op =
		gw_batch_add(batch, GW_CREATE, &gw_kind_waiter, gw_slice_of(g->tenant), key);
	gw_batch_fields(op)[GW_WAITER_GATE] = gw_value_string(g->key);
	op->record.doc = gw_batch_text(batch, "{\"execution\":\"%s\"}", execution);
}

static void let_in(struct gate *g, const char *execution)
{
	int64_t now_ms = gw_clock_now() / GW_MILLISECOND;
	json_object_set_new(g->inside, execution, json_integer(now_ms));
}

/* ---- Places that a crash left behind ---- */

/* False if the execution is not there. */
static bool state_of(const struct gate *g, const char *execution, enum gw_state *state)
{
	struct gw_error err;
	struct gw_record record;
	gw_auto_free void *hold = NULL;
	struct gw_key at = { gw_slice_of(g->tenant), gw_slice_of(execution) };
	*state = GW_CREATED;
	if (!gw_store_get(g->engine->store, &gw_kind_execution, at, &record, &hold, &err))
		return err.code != GW_NOT_FOUND;
	return gw_state_parse(record.fields[GW_EXECUTION_STATE].text, state);
}

static bool is_over(const struct gate *g, const char *execution)
{
	enum gw_state state;
	return state_of(g, execution, &state) && gw_state_is_terminal(state);
}

/* It has ended, or was never written although that is long ago. */
static bool is_lost(const struct gate *g, const char *execution, const json_t *since)
{
	enum gw_state state;
	if (state_of(g, execution, &state))
		return gw_state_is_terminal(state);
	return json_integer_value(since) * GW_MILLISECOND < gw_clock_now() - LOST_AFTER;
}

static void drop_lost(struct gate *g)
{
	const char *execution;
	json_t *since;
	void *next;
	json_object_foreach_safe (g->inside, next, execution, since) {
		if (is_lost(g, execution, since))
			json_object_del(g->inside, execution);
	}
}

/* ---- Entering ---- */

/* What becomes of those who want in, in their order. */
struct entry {
	struct gw_live *live;
	bool is_admitted;
	size_t n_inside; /* when it came */
};

static void admit(struct gate *g, struct gw_batch *batch, struct entry *e)
{
	const struct gw_flow *flow = e->live->m->exec->flow;
	const char *id = e->live->m->exec->id.text;
	bool is_inside = json_object_get(g->inside, id) != NULL;
	e->n_inside = json_object_size(g->inside);
	e->is_admitted = is_inside || e->n_inside < (size_t)flow->concurrency;
	if (e->is_admitted && !is_inside) {
		let_in(g, id);
	} else if (!e->is_admitted && flow->limit_behavior == GW_LIMIT_QUEUE) {
		g->tail++;
		put_waiter(batch, g, id);
	}
}

static bool enter_once(struct gate *g, struct entry *entries, size_t n, struct gw_error *err)
{
	struct gw_batch batch = { 0 };
	bool written = false;
	if (read_gate(g, err)) {
		const struct gw_flow *flow = entries[0].live->m->exec->flow;
		if (json_object_size(g->inside) + n > (size_t)flow->concurrency)
			drop_lost(g);
		gw_batch_group(&batch);
		for (size_t i = 0; i < n; i++)
			admit(g, &batch, &entries[i]);
		put_gate(&batch, g);
		written = gw_batch_write(&batch, g->engine->store, PATIENCE_MS, err) &&
			  (gw_batch_confirm(&batch, 0) ||
				  gw_fail(err, GW_CONFLICT, "gate %s was changed", g->key));
	}
	gw_batch_clear(&batch);
	return written;
}

static void go_on(const struct gate *g, const struct entry *e, gw_time now)
{
	static const enum gw_state ends[] = {
		[GW_LIMIT_CANCEL] = GW_CANCELLED, [GW_LIMIT_FAIL] = GW_FAILED
	};
	struct gw_machine *m = e->live->m;
	enum gw_limit_behavior behavior = m->exec->flow->limit_behavior;
	if (e->is_admitted) {
		gw_machine_admit(m, g->key, now);
		return;
	}
	gw_auto_free char *message =
		gw_sprintf("Flow is %s due to concurrency limit exceeded, %zu running(s)",
			behavior == GW_LIMIT_QUEUE ? "queued" : gw_state_name(ends[behavior]),
			e->n_inside);
	if (behavior == GW_LIMIT_QUEUE)
		gw_machine_queue(m, message, now);
	else
		gw_machine_end_unstarted(m, ends[behavior], message, now);
}

static void enter(struct gw_shard *shard, struct entry *entries, size_t n)
{
	const struct gw_flow *flow = entries[0].live->m->exec->flow;
	struct gate g = { .engine = shard->engine,
		.tenant = flow->tenant,
		.key = gw_sprintf("%s/%s", flow->namespace, flow->id) };
	struct gw_error err = { 0 };
	bool entered = false;
	for (int i = 0; i < TRIES && !entered; i++)
		entered = enter_once(&g, entries, n, &err);
	if (!entered)
		gw_log(GW_ERROR, "engine", "limit of %s: %s", g.key, err.message);
	for (size_t i = 0; i < n; i++) {
		if (entered)
			go_on(&g, &entries[i], shard->now);
		else
			gw_machine_end_unstarted(entries[i].live->m, GW_FAILED, err.message,
				shard->now);
	}
	clear_gate(&g);
}

static bool is_same_flow(const struct gw_live *a, const struct gw_live *b)
{
	const struct gw_flow *x = a->m->exec->flow, *y = b->m->exec->flow;
	return strcmp(x->id, y->id) == 0 && strcmp(x->namespace, y->namespace) == 0 &&
	       strcmp(x->tenant, y->tenant) == 0;
}

void gw_gate_enter_all(struct gw_shard *shard)
{
	for (size_t i = 0; i < shard->n_touched; i++) {
		size_t n = 0;
		if (!gw_machine_wants_place(shard->touched[i]->m))
			continue;
		gw_auto_free struct entry *entries = gw_new_array(struct entry, shard->n_touched);
		for (size_t k = i; k < shard->n_touched; k++)
			if (gw_machine_wants_place(shard->touched[k]->m) &&
				is_same_flow(shard->touched[i], shard->touched[k]))
				entries[n++].live = shard->touched[k];
		enter(shard, entries, n);
	}
}

/* ---- Leaving ---- */

/* Takes the next waiter out of the queue, who then is inside; NULL = nobody. For free(). */
static char *pop_waiter(struct gate *g, struct gw_batch *batch, struct gw_error *err)
{
	struct gw_record record;
	gw_auto_free void *hold = NULL;
	struct gw_key at = { gw_slice_of(g->tenant), waiter_key(batch, g, g->head) };
	if (g->head == g->tail)
		return NULL;
	bool found = gw_store_get(g->engine->store, &gw_kind_waiter, at, &record, &hold, err);
	if (!found && err->code != GW_NOT_FOUND)
		return NULL; /* it keeps its turn */
	g->head++;
	if (!found)
		return pop_waiter(g, batch, err);
	json_auto_t *doc = gw_json_parse(record.doc, err);
	struct gw_op *op = gw_batch_add(batch, GW_DELETE, &gw_kind_waiter, at.tenant, at.key);
	op->record.version = record.version;
	const char *execution = gw_json_string(doc, "execution");
	if (!execution || is_over(g, execution))
		return pop_waiter(g, batch, err);
	let_in(g, execution);
	return gw_strdup(execution);
}

static void ignore_answer(void *arg, const struct gw_answer *answer)
{
	(void)arg;
	(void)answer;
}

static void tell_admitted(const struct gate *g, const char *execution)
{
	const struct gw_action admit = { g->tenant, execution, GW_ACT_ADMIT,
		json_pack("{s:s}", "gate", g->key), ignore_answer, NULL };
	gw_engine_act(g->engine, &admit);
}

/* Who leaves is out, or those that were lost; then the free places are filled. */
static bool change(struct gate *g, struct gw_batch *batch, const char *left, int limit,
	json_t *admitted)
{
	struct gw_error err;
	size_t before = json_object_size(g->inside);
	char *next;
	if (left)
		json_object_del(g->inside, left);
	else
		drop_lost(g);
	bool changed = json_object_size(g->inside) != before;
	while (json_object_size(g->inside) < (size_t)limit && (next = pop_waiter(g, batch, &err))) {
		json_array_append_new(admitted, json_string(next));
		changed = true;
		free(next);
	}
	return changed;
}

/* left NULL = nobody leaves. True when it is written, or nothing had to be. */
static bool move_on_once(struct gate *g, const char *left, int limit, struct gw_error *err)
{
	struct gw_batch batch = { 0 };
	json_auto_t *admitted = json_array();
	if (!read_gate(g, err) || !g->is_stored)
		return !g->is_stored;
	gw_batch_group(&batch);
	bool done = true;
	if (change(g, &batch, left, limit, admitted)) {
		put_gate(&batch, g);
		done = gw_batch_write(&batch, g->engine->store, PATIENCE_MS, err) &&
		       gw_batch_confirm(&batch, 0);
	}
	gw_batch_clear(&batch);
	for (size_t i = 0; done && i < json_array_size(admitted); i++)
		tell_admitted(g, json_string_value(json_array_get(admitted, i)));
	return done;
}

void gw_gate_leave(struct gw_engine *engine, const struct gw_execution *exec)
{
	struct gw_error err = { 0 };
	struct gate g = { .engine = engine, .tenant = exec->tenant, .key = gw_strdup(exec->gate) };
	bool done = false;
	for (int i = 0; i < TRIES && !done; i++)
		done = move_on_once(&g, exec->id.text, exec->flow->concurrency, &err);
	if (!done)
		gw_log(GW_WARN, "engine", "giving back a place of %s: %s", g.key, err.message);
	clear_gate(&g);
}

/* ---- Patrol ---- */

/* Those that were let in, but whose node died before it told them. */
static void remind(const struct gate *g)
{
	const char *execution;
	json_t *since;
	enum gw_state state;
	json_object_foreach (g->inside, execution, since) {
		if (state_of(g, execution, &state) && state == GW_QUEUED)
			tell_admitted(g, execution);
	}
}

static bool is_empty(const struct gw_record *record)
{
	struct gw_error ignored;
	json_auto_t *doc = gw_json_parse(record->doc, &ignored);
	return json_object_size(json_object_get(doc, "inside")) == 0 &&
	       json_equal(json_object_get(doc, "head"), json_object_get(doc, "tail"));
}

static void visit(struct gw_engine *engine, const struct gw_record *record)
{
	struct gw_error err;
	gw_auto_free char *tenant = gw_slice_dup(record->tenant);
	struct gate g = { .engine = engine, .tenant = tenant, .key = gw_slice_dup(record->key) };
	const char *slash = strchr(g.key, '/');
	gw_auto_free char *namespace = gw_strndup(g.key, (size_t)(slash - g.key));
	struct gw_flow *flow = gw_engine_flow(engine, tenant, namespace, slash + 1, 0, &err);
	if (flow && flow->concurrency > 0 && move_on_once(&g, NULL, flow->concurrency, &err))
		remind(&g);
	gw_flow_unref(&flow);
	clear_gate(&g);
}

void gw_gate_patrol(struct gw_engine *engine)
{
	struct gw_error err;
	struct gw_record record;
	struct gw_query query = { .kind = &gw_kind_gate };
	gw_auto_stream *stream = gw_store_scan(engine->store, &query, &err);
	while (stream && gw_stream_next(stream, &record, &err) == GW_NEXT_RECORD)
		if (!is_empty(&record))
			visit(engine, &record);
}
