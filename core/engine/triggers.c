/* triggers.c - changes to triggers and their backfills, each one compare-and-swap */
#include "engine/triggers.h"

#include "base/clock.h"
#include "base/json.h"
#include "engine/schedule.h"
#include "engine/fill.h"

#include <time.h>

#define TRIES 50

/* ---- One change ---- */

static void clear_edit(struct gw_edit *e)
{
	gw_backfills_clear(&e->backfills);
	gw_trigger_state_clear(&e->t);
	gw_batch_clear(&e->batch);
	gw_flow_unref(&e->flow);
	gw_registry_unref(&e->registry);
}

static bool read_definition(struct gw_edit *e, const struct gw_trigger_ref *ref,
	struct gw_error *err)
{
	e->flow = gw_engine_flow(e->engine, ref->tenant, ref->namespace, ref->flow, 0, err);
	if (!e->flow)
		return err->code == GW_NOT_FOUND
			       ? gw_fail(err, GW_NOT_FOUND, "Flow of trigger %s not found",
					 ref->trigger)
			       : false;
	e->registry = gw_engine_registry(e->engine);
	const struct gw_trigger *trigger = gw_flow_trigger(e->flow, ref->trigger);
	if (!trigger)
		return gw_fail(err, GW_NOT_FOUND, "Flow %s has no trigger %s", ref->flow,
			ref->trigger);
	e->schedule =
		(struct gw_schedule){ e->engine, e->registry, e->flow, trigger, gw_zone_local() };
	if (trigger->type && trigger->type->mode == GW_TRIGGER_SCHEDULE)
		return gw_schedule_open(&e->schedule, e->engine, e->flow, trigger, e->registry,
			err);
	return true;
}

static bool read_state(struct gw_edit *e, const struct gw_trigger_ref *ref, struct gw_error *err)
{
	struct gw_record record;
	gw_auto_free void *hold = NULL;
	gw_auto_str key = { 0 };
	gw_trigger_key(&key, ref->namespace, ref->flow, ref->trigger);
	struct gw_key at = { gw_slice_of(ref->tenant), gw_str_slice(&key) };
	if (!gw_store_get(e->engine->store, &gw_kind_trigger, at, &record, &hold, err))
		return err->code == GW_NOT_FOUND
			       ? gw_fail(err, GW_NOT_FOUND, "Trigger %s not found", ref->trigger)
			       : false;
	return gw_trigger_state_read(&record, &e->t, err) &&
	       gw_backfills_load(e->engine->store, &e->t, true, &e->backfills, err);
}

static bool write_edit(struct gw_edit *e, bool *again, struct gw_error *err)
{
	gw_batch_group(&e->batch);
	gw_backfills_show(&e->backfills, &e->t);
	gw_backfills_promise(e->engine->store, &e->backfills, &e->t);
	gw_trigger_state_put(&e->batch, GW_REPLACE, &e->t, (struct gw_slice){ 0 },
		gw_trigger_due(&e->t));
	for (size_t i = 0; i < e->backfills.n; i++)
		if (e->backfills.items[i]->is_dirty)
			gw_backfill_put(&e->batch, e->backfills.items[i]);
	if (!gw_batch_write(&e->batch, e->engine->store, 30000, err))
		return false;
	*again = !gw_batch_confirm(&e->batch, 0);
	return true;
}

/* What it promises is to be there before it changes. Its scheduler makes it in a moment; if that
 * one has stopped, another, which takes it when it is let go after some seconds. */
static bool wait_for_promised(struct gw_edit *e, bool *again, struct gw_error *err)
{
	const struct timespec moment = { .tv_nsec = 15000000L * ++e->n_waits };
	if (e->n_waits % (TRIES / 2) == 0 && !write_edit(e, again, err))
		return false;
	*again = true;
	gw_engine_wake_scheduler(e->engine);
	nanosleep(&moment, NULL);
	return true;
}

static bool edit_once(struct gw_edit *e, const struct gw_trigger_ref *ref, bool *again,
	struct gw_error *err)
{
	*again = false;
	e->now = gw_clock_now();
	if (!read_definition(e, ref, err) || !read_state(e, ref, err))
		return false;
	if (e->t.pending)
		return wait_for_promised(e, again, err);
	return e->apply(e, err) && write_edit(e, again, err);
}

/* Does it, again if somebody else (the scheduler) was quicker. */
bool gw_edit_trigger(struct gw_edit *e, const struct gw_trigger_ref *ref, struct gw_error *err)
{
	bool again = true, done = true;
	for (int i = 0; done && again && i < TRIES; i++) {
		clear_edit(e);
		done = edit_once(e, ref, &again, err);
	}
	if (done && again)
		done = gw_fail(err, GW_CONFLICT, "trigger %s keeps changing, try again",
			ref->trigger);
	if (done) {
		gw_engine_wake_scheduler(e->engine);
		gw_store_signal(e->engine->store);
		if (e->trigger_out)
			gw_trigger_state_print(e->trigger_out, &e->t);
		if (e->finished)
			e->finished(e);
	}
	clear_edit(e);
	return done;
}

/* ---- The changes ---- */

static bool disable(struct gw_edit *e, struct gw_error *err)
{
	(void)err;
	e->t.disabled = true;
	e->t.next = GW_NEVER;
	return true;
}

static bool set_disabled(struct gw_edit *e, struct gw_error *err)
{
	(void)err;
	e->t.disabled = true;
	return true;
}

static bool set_enabled(struct gw_edit *e, struct gw_error *err)
{
	e->t.disabled = false;
	if (e->t.next != GW_NEVER || !gw_edit_has_schedule(e))
		return true;
	return gw_schedule_next(&e->schedule, e->t.date == GW_NEVER ? e->now : e->t.date,
		&e->t.next, err);
}

static bool enable(struct gw_edit *e, struct gw_error *err)
{
	bool was_disabled = e->t.disabled;
	if (!set_enabled(e, err))
		return false;
	if (!was_disabled || e->t.next == GW_NEVER || e->t.next > e->now)
		return true;
	return gw_schedule_recover(&e->schedule, e->t.next, e->now, &e->t.next, err);
}

static bool restart(struct gw_edit *e, struct gw_error *err)
{
	(void)err;
	free(gw_steal(&e->t.execution));
	e->t.updated = GW_NEVER;
	return true;
}

static bool unlock(struct gw_edit *e, struct gw_error *err)
{
	if (!e->t.execution)
		return gw_fail(err, GW_CONFLICT, "Illegal state: Trigger is not locked");
	return restart(e, err);
}

static bool reset(struct gw_edit *e, struct gw_error *err)
{
	struct gw_trigger_state fresh;
	(void)err;
	gw_schedule_begin(&fresh, e->engine, e->flow, e->schedule.trigger, e->now);
	fresh.version = e->t.version;
	fresh.pending = json_incref(e->t.pending);
	gw_trigger_state_clear(&e->t);
	e->t = fresh;
	return true;
}

static struct gw_backfill *in_progress(struct gw_edit *e, struct gw_error *err)
{
	if (e->backfills.n == 0) {
		gw_fail(err, GW_BAD_REQUEST, "No backfill found");
		return NULL;
	}
	return e->backfills.items[0];
}

static bool pause_fill(struct gw_edit *e, struct gw_error *err)
{
	struct gw_backfill *b = in_progress(e, err);
	return b && gw_fill_set(b, GW_FILL_PAUSE, e->now, err);
}

static bool unpause_fill(struct gw_edit *e, struct gw_error *err)
{
	struct gw_backfill *b = in_progress(e, err);
	return b && gw_fill_set(b, GW_FILL_RESUME, e->now, err);
}

static bool delete_fill(struct gw_edit *e, struct gw_error *err)
{
	struct gw_backfill *b = in_progress(e, err);
	return b && gw_fill_set(b, GW_FILL_CANCEL, e->now, err);
}

static bool (*const edits[])(struct gw_edit *e, struct gw_error *err) = {
	[GW_TRIGGER_DISABLE] = disable,
	[GW_TRIGGER_ENABLE] = enable,
	[GW_TRIGGER_SET_DISABLED] = set_disabled,
	[GW_TRIGGER_SET_ENABLED] = set_enabled,
	[GW_TRIGGER_UNLOCK] = unlock,
	[GW_TRIGGER_RESTART] = restart,
	[GW_TRIGGER_RESET] = reset,
	[GW_BACKFILL_PAUSE] = pause_fill,
	[GW_BACKFILL_UNPAUSE] = unpause_fill,
	[GW_BACKFILL_DELETE] = delete_fill,
};

bool gw_engine_edit_trigger(struct gw_engine *engine, const struct gw_trigger_ref *ref,
	enum gw_trigger_edit edit, struct gw_str *out, struct gw_error *err)
{
	struct gw_edit e = { .engine = engine, .apply = edits[edit], .trigger_out = out };
	return gw_edit_trigger(&e, ref, err);
}
