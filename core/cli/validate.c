/* validate.c - `flow validate`: asks the server, or looks itself, and says what is wrong where */
#include "cli/verbs.h"

#include "base/json.h"
#include "base/mem.h"
#include "check/flow.h"
#include "cli/files.h"
#include "cli/remote.h"
#include "cli/setup.h"
#include "cli/show.h"
#include "cli/terminal.h"
#include "yaml/yaml.h"

/* The documents of all files, in order: what "index" in the server's answer counts. */
struct document {
	const char *file;
	struct gw_slice source;
};

struct documents {
	struct gw_files files;
	struct document *items;
	size_t n, cap;
};

static void free_documents(struct documents *documents)
{
	gw_files_clear(&documents->files);
	free(documents->items);
}

#define auto_documents __attribute__((cleanup(free_documents))) struct documents

static bool read_documents(struct documents *documents, const struct gw_args *args,
	struct gw_error *err)
{
	for (unsigned i = 0; i < args->n_words; i++)
		if (!gw_files_add(&documents->files, args->words[i], err))
			return false;
	for (size_t i = 0; i < documents->files.n; i++) {
		const struct gw_file *file = &documents->files.items[i];
		struct gw_slice source;
		for (size_t at = 0;
			gw_yaml_next_document(gw_str_slice(&file->text), &at, &source);) {
			documents->items = gw_grow(documents->items, documents->n, &documents->cap);
			documents->items[documents->n++] = (struct document){ file->path, source };
		}
	}
	return true;
}

/* ---- Asking the server ---- */

static json_t *ask_server(const struct gw_args *args, const struct documents *documents,
	struct gw_error *err)
{
	gw_auto_remote remote = { 0 };
	gw_auto_str path = { 0 };
	gw_auto_str body = { 0 };
	if (!gw_remote_open(&remote, args, err))
		return NULL;
	for (size_t i = 0; i < documents->n; i++) {
		gw_str_puts(&body, i > 0 ? "\n---\n" : "");
		gw_str_add(&body, documents->items[i].source.data, documents->items[i].source.len);
	}
	gw_remote_path(&remote, &path, (const char *const[]){ "flows", "validate", NULL });
	return gw_remote_json(&remote,
		&(struct gw_call){
			"POST", gw_str_text(&path), "application/x-yaml", gw_str_slice(&body) },
		err);
}

/* ---- Looking here: the same answer ---- */

static json_t *describe_violations(const struct gw_violations *violations)
{
	gw_auto_str text = { 0 };
	for (size_t i = 0; i < violations->n; i++) {
		const struct gw_violation *v = &violations->items[i];
		if (i > 0)
			gw_str_putc(&text, '\n');
		if (v->at.line > 0)
			gw_str_printf(&text, "line %d: ", v->at.line);
		gw_str_printf(&text, "%s%s%s", v->shown, *v->shown ? ": " : "", v->message);
	}
	return violations->n > 0 ? json_string(gw_str_text(&text)) : json_null();
}

static json_t *judge(const struct document *document, struct gw_registry *registry,
	const struct gw_flow_defaults *defaults)
{
	struct gw_error unread;
	gw_auto_violations violations = { 0 };
	json_t *verdict = json_object();
	json_auto_t *doc = gw_flow_read(document->source, registry, defaults, &violations, verdict);
	json_auto_t *raw = doc ? NULL : gw_yaml_parse(document->source, &unread);
	const char *namespace = gw_json_string(doc ? doc : raw, "namespace");
	const char *id = gw_json_string(doc ? doc : raw, "id");
	json_object_set_new(verdict, "namespace", namespace ? json_string(namespace) : json_null());
	json_object_set_new(verdict, "flow", id ? json_string(id) : json_null());
	json_object_set_new(verdict, "constraints", describe_violations(&violations));
	return verdict;
}

static json_t *look_here(const struct gw_args *args, const struct documents *documents,
	struct gw_error *err)
{
	gw_auto_setup setup = { 0 };
	if (!gw_setup_load(&setup, args, err))
		return NULL;
	const struct gw_flow_defaults defaults = { gw_config_section(setup.config,
		"plugins.defaults") };
	json_t *verdicts = json_array();
	for (size_t i = 0; i < documents->n; i++) {
		json_t *verdict = judge(&documents->items[i], setup.registry, &defaults);
		json_object_set_new(verdict, "index", json_integer((json_int_t)i));
		json_array_append_new(verdicts, verdict);
	}
	return verdicts;
}

/* ---- Printing ---- */

static void print_texts(const json_t *verdict, const char *list, enum gw_colour colour,
	const char *mark, const char *tail)
{
	size_t i;
	json_t *text;
	json_array_foreach (json_object_get(verdict, list), i, text) {
		gw_print(stdout, colour, "\t%s", mark);
		gw_print(stdout, GW_PLAIN, " - %s%s\n", json_string_value(text), tail);
	}
}

static void print_constraints(const char *constraints)
{
	gw_print(stderr, GW_RED, "\tUnable to parse flow due to the following error(s):\n");
	while (*constraints) {
		size_t n = strcspn(constraints, "\n");
		if (n > 0)
			gw_print(stderr, GW_YELLOW, "\t- %.*s\n", (int)n, constraints);
		constraints += n + (constraints[n] == '\n');
	}
}

static const char *file_of(const struct documents *documents, const json_t *verdict)
{
	json_int_t i = json_integer_value(json_object_get(verdict, "index"));
	return i >= 0 && (size_t)i < documents->n ? documents->items[i].file : "?";
}

/* False if the flow is wrong. */
static bool print_verdict(const struct documents *documents, const json_t *verdict)
{
	const char *namespace = gw_json_string(verdict, "namespace");
	const char *id = gw_json_string(verdict, "flow");
	const char *constraints = gw_json_string(verdict, "constraints");
	FILE *to = constraints ? stderr : stdout;
	gw_print(to, constraints ? GW_RED : GW_GREEN, constraints ? "✘" : "✓");
	if (namespace && id)
		gw_print(to, GW_PLAIN, " - %s.%s", namespace, id);
	else
		gw_print(to, GW_PLAIN, " - flow");
	gw_print(to, GW_DIM, " (%s)\n", file_of(documents, verdict));
	if (constraints)
		print_constraints(constraints);
	fflush(to);
	print_texts(verdict, "deprecationPaths", GW_YELLOW, "⚠", " is deprecated");
	print_texts(verdict, "warnings", GW_YELLOW, "⚠", "");
	print_texts(verdict, "infos", GW_BLUE, "ℹ", "");
	return !constraints;
}

bool gw_verb_flow_validate(struct gw_args *args, struct gw_error *err)
{
	auto_documents documents = { 0 };
	if (!read_documents(&documents, args, err))
		return false;
	json_auto_t *verdicts = gw_args_has(args, "local") ? look_here(args, &documents, err)
							   : ask_server(args, &documents, err);
	const char *output = gw_args_get(args, "output");
	bool as_json = output && strcmp(output, "json") == 0;
	size_t i;
	json_t *verdict;
	if (!verdicts)
		return false;
	if (as_json)
		gw_show_json(verdicts);
	json_array_foreach (verdicts, i, verdict)
		if (as_json ? gw_json_string(verdict, "constraints") != NULL
			    : !print_verdict(&documents, verdict))
			args->exit_status = 1;
	return true;
}
