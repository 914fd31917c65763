/* scalar.h - what a YAML scalar means */
#ifndef GW_YAML_SCALAR_H
#define GW_YAML_SCALAR_H

#include <godwit/text.h>

#include <jansson.h>

/* The value of a scalar, a new reference. tag NULL: none was written; is_plain: without quotes. */
json_t *gw_yaml_scalar(struct gw_slice text, const char *tag, bool is_plain);

#endif
