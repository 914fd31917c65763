/* tenants.c - commands about tenants */
#include "cli/verbs.h"

#include "base/json.h"
#include "cli/remote.h"
#include "cli/show.h"
#include "cli/terminal.h"

static void print_tenants(const json_t *tenants)
{
	gw_auto_table table = { .columns = 2 };
	size_t i;
	json_t *tenant;
	gw_table_add(&table, "id");
	gw_table_add(&table, "name");
	json_array_foreach (tenants, i, tenant) {
		gw_table_add(&table, gw_member(tenant, "id"));
		gw_table_add(&table, gw_member(tenant, "name"));
	}
	gw_table_print(&table, stdout);
}

bool gw_verb_tenants_create(struct gw_args *args, struct gw_error *err)
{
	gw_auto_remote remote = { 0 };
	gw_auto_str body = { 0 };
	const char *id = args->words[0];
	const char *name = gw_args_get(args, "name");
	if (!gw_remote_open(&remote, args, err))
		return false;
	gw_str_putc(&body, '{');
	gw_json_text(&body, "id", gw_slice_of(id));
	gw_json_text(&body, "name", gw_slice_of(name ? name : id));
	gw_str_putc(&body, '}');
	json_auto_t *doc = gw_remote_json(&remote,
		&(struct gw_call){
			"POST", "/api/v1/tenants", "application/json", gw_str_slice(&body) },
		err);
	if (!doc)
		return false;
	if (remote.json)
		gw_show_json(doc);
	else
		printf("Tenant %s created\n", id);
	return true;
}

bool gw_verb_tenants_list(struct gw_args *args, struct gw_error *err)
{
	gw_auto_remote remote = { 0 };
	if (!gw_remote_open(&remote, args, err))
		return false;
	json_auto_t *doc = gw_remote_json(&remote,
		&(struct gw_call){ .method = "GET", .path = "/api/v1/tenants/search?size=1000" },
		err);
	if (!doc)
		return false;
	if (remote.json)
		gw_show_json(doc);
	else
		print_tenants(json_object_get(doc, "results"));
	return true;
}
