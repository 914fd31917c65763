/* batch.c - records made from what machines changed, written in groups */
#include "engine/batch.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "metrics/metrics.h"

void gw_batch_clear(struct gw_batch *batch)
{
	gw_arena_clear(&batch->arena);
	gw_str_clear(&batch->text);
	free(batch->ops);
	free(batch->targets);
	free(batch->groups);
	*batch = (struct gw_batch){ 0 };
}

void gw_batch_reset(struct gw_batch *batch)
{
	gw_arena_reset(&batch->arena);
	batch->n_ops = batch->n_groups = 0;
}

size_t gw_batch_group(struct gw_batch *batch)
{
	batch->groups = gw_grow(batch->groups, batch->n_groups, &batch->cap_groups);
	batch->groups[batch->n_groups] = (struct gw_group){ 0 };
	return batch->n_groups++;
}

struct gw_op *gw_batch_add(struct gw_batch *batch, enum gw_op_type type, const struct gw_kind *kind,
	struct gw_slice tenant, struct gw_slice key)
{
	size_t size = kind->n_fields * sizeof(struct gw_value);
	struct gw_value *fields = size ? gw_arena_alloc(&batch->arena, size) : NULL;
	if (size)
		memset(fields, 0, size);
	batch->ops = gw_grow(batch->ops, batch->n_ops, &batch->cap_ops);
	batch->targets = gw_grow(batch->targets, batch->n_ops, &batch->cap_targets);
	batch->targets[batch->n_ops] = (struct gw_target){ 0 };
	struct gw_op *op = &batch->ops[batch->n_ops++];
	*op = (struct gw_op){ .type = type,
		.record = { .kind = kind, .due = GW_NEVER, .fields = fields } };
	op->record.tenant = gw_arena_copy(&batch->arena, tenant);
	op->record.key = gw_arena_copy(&batch->arena, key);
	batch->groups[batch->n_groups - 1].n++;
	return op;
}

struct gw_value *gw_batch_fields(struct gw_op *op)
{
	return (struct gw_value *)(uintptr_t)op->record.fields;
}

struct gw_slice gw_batch_text(struct gw_batch *batch, const char *format, ...)
{
	va_list args;
	gw_str_reset(&batch->text);
	va_start(args, format);
	gw_str_vprintf(&batch->text, format, args);
	va_end(args);
	return gw_arena_copy(&batch->arena, gw_str_slice(&batch->text));
}

struct gw_slice gw_batch_json(struct gw_batch *batch, const json_t *value)
{
	gw_str_reset(&batch->text);
	gw_json_print(&batch->text, value);
	return gw_arena_copy(&batch->arena, gw_str_slice(&batch->text));
}

void gw_batch_target(struct gw_batch *batch, struct gw_version *version, bool *is_stored)
{
	batch->targets[batch->n_ops - 1] = (struct gw_target){ version, is_stored };
}

/* ---- Task runs ---- */

static void add_taskrun(struct gw_batch *batch, const struct gw_execution *exec,
	struct gw_taskrun *run)
{
	gw_str_reset(&batch->text);
	gw_taskrun_key(&batch->text, exec->id.text, run->ordinal);
	struct gw_op *op = gw_batch_add(batch, run->is_stored ? GW_REPLACE : GW_CREATE,
		&gw_kind_taskrun, gw_slice_of(exec->tenant), gw_str_slice(&batch->text));
	op->record.version = run->version;
	gw_taskrun_fields(run, gw_batch_fields(op));
	gw_str_reset(&batch->text);
	gw_taskrun_print(&batch->text, exec, run);
	op->record.doc = gw_arena_copy(&batch->arena, gw_str_slice(&batch->text));
	gw_batch_target(batch, &run->version, &run->is_stored);
	run->is_dirty = false;
}

/* ---- Log lines and metrics ---- */

/* execution/000002/0/TTTTTTTT000017: by run, attempt, time, line */
static void entry_key(struct gw_str *out, const struct gw_execution *exec, const struct gw_entry *e,
	gw_time at)
{
	struct gw_id floor = gw_id_floor(at);
	gw_str_reset(out);
	if (e->run)
		gw_taskrun_key(out, exec->id.text, e->run->ordinal);
	else
		gw_str_printf(out, "%s/-", exec->id.text);
	gw_str_printf(out, "/%zu/%.8s%06u", e->attempt, floor.text, e->number);
}

static void print_origin(struct gw_str *out, const struct gw_execution *exec,
	const struct gw_entry *e)
{
	gw_str_putc(out, '{');
	gw_json_text(out, "namespace", gw_slice_of(exec->flow->namespace));
	gw_json_text(out, "flowId", gw_slice_of(exec->flow->id));
	if (e->run)
		gw_json_text(out, "taskId", gw_slice_of(e->run->task->id));
	gw_json_text(out, "executionId", gw_slice_of(exec->id.text));
	if (e->run)
		gw_json_text(out, "taskRunId", gw_slice_of(e->run->id.text));
}

static void add_log(struct gw_batch *batch, const struct gw_execution *exec,
	const struct gw_entry *e)
{
	struct gw_str *text = &batch->text;
	entry_key(text, exec, e, e->line.at);
	struct gw_op *op = gw_batch_add(batch, GW_CREATE, &gw_kind_log, gw_slice_of(exec->tenant),
		gw_str_slice(text));
	struct gw_value *fields = gw_batch_fields(op);
	gw_str_reset(text);
	print_origin(text, exec, e);
	if (e->run)
		gw_json_int(text, "attemptNumber", (int64_t)e->attempt);
	if (exec->cause.id)
		gw_json_text(text, "triggerId", gw_slice_of(exec->cause.id));
	gw_json_time(text, "timestamp", e->line.at);
	gw_json_text(text, "level", gw_slice_of(gw_level_name(e->line.level)));
	gw_json_text(text, "thread", gw_slice_of("godwit"));
	gw_json_text(text, "message", gw_slice(e->line.text, e->line.len));
	gw_str_putc(text, '}');
	op->record.doc = gw_arena_copy(&batch->arena, gw_str_slice(text));
	fields[GW_LOG_NAMESPACE] = gw_value_string(exec->flow->namespace);
	fields[GW_LOG_FLOW] = gw_value_string(exec->flow->id);
	if (e->run) {
		fields[GW_LOG_TASK] = gw_value_string(e->run->task->id);
		fields[GW_LOG_TASKRUN] = gw_value_string(e->run->id.text);
		fields[GW_LOG_ATTEMPT] = gw_value_number((int64_t)e->attempt);
	}
	fields[GW_LOG_TRIGGER] = gw_value_string(exec->cause.id);
	fields[GW_LOG_LEVEL] = gw_value_number(e->line.level);
	fields[GW_LOG_AT] = gw_value_time(e->line.at);
	fields[GW_LOG_MESSAGE] =
		gw_value_text(gw_arena_copy(&batch->arena, gw_slice(e->line.text, e->line.len)));
}

static void add_metric(struct gw_batch *batch, const struct gw_execution *exec,
	const struct gw_entry *e, gw_time now)
{
	struct gw_str *text = &batch->text;
	entry_key(text, exec, e, now);
	struct gw_op *op = gw_batch_add(batch, GW_CREATE, &gw_kind_metric,
		gw_slice_of(exec->tenant), gw_str_slice(text));
	struct gw_value *fields = gw_batch_fields(op);
	gw_str_reset(text);
	print_origin(text, exec, e);
	gw_json_text(text, "type", gw_slice_of(e->metric.is_timer ? "timer" : "counter"));
	gw_json_text(text, "name", gw_slice_of(e->metric.name));
	gw_json_key(text, "value");
	gw_json_real(text, e->metric.value);
	gw_json_time(text, "timestamp", now);
	if (e->metric.tags)
		gw_json_value(text, "tags", e->metric.tags);
	gw_str_putc(text, '}');
	op->record.doc = gw_arena_copy(&batch->arena, gw_str_slice(text));
	fields[GW_METRIC_NAMESPACE] = gw_value_string(exec->flow->namespace);
	fields[GW_METRIC_FLOW] = gw_value_string(exec->flow->id);
	fields[GW_METRIC_TASK] = gw_value_string(e->run->task->id);
	fields[GW_METRIC_TASKRUN] = gw_value_string(e->run->id.text);
	fields[GW_METRIC_NAME] =
		gw_value_text(gw_arena_copy(&batch->arena, gw_slice_of(e->metric.name)));
	fields[GW_METRIC_AT] = gw_value_time(now);
}

static void add_entries(struct gw_batch *batch, struct gw_machine *m)
{
	for (size_t i = 0; i < m->n_entries; i++) {
		struct gw_entry *e = &m->entries[i];
		if (e->line.text)
			add_log(batch, m->exec, e);
		else
			add_metric(batch, m->exec, e, m->now);
	}
	gw_machine_drop_entries(m);
}

/* ---- The execution ---- */

/* Searchable labels: all but the correlation id that is its own. */
static void set_labels(struct gw_batch *batch, const struct gw_execution *exec,
	struct gw_value *out)
{
	const struct gw_labels *labels = &exec->labels;
	struct gw_slice *items = gw_arena_alloc(&batch->arena, labels->n * sizeof(*items));
	unsigned n = 0;
	for (size_t i = 0; i < labels->n; i++) {
		if (strcmp(labels->items[i].key, GW_CORRELATION_LABEL) == 0 &&
			strcmp(labels->items[i].value, exec->id.text) == 0)
			continue;
		gw_str_reset(&batch->text);
		gw_label_keyword(&batch->text, labels->items[i].key, labels->items[i].value);
		items[n++] = gw_arena_copy(&batch->arena, gw_str_slice(&batch->text));
	}
	*out = (struct gw_value){ .is_set = n > 0, .items = items, .n_items = n };
}

void gw_batch_execution(struct gw_batch *batch, struct gw_machine *m, struct gw_slice owner,
	gw_time due)
{
	struct gw_execution *exec = m->exec;
	for (size_t i = 0; i < m->n_dirty; i++)
		add_taskrun(batch, exec, m->dirty[i]);
	m->n_dirty = 0;
	add_entries(batch, m);
	struct gw_op *op = gw_batch_add(batch, exec->is_stored ? GW_REPLACE : GW_CREATE,
		&gw_kind_execution, gw_slice_of(exec->tenant), gw_slice_of(exec->id.text));
	op->record.version = exec->version;
	op->record.owner = owner;
	op->record.due = due;
	gw_execution_fields(exec, gw_batch_fields(op));
	set_labels(batch, exec, &gw_batch_fields(op)[GW_EXECUTION_LABELS]);
	gw_str_reset(&batch->text);
	gw_execution_print(&batch->text, exec);
	op->record.doc = gw_arena_copy(&batch->arena, gw_str_slice(&batch->text));
	gw_batch_target(batch, &exec->version, &exec->is_stored);
	exec->is_dirty = false;
	m->fresh = 0;
}

/* ---- Writing ---- */

/* Parts are read only with their whole: new ones may be there already, left by a writer that did
 * not come to the whole, and are written over. */
static const struct gw_kind *const parts[] = { &gw_kind_taskrun, &gw_kind_log, &gw_kind_metric };

static void place(struct gw_op *op)
{
	op->step = op->record.kind->step;
	for (size_t i = 0; i < GW_LEN(parts); i++)
		if (parts[i] == op->record.kind && op->type == GW_CREATE)
			op->type = GW_PUT;
}

bool gw_batch_write(struct gw_batch *batch, struct gw_store *store, int64_t patience_ms,
	struct gw_error *err)
{
	size_t at = 0;
	for (size_t i = 0; i < batch->n_groups; i++) {
		batch->groups[i].ops = batch->ops + at;
		at += batch->groups[i].n;
	}
	if (gw_store_capabilities(store) & GW_NO_TRANSACTIONS)
		for (size_t i = 0; i < batch->n_ops; i++)
			place(&batch->ops[i]);
	int64_t begun = gw_clock_boot();
	bool written = gw_store_write(store, batch->groups, batch->n_groups, patience_ms, err);
	gw_meter_time(GW_METER_REPOSITORY_WRITE, gw_clock_boot() - begun);
	return written;
}

bool gw_batch_confirm(struct gw_batch *batch, size_t group)
{
	const struct gw_group *g = &batch->groups[group];
	for (size_t i = 0; i < g->n; i++)
		if (g->ops[i].outcome != GW_OP_DONE)
			return false;
	for (size_t i = 0; i < g->n; i++) {
		struct gw_target *target = &batch->targets[&g->ops[i] - batch->ops];
		if (!target->version)
			continue;
		*target->version = g->ops[i].version;
		if (target->is_stored)
			*target->is_stored = true;
	}
	return true;
}
