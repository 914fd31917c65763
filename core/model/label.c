/* label.c - reading and printing labels */
#include "model/label.h"

#include "base/json.h"
#include "base/mem.h"

void gw_labels_clear(struct gw_labels *labels)
{
	for (size_t i = 0; i < labels->n; i++) {
		free(labels->items[i].key);
		free(labels->items[i].value);
	}
	free(labels->items);
	*labels = (struct gw_labels){ 0 };
}

static struct gw_label *find_label(const struct gw_labels *labels, const char *key)
{
	for (size_t i = 0; i < labels->n; i++)
		if (strcmp(labels->items[i].key, key) == 0)
			return &labels->items[i];
	return NULL;
}

const char *gw_labels_get(const struct gw_labels *labels, const char *key)
{
	const struct gw_label *label = find_label(labels, key);
	return label ? label->value : NULL;
}

void gw_labels_add(struct gw_labels *labels, const char *key, const char *value)
{
	if (find_label(labels, key))
		return;
	labels->items = gw_grow(labels->items, labels->n, &labels->cap);
	labels->items[labels->n++] = (struct gw_label){ gw_strdup(key), gw_strdup(value) };
}

void gw_labels_set(struct gw_labels *labels, const char *key, const char *value)
{
	struct gw_label *label = find_label(labels, key);
	if (!label) {
		gw_labels_add(labels, key, value);
		return;
	}
	free(label->value);
	label->value = gw_strdup(value);
}

void gw_labels_print(struct gw_str *out, const struct gw_labels *labels)
{
	gw_str_putc(out, '[');
	for (size_t i = 0; i < labels->n; i++) {
		gw_json_comma(out);
		gw_str_putc(out, '{');
		gw_json_text(out, "key", gw_slice_of(labels->items[i].key));
		gw_json_text(out, "value", gw_slice_of(labels->items[i].value));
		gw_str_putc(out, '}');
	}
	gw_str_putc(out, ']');
}

bool gw_label_is_system(const char *key)
{
	return strncmp(key, "system.", strlen("system.")) == 0;
}

static bool add_scalar(struct gw_labels *out, const char *key, const json_t *value,
	struct gw_error *err)
{
	gw_auto_str text = { 0 };
	if (json_is_object(value) || json_is_array(value) || json_is_null(value))
		return gw_fail(err, GW_INVALID, "label '%s' must be a text, number or boolean",
			key);
	if (json_is_string(value))
		gw_str_puts(&text, json_string_value(value));
	else
		gw_json_print(&text, value);
	gw_labels_add(out, key, gw_str_text(&text));
	return true;
}

bool gw_labels_read(struct gw_labels *out, const json_t *value, struct gw_error *err)
{
	size_t i;
	const char *key;
	json_t *item;
	if (json_is_object(value)) {
		json_object_foreach ((json_t *)(uintptr_t)value, key, item) {
			if (!add_scalar(out, key, item, err))
				return false;
		}
		return true;
	}
	if (!json_is_array(value))
		return json_is_null(value) || !value ||
		       gw_fail(err, GW_INVALID, "labels must be a map or a list of {key, value}");
	json_array_foreach (value, i, item) {
		const char *text = gw_json_string(item, "value");
		key = gw_json_string(item, "key");
		if (!key || !text)
			return gw_fail(err, GW_INVALID,
				"label %zu must have a 'key' and a 'value', both texts", i + 1);
		gw_labels_add(out, key, text);
	}
	return true;
}

void gw_label_keyword(struct gw_str *out, const char *key, const char *value)
{
	gw_str_puts(out, key);
	gw_str_putc(out, '\x1f');
	gw_str_puts(out, value);
}
