/* configuration.c - commands about the configuration */
#include "cli/verbs.h"

#include "base/mem.h"
#include "cli/connections.h"

static void check_file(struct gw_setup *setup, const struct gw_args *args,
	struct gw_findings *found)
{
	size_t i;
	json_t *warning;
	struct gw_error err = { 0 };
	const char *file = args->n_words > 0 ? args->words[0] : gw_args_get(args, "config");
	if (!gw_setup_configure_at(setup, file, args, &err)) {
		gw_findings_add(found, GW_PROBLEM, "configuration", "%s", err.message);
		return;
	}
	json_array_foreach (gw_config_warnings(setup->config), i, warning)
		gw_findings_add(found, GW_WORTH_KNOWING, "configuration", "%s",
			json_string_value(warning));
	gw_findings_add(found, GW_FINE, "configuration", "%s", file ? file : "environment");
}

bool gw_verb_config_check(struct gw_args *args, struct gw_error *err)
{
	gw_auto_setup setup = { 0 };
	gw_auto_findings found = { 0 };
	const char *output = gw_args_get(args, "output");
	check_file(&setup, args, &found);
	if (!found.has_problem && !gw_args_has(args, "offline")) {
		if (!gw_setup_modules(&setup, err))
			return false;
		gw_check_connections(&setup, &found);
	}
	gw_findings_print(&found, output && strcmp(output, "json") == 0);
	args->exit_status = found.has_problem;
	return true;
}

bool gw_verb_config_show(struct gw_args *args, struct gw_error *err)
{
	gw_auto_setup setup = { 0 };
	gw_auto_str text = { 0 };
	if (!gw_setup_configure(&setup, args, err))
		return false;
	gw_config_print(&text, setup.config);
	fputs(gw_str_text(&text), stdout);
	return true;
}

bool gw_verb_config_reference(struct gw_args *args, struct gw_error *err)
{
	gw_auto_str text = { 0 };
	(void)args;
	(void)err;
	gw_config_reference(&text);
	fputs(gw_str_text(&text), stdout);
	return true;
}
