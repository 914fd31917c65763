/* batch.h - the groups of one write: records made from what machines changed */
#ifndef GW_ENGINE_BATCH_H
#define GW_ENGINE_BATCH_H

#include "base/mem.h"
#include "engine/machine.h"
#include "store/store.h"

/* What an operation is about, to note its new version. */
struct gw_target {
	struct gw_version *version;
	bool *is_stored;
};

struct gw_batch {
	struct gw_arena arena; /* texts of this batch */
	struct gw_str text; /* scratch */
	struct gw_op *ops;
	struct gw_target *targets; /* one per operation */
	size_t n_ops, cap_ops, cap_targets;
	struct gw_group *groups;
	size_t n_groups, cap_groups;
};

void gw_batch_clear(struct gw_batch *batch); /* frees all */
void gw_batch_reset(struct gw_batch *batch); /* empty, memory kept */

/* Opens a group; what is added until the next call belongs to it. Its number. */
size_t gw_batch_group(struct gw_batch *batch);
/* An operation to be filled in: record.fields (zeroed), doc, due, owner, version. */
struct gw_op *gw_batch_add(struct gw_batch *batch, enum gw_op_type type, const struct gw_kind *kind,
	struct gw_slice tenant, struct gw_slice key);
/* The fields of an operation just added, to be written to. */
struct gw_value *gw_batch_fields(struct gw_op *op);
/* Where the version of the operation added last is noted once written; is_stored may be NULL. */
void gw_batch_target(struct gw_batch *batch, struct gw_version *version, bool *is_stored);
/* Everything dirty of an execution: task runs, log lines, metrics, then itself. */
void gw_batch_execution(struct gw_batch *batch, struct gw_machine *m, struct gw_slice owner,
	gw_time due);
struct gw_slice gw_batch_text(struct gw_batch *batch, const char *format, ...) GW_PRINTF(2, 3);
struct gw_slice gw_batch_json(struct gw_batch *batch, const json_t *value);

/* See gw_store_write. After true, ask for outcomes. */
bool gw_batch_write(struct gw_batch *batch, struct gw_store *store, int64_t patience_ms,
	struct gw_error *err);
/* Whether a group was written; then its records' versions are noted. */
bool gw_batch_confirm(struct gw_batch *batch, size_t group);

#endif
