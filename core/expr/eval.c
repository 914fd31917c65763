/* eval.c - evaluating expressions */
#include "expr/eval.h"

#include "base/mem.h"
#include "expr/builtin.h"
#include "expr/operators.h"
#include "expr/value.h"

/* ---- Failing ---- */

bool gw_eval_fail(struct gw_eval *ev, const char *format, ...)
{
	gw_auto_str message = { 0 };
	va_list args;
	va_start(args, format);
	gw_str_vprintf(&message, format, args);
	va_end(args);
	ev->is_undefined = false;
	return gw_template_fail(ev->t, ev->line, ev->err, "%s", gw_str_text(&message));
}

json_t *gw_eval_undefined(struct gw_eval *ev, struct gw_slice name)
{
	size_t len = name.len < sizeof(ev->undefined) ? name.len : sizeof(ev->undefined) - 1;
	ev->is_undefined = true;
	memcpy(ev->undefined, name.data, len);
	ev->undefined[len] = '\0';
	return NULL;
}

bool gw_eval_spend(struct gw_eval *ev, size_t n, size_t a_step)
{
	size_t steps = 1 + n / a_step;
	uint32_t spent = ev->scope->steps;
	if (spent < GW_EXPR_STEPS_MAX && steps < GW_EXPR_STEPS_MAX - spent) {
		ev->scope->steps += (uint32_t)steps;
		return true;
	}
	ev->scope->steps = GW_EXPR_STEPS_MAX;
	return gw_eval_fail(ev, "The expression takes more than %d steps", GW_EXPR_STEPS_MAX);
}

/* Texts cost by their length. */
static bool spend_on(struct gw_eval *ev, const json_t *value)
{
	size_t len = json_string_length(value);
	return len < GW_EXPR_BYTES_A_STEP || gw_eval_spend(ev, len, GW_EXPR_BYTES_A_STEP);
}

bool gw_eval_enter(struct gw_eval *ev, uint32_t levels)
{
	if (ev->scope->depth + levels > GW_EXPR_DEPTH_MAX)
		return gw_eval_fail(ev, "Nested deeper than %d levels", GW_EXPR_DEPTH_MAX);
	ev->scope->depth += levels;
	return true;
}

void gw_eval_leave(struct gw_eval *ev, uint32_t levels)
{
	ev->scope->depth -= levels;
}

/* ---- Variables ---- */

static json_t *eval_variable(struct gw_eval *ev, const struct gw_node *node)
{
	const char *name = node->variable.name;
	const json_t *value = gw_frame_find(ev, name);
	return value ? gw_keep(value) : gw_eval_undefined(ev, gw_slice_of(name));
}

static json_t *find_item(const json_t *list, struct gw_slice key)
{
	size_t index = 0;
	if (key.len == 0 || key.len > 9)
		return NULL;
	for (size_t i = 0; i < key.len; i++) {
		if (key.data[i] < '0' || key.data[i] > '9')
			return NULL;
		index = index * 10 + (size_t)(key.data[i] - '0');
	}
	return json_array_get(list, index);
}

static json_t *find_attribute(const json_t *object, struct gw_slice key)
{
	if (json_is_object(object) && !memchr(key.data, '\0', key.len))
		return json_object_get(object, key.data);
	return json_is_array(object) ? find_item(object, key) : NULL;
}

/* The attribute, borrowed; NULL with an error. */
static json_t *take_attribute(struct gw_eval *ev, const struct gw_node *node, const json_t *object,
	struct gw_slice key)
{
	const struct gw_node *of = node->attribute.object;
	json_t *value = node->attribute.is_method ? NULL : find_attribute(object, key);
	if (value)
		return value;
	ev->line = node->line;
	bool is_null_variable = json_is_null(object) && of->kind == GW_NODE_VARIABLE;
	return gw_eval_undefined(ev, is_null_variable ? gw_slice_of(of->variable.name) : key);
}

static json_t *eval_attribute(struct gw_eval *ev, const struct gw_node *node)
{
	json_auto_t *object = gw_eval(ev, node->attribute.object);
	if (!object)
		return NULL;
	if (node->attribute.name)
		return json_incref(take_attribute(ev, node, object,
			gw_slice_of(node->attribute.name)));
	json_auto_t *key = gw_eval(ev, node->attribute.key);
	if (!key)
		return NULL;
	if (json_is_string(key))
		return json_incref(take_attribute(ev, node, object, gw_value_slice(key)));
	gw_auto_str text = { 0 };
	if (!gw_value_text(ev, key, &text))
		return NULL;
	return json_incref(take_attribute(ev, node, object, gw_str_slice(&text)));
}

/* ---- Operators ---- */

static json_t *eval_unary(struct gw_eval *ev, const struct gw_node *node)
{
	json_auto_t *operand = gw_eval(ev, node->operation.left);
	if (!operand)
		return NULL;
	ev->line = node->line;
	return gw_operator_unary(ev, node->operation.op, operand);
}

/* and, or */
static json_t *eval_logic(struct gw_eval *ev, const struct gw_node *node)
{
	static const char null_value[] = "null value used in and operator";
	bool truth, decides = node->operation.op == GW_OP_OR;
	json_auto_t *left = gw_eval(ev, node->operation.left);
	if (!left || !gw_value_truth(ev, left, null_value, &truth))
		return NULL;
	if (truth == decides)
		return json_boolean(truth);
	json_auto_t *right = gw_eval(ev, node->operation.right);
	if (!right || !gw_value_truth(ev, right, null_value, &truth))
		return NULL;
	return json_boolean(truth);
}

/* ??, ??? */
static json_t *eval_fallback(struct gw_eval *ev, const struct gw_node *node)
{
	json_t *left = gw_eval(ev, node->operation.left);
	bool takes_null = node->operation.op == GW_OP_IF_UNDEFINED;
	if (left && (takes_null || !json_is_null(left)))
		return left;
	if (!left && !ev->is_undefined)
		return NULL;
	ev->is_undefined = false;
	json_decref(left);
	return gw_eval(ev, node->operation.right);
}

static json_t *eval_binary(struct gw_eval *ev, const struct gw_node *node)
{
	enum gw_op op = node->operation.op;
	if (op == GW_OP_AND || op == GW_OP_OR)
		return eval_logic(ev, node);
	if (op == GW_OP_IF_NULL || op == GW_OP_IF_UNDEFINED)
		return eval_fallback(ev, node);
	json_auto_t *left = gw_eval(ev, node->operation.left);
	json_auto_t *right = left ? gw_eval(ev, node->operation.right) : NULL;
	if (!right || !spend_on(ev, left) || !spend_on(ev, right))
		return NULL;
	ev->line = node->line;
	return gw_operator_binary(ev, op, left, right);
}

static json_t *eval_choice(struct gw_eval *ev, const struct gw_node *node)
{
	bool truth;
	json_auto_t *condition = gw_eval(ev, node->operation.condition);
	if (!condition || !gw_value_truth(ev, condition, NULL, &truth))
		return NULL;
	return gw_eval(ev, truth ? node->operation.left : node->operation.right);
}

/* ---- Lists and maps ---- */

static json_t *eval_list(struct gw_eval *ev, const struct gw_node *node)
{
	json_auto_t *list = json_array();
	for (const struct gw_node *item = node->child; item; item = item->next)
		if (json_array_append_new(list, gw_eval(ev, item)) < 0)
			return NULL;
	return gw_steal(&list);
}

static json_t *eval_map(struct gw_eval *ev, const struct gw_node *node)
{
	json_auto_t *map = json_object();
	for (const struct gw_node *item = node->child; item; item = item->next->next) {
		gw_auto_str name = { 0 };
		json_auto_t *key = gw_eval(ev, item);
		if (!key || !gw_value_text(ev, key, &name))
			return NULL;
		json_t *value = gw_eval(ev, item->next);
		if (json_object_set_new_nocheck(map, gw_str_text(&name), value) < 0)
			return NULL;
	}
	return gw_steal(&map);
}

/* ---- Calls ---- */

/* What is filtered or tested; undefined counts as null where the table says so. */
static json_t *eval_input(struct gw_eval *ev, const struct gw_node *node)
{
	json_t *input = gw_eval(ev, node->call.input);
	if (input || !ev->is_undefined || !(node->call.what->flags & GW_SWALLOWS))
		return input;
	ev->is_undefined = false;
	return json_null();
}

static bool eval_args(struct gw_call *call, const struct gw_node *node)
{
	for (size_t i = 0; i < call->n; i++) {
		if (!node->call.args[i])
			continue;
		call->args[i] = gw_eval(call->ev, node->call.args[i]);
		if (!call->args[i] || !spend_on(call->ev, call->args[i]))
			return false;
	}
	return true;
}

static json_t *run_call(struct gw_call *call, const struct gw_node *node)
{
	struct gw_eval *ev = call->ev;
	if (node->call.input && !(call->input = eval_input(ev, node)))
		return NULL;
	if (json_is_null(call->input) && (call->what->flags & GW_KEEPS_NULL))
		return json_null();
	if (!eval_args(call, node) || !spend_on(ev, call->input))
		return NULL;
	ev->line = node->line;
	return call->what->run ? call->what->run(call) : gw_call_ask(call);
}

static json_t *eval_call(struct gw_eval *ev, const struct gw_node *node)
{
	struct gw_call call = { .ev = ev, .what = node->call.what, .n = node->call.n };
	json_t *result = run_call(&call, node);
	json_decref(call.input);
	for (size_t i = 0; i < call.n; i++)
		json_decref(call.args[i]);
	if (!result || !node->call.is_negated)
		return result;
	bool truth = json_is_true(result);
	json_decref(result);
	return json_boolean(!truth);
}

static json_t *eval_block_call(struct gw_eval *ev, const struct gw_node *node)
{
	json_auto_t *name = gw_eval(ev, node->child);
	if (!name)
		return NULL;
	const struct gw_node *block = ev->t->blocks;
	while (block &&
		!(json_is_string(name) && strcmp(block->named.name, json_string_value(name)) == 0))
		block = block->named.other;
	if (!block)
		return gw_string(gw_slice_of(""));
	struct gw_frame frame;
	gw_frame_push(ev, &frame, GW_FRAME_BLOCK);
	json_t *text = gw_eval_capture(ev, block->named.value);
	gw_frame_pop(ev);
	return text;
}

static json_t *eval_literal(struct gw_eval *ev, const struct gw_node *node)
{
	(void)ev;
	return json_incref(node->literal);
}

static json_t *eval_text(struct gw_eval *ev, const struct gw_node *node)
{
	return gw_eval_capture(ev, node->child);
}

static json_t *(*const evaluators[])(struct gw_eval *ev, const struct gw_node *node) = {
	[GW_NODE_LITERAL] = eval_literal,
	[GW_NODE_VARIABLE] = eval_variable,
	[GW_NODE_ATTRIBUTE] = eval_attribute,
	[GW_NODE_UNARY] = eval_unary,
	[GW_NODE_BINARY] = eval_binary,
	[GW_NODE_CHOICE] = eval_choice,
	[GW_NODE_CALL] = eval_call,
	[GW_NODE_MACRO_CALL] = gw_eval_macro,
	[GW_NODE_BLOCK_CALL] = eval_block_call,
	[GW_NODE_LIST] = eval_list,
	[GW_NODE_MAP] = eval_map,
	[GW_NODE_CAPTURE] = eval_text,
};

json_t *gw_eval(struct gw_eval *ev, const struct gw_node *node)
{
	ev->line = node->line;
	if (!gw_eval_enter(ev, 1))
		return NULL;
	json_t *value = gw_eval_spend(ev, 0, 1) ? evaluators[node->kind](ev, node) : NULL;
	gw_eval_leave(ev, 1);
	return value;
}
