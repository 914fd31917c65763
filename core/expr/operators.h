/* operators.h - what the operators do with values */
#ifndef GW_EXPR_OPERATORS_H
#define GW_EXPR_OPERATORS_H

#include "expr/eval.h"

/* New references; NULL with an error such as "Could not perform addition". */
json_t *gw_operator_unary(struct gw_eval *ev, enum gw_op op, json_t *operand);
json_t *gw_operator_binary(struct gw_eval *ev, enum gw_op op, json_t *left, json_t *right);

/* start, start + step … end; also letters: "a".."e". */
json_t *gw_range(struct gw_eval *ev, const json_t *start, const json_t *end, int64_t step);

#endif
