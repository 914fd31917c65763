/* plugins.c - commands about plugins: what types there are, and a start for a new one */
#include "cli/verbs.h"

#include "base/mem.h"
#include "check/property.h"
#include "cli/setup.h"
#include "cli/terminal.h"

#include <errno.h>
#include <unistd.h>

/* What tasks, triggers and conditions have in common. */
struct type_view {
	const char *type;
	const char *kind;
	const char *const *aliases;
	const char *summary;
	const struct gw_property *properties, *outputs;
	const struct gw_origin *origin;
};

/* Calls use for every type there is. */
static void for_each_type(const struct gw_registry *registry,
	void (*use)(void *arg, const struct type_view *view), void *arg)
{
	const struct gw_task_entry *task;
	const struct gw_trigger_entry *trigger;
	const struct gw_condition_entry *condition;
	for (size_t i = 0; (task = gw_registry_task_at(registry, i)); i++)
		use(arg, &(struct type_view){ task->type->type, "task", task->type->aliases,
				 task->type->summary, task->type->properties, task->type->outputs,
				 &task->origin });
	for (size_t i = 0; (trigger = gw_registry_trigger_at(registry, i)); i++)
		use(arg,
			&(struct type_view){ trigger->type->type, "trigger", trigger->type->aliases,
				trigger->type->summary, trigger->type->properties,
				trigger->type->outputs, &trigger->origin });
	for (size_t i = 0; (condition = gw_registry_condition_at(registry, i)); i++)
		use(arg, &(struct type_view){ condition->type->type, "condition",
				 condition->type->aliases, condition->type->summary,
				 condition->type->properties, NULL, &condition->origin });
}

static void print_problems(const struct gw_registry *registry)
{
	const char *problem;
	for (size_t i = 0; (problem = gw_registry_problem_at(registry, i)); i++) {
		gw_print(stderr, GW_YELLOW, "not loaded: ");
		gw_print_foreign(stderr, gw_slice_of(problem));
		fputc('\n', stderr);
	}
}

/* ---- plugins list ---- */

static void list_type(void *arg, const struct type_view *view)
{
	struct gw_table *table = arg;
	gw_table_add(table, view->type);
	gw_table_add(table, view->kind);
	gw_table_add(table, view->origin->module);
	gw_table_add(table, view->summary);
}

bool gw_verb_plugins_list(struct gw_args *args, struct gw_error *err)
{
	static const char *const heads[] = { "type", "kind", "module", "summary" };
	gw_auto_setup setup = { 0 };
	gw_auto_table table = { .columns = GW_LEN(heads) };
	if (!gw_setup_load(&setup, args, err))
		return false;
	for (size_t i = 0; i < GW_LEN(heads); i++)
		gw_table_add(&table, heads[i]);
	for_each_type(setup.registry, list_type, &table);
	gw_table_print(&table, stdout);
	print_problems(setup.registry);
	return true;
}

/* ---- plugins doc ---- */

static void print_properties(const char *title, const struct gw_property *row)
{
	if (!row || !row->name)
		return;
	printf("\n## %s\n\n| Name | Type | Default | |\n|---|---|---|---|\n", title);
	for (; row->name; row++) {
		if (row->flags & GW_HIDDEN)
			continue;
		gw_auto_str schema = { 0 };
		for (const char *c = row->schema; *c; c++)
			gw_str_printf(&schema, *c == '|' ? "\\%c" : "%c", *c);
		const char *quote = row->fallback ? "`" : "";
		printf("| `%s` | `%s` | %s%s%s | %s%s%s |\n", row->name, gw_str_text(&schema),
			quote, row->fallback ? row->fallback : "", quote,
			row->flags & GW_REQUIRED ? "**Required.** " : "",
			row->flags & GW_DEPRECATED ? "*Deprecated.* " : "",
			row->summary ? row->summary : "");
	}
}

static void print_schema(const struct gw_property *properties)
{
	json_auto_t *schema = gw_properties_schema(properties);
	gw_auto_free char *text = json_dumps(schema, JSON_INDENT(2));
	printf("%s\n", text ? text : "");
}

static void print_text(const struct type_view *view)
{
	printf("# %s\n\n", view->type);
	if (view->summary)
		printf("%s\n\n", view->summary);
	printf("A %s of the module %s %s.", view->kind, view->origin->module,
		view->origin->version ? view->origin->version : "");
	for (const char *const *alias = view->aliases; alias && *alias; alias++)
		printf("%s`%s`", alias == view->aliases ? " Also known as " : ", ", *alias);
	putchar('\n');
	print_properties("Properties", view->properties);
	print_properties("Outputs", view->outputs);
	putchar('\n');
}

struct doc_request {
	const struct gw_args *args;
	bool *found; /* one for each word */
};

static void document_type(void *arg, const struct type_view *view)
{
	struct doc_request *request = arg;
	bool wanted = request->args->n_words == 0;
	for (unsigned i = 0; i < request->args->n_words; i++)
		if (strcmp(request->args->words[i], view->type) == 0)
			wanted = request->found[i] = true;
	if (wanted && gw_args_has(request->args, "schema"))
		print_schema(view->properties);
	else if (wanted)
		print_text(view);
}

bool gw_verb_plugins_doc(struct gw_args *args, struct gw_error *err)
{
	gw_auto_setup setup = { 0 };
	gw_auto_free bool *found = gw_new_array(bool, args->n_words + 1);
	struct doc_request request = { args, found };
	if (!gw_setup_load(&setup, args, err))
		return false;
	for_each_type(setup.registry, document_type, &request);
	for (unsigned i = 0; i < args->n_words; i++)
		if (!found[i])
			return gw_fail(err, GW_NOT_FOUND,
				"there is no type %s; see godwit plugins list", args->words[i]);
	return true;
}

/* ---- plugins new ---- */

/* The script that writes the files: in a build tree, else installed. */
static char *script_path(void)
{
	gw_auto_free char *modules = gw_registry_own_folder();
	char *built = gw_sprintf("%s/../new-plugin/new-plugin", modules);
	if (access(built, X_OK) == 0)
		return built;
	free(built);
	return gw_strdup(GW_DATA_DIR "/new-plugin/new-plugin");
}

bool gw_verb_plugins_new(struct gw_args *args, struct gw_error *err)
{
	gw_auto_free char *script = script_path();
	execv(script, (char *[]){ script, args->words[0], NULL });
	return gw_fail_errno(err, errno, "%s", script);
}
