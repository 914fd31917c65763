/* eval_body.c - rendering statements */
#include "expr/eval.h"

#include "base/mem.h"
#include "expr/limits.h"
#include "expr/value.h"

static bool check_size(struct gw_eval *ev, const struct gw_str *out)
{
	if (!out->full && out->len <= ev->limit)
		return true;
	return gw_eval_fail(ev, "The result is longer than %zu bytes", GW_EXPR_TEXT_MAX);
}

static bool add_text(struct gw_eval *ev, struct gw_slice text, struct gw_str *out)
{
	gw_str_add(out, text.data, text.len);
	return check_size(ev, out) && gw_eval_spend(ev, text.len, GW_EXPR_BYTES_A_STEP);
}

static bool render_text(struct gw_eval *ev, const struct gw_node *node, struct gw_str *out)
{
	return add_text(ev, node->text.text, out);
}

static bool render_raw(struct gw_eval *ev, const struct gw_node *node, struct gw_str *out)
{
	return add_text(ev, ev->keeps_raw ? node->text.text : node->text.inner, out);
}

static bool render_print(struct gw_eval *ev, const struct gw_node *node, struct gw_str *out)
{
	json_auto_t *value = gw_eval(ev, node->child);
	return value && gw_value_print(ev, value, out);
}

static bool render_if(struct gw_eval *ev, const struct gw_node *node, struct gw_str *out)
{
	for (; node; node = node->branch.other) {
		bool truth = true;
		if (node->branch.condition) {
			json_auto_t *value = gw_eval(ev, node->branch.condition);
			if (!value || !gw_value_truth(ev, value, "null value given to if statement",
					      &truth))
				return false;
		}
		if (truth)
			return gw_eval_body(ev, node->branch.body, out);
	}
	return true;
}

/* What "loop" is in a round. */
static json_t *make_loop(size_t index, size_t n)
{
	json_t *loop = json_object();
	json_object_set_new_nocheck(loop, "index", json_integer((json_int_t)index));
	json_object_set_new_nocheck(loop, "length", json_integer((json_int_t)n));
	json_object_set_new_nocheck(loop, "first", json_boolean(index == 0));
	json_object_set_new_nocheck(loop, "last", json_boolean(index + 1 == n));
	json_object_set_new_nocheck(loop, "revindex", json_integer((json_int_t)(n - index - 1)));
	return loop;
}

/* The body of one round. Owns item. */
static bool render_round(struct gw_eval *ev, const struct gw_node *node, json_t *item, json_t *loop,
	struct gw_str *out)
{
	gw_frame_put(ev, node->loop.name, item);
	if (loop)
		gw_frame_put(ev, "loop", loop);
	return gw_eval_spend(ev, 0, 1) && gw_eval_body(ev, node->loop.body, out);
}

static bool render_items(struct gw_eval *ev, const struct gw_node *node, json_t *items,
	struct gw_str *out)
{
	bool ok = true;
	size_t n = json_array_size(items);
	for (size_t i = 0; ok && i < n; i++) {
		json_t *loop = node->loop.uses_loop ? make_loop(i, n) : NULL;
		ok = render_round(ev, node, gw_keep(json_array_get(items, i)), loop, out);
	}
	return ok;
}

static bool render_entries(struct gw_eval *ev, const struct gw_node *node, json_t *map,
	struct gw_str *out)
{
	bool ok = true;
	const char *key;
	json_t *value;
	size_t i = 0, n = json_object_size(map);
	json_object_foreach (map, key, value) {
		json_t *entry = json_object();
		json_object_set_new_nocheck(entry, "key", gw_string(gw_slice_of(key)));
		json_object_set_nocheck(entry, "value", value);
		json_t *loop = node->loop.uses_loop ? make_loop(i++, n) : NULL;
		ok = render_round(ev, node, entry, loop, out);
		if (!ok)
			break;
	}
	return ok;
}

static bool fail_items(struct gw_eval *ev, const json_t *items)
{
	gw_auto_str text = { 0 };
	return gw_value_text(ev, items, &text) &&
	       gw_eval_fail(ev, "Not an iterable object. Value = [%.100s]", gw_str_text(&text));
}

static bool render_for(struct gw_eval *ev, const struct gw_node *node, struct gw_str *out)
{
	json_auto_t *items = gw_eval(ev, node->loop.items);
	ev->line = node->line;
	if (!items || json_is_null(items))
		return items != NULL;
	if (!json_is_array(items) && !json_is_object(items))
		return fail_items(ev, items);
	if (json_array_size(items) + json_object_size(items) == 0)
		return gw_eval_body(ev, node->loop.other, out);
	struct gw_frame frame;
	gw_frame_push(ev, &frame, GW_FRAME_BLOCK);
	bool ok = json_is_array(items) ? render_items(ev, node, items, out)
				       : render_entries(ev, node, items, out);
	gw_frame_pop(ev);
	return ok;
}

static bool render_set(struct gw_eval *ev, const struct gw_node *node, struct gw_str *out)
{
	(void)out;
	return gw_frame_set(ev, node->named.name, gw_eval(ev, node->named.value));
}

static bool render_block(struct gw_eval *ev, const struct gw_node *node, struct gw_str *out)
{
	struct gw_frame frame;
	gw_frame_push(ev, &frame, GW_FRAME_BLOCK);
	bool ok = gw_eval_body(ev, node->named.value, out);
	gw_frame_pop(ev);
	return ok;
}

static bool (*const renderers[])(struct gw_eval *ev, const struct gw_node *node,
	struct gw_str *out) = {
	[GW_NODE_TEXT] = render_text,
	[GW_NODE_RAW] = render_raw,
	[GW_NODE_PRINT] = render_print,
	[GW_NODE_IF] = render_if,
	[GW_NODE_FOR] = render_for,
	[GW_NODE_SET] = render_set,
	[GW_NODE_BLOCK] = render_block,
};

bool gw_eval_statement(struct gw_eval *ev, const struct gw_node *node, struct gw_str *out)
{
	ev->line = node->line;
	return renderers[node->kind](ev, node, out);
}

bool gw_eval_body(struct gw_eval *ev, const struct gw_node *first, struct gw_str *out)
{
	bool ok = gw_eval_enter(ev, 1);
	if (!ok)
		return false;
	for (const struct gw_node *node = first; ok && node; node = node->next)
		ok = gw_eval_statement(ev, node, out);
	gw_eval_leave(ev, 1);
	return ok;
}

json_t *gw_eval_capture(struct gw_eval *ev, const struct gw_node *first)
{
	gw_auto_str text = { 0 };
	size_t limit = ev->limit;
	ev->limit = GW_EXPR_TEXT_MAX;
	bool ok = gw_eval_body(ev, first, &text);
	ev->limit = limit;
	return ok ? gw_string(gw_str_slice(&text)) : NULL;
}

/* Sets a parameter: what was given, else its default, evaluated inside. Owns given. */
static bool put_param(struct gw_eval *ev, const char *name, json_t *given,
	const struct gw_node *fallback)
{
	json_auto_t *value = given ? given : fallback ? gw_eval(ev, fallback) : json_null();
	if (!value || !gw_value_check_depth(ev, value))
		return false;
	gw_frame_put(ev, name, gw_steal(&value));
	return true;
}

static bool put_params(struct gw_eval *ev, const struct gw_macro *macro, json_t **given)
{
	for (size_t i = 0; i < macro->n; i++)
		if (!put_param(ev, macro->names[i], gw_steal(&given[i]), macro->defaults[i]))
			return false;
	return true;
}

/* The arguments, evaluated where the call stands. */
static bool eval_given(struct gw_eval *ev, const struct gw_node *call, json_t **given)
{
	for (size_t i = 0; i < call->macro_call.macro->n; i++)
		if (call->macro_call.args[i] && !(given[i] = gw_eval(ev, call->macro_call.args[i])))
			return false;
	return true;
}

json_t *gw_eval_macro(struct gw_eval *ev, const struct gw_node *call)
{
	const struct gw_macro *macro = call->macro_call.macro;
	gw_auto_free json_t **given = gw_new_array(json_t *, macro->n);
	bool ok = eval_given(ev, call, given);
	struct gw_frame frame;
	gw_frame_push(ev, &frame, GW_FRAME_MACRO);
	json_t *text = ok && put_params(ev, macro, given) ? gw_eval_capture(ev, macro->body) : NULL;
	gw_frame_pop(ev);
	for (size_t i = 0; i < macro->n; i++)
		json_decref(given[i]);
	return text;
}
