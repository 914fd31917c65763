/* cases.h - rendering templates in tests */
#ifndef GW_TESTS_UNIT_EXPR_CASES_H
#define GW_TESTS_UNIT_EXPR_CASES_H

#include "tests/unit/test.h"

#include "expr/expr.h"

struct expr_case {
	const char *template;
	const char *expected; /* "error: message" if it fails */
};

/* What the tests' templates see. It answers ask with {"name": {arguments}}, but a call whose first
 * argument is "missing" fails with "nothing there". It is 2024-12-20T11:00:00Z. */
struct expr_world {
	struct gw_scope scope;
	json_t *context; /* owned */
};

void expr_world_init(struct expr_world *world, const char *context);
void expr_world_clear(struct expr_world *world);

/* The text of a template, or "error: message"; to be freed. */
char *expr_render(struct expr_world *world, const char *template);
/* Its value as JSON, or "error: message"; to be freed. */
char *expr_value(struct expr_world *world, const char *template);

#endif
