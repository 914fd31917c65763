/* frame.c - the local variables that for, set, block and macro make */
#include "expr/value.h"

#include "base/mem.h"

void gw_frame_push(struct gw_eval *ev, struct gw_frame *frame, enum gw_frame_kind kind)
{
	*frame = (struct gw_frame){ .up = ev->frame, .kind = kind };
	ev->frame = frame;
}

void gw_frame_pop(struct gw_eval *ev)
{
	struct gw_frame *frame = ev->frame;
	ev->frame = frame->up;
	for (struct gw_local *local = frame->locals, *next; local; local = next) {
		next = local->next;
		json_decref(local->value);
		free(local);
	}
}

static struct gw_local *find_here(const struct gw_frame *frame, const char *name)
{
	struct gw_local *local = frame->locals;
	while (local && strcmp(local->name, name) != 0)
		local = local->next;
	return local;
}

const json_t *gw_frame_find(const struct gw_eval *ev, const char *name)
{
	for (const struct gw_frame *frame = ev->frame; frame; frame = frame->up) {
		const struct gw_local *local = find_here(frame, name);
		if (local)
			return local->value;
		if (frame->kind == GW_FRAME_MACRO)
			return NULL;
	}
	return ev->scope->variable(ev->scope, name);
}

static void put(struct gw_frame *frame, const char *name, json_t *value)
{
	struct gw_local *local = find_here(frame, name);
	if (!local) {
		local = gw_new(struct gw_local);
		local->name = name;
		local->next = frame->locals;
		frame->locals = local;
	}
	json_decref(local->value);
	local->value = value;
}

void gw_frame_put(struct gw_eval *ev, const char *name, json_t *value)
{
	put(ev->frame, name, value);
}

/* The frame in which {% set %} finds the variable, or makes it. */
static struct gw_frame *find_home(struct gw_eval *ev, const char *name)
{
	struct gw_frame *frame = ev->frame;
	while (frame->kind == GW_FRAME_BLOCK && !find_here(frame, name))
		frame = frame->up;
	bool is_new = frame->kind == GW_FRAME_ROOT && !find_here(frame, name) &&
		      !ev->scope->variable(ev->scope, name);
	return is_new ? ev->frame : frame;
}

bool gw_frame_set(struct gw_eval *ev, const char *name, json_t *value)
{
	json_auto_t *owned = value;
	if (!value || !gw_value_check_depth(ev, value))
		return false;
	put(find_home(ev, name), name, gw_steal(&owned));
	return true;
}
