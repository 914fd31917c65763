/* show.c - what the server answered */
#include "cli/show.h"

#include "base/json.h"
#include "cli/terminal.h"

void gw_show_json(const json_t *doc)
{
	gw_auto_str text = { 0 };
	gw_json_print(&text, doc);
	gw_str_putc(&text, '\n');
	fputs(gw_str_text(&text), stdout);
}

void gw_show_field(const char *name, const char *value)
{
	if (!*value)
		return;
	gw_print(stdout, GW_BOLD, "%-14s", name);
	gw_print_foreign(stdout, gw_slice_of(value));
	fputc('\n', stdout);
}

const char *gw_member(const json_t *doc, const char *name)
{
	const char *text = gw_json_string(doc, name);
	return text ? text : "";
}
