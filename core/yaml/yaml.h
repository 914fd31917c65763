/* yaml.h - YAML as Kestra reads it (SnakeYAML's types, Jackson's strictness)
 *
 * May use: base. */
#ifndef GW_YAML_YAML_H
#define GW_YAML_YAML_H

#include <godwit/text.h>

#include <jansson.h>

#define GW_YAML_DEPTH 128
#define GW_YAML_MAX (3u << 20) /* bytes of a text */

struct gw_position {
	int line, column; /* from 1 */
};

/* The one document of a text as a new reference; an empty text is null. Depth, size and alias
 * expansion are bounded; a duplicate key is "Duplicate field 'variables.tf'". What JSON cannot
 * hold (infinity, integers beyond 64 bits) stays text. On error NULL, and the message ends in
 * " at line L, column C". */
GW_EXPORT json_t *gw_yaml_parse(struct gw_slice text, struct gw_error *err);

/* Where a path such as "tasks[0].message" is in a text that parses; the nearest existing parent if
 * the path itself is not there. A member is where its key is. */
GW_EXPORT struct gw_position gw_yaml_locate(struct gw_slice text, const char *path);
/* The same for many paths, reading the text once. */
GW_EXPORT void gw_yaml_locate_all(struct gw_slice text, const char *const *paths, size_t n,
	struct gw_position *out);

/* The next document of a text that holds several, separated by lines "---"; trimmed. *pos starts
 * at 0. False when there is none left. */
GW_EXPORT bool gw_yaml_next_document(struct gw_slice text, size_t *pos, struct gw_slice *out);

/* Block style, keys in their order: what the yaml filter prints. */
GW_EXPORT void gw_yaml_print(struct gw_str *out, const json_t *value);

#endif
