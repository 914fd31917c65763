/* label.h - labels: key and value, the first of a key wins */
#ifndef GW_MODEL_LABEL_H
#define GW_MODEL_LABEL_H

#include <godwit/text.h>

#include <jansson.h>

struct gw_label {
	char *key, *value; /* owned */
};

struct gw_labels {
	struct gw_label *items;
	size_t n, cap;
};

#define GW_CORRELATION_LABEL "system.correlationId"

GW_EXPORT void gw_labels_clear(struct gw_labels *labels);
GW_EXPORT const char *gw_labels_get(const struct gw_labels *labels, const char *key);
GW_EXPORT void gw_labels_add(struct gw_labels *labels, const char *key, const char *value);
GW_EXPORT void gw_labels_set(struct gw_labels *labels, const char *key, const char *value);
GW_EXPORT void gw_labels_print(struct gw_str *out, const struct gw_labels *labels); /* [{…}] */
GW_EXPORT bool gw_label_is_system(const char *key);
/* Appends from a list of {key, value} or a map of scalars. */
GW_EXPORT bool gw_labels_read(struct gw_labels *out, const json_t *value, struct gw_error *err);
/* What the field "labels" of records holds: "key\x1fvalue". */
GW_EXPORT void gw_label_keyword(struct gw_str *out, const char *key, const char *value);

#endif
