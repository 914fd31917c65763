/* print.c - writing values as YAML, quoted only where needed, as Jackson does it */
#include "yaml/yaml.h"

#include "base/json.h"
#include "yaml/scalar.h"

#include <ctype.h>
#include <yaml.h>

static int write_text(void *out, unsigned char *data, size_t size)
{
	gw_str_add(out, (const char *)data, size);
	return 1;
}

static bool is_blank(struct gw_slice text, size_t i)
{
	return i >= text.len || isspace((unsigned char)text.data[i]);
}

static bool has_special(struct gw_slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];
		if (strchr("[]{},", c) || (c == '#' && (i == 0 || is_blank(text, i - 1))) ||
			(c == ':' && is_blank(text, i + 1)))
			return true;
	}
	return false;
}

static bool is_reserved(struct gw_slice text)
{
	if (text.len == 0 || *text.data == '~' || (text.len == 1 && strchr("yYnN", *text.data)))
		return true;
	json_auto_t *value = gw_yaml_scalar(text, NULL, true);
	return json_is_boolean(value) || json_is_null(value);
}

static bool is_octal(struct gw_slice text)
{
	return text.len > 1 && *text.data == '0' && isdigit((unsigned char)text.data[1]);
}

/* A text that looks like a number is printed as one: templates count on it. */
static yaml_scalar_style_t value_style(struct gw_slice text)
{
	if (text.len > 0 && memchr(text.data, '\n', text.len))
		return YAML_LITERAL_SCALAR_STYLE;
	if (is_reserved(text) || has_special(text))
		return YAML_DOUBLE_QUOTED_SCALAR_STYLE;
	return is_octal(text) ? YAML_SINGLE_QUOTED_SCALAR_STYLE : YAML_PLAIN_SCALAR_STYLE;
}

static yaml_scalar_style_t key_style(struct gw_slice text)
{
	json_auto_t *value = gw_yaml_scalar(text, NULL, true);
	return is_reserved(text) || json_is_number(value) || gw_slice_is(text, "-") ||
			       gw_slice_is(text, "<<")
		       ? YAML_DOUBLE_QUOTED_SCALAR_STYLE
		       : YAML_PLAIN_SCALAR_STYLE;
}

static void emit_text(yaml_emitter_t *emitter, struct gw_slice text, yaml_scalar_style_t style)
{
	yaml_event_t event;
	yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text.data,
		(int)text.len, 1, 1, style);
	yaml_emitter_emit(emitter, &event);
}

static void emit_list(yaml_emitter_t *emitter, const json_t *list);
static void emit_map(yaml_emitter_t *emitter, const json_t *map);

static void emit_value(yaml_emitter_t *emitter, const json_t *value)
{
	struct gw_slice text = gw_slice(json_string_value(value), json_string_length(value));
	gw_auto_str scalar = { 0 };
	if (json_is_object(value)) {
		emit_map(emitter, value);
	} else if (json_is_array(value)) {
		emit_list(emitter, value);
	} else if (json_is_string(value)) {
		emit_text(emitter, text, value_style(text));
	} else {
		gw_json_print(&scalar, value);
		emit_text(emitter, gw_str_slice(&scalar), YAML_PLAIN_SCALAR_STYLE);
	}
}

static void emit_list(yaml_emitter_t *emitter, const json_t *list)
{
	yaml_event_t event;
	size_t i;
	json_t *item;
	yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE);
	yaml_emitter_emit(emitter, &event);
	json_array_foreach (list, i, item)
		emit_value(emitter, item);
	yaml_sequence_end_event_initialize(&event);
	yaml_emitter_emit(emitter, &event);
}

static void emit_map(yaml_emitter_t *emitter, const json_t *map)
{
	yaml_event_t event;
	const char *key;
	json_t *member;
	yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE);
	yaml_emitter_emit(emitter, &event);
	json_object_foreach ((json_t *)(uintptr_t)map, key, member) {
		emit_text(emitter, gw_slice_of(key), key_style(gw_slice_of(key)));
		emit_value(emitter, member);
	}
	yaml_mapping_end_event_initialize(&event);
	yaml_emitter_emit(emitter, &event);
}

void gw_yaml_print(struct gw_str *out, const json_t *value)
{
	yaml_emitter_t emitter;
	yaml_event_t event;
	if (!yaml_emitter_initialize(&emitter))
		abort();
	yaml_emitter_set_output(&emitter, write_text, out);
	yaml_emitter_set_unicode(&emitter, 1);
	yaml_emitter_set_width(&emitter, -1);
	yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING);
	yaml_emitter_emit(&emitter, &event);
	yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1);
	yaml_emitter_emit(&emitter, &event);
	emit_value(&emitter, value);
	yaml_document_end_event_initialize(&event, 1);
	yaml_emitter_emit(&emitter, &event);
	yaml_stream_end_event_initialize(&event);
	yaml_emitter_emit(&emitter, &event);
	yaml_emitter_delete(&emitter);
}
