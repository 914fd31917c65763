/* locate.c - where paths are in a YAML text */
#include "yaml/yaml.h"

#include "base/map.h"
#include "base/mem.h"

#include <yaml.h>

#define auto_event __attribute__((cleanup(yaml_event_delete))) yaml_event_t

struct locator {
	yaml_parser_t parser;
	struct gw_map wanted; /* path -> struct gw_position *, owned; parents too */
	struct gw_str path; /* of the value that is read now */
	int depth;
};

static bool read_value(struct locator *l, const yaml_event_t *event);

static void note(struct locator *l, yaml_mark_t at)
{
	struct gw_position *position = gw_map_find(&l->wanted, gw_str_text(&l->path));
	if (position && position->line == 0)
		*position = (struct gw_position){ (int)at.line + 1, (int)at.column + 1 };
}

static void cut(struct locator *l, size_t len)
{
	l->path.len = len;
	if (l->path.data)
		l->path.data[len] = '\0';
}

static bool read_items(struct locator *l)
{
	size_t len = l->path.len;
	for (size_t i = 0;; i++) {
		auto_event event = { 0 };
		if (!yaml_parser_parse(&l->parser, &event))
			return false;
		if (event.type == YAML_SEQUENCE_END_EVENT)
			return true;
		gw_str_printf(&l->path, "[%zu]", i);
		note(l, event.start_mark);
		if (!read_value(l, &event))
			return false;
		cut(l, len);
	}
}

static bool read_members(struct locator *l)
{
	size_t len = l->path.len;
	for (;;) {
		auto_event key = { 0 };
		auto_event event = { 0 };
		if (!yaml_parser_parse(&l->parser, &key))
			return false;
		if (key.type == YAML_MAPPING_END_EVENT)
			return true;
		if (key.type != YAML_SCALAR_EVENT && key.type != YAML_ALIAS_EVENT)
			return false;
		if (key.type == YAML_SCALAR_EVENT) {
			gw_str_puts(&l->path, len ? "." : "");
			gw_str_puts(&l->path, (const char *)key.data.scalar.value);
			note(l, key.start_mark);
		}
		if (!yaml_parser_parse(&l->parser, &event) || !read_value(l, &event))
			return false;
		cut(l, len);
	}
}

static bool read_value(struct locator *l, const yaml_event_t *event)
{
	bool is_list = event->type == YAML_SEQUENCE_START_EVENT;
	if (!is_list && event->type != YAML_MAPPING_START_EVENT)
		return true;
	if (++l->depth > GW_YAML_DEPTH)
		return false;
	bool done = is_list ? read_items(l) : read_members(l);
	l->depth--;
	return done;
}

static void read_text(struct locator *l)
{
	for (;;) {
		auto_event event = { 0 };
		if (!yaml_parser_parse(&l->parser, &event) || event.type == YAML_STREAM_END_EVENT)
			return;
		if (event.type == YAML_SCALAR_EVENT || event.type == YAML_SEQUENCE_START_EVENT ||
			event.type == YAML_MAPPING_START_EVENT) {
			note(l, event.start_mark);
			if (!read_value(l, &event))
				return;
		}
	}
}

/* "a.b[0].c" -> "a.b[0]" -> "a.b" -> "a" -> "" */
static struct gw_slice parent_path(struct gw_slice path)
{
	while (path.len > 0 && path.data[path.len - 1] != '.' && path.data[path.len - 1] != '[')
		path.len--;
	return gw_slice(path.data, path.len ? path.len - 1 : 0);
}

static void want(struct locator *l, struct gw_slice path)
{
	while (!gw_map_get(&l->wanted, path)) {
		gw_map_put(&l->wanted, path, gw_new(struct gw_position));
		path = parent_path(path);
	}
}

static struct gw_position found(const struct locator *l, struct gw_slice path)
{
	const struct gw_position *position = gw_map_get(&l->wanted, path);
	while (position->line == 0 && path.len > 0) {
		path = parent_path(path);
		position = gw_map_get(&l->wanted, path);
	}
	return *position;
}

void gw_yaml_locate_all(struct gw_slice text, const char *const *paths, size_t n,
	struct gw_position *out)
{
	struct locator l = { 0 };
	for (size_t i = 0; i < n; i++)
		want(&l, gw_slice_of(paths[i]));
	if (!yaml_parser_initialize(&l.parser))
		abort();
	yaml_parser_set_encoding(&l.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&l.parser, (const yaml_char_t *)text.data, text.len);
	read_text(&l);
	for (size_t i = 0; i < n; i++)
		out[i] = found(&l, gw_slice_of(paths[i]));
	yaml_parser_delete(&l.parser);
	gw_map_clear(&l.wanted, free);
	gw_str_clear(&l.path);
}

struct gw_position gw_yaml_locate(struct gw_slice text, const char *path)
{
	struct gw_position position;
	gw_yaml_locate_all(text, &path, 1, &position);
	return position;
}
