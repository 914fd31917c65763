/* backends.c - commands about backends: which there are, and testing one of them */
#include "cli/verbs.h"

#include "base/id.h"
#include "base/json.h"
#include "base/mem.h"
#include "cli/setup.h"
#include "cli/show.h"
#include "cli/terminal.h"

#include <errno.h>
#include <unistd.h>

static bool wants_json(const struct gw_args *args)
{
	const char *output = gw_args_get(args, "output");
	return output && strcmp(output, "json") == 0;
}

/* ---- backends list ---- */

/* New reference to an array of names. */
static json_t *capabilities(const struct gw_backend_type *type)
{
	const struct {
		const char *name;
		bool has;
	} all[] = {
		{ "transactions", !(type->capabilities & GW_NO_TRANSACTIONS) },
		{ "snapshots", type->snapshot != NULL },
		{ "signals", type->wait != NULL },
		{ "clock", type->clock != NULL },
	};
	json_t *names = json_array();
	for (size_t i = 0; i < GW_LEN(all); i++)
		if (all[i].has)
			json_array_append_new(names, json_string(all[i].name));
	return names;
}

static json_t *describe(const struct gw_backend_entry *entry)
{
	const struct gw_backend_type *type = entry->type;
	return json_pack("{ss ss ss ss ss so ss*}", "name", type->name, "module",
		entry->origin.module, "version", entry->origin.version, "path", entry->origin.path,
		"summary", type->summary ? type->summary : "", "capabilities", capabilities(type),
		"place", type->place);
}

static void print_list(const json_t *list)
{
	static const char *const columns[] = { "name", "summary", "module", "version" };
	gw_auto_table table = { .columns = GW_LEN(columns) + 1 };
	size_t i, k;
	json_t *item, *name;
	for (i = 0; i < GW_LEN(columns); i++)
		gw_table_add(&table, columns[i]);
	gw_table_add(&table, "capabilities");
	json_array_foreach (list, i, item) {
		gw_auto_str names = { 0 };
		for (k = 0; k < GW_LEN(columns); k++)
			gw_table_add(&table, gw_member(item, columns[k]));
		json_array_foreach (json_object_get(item, "capabilities"), k, name)
			gw_str_printf(&names, "%s%s", k ? ", " : "", json_string_value(name));
		gw_table_add(&table, gw_str_text(&names));
	}
	gw_table_print(&table, stdout);
}

bool gw_verb_backends_list(struct gw_args *args, struct gw_error *err)
{
	gw_auto_setup setup = { 0 };
	json_auto_t *list = json_array();
	const struct gw_backend_entry *entry = NULL;
	const char *problem;
	if (!gw_setup_configure(&setup, args, err) || !gw_setup_backends(&setup, err))
		return false;
	while ((entry = gw_registry_backend_after(setup.backends,
			entry ? entry->type->name : NULL)))
		json_array_append_new(list, describe(entry));
	if (wants_json(args))
		gw_show_json(list);
	else
		print_list(list);
	for (size_t i = 0; (problem = gw_registry_problem_at(setup.backends, i)); i++) {
		gw_print(stderr, GW_YELLOW, "not loaded: ");
		gw_print_foreign(stderr, gw_slice_of(problem));
		fputc('\n', stderr);
	}
	return true;
}

/* ---- backends test: the suite is a program of its own, which takes the place of this one ---- */

/* Whether the configured repository can be reached at all; makes nothing. */
static bool look(const struct gw_backend_type *type, const json_t *settings, struct gw_error *err)
{
	struct gw_store *store = gw_store_look(type, settings, err);
	bool ok = store != NULL;
	gw_store_close(&store);
	return ok;
}

/* Beside the configured repository, on the same server or disk. */
static void name_place(const struct gw_backend_type *type, const json_t *settings)
{
	const char *configured = type->place ? gw_json_string(settings, type->place) : NULL;
	uint32_t number;
	gw_random(&number, sizeof(number));
	gw_auto_free char *place =
		gw_sprintf("%s_suite_%08x", configured ? configured : "godwit", number);
	if (type->place)
		setenv("GW_TEST_PLACE", place, 1);
}

static bool become_suite(const struct gw_args *args, struct gw_error *err)
{
	gw_auto_free char *own = gw_registry_own_folder();
	gw_auto_free char *program = gw_sprintf("%s/suite", own);
	gw_auto_free char **argv = gw_new_array(char *, args->n_words + 3);
	char json[] = "--json";
	size_t n = 0;
	argv[n++] = program;
	if (wants_json(args))
		argv[n++] = json;
	for (unsigned i = 0; i < args->n_words; i++)
		argv[n++] = args->words[i];
	fflush(stdout);
	execv(program, argv);
	return gw_fail_errno(err, errno, "%s, which \"make install\" puts there, cannot be run",
		program);
}

bool gw_verb_backends_test(struct gw_args *args, struct gw_error *err)
{
	gw_auto_setup setup = { 0 };
	if (!gw_setup_load(&setup, args, err))
		return false;
	const struct gw_backend_entry *entry = gw_setup_backend(&setup, err);
	json_auto_t *settings = gw_setup_settings(&setup);
	if (!entry || !look(entry->type, settings, err))
		return false;
	gw_auto_free char *text = json_dumps(settings, JSON_COMPACT);
	setenv("GW_TEST_BACKEND", entry->type->name, 1);
	setenv("GW_TEST_MODULE", entry->origin.path, 1);
	setenv("GW_TEST_SETTINGS", text, 1);
	unsetenv("GW_TEST_PLACE");
	name_place(entry->type, settings);
	return become_suite(args, err);
}
