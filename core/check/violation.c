/* violation.c - lists of what is wrong */
#include "check/check.h"

#include "base/mem.h"

void gw_violations_clear(struct gw_violations *v)
{
	for (size_t i = 0; i < v->n; i++) {
		free(v->items[i].path);
		free(v->items[i].shown);
		free(v->items[i].message);
	}
	free(v->items);
	*v = (struct gw_violations){ 0 };
}

struct gw_violation *gw_violations_add(struct gw_violations *v, const char *path, const char *shown,
	const char *message)
{
	if (v->n >= GW_VIOLATIONS_MAX)
		return NULL;
	v->items = gw_grow(v->items, v->n, &v->cap);
	struct gw_violation *item = &v->items[v->n++];
	*item = (struct gw_violation){
		.path = gw_strdup(path),
		.shown = gw_strdup(shown),
		.message = gw_strdup(message),
	};
	return item;
}

void gw_violations_locate(struct gw_violations *v, struct gw_slice source)
{
	gw_auto_free const char **paths = gw_new_array(const char *, v->n);
	gw_auto_free struct gw_position *found = gw_new_array(struct gw_position, v->n);
	for (size_t i = 0; i < v->n; i++)
		paths[i] = v->items[i].path;
	gw_yaml_locate_all(source, paths, v->n, found);
	for (size_t i = 0; i < v->n; i++)
		if (v->items[i].at.line == 0)
			v->items[i].at = found[i];
}

void gw_violations_print(struct gw_str *out, const struct gw_violations *v)
{
	for (size_t i = 0; i < v->n; i++) {
		const struct gw_violation *item = &v->items[i];
		if (!item->is_bare)
			gw_str_printf(out, "%s: %s\n", item->shown, item->message);
		else
			gw_str_printf(out, "%s%s", i && v->items[i - 1].is_bare ? "\n" : "",
				item->message);
	}
}
