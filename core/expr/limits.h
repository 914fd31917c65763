/* limits.h - how much a template may cost; what goes beyond fails with a clear message */
#ifndef GW_EXPR_LIMITS_H
#define GW_EXPR_LIMITS_H

#include <stddef.h>

#define GW_EXPR_SOURCE_MAX ((size_t)1 << 20) /* bytes of a template */
#define GW_EXPR_NESTING_MAX 200 /* brackets and tags inside each other */
#define GW_EXPR_NAMES_MAX 500 /* of macros, of blocks, of a macro's parameters, of variables set */
#define GW_EXPR_DEPTH_MAX 500 /* levels while evaluating: operators, macros, render() */
#define GW_EXPR_STEPS_MAX 1000000 /* of one scope; a node costs one, copying costs as below */
#define GW_EXPR_BYTES_A_STEP 256
#define GW_EXPR_ITEMS_A_STEP 8
#define GW_EXPR_TRIES_A_STEP 8 /* places where a regular expression tries to match */
#define GW_EXPR_TEXT_MAX ((size_t)16 << 20) /* bytes of a result, and of any text on the way */
#define GW_EXPR_ITEMS_MAX 1000000 /* items of a list made on the way */
#define GW_EXPR_PASSES_MAX 100 /* rendering a text again until it is stable */
#define GW_EXPR_PATTERN_MAX 4096 /* bytes of a regular expression */
#define GW_EXPR_ARGS_MAX 8 /* parameters of a filter or function */

#endif
