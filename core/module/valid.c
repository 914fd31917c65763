/* valid.c - whether what a module says of its types can be used */
#include "base/mem.h"
#include "module/shelf.h"

#include <godwit/json.h>

#include <ctype.h>

#define NAME_LIMIT 256
#define SCHEMA_DEPTH 8

static const char *const schema_words[] = { "string", "integer", "number", "boolean", "duration",
	"datetime", "any", "object", "secret", "task", "dagtask", "trigger", "condition", "runner",
	"input" };

/* ---- Names ---- */

/* "io.kestra.plugin.core.log.Log": words separated by dots, each begun by a letter. */
bool gw_type_name_valid(const char *name)
{
	size_t dots = 0;
	if (!name || strlen(name) > NAME_LIMIT)
		return false;
	for (const char *p = name; *p; p++) {
		bool begins = p == name || p[-1] == '.';
		if (*p == '.')
			dots++;
		else if (!isalpha((unsigned char)*p) &&
			 (begins || (!isdigit((unsigned char)*p) && *p != '_')))
			return false;
		if (*p == '.' && (begins || !p[1]))
			return false;
	}
	return dots > 0;
}

static bool property_name_valid(const char *name)
{
	if (!isalpha((unsigned char)*name) && *name != '_')
		return false;
	return strlen(name) <= NAME_LIMIT &&
	       name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				 "0123456789_-")] == '\0';
}

/* ---- Schemas ---- */

static bool skip_schema(const char **p, int depth);

static bool skip(const char **p, char c)
{
	if (**p != c)
		return false;
	++*p;
	return true;
}

static bool skip_choices(const char **p)
{
	do {
		size_t len = strcspn(*p, ",()");
		if (len == 0)
			return false;
		*p += len;
	} while (skip(p, ','));
	return true;
}

/* name:schema,name?:schema */
static bool skip_fields(const char **p, int depth)
{
	do {
		size_t len = strcspn(*p, "?:,{}");
		*p += len;
		skip(p, '?');
		if (len == 0 || !skip(p, ':') || !skip_schema(p, depth + 1))
			return false;
	} while (skip(p, ','));
	return true;
}

static bool skip_alternative(const char **p, int depth)
{
	if (skip(p, '{'))
		return skip_fields(p, depth) && skip(p, '}');
	struct gw_slice word = { *p, strspn(*p, "abcdefghijklmnopqrstuvwxyz") };
	*p += word.len;
	if (gw_slice_is(word, "enum"))
		return skip(p, '(') && skip_choices(p) && skip(p, ')');
	if (gw_slice_is(word, "list") || gw_slice_is(word, "map"))
		return skip(p, '<') && skip_schema(p, depth + 1) && skip(p, '>');
	for (size_t i = 0; i < GW_LEN(schema_words); i++)
		if (gw_slice_is(word, schema_words[i]))
			return true;
	return false;
}

static bool skip_schema(const char **p, int depth)
{
	if (depth > SCHEMA_DEPTH)
		return false;
	do {
		if (!skip_alternative(p, depth))
			return false;
	} while (skip(p, '|'));
	return true;
}

static bool schema_valid(const char *schema)
{
	return schema && skip_schema(&schema, 0) && !*schema;
}

/* ---- Tables ---- */

static bool property_valid(const struct gw_property *p, struct gw_error *err)
{
	if (!property_name_valid(p->name))
		return gw_fail(err, GW_INVALID, "a property cannot be named '%s'", p->name);
	if (!schema_valid(p->schema))
		return gw_fail(err, GW_INVALID, "property '%s': its schema '%s' cannot be read",
			p->name, p->schema ? p->schema : "");
	if (!p->fallback)
		return true;
	json_auto_t *fallback = gw_json_parse(gw_slice_of(p->fallback), err);
	return fallback || gw_explain(err, "property '%s': its default", p->name);
}

static bool table_valid(const struct gw_property *table, struct gw_error *err)
{
	for (size_t i = 0; table[i].name; i++) {
		if (!property_valid(&table[i], err))
			return false;
		for (size_t k = 0; k < i; k++)
			if (strcmp(table[i].name, table[k].name) == 0)
				return gw_fail(err, GW_INVALID, "property '%s' is there twice",
					table[i].name);
	}
	return true;
}

bool gw_type_tables_valid(const struct gw_type_head *type, const struct gw_property *properties,
	const struct gw_property *outputs, struct gw_error *err)
{
	if (!gw_type_name_valid(type->type))
		return gw_fail(err, GW_INVALID,
			"a type cannot be named '%s': write words separated by dots",
			type->type ? type->type : "");
	for (size_t i = 0; type->aliases && type->aliases[i]; i++)
		if (!gw_type_name_valid(type->aliases[i]))
			return gw_fail(err, GW_INVALID, "type '%s': an alias cannot be named '%s'",
				type->type, type->aliases[i]);
	return (table_valid(properties, err) && table_valid(outputs, err)) ||
	       gw_explain(err, "type '%s'", type->type);
}

/* ---- Types ---- */

static bool needs(bool there, const char *type, const char *what, struct gw_error *err)
{
	return there || gw_fail(err, GW_INVALID, "type '%s' lacks the function '%s'", type, what);
}

bool gw_task_type_valid(const struct gw_task_type *t, struct gw_error *err)
{
	if (!gw_type_tables_valid((const struct gw_type_head *)t, t->properties, t->outputs, err))
		return false;
	switch (t->mode) {
	case GW_TASK_ISOLATED:
	case GW_TASK_PURE:
		return needs(t->run, t->type, "run", err);
	case GW_TASK_PROGRAM:
		return needs(t->program, t->type, "program", err);
	case GW_TASK_FLOWABLE:
		return needs(t->plan, t->type, "plan", err);
	}
	return gw_fail(err, GW_INVALID, "type '%s' has an unknown mode %d", t->type, (int)t->mode);
}

bool gw_trigger_type_valid(const struct gw_trigger_type *t, struct gw_error *err)
{
	if (!gw_type_tables_valid((const struct gw_type_head *)t, t->properties, t->outputs, err))
		return false;
	switch (t->mode) {
	case GW_TRIGGER_SCHEDULE:
		return needs(t->next, t->type, "next", err) &&
		       needs(t->previous, t->type, "previous", err) &&
		       needs(t->zone, t->type, "zone", err);
	case GW_TRIGGER_POLLING:
		return needs(t->poll, t->type, "poll", err);
	case GW_TRIGGER_EVENT:
		return true;
	}
	return gw_fail(err, GW_INVALID, "type '%s' has an unknown mode %d", t->type, (int)t->mode);
}

bool gw_condition_type_valid(const struct gw_condition_type *t, struct gw_error *err)
{
	static const struct gw_property none[1];
	return gw_type_tables_valid((const struct gw_type_head *)t, t->properties, none, err) &&
	       needs(t->test, t->type, "test", err);
}

bool gw_backend_type_valid(const struct gw_backend_type *t, struct gw_error *err)
{
	if (!t->name)
		return gw_fail(err, GW_INVALID, "a backend has no name");
	return needs(t->open, t->name, "open", err) && needs(t->close, t->name, "close", err) &&
	       needs(t->migrate, t->name, "migrate", err) && needs(t->get, t->name, "get", err) &&
	       needs(t->scan, t->name, "scan", err) && needs(t->count, t->name, "count", err) &&
	       needs(t->write, t->name, "write", err) && needs(t->claim, t->name, "claim", err) &&
	       needs(t->describe, t->name, "describe", err) &&
	       (!t->place == !t->remove ||
		       gw_fail(err, GW_INVALID,
			       "'%s' has only one of place and remove: give it both, or none",
			       t->name));
}

bool gw_storage_type_valid(const struct gw_storage_type *t, struct gw_error *err)
{
	if (!t->name)
		return gw_fail(err, GW_INVALID, "a storage has no name");
	return needs(t->open, t->name, "open", err) && needs(t->close, t->name, "close", err) &&
	       needs(t->describe, t->name, "describe", err) &&
	       needs(t->read, t->name, "read", err) && needs(t->size, t->name, "size", err) &&
	       needs(t->begin, t->name, "begin", err) && needs(t->write, t->name, "write", err) &&
	       needs(t->publish, t->name, "publish", err) &&
	       needs(t->abandon, t->name, "abandon", err) && needs(t->walk, t->name, "walk", err) &&
	       needs(t->remove, t->name, "remove", err);
}
