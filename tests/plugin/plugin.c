/* plugin.c - running and planning the types of build/modules by hand */
#include "tests/plugin/plugin.h"

#include "base/json.h"

struct gw_registry *modules;

int open_modules(void **state)
{
	struct gw_error err;
	(void)state;
	gw_auto_free char *folder = gw_sprintf("%s/modules", getenv("GW_BUILD"));
	modules = gw_registry_load((const char *const[]){ folder, NULL }, GW_IN_SERVER, &err);
	for (size_t i = 0; modules && gw_registry_problem_at(modules, i); i++)
		print_error("%s\n", gw_registry_problem_at(modules, i));
	return modules && !gw_registry_problem_at(modules, 0) ? 0 : -1;
}

int close_modules(void **state)
{
	(void)state;
	gw_registry_unref(&modules);
	return 0;
}

json_t *json_of(const char *text)
{
	struct gw_error err;
	gw_auto_free char *copy = gw_strdup(text);
	for (char *p = copy; *p; p++)
		if (*p == '\'')
			*p = '"';
	json_t *value = gw_json_parse(gw_slice_of(copy), &err);
	if (!value)
		fail_msg("%s: %s", text, err.message);
	return value;
}

static json_t *complete(const struct gw_property *table, const char *properties)
{
	json_t *all = json_of(properties);
	for (; table->name; table++)
		if (table->fallback && !json_object_get(all, table->name))
			json_object_set_new(all, table->name, json_of(table->fallback));
	return all;
}

/* ---- Running ---- */

static json_t *render(struct gw_run *run, const json_t *raw, struct gw_error *err)
{
	const struct trial *t = run->self;
	json_auto_t *known = json_of(t->rendered ? t->rendered : "{}");
	json_t *value = json_object_get(known, json_string_value(raw));
	if (!value)
		gw_fail(err, GW_INVALID, "unknown %s", json_string_value(raw));
	return json_incref(value);
}

static json_t *ask(struct gw_run *run, const char *question, const json_t *arguments,
	struct gw_error *err)
{
	struct trial *t = run->self;
	gw_auto_str text = { 0 };
	gw_str_printf(&text, "%s ", question);
	gw_json_print(&text, arguments);
	t->question = gw_str_steal(&text);
	if (t->answer)
		return json_of(t->answer);
	gw_fail(err, GW_NOT_FOUND, "nobody knows");
	return NULL;
}

void run_task(struct trial *t, const char *type, const char *properties)
{
	static const struct gw_run_services services = { .render = render, .ask = ask };
	const struct gw_task_entry *entry = gw_registry_task(modules, type);
	assert_non_null(entry);
	json_auto_t *all = complete(entry->type->properties, properties);
	t->run = (struct gw_run){
		.services = &services, .self = t, .now = 0, .effects.state = GW_SUCCESS
	};
	t->done = entry->type->run(&t->run, all, &t->err);
}

void trial_clear(struct trial *t)
{
	free(t->question);
	gw_effects_clear(&t->run.effects);
}

const char *line(const struct trial *t, size_t i)
{
	static char text[1000];
	const struct gw_effects *e = &t->run.effects;
	if (i >= e->n_lines)
		return "";
	snprintf(text, sizeof(text), "%s %s", gw_level_name(e->lines[i].level), e->lines[i].text);
	return text;
}

double metric(const struct trial *t, const char *name)
{
	const struct gw_effects *e = &t->run.effects;
	for (size_t i = 0; i < e->n_metrics; i++)
		if (strcmp(e->metrics[i].name, name) == 0)
			return e->metrics[i].value;
	return -1;
}

/* ---- Planning ---- */

void planning_init(struct planning *p, const char *branches)
{
	static struct gw_task *no_tasks[100];
	memset(p, 0, sizeof(*p));
	p->task.branches = p->branches;
	while (*branches) {
		size_t len = strcspn(branches, ":");
		struct gw_branch *b = &p->branches[p->task.n_branches++];
		*b = (struct gw_branch){ gw_strndup(branches, len), no_tasks,
			strtoul(branches + len + 1, NULL, 10) };
		branches += len + strcspn(branches + len, " ");
		branches += strspn(branches, " ");
	}
}

void planning_clear(struct planning *p)
{
	for (size_t i = 0; i < p->task.n_branches; i++)
		free(p->branches[i].path);
	gw_plan_clear(&p->plan);
}

void plan_round(struct planning *p, const char *type, const char *properties, int round,
	int64_t elapsed_us)
{
	const struct gw_task_entry *entry = gw_registry_task(modules, type);
	assert_non_null(entry);
	json_auto_t *all = complete(entry->type->properties, properties);
	gw_plan_clear(&p->plan);
	p->plan.task = &p->task;
	p->plan.round = round;
	p->plan.elapsed_us = elapsed_us;
	p->done = entry->type->plan(&p->plan, all, &p->err);
}

const char *lanes(const struct planning *p)
{
	static char text[1000];
	gw_auto_str out = { 0 };
	for (size_t i = 0; i < p->plan.n_lanes; i++) {
		const struct gw_lane *lane = &p->plan.lanes[i];
		gw_str_printf(&out, "%s%s", i ? " " : "", lane->branch->path);
		if (lane->task >= 0)
			gw_str_printf(&out, "[%d]", lane->task);
		if (lane->value)
			gw_str_printf(&out, "=%s", lane->value);
		if (lane->iteration >= 0)
			gw_str_printf(&out, "#%d", lane->iteration);
		for (size_t k = 0; k < lane->n_after; k++)
			gw_str_printf(&out, "<%s", lane->after[k]);
	}
	snprintf(text, sizeof(text), "%s", gw_str_text(&out));
	return text;
}

/* ---- Checking ---- */

struct gw_check {
	struct gw_str complaints;
};

/* In place of the library's: modules find the program's own first. */
GW_EXPORT void gw_check_fail(struct gw_check *check, const char *path, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	gw_str_printf(&check->complaints, "%s: ", path);
	gw_str_vprintf(&check->complaints, format, args);
	gw_str_putc(&check->complaints, '\n');
	va_end(args);
}

static const char *complaints(void (*check)(struct gw_check *check, const json_t *properties),
	const char *properties)
{
	static char text[1000];
	struct gw_check c = { { 0 } };
	json_auto_t *given = json_of(properties);
	check(&c, given);
	snprintf(text, sizeof(text), "%s", gw_str_text(&c.complaints));
	gw_str_clear(&c.complaints);
	return text;
}

const char *check_task(const char *type, const char *properties)
{
	return complaints(gw_registry_task(modules, type)->type->check, properties);
}

const char *check_trigger(const char *type, const char *properties)
{
	return complaints(gw_registry_trigger(modules, type)->type->check, properties);
}

/* ---- Conditions ---- */

int test_condition(const char *type, const char *properties, const bool *nested, size_t n,
	struct gw_error *err)
{
	const struct gw_condition_entry *entry = gw_registry_condition(modules, type);
	bool holds = false;
	assert_non_null(entry);
	json_auto_t *all = complete(entry->type->properties, properties);
	if (!entry->type->test(all, nested, n, &holds, err))
		return -1;
	return holds;
}
