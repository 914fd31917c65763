/* template.h - what the parts of the expression room tell each other about templates */
#ifndef GW_EXPR_TEMPLATE_H
#define GW_EXPR_TEMPLATE_H

#include "expr/node.h"

struct gw_frame;

/* Memory that lives as long as the template. */
void *gw_template_alloc(struct gw_template *t, size_t size); /* zeroed */
char *gw_template_text(struct gw_template *t, struct gw_slice text); /* a terminated copy */
#define gw_template_new(t, type) ((type *)gw_template_alloc(t, sizeof(type)))

/* "message (template:line)" as GW_INVALID; always false. The template is cut to what fits. */
bool gw_template_fail(const struct gw_template *t, uint32_t line, struct gw_error *err,
	const char *format, ...) GW_PRINTF(4, 5);
/* "Unable to find `name` used in the expression `template` at line N"; always false. */
bool gw_template_fail_undefined(const struct gw_template *t, uint32_t line, const char *name,
	struct gw_error *err);

/* The tokens of t->source become its tree. */
bool gw_parse(struct gw_template *t, struct gw_error *err);

/* Where a template is rendered: in a scope, seeing the local variables of the frames above. */
struct gw_place {
	struct gw_scope *scope;
	struct gw_frame *frame; /* NULL = none */
	bool recursive; /* results are rendered again until they are stable */
};

bool gw_template_render_at(const struct gw_template *t, const struct gw_place *place,
	struct gw_str *out, struct gw_error *err);
json_t *gw_template_value_at(const struct gw_template *t, const struct gw_place *place,
	struct gw_error *err);
json_t *gw_tree_render_at(const struct gw_tree *tree, const struct gw_place *place, bool typed,
	struct gw_error *err);

#endif
