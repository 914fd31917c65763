/* yaml.c - reading YAML into JSON values */
#include "yaml/yaml.h"

#include "base/map.h"
#include "base/mem.h"
#include "yaml/scalar.h"

#include <yaml.h>

/* What aliases may add: 16 for each value, and the bytes of texts. */
#define EXPANSION_MAX (4u << 20)

struct reader {
	yaml_parser_t parser;
	struct gw_slice text;
	struct gw_map anchors; /* name -> json_t, owned */
	size_t expanded;
	int depth;
	struct gw_error *err;
};

#define auto_event __attribute__((cleanup(yaml_event_delete))) yaml_event_t

static json_t *read_value(struct reader *r, const yaml_event_t *event);

static void *refuse(struct reader *r, yaml_mark_t at, const char *format, ...) GW_PRINTF(3, 4);

static void *refuse(struct reader *r, yaml_mark_t at, const char *format, ...)
{
	gw_auto_str message = { .limit = 400 };
	va_list args;
	va_start(args, format);
	gw_str_vprintf(&message, format, args);
	va_end(args);
	gw_fail(r->err, GW_INVALID, "%s at line %zu, column %zu", gw_str_text(&message),
		at.line + 1, at.column + 1);
	return NULL;
}

/* Where a byte is that cannot be read at all. */
static yaml_mark_t mark_of_offset(struct gw_slice text, size_t offset)
{
	yaml_mark_t at = { 0 };
	for (size_t i = 0; i < offset && i < text.len; i++) {
		bool is_break = text.data[i] == '\n';
		at.line += is_break;
		at.column = is_break ? 0 : at.column + 1;
	}
	return at;
}

static bool next_event(struct reader *r, yaml_event_t *event)
{
	if (yaml_parser_parse(&r->parser, event))
		return true;
	const yaml_parser_t *p = &r->parser;
	yaml_mark_t at = p->error == YAML_READER_ERROR ? mark_of_offset(r->text, p->problem_offset)
						       : p->problem_mark;
	refuse(r, at, "%s%s%s", p->context ? p->context : "", p->context ? ": " : "",
		p->problem ? p->problem : "cannot be read");
	return false;
}

static void release(void *value)
{
	json_decref(value);
}

static json_t *remember(struct reader *r, const yaml_char_t *anchor, json_t *value)
{
	if (anchor && value)
		json_decref(gw_map_put(&r->anchors, gw_slice_of((const char *)anchor),
			json_incref(value)));
	return value;
}

/* What a copy costs; *height grows to the levels it has. */
static size_t weigh(const json_t *value, int level, int *height)
{
	size_t weight = 16 + json_string_length(value);
	const char *key;
	json_t *item;
	size_t i;
	if (level > *height)
		*height = level;
	json_object_foreach ((json_t *)(uintptr_t)value, key, item)
		weight += strlen(key) + weigh(item, level + 1, height);
	json_array_foreach (value, i, item)
		weight += weigh(item, level + 1, height);
	return weight;
}

static json_t *expand_alias(struct reader *r, const yaml_event_t *event)
{
	const char *anchor = (const char *)event->data.alias.anchor;
	const json_t *value = gw_map_find(&r->anchors, anchor);
	if (!value)
		return refuse(r, event->start_mark, "the alias *%s has no anchor before it",
			anchor);
	int height = 0;
	r->expanded += weigh(value, 0, &height);
	if (r->expanded > EXPANSION_MAX || r->depth + height > GW_YAML_DEPTH)
		return refuse(r, event->start_mark, "the aliases expand to too much");
	return json_deep_copy(value);
}

static json_t *read_scalar(struct reader *r, const yaml_event_t *event)
{
	struct gw_slice text =
		gw_slice((const char *)event->data.scalar.value, event->data.scalar.length);
	if (memchr(text.data, '\0', text.len))
		return refuse(r, event->start_mark, "a text must not contain \\0");
	return gw_yaml_scalar(text, (const char *)event->data.scalar.tag,
		event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE);
}

static json_t *read_list(struct reader *r)
{
	json_auto_t *list = json_array();
	for (;;) {
		auto_event event = { 0 };
		if (!next_event(r, &event))
			return NULL;
		if (event.type == YAML_SEQUENCE_END_EVENT)
			return json_incref(list);
		json_t *item = read_value(r, &event);
		if (!item)
			return NULL;
		json_array_append_new(list, item);
	}
}

/* Keys are the text that was written, whatever it looks like. */
static char *read_key(struct reader *r, const yaml_event_t *event)
{
	const char *text = NULL;
	size_t len = 0;
	if (event->type == YAML_SCALAR_EVENT) {
		text = (const char *)event->data.scalar.value;
		len = event->data.scalar.length;
	} else if (event->type == YAML_ALIAS_EVENT) {
		const json_t *value =
			gw_map_find(&r->anchors, (const char *)event->data.alias.anchor);
		text = json_string_value(value);
		len = json_string_length(value);
	}
	if (!text || memchr(text, '\0', len))
		return refuse(r, event->start_mark,
			"a key must be a text; an expression needs quotes: \"{{ … }}\"");
	if (event->type == YAML_SCALAR_EVENT && event->data.scalar.anchor)
		json_decref(remember(r, event->data.scalar.anchor,
			json_stringn_nocheck(text, len)));
	return gw_strndup(text, len);
}

static bool is_merge_key(const yaml_event_t *key)
{
	return key->type == YAML_SCALAR_EVENT &&
	       key->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !key->data.scalar.tag &&
	       strcmp((const char *)key->data.scalar.value, "<<") == 0;
}

/* "<<: *a" and "<<: [*a, *b]": the maps go to sources. */
static bool collect_sources(struct reader *r, yaml_mark_t at, json_t *value, json_t *sources)
{
	size_t i;
	json_t *item;
	bool fits = json_is_object(value) || json_is_array(value);
	if (json_is_object(value))
		json_array_append(sources, value);
	json_array_foreach (value, i, item) {
		fits = fits && json_is_object(item);
		json_array_append(sources, item);
	}
	return fits || refuse(r, at, "<< merges a map or a list of maps");
}

static bool read_member(struct reader *r, const yaml_event_t *key, json_t *map, json_t *sources)
{
	gw_auto_free char *name = read_key(r, key);
	auto_event event = { 0 };
	if (!name || !next_event(r, &event))
		return false;
	json_auto_t *value = read_value(r, &event);
	if (!value)
		return false;
	if (is_merge_key(key))
		return collect_sources(r, key->start_mark, value, sources);
	if (json_object_get(map, name))
		return refuse(r, key->start_mark, "Duplicate field '%s'", name);
	return json_object_set_nocheck(map, name, value) == 0;
}

static json_t *read_map(struct reader *r)
{
	json_auto_t *map = json_object();
	json_auto_t *sources = json_array();
	for (;;) {
		auto_event key = { 0 };
		if (!next_event(r, &key))
			return NULL;
		if (key.type == YAML_MAPPING_END_EVENT)
			break;
		if (!read_member(r, &key, map, sources))
			return NULL;
	}
	size_t i;
	json_t *source;
	json_array_foreach (sources, i, source)
		json_object_update_missing(map, source);
	return json_incref(map);
}

static json_t *read_value(struct reader *r, const yaml_event_t *event)
{
	json_t *value = NULL;
	if (event->type == YAML_ALIAS_EVENT)
		return expand_alias(r, event);
	if (event->type == YAML_SCALAR_EVENT)
		return remember(r, event->data.scalar.anchor, read_scalar(r, event));
	if (++r->depth > GW_YAML_DEPTH)
		return refuse(r, event->start_mark, "nested deeper than %d levels", GW_YAML_DEPTH);
	if (event->type == YAML_SEQUENCE_START_EVENT)
		value = remember(r, event->data.sequence_start.anchor, read_list(r));
	else
		value = remember(r, event->data.mapping_start.anchor, read_map(r));
	r->depth--;
	return value;
}

/* Skips what starts and ends documents; the event is a value's first, or the end of the text. */
static bool next_content(struct reader *r, yaml_event_t *event)
{
	for (;;) {
		if (!next_event(r, event))
			return false;
		if (event->type != YAML_STREAM_START_EVENT &&
			event->type != YAML_DOCUMENT_START_EVENT &&
			event->type != YAML_DOCUMENT_END_EVENT)
			return true;
		yaml_event_delete(event);
	}
}

static json_t *read_text(struct reader *r)
{
	auto_event first = { 0 };
	if (!next_content(r, &first))
		return NULL;
	if (first.type == YAML_STREAM_END_EVENT)
		return json_null();
	json_auto_t *value = read_value(r, &first);
	auto_event end = { 0 };
	if (!value || !next_content(r, &end))
		return NULL;
	if (end.type != YAML_STREAM_END_EVENT)
		return refuse(r, end.start_mark, "expected a single document, here is another");
	return json_incref(value);
}

json_t *gw_yaml_parse(struct gw_slice text, struct gw_error *err)
{
	struct reader r = { .text = text, .err = err };
	if (text.len > GW_YAML_MAX)
		return refuse(&r, (yaml_mark_t){ 0 }, "longer than %u MiB", GW_YAML_MAX >> 20);
	if (!yaml_parser_initialize(&r.parser))
		abort();
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const yaml_char_t *)text.data, text.len);
	json_t *value = read_text(&r);
	yaml_parser_delete(&r.parser);
	gw_map_clear(&r.anchors, release);
	return value;
}
