/* template.c - compiling, rendering and looking into templates */
#include "expr/template.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "expr/builtin.h"
#include "expr/limits.h"
#include "expr/raw.h"
#include "expr/value.h"

#define CHUNK_SIZE 1000 /* most templates are small */

void *gw_template_alloc(struct gw_template *t, size_t size)
{
	return memset(gw_arena_alloc(&t->arena, size), 0, size);
}

char *gw_template_text(struct gw_template *t, struct gw_slice text)
{
	char *copy = gw_template_alloc(t, text.len + 1);
	if (text.len)
		memcpy(copy, text.data, text.len);
	return copy;
}

/* ---- Errors ---- */

/* The source on one line, at most max bytes of it. */
static void quote_source(struct gw_str *out, const struct gw_template *t, size_t max)
{
	size_t len = gw_utf8_cut(t->source.data, t->source.len, max);
	gw_str_add(out, t->source.data, len);
	for (size_t i = 0; i < out->len; i++)
		if (out->data[i] == '\n' || out->data[i] == '\r')
			out->data[i] = ' ';
	if (len < t->source.len)
		gw_str_puts(out, "…");
}

bool gw_template_fail(const struct gw_template *t, uint32_t line, struct gw_error *err,
	const char *format, ...)
{
	gw_auto_str message = { 0 }, source = { 0 };
	va_list args;
	va_start(args, format);
	gw_str_vprintf(&message, format, args);
	va_end(args);
	const size_t room = sizeof(err->message) - 33; /* for the rest, and the ellipsis */
	quote_source(&source, t, message.len < room - 60 ? room - message.len : 60);
	size_t len = gw_utf8_cut(gw_str_text(&message), message.len, room + 3 - source.len);
	return gw_fail(err, GW_INVALID, "%.*s (%s:%u)", (int)len, gw_str_text(&message),
		gw_str_text(&source), line);
}

bool gw_template_fail_undefined(const struct gw_template *t, uint32_t line, const char *name,
	struct gw_error *err)
{
	gw_auto_str source = { 0 };
	quote_source(&source, t, 300);
	return gw_fail(err, GW_INVALID,
		"Unable to find `%s` used in the expression `%s` at line %u", name,
		gw_str_text(&source), line);
}

/* ---- Compiling ---- */

static bool has_delimiter(struct gw_slice text)
{
	for (size_t i = 0; i + 1 < text.len; i++) {
		const char *brace = memchr(text.data + i, '{', text.len - i - 1);
		if (!brace)
			return false;
		if (brace[1] == '{' || brace[1] == '%' || brace[1] == '#')
			return true;
		i = (size_t)(brace - text.data);
	}
	return false;
}

static bool compile(struct gw_template *t, struct gw_error *err)
{
	t->is_constant = !has_delimiter(t->source);
	if (t->is_constant)
		return true;
	if (t->source.len > GW_EXPR_SOURCE_MAX)
		return gw_fail(err, GW_INVALID, "A template is longer than %zu bytes",
			GW_EXPR_SOURCE_MAX);
	if (!gw_utf8_valid(t->source.data, t->source.len))
		return gw_fail(err, GW_INVALID, "A template is no valid UTF-8");
	t->literals = json_array();
	t->arena.chunk_size = CHUNK_SIZE;
	return gw_parse(t, err);
}

struct gw_template *gw_template_compile(struct gw_slice source, struct gw_error *err)
{
	struct gw_template *t = gw_new(struct gw_template);
	t->source = gw_slice(gw_strndup(source.data, source.len), source.len);
	if (compile(t, err))
		return t;
	gw_template_free(t);
	return NULL;
}

void gw_template_free(struct gw_template *t)
{
	if (!t)
		return;
	json_decref(t->literals);
	gw_arena_clear(&t->arena);
	free((char *)(uintptr_t)t->source.data);
	free(t);
}

static void free_template(struct gw_template **t)
{
	gw_template_free(*t);
}

#define gw_auto_template __attribute__((cleanup(free_template))) struct gw_template

/* ---- Looking into it ---- */

bool gw_template_is_constant(const struct gw_template *t)
{
	return t->is_constant;
}

unsigned gw_template_needs(const struct gw_template *t)
{
	return t->needs;
}

static void use_words(const char *words,
	void (*use)(void *arg, const char *root, const char *member), void *arg)
{
	while (words && *words) {
		size_t len = strcspn(words, " ");
		gw_auto_free char *word = gw_strndup(words, len);
		use(arg, word, NULL);
		words += len + (words[len] == ' ');
	}
}

void gw_template_variables(const struct gw_template *t,
	void (*use)(void *arg, const char *root, const char *member), void *arg)
{
	for (const struct gw_node *v = t->variables; v; v = v->variable.other)
		if (!v->variable.is_bound)
			use(arg, v->variable.name, v->variable.member);
	for (const struct gw_node *call = t->calls; call; call = call->call.other)
		use_words(call->call.what->reads, use, arg);
}

/* ---- Rendering once ---- */

static void start(struct gw_eval *ev, const struct gw_template *t, const struct gw_place *place,
	struct gw_error *err)
{
	*ev = (struct gw_eval){ .t = t,
		.scope = place->scope,
		.err = err,
		.frame = place->frame,
		.limit = GW_EXPR_TEXT_MAX };
}

static bool explain(const struct gw_eval *ev)
{
	return !ev->is_undefined ||
	       gw_template_fail_undefined(ev->t, ev->line, ev->undefined, ev->err);
}

static bool render_once(const struct gw_template *t, const struct gw_place *place,
	struct gw_str *out, struct gw_error *err)
{
	struct gw_eval ev;
	struct gw_frame frame;
	size_t before = out->len;
	start(&ev, t, place, err);
	ev.limit += before;
	ev.keeps_raw = place->recursive;
	gw_frame_push(&ev, &frame, GW_FRAME_ROOT);
	bool ok = gw_eval_body(&ev, t->body, out);
	gw_frame_pop(&ev);
	if (ok)
		return true;
	explain(&ev);
	out->len = before;
	if (out->data)
		out->data[before] = '\0';
	return false;
}

/* What prints nothing is executed for its effect on what is printed. */
static json_t *value_once(const struct gw_template *t, const struct gw_place *place,
	struct gw_error *err)
{
	struct gw_eval ev;
	struct gw_frame frame;
	gw_auto_str nothing = { 0 };
	json_t *value = NULL;
	bool ok = true;
	start(&ev, t, place, err);
	gw_frame_push(&ev, &frame, GW_FRAME_ROOT);
	for (const struct gw_node *node = t->body; node && ok; node = node->next) {
		if (node == t->single)
			value = gw_eval(&ev, node->child);
		ok = node == t->single ? value != NULL : gw_eval_statement(&ev, node, &nothing);
	}
	gw_frame_pop(&ev);
	if (ok)
		return value;
	explain(&ev);
	json_decref(value);
	return NULL;
}

/* ---- Rendering until it is stable ---- */

static bool render_until_stable(const struct gw_template *t, const struct gw_place *place,
	struct gw_str *out, struct gw_error *err)
{
	gw_auto_str text = { 0 };
	gw_auto_template *again = NULL;
	for (int pass = 0; pass <= GW_EXPR_PASSES_MAX; pass++) {
		const struct gw_template *now = again ? again : t;
		gw_str_reset(&text);
		if (!render_once(now, place, &text, err))
			return false;
		bool stable = gw_slice_equal(gw_str_slice(&text), now->source);
		gw_template_free(again);
		again = stable ? NULL : gw_template_compile(gw_str_slice(&text), err);
		if (!stable && !again)
			return false;
		if (stable || again->is_constant) {
			gw_raw_strip(out, gw_str_slice(&text));
			return true;
		}
	}
	return gw_fail(err, GW_INVALID, "Too many rendering attempts");
}

bool gw_template_render_at(const struct gw_template *t, const struct gw_place *place,
	struct gw_str *out, struct gw_error *err)
{
	if (t->is_constant) {
		gw_str_add(out, t->source.data, t->source.len);
		return true;
	}
	return place->recursive ? render_until_stable(t, place, out, err)
				: render_once(t, place, out, err);
}

static json_t *value_of_text(struct gw_slice text, const struct gw_place *place,
	struct gw_error *err)
{
	gw_auto_template *t = gw_template_compile(text, err);
	return t ? gw_template_value_at(t, place, err) : NULL;
}

json_t *gw_template_value_at(const struct gw_template *t, const struct gw_place *place,
	struct gw_error *err)
{
	gw_auto_str text = { 0 };
	if (!t->single)
		return gw_template_render_at(t, place, &text, err) ? gw_string(gw_str_slice(&text))
								   : NULL;
	json_auto_t *value = value_once(t, place, err);
	if (!place->recursive || !json_is_string(value) ||
		gw_slice_equal(gw_value_slice(value), t->source))
		return gw_steal(&value);
	struct gw_scope *scope = place->scope;
	if (scope->depth >= GW_EXPR_PASSES_MAX) {
		gw_fail(err, GW_INVALID, "Too many rendering attempts");
		return NULL;
	}
	scope->depth++;
	json_t *result = value_of_text(gw_value_slice(value), place, err);
	scope->depth--;
	return result;
}

/* ---- From outside ---- */

bool gw_template_render(const struct gw_template *t, struct gw_scope *scope, struct gw_str *out,
	struct gw_error *err)
{
	struct gw_place place = { .scope = scope, .recursive = scope->recursive };
	return gw_template_render_at(t, &place, out, err);
}

json_t *gw_template_value(const struct gw_template *t, struct gw_scope *scope, struct gw_error *err)
{
	struct gw_place place = { .scope = scope, .recursive = scope->recursive };
	return gw_template_value_at(t, &place, err);
}

bool gw_text_is_falsy(struct gw_slice text)
{
	return text.len == 0 || gw_slice_is(text, "false") || gw_slice_is(text, "0") ||
	       gw_slice_is(text, "-0");
}
