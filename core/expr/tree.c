/* tree.c - JSON values whose strings are templates */
#include "expr/template.h"

#include "base/json.h"
#include "base/mem.h"
#include "expr/value.h"

/* A value of the tree: constant if it has neither template nor parts. */
struct part {
	const json_t *value; /* as written; borrowed from the source */
	struct gw_template *key; /* of a member; NULL if it is constant */
	const char *name; /* the key as written */
	struct gw_template *template;
	struct part *parts; /* of a list or map that is not constant; owned */
	size_t n;
};

struct gw_tree {
	json_t *source;
	struct part root;
};

struct compiler {
	struct gw_error *err;
	int depth;
};

static bool is_constant(const struct part *part)
{
	return !part->template && !part->parts && !part->key;
}

static void free_parts(struct part *part)
{
	for (size_t i = 0; i < part->n; i++) {
		free_parts(&part->parts[i]);
		gw_template_free(part->parts[i].template);
		gw_template_free(part->parts[i].key);
	}
	free(part->parts);
	part->parts = NULL;
	part->n = 0;
}

/* ---- Compiling ---- */

/* NULL in *out if the text is constant. */
static bool compile_text(struct gw_slice text, struct gw_template **out, struct gw_error *err)
{
	struct gw_template *t = gw_template_compile(text, err);
	if (t && gw_template_is_constant(t)) {
		gw_template_free(t);
		return true;
	}
	*out = t;
	return t != NULL;
}

static bool compile_part(struct compiler *c, json_t *value, struct part *part);

/* Keeps the parts only if one of them is a template. */
static bool compile_items(struct compiler *c, json_t *list, struct part *part)
{
	size_t i;
	json_t *item;
	bool ok = true, constant = true;
	part->n = json_array_size(list);
	part->parts = gw_new_array(struct part, part->n);
	json_array_foreach (list, i, item) {
		ok = ok && compile_part(c, item, &part->parts[i]);
		constant = constant && is_constant(&part->parts[i]);
	}
	if (!ok || constant)
		free_parts(part);
	return ok;
}

static bool compile_members(struct compiler *c, json_t *object, struct part *part)
{
	const char *key;
	json_t *member;
	bool ok = true, constant = true;
	part->parts = gw_new_array(struct part, json_object_size(object));
	json_object_foreach (object, key, member) {
		struct part *each = &part->parts[part->n++];
		each->name = key;
		ok = ok && compile_text(gw_slice_of(key), &each->key, c->err) &&
		     compile_part(c, member, each);
		constant = constant && is_constant(each);
	}
	if (!ok || constant)
		free_parts(part);
	return ok;
}

static bool compile_part(struct compiler *c, json_t *value, struct part *part)
{
	bool ok = true;
	part->value = value;
	if (++c->depth > GW_JSON_DEPTH)
		return gw_fail(c->err, GW_INVALID, "nested deeper than %d levels", GW_JSON_DEPTH);
	if (json_is_string(value))
		ok = compile_text(gw_value_slice(value), &part->template, c->err);
	else if (json_is_array(value))
		ok = compile_items(c, value, part);
	else if (json_is_object(value))
		ok = compile_members(c, value, part);
	c->depth--;
	return ok;
}

struct gw_tree *gw_tree_compile(const json_t *value, struct gw_error *err)
{
	struct gw_tree *tree = gw_new(struct gw_tree);
	struct compiler c = { .err = err };
	tree->source = gw_keep(value);
	if (compile_part(&c, tree->source, &tree->root))
		return tree;
	gw_tree_free(tree);
	return NULL;
}

void gw_tree_free(struct gw_tree *tree)
{
	if (!tree)
		return;
	free_parts(&tree->root);
	gw_template_free(tree->root.template);
	json_decref(tree->source);
	free(tree);
}

/* ---- Looking into it ---- */

bool gw_tree_is_constant(const struct gw_tree *tree)
{
	return is_constant(&tree->root);
}

const json_t *gw_tree_source(const struct gw_tree *tree)
{
	return tree->source;
}

static unsigned part_needs(const struct part *part)
{
	unsigned needs = 0;
	if (part->template)
		needs |= gw_template_needs(part->template);
	if (part->key)
		needs |= gw_template_needs(part->key);
	for (size_t i = 0; i < part->n; i++)
		needs |= part_needs(&part->parts[i]);
	return needs;
}

unsigned gw_tree_needs(const struct gw_tree *tree)
{
	return part_needs(&tree->root);
}

static void use_part(const struct part *part,
	void (*use)(void *arg, const char *root, const char *member), void *arg)
{
	if (part->template)
		gw_template_variables(part->template, use, arg);
	if (part->key)
		gw_template_variables(part->key, use, arg);
	for (size_t i = 0; i < part->n; i++)
		use_part(&part->parts[i], use, arg);
}

void gw_tree_variables(const struct gw_tree *tree,
	void (*use)(void *arg, const char *root, const char *member), void *arg)
{
	use_part(&tree->root, use, arg);
}

/* ---- Rendering ---- */

struct renderer {
	const struct gw_place *place;
	bool typed;
	struct gw_error *err;
};

static json_t *render_part(const struct renderer *r, const struct part *part);

static json_t *render_text(const struct renderer *r, const struct gw_template *t)
{
	gw_auto_str text = { 0 };
	if (r->typed)
		return gw_template_value_at(t, r->place, r->err);
	if (!gw_template_render_at(t, r->place, &text, r->err))
		return NULL;
	return gw_string(gw_str_slice(&text));
}

/* The first of members whose keys become the same stays. */
static bool render_member(const struct renderer *r, const struct part *part, json_t *object)
{
	gw_auto_str key = { 0 };
	const char *name = part->name;
	if (part->key) {
		if (!gw_template_render_at(part->key, r->place, &key, r->err))
			return false;
		name = gw_str_text(&key);
	}
	json_t *value = render_part(r, part);
	if (value && json_object_get(object, name))
		json_decref(value);
	else
		json_object_set_new_nocheck(object, name, value);
	return value != NULL;
}

static json_t *render_part(const struct renderer *r, const struct part *part)
{
	if (part->template)
		return render_text(r, part->template);
	if (!part->parts)
		return gw_keep(part->value);
	bool is_list = json_is_array(part->value), ok = true;
	json_auto_t *result = is_list ? json_array() : json_object();
	for (size_t i = 0; ok && i < part->n; i++)
		ok = is_list ? json_array_append_new(result, render_part(r, &part->parts[i])) == 0
			     : render_member(r, &part->parts[i], result);
	return ok ? gw_steal(&result) : NULL;
}

json_t *gw_tree_render_at(const struct gw_tree *tree, const struct gw_place *place, bool typed,
	struct gw_error *err)
{
	struct renderer r = { place, typed, err };
	return render_part(&r, &tree->root);
}

json_t *gw_tree_render(const struct gw_tree *tree, struct gw_scope *scope, bool typed,
	struct gw_error *err)
{
	struct gw_place place = { .scope = scope, .recursive = scope->recursive };
	return gw_tree_render_at(tree, &place, typed, err);
}
