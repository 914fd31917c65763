/* configuration.c - commands about the configuration */
#include "cli/verbs.h"

#include "base/mem.h"
#include "cli/setup.h"
#include "cli/terminal.h"

bool gw_verb_config_check(struct gw_args *args, struct gw_error *err)
{
	gw_auto_setup setup = { 0 };
	size_t i;
	json_t *warning;
	const char *file = args->n_words > 0 ? args->words[0] : gw_args_get(args, "config");
	setup.config = gw_config_load(file, err);
	if (!setup.config)
		return false;
	json_array_foreach (gw_config_warnings(setup.config), i, warning) {
		gw_print(stdout, GW_YELLOW, "⚠");
		gw_print(stdout, GW_PLAIN, " - %s\n", json_string_value(warning));
	}
	gw_print(stdout, GW_GREEN, "✓");
	gw_print(stdout, GW_PLAIN, " - %s\n", file ? file : "environment");
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
