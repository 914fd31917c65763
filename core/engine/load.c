/* load.c - executions from their records, and as the API shows them */
#include "engine/internal.h"

#include "base/json.h"

#define SHOW_LOOKS 4 /* at an execution that keeps changing */

/* The records of an execution's task runs; *out for free(). */
static bool get_runs(struct gw_engine *engine, const char *tenant, const char *execution, size_t n,
	struct gw_record **out, struct gw_error *err)
{
	struct gw_arena arena = { 0 };
	gw_auto_str key = { 0 };
	struct gw_key *keys = gw_new_array(struct gw_key, n);
	for (size_t i = 0; i < n; i++) {
		gw_str_reset(&key);
		gw_taskrun_key(&key, execution, (unsigned)i);
		keys[i].tenant = gw_slice_of(tenant);
		keys[i].key = gw_arena_copy(&arena, gw_str_slice(&key));
	}
	bool got = gw_store_get_many(engine->store, &gw_kind_taskrun, keys, n, out, err);
	gw_arena_clear(&arena);
	free(keys);
	return got;
}

static size_t count_runs(const struct gw_record *record)
{
	return (size_t)record->fields[GW_EXECUTION_TASKRUNS].number;
}

static void join_runs(struct gw_str *out, const struct gw_record *record,
	const struct gw_record *runs)
{
	size_t n = count_runs(record), n_docs = 0;
	gw_auto_free struct gw_slice *docs = gw_new_array(struct gw_slice, n);
	for (size_t i = 0; i < n; i++)
		if (runs[i].kind)
			docs[n_docs++] = runs[i].doc;
	gw_execution_join(out, record->doc, docs, n_docs);
}

static bool has_ended(const struct gw_record *record)
{
	enum gw_state state;
	return gw_state_parse(record->fields[GW_EXECUTION_STATE].text, &state) &&
	       gw_state_is_terminal(state);
}

/* One that changed while its runs were read is read again: it would show without the newest. */
bool gw_engine_show(struct gw_engine *engine, const char *tenant, const char *execution,
	struct gw_str *out, struct gw_error *err)
{
	const struct gw_key key = { gw_slice_of(tenant), gw_slice_of(execution) };
	struct gw_record record, before;
	gw_auto_free void *hold = NULL;
	gw_auto_free struct gw_record *runs = NULL;
	bool is_same = false;
	if (!gw_store_get(engine->store, &gw_kind_execution, key, &record, &hold, err))
		return false;
	for (int looks = 0; !is_same; looks++) {
		gw_auto_free void *hold_before = gw_steal(&hold);
		free(gw_steal(&runs));
		before = record;
		size_t n = count_runs(&before);
		if (n && !get_runs(engine, tenant, execution, n, &runs, err))
			return false;
		is_same = looks == SHOW_LOOKS || has_ended(&before);
		if (!is_same &&
			!gw_store_get(engine->store, &gw_kind_execution, key, &record, &hold, err))
			return false;
		is_same = is_same || gw_version_equal(before.version, record.version);
		if (is_same)
			join_runs(out, &before, runs);
	}
	return true;
}

void gw_machine_print(struct gw_str *out, const struct gw_machine *m)
{
	const struct gw_execution *exec = m->exec;
	gw_auto_str execution = { 0 }, run = { 0 };
	struct gw_arena arena = { 0 };
	gw_auto_free struct gw_slice *docs = gw_new_array(struct gw_slice, exec->n_runs);
	for (size_t i = 0; i < exec->n_runs; i++) {
		gw_str_reset(&run);
		gw_taskrun_print(&run, exec, exec->runs[i]);
		docs[i] = gw_arena_copy(&arena, gw_str_slice(&run));
	}
	gw_execution_print(&execution, exec);
	gw_execution_join(out, gw_str_slice(&execution), docs, exec->n_runs);
	gw_arena_clear(&arena);
}

/* ---- Machines ---- */

static bool read_runs(struct gw_engine *engine, struct gw_execution *exec, size_t n,
	struct gw_error *err)
{
	gw_auto_free struct gw_record *records = NULL;
	if (n == 0)
		return true;
	if (!get_runs(engine, exec->tenant, exec->id.text, n, &records, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!records[i].kind)
			return gw_fail(err, GW_INTERNAL, "task run %zu of execution %s is missing",
				i, exec->id.text);
		json_auto_t *doc = gw_json_parse(records[i].doc, err);
		struct gw_taskrun *run = doc ? gw_taskrun_read(exec, doc, err) : NULL;
		if (!run)
			return false;
		run->version = records[i].version;
	}
	return true;
}

static struct gw_execution *read_execution(struct gw_engine *engine, const struct gw_record *record,
	struct gw_error *err)
{
	gw_auto_free char *tenant = gw_slice_dup(record->tenant);
	json_auto_t *doc = gw_json_parse(record->doc, err);
	if (!doc)
		return NULL;
	struct gw_flow *flow = gw_engine_flow(engine, tenant, gw_json_string(doc, "namespace"),
		gw_json_string(doc, "flowId"),
		(int)json_integer_value(json_object_get(doc, "flowRevision")), err);
	if (!flow)
		return NULL;
	struct gw_execution *exec = gw_execution_read(tenant, doc, flow, err);
	gw_flow_unref(&flow);
	if (!exec)
		return NULL;
	exec->version = record->version;
	if (read_runs(engine, exec, count_runs(record), err))
		return exec;
	gw_execution_free(exec);
	return NULL;
}

struct gw_machine *gw_load_record(struct gw_engine *engine, const struct gw_record *record,
	struct gw_error *err)
{
	struct gw_execution *exec = read_execution(engine, record, err);
	return exec ? gw_machine_new(&engine->machine_setup, exec) : NULL;
}

struct gw_machine *gw_load_machine(struct gw_engine *engine, const char *tenant,
	const char *execution, char **owner, struct gw_error *err)
{
	struct gw_record record;
	gw_auto_free void *hold = NULL;
	struct gw_key key = { gw_slice_of(tenant), gw_slice_of(execution) };
	if (!gw_store_get(engine->store, &gw_kind_execution, key, &record, &hold, err))
		return NULL;
	*owner = gw_slice_dup(record.owner);
	return gw_load_record(engine, &record, err);
}
