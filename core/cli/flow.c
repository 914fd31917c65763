/* flow.c - commands about flows */
#include "cli/verbs.h"

#include "base/fd.h"
#include "base/json.h"
#include "base/mem.h"
#include "cli/files.h"
#include "cli/remote.h"
#include "cli/show.h"
#include "cli/terminal.h"

#define YAML "application/x-yaml"

/* Shows what the server answered, if that was asked for; else what people want to know. */
static void show_done(const struct gw_remote *remote, const json_t *doc, const char *message)
{
	if (remote->json)
		gw_show_json(doc);
	else
		printf("%s\n", message);
}

static bool send_file(const struct gw_remote *remote, const char *file, struct gw_call *call,
	const char *message, struct gw_error *err)
{
	gw_auto_files files = { 0 };
	if (!gw_files_add(&files, file, err))
		return false;
	call->type = YAML;
	call->body = gw_str_slice(&files.items[0].text);
	json_auto_t *doc = gw_remote_json(remote, call, err);
	if (!doc)
		return false;
	show_done(remote, doc, message);
	return true;
}

bool gw_verb_flow_create(struct gw_args *args, struct gw_error *err)
{
	gw_auto_remote remote = { 0 };
	gw_auto_str path = { 0 };
	if (!gw_remote_open(&remote, args, err))
		return false;
	gw_remote_path(&remote, &path, (const char *const[]){ "flows", NULL });
	struct gw_call call = { .method = "POST", .path = gw_str_text(&path) };
	return send_file(&remote, args->words[0], &call, "Flow successfully created !", err);
}

bool gw_verb_flow_update(struct gw_args *args, struct gw_error *err)
{
	gw_auto_remote remote = { 0 };
	gw_auto_str path = { 0 };
	if (!gw_remote_open(&remote, args, err))
		return false;
	gw_remote_path(&remote, &path,
		(const char *const[]){ "flows", args->words[1], args->words[2], NULL });
	struct gw_call call = { .method = "PUT", .path = gw_str_text(&path) };
	return send_file(&remote, args->words[0], &call, "Flow successfully updated !", err);
}

bool gw_verb_flow_delete(struct gw_args *args, struct gw_error *err)
{
	gw_auto_remote remote = { 0 };
	gw_auto_str path = { 0 };
	if (!gw_remote_open(&remote, args, err))
		return false;
	gw_remote_path(&remote, &path,
		(const char *const[]){ "flows", args->words[0], args->words[1], NULL });
	json_auto_t *doc = gw_remote_json(&remote,
		&(struct gw_call){ .method = "DELETE", .path = gw_str_text(&path) }, err);
	if (!doc)
		return false;
	show_done(&remote, doc, "Flow successfully deleted !");
	return true;
}

/* ---- Many at once ---- */

static const char *what_happened(const json_t *flow)
{
	if (gw_json_true(flow, "deleted"))
		return "deleted";
	json_int_t revision = json_integer_value(json_object_get(flow, "revision"));
	return revision == 1 ? "created" : "in place";
}

static void print_flows(const json_t *flows)
{
	size_t i;
	json_t *flow;
	json_array_foreach (flows, i, flow)
		printf("- %s.%s (%s)\n", gw_member(flow, "namespace"), gw_member(flow, "id"),
			what_happened(flow));
}

static json_t *send_folder(const struct gw_remote *remote, const char *folder, struct gw_str *path,
	const struct gw_args *args, struct gw_error *err)
{
	gw_auto_files files = { 0 };
	gw_auto_str body = { 0 };
	if (gw_args_has(args, "delete") && gw_args_has(args, "no-delete")) {
		gw_fail(err, GW_BAD_REQUEST, "give --delete or --no-delete, not both");
		return NULL;
	}
	if (!gw_files_add(&files, folder, err))
		return NULL;
	gw_files_join(&files, &body);
	gw_remote_query(path, "delete", gw_args_has(args, "delete") ? "true" : "false");
	return gw_remote_json(remote,
		&(struct gw_call){ "POST", gw_str_text(path), YAML, gw_str_slice(&body) }, err);
}

static void print_sent(const struct gw_remote *remote, const json_t *flows, const char *namespace)
{
	gw_auto_free char *message = gw_sprintf("%zu flow(s)%s%s%s successfully updated !",
		json_array_size(flows), namespace ? " for namespace '" : "",
		namespace ? namespace : "", namespace ? "'" : "");
	show_done(remote, flows, message);
	if (!remote->json)
		print_flows(flows);
}

bool gw_verb_flow_updates(struct gw_args *args, struct gw_error *err)
{
	gw_auto_remote remote = { 0 };
	gw_auto_str path = { 0 };
	if (!gw_remote_open(&remote, args, err))
		return false;
	gw_remote_path(&remote, &path, (const char *const[]){ "flows", "bulk", NULL });
	json_auto_t *flows = send_folder(&remote, args->words[0], &path, args, err);
	if (!flows)
		return false;
	print_sent(&remote, flows, NULL);
	return true;
}

bool gw_verb_flow_namespace_update(struct gw_args *args, struct gw_error *err)
{
	gw_auto_remote remote = { 0 };
	gw_auto_str path = { 0 };
	if (!gw_remote_open(&remote, args, err))
		return false;
	gw_remote_path(&remote, &path, (const char *const[]){ "flows", args->words[0], NULL });
	if (gw_args_has(args, "override-namespaces"))
		gw_remote_query(&path, "override", "true");
	json_auto_t *flows = send_folder(&remote, args->words[1], &path, args, err);
	if (!flows)
		return false;
	print_sent(&remote, flows, args->words[0]);
	return true;
}

bool gw_verb_flow_export(struct gw_args *args, struct gw_error *err)
{
	gw_auto_remote remote = { 0 };
	gw_auto_str path = { 0 };
	gw_auto_reply reply = { 0 };
	const char *namespace = gw_args_get(args, "namespace");
	gw_auto_free char *file = gw_sprintf("%s/flows.zip", args->words[0]);
	if (!gw_remote_open(&remote, args, err))
		return false;
	gw_remote_path(&remote, &path,
		(const char *const[]){ "flows", "export", "by-query", NULL });
	gw_remote_query(&path, "namespace", namespace);
	if (!gw_remote_call(&remote,
		    &(struct gw_call){ .method = "GET", .path = gw_str_text(&path) }, &reply, err))
		return false;
	if (!gw_file_replace(file, gw_str_slice(&reply.body), err))
		return false;
	printf("Exported to %s\n", file);
	return true;
}
