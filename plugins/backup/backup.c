/* backup.c - tasks that have the server make, verify and prune backups */
#include <godwit/module.h>

/* Hands properties to the server, and what it answers to the run. */
static bool ask(struct gw_run *run, const char *question, const json_t *properties,
	struct gw_error *err)
{
	const char *name;
	json_t *value;
	json_auto_t *answer = gw_run_ask(run, question, properties, err);
	json_object_foreach (answer, name, value)
		gw_run_output(run, name, json_incref(value));
	return answer != NULL;
}

/* ---- Create ---- */

static const struct gw_property create_properties[] = {
	{ "scope", "enum(FULL,TENANT)", 0, "\"FULL\"",
		"The whole installation, or one tenant without what belongs to the installation." },
	{ "tenant", "string", 0, NULL, "The tenant of a `TENANT` backup; by default `main`." },
	{ "includeData", "boolean", 0, "false",
		"Also executions, logs, metrics, audit logs and all files." },
	{ "includeFiles", "boolean", 0, "false", "Also all files of the internal storage." },
	{ "resources", "list<string>", 0, NULL, "Only these, such as `FLOW` and `TRIGGER`." },
	{ "namespace", "string", 0, NULL,
		"Only what belongs to this namespace and those below it." },
	{ "flow", "string", 0, NULL, "Only what belongs to this flow." },
	{ "incrementalFrom", "string", 0, NULL,
		"Only what changed since this backup: its URI, or `last`." },
	{ "maxRate", "integer", 0, NULL, "Writes at most so many bytes a second." },
	{ "encryptionKey", "string", 0, NULL,
		"The key in place of the configuration's `encryption.secret-key`." },
	{ 0 },
};

static const struct gw_property create_outputs[] = {
	{ "uri", "string", 0, NULL, "The backup, such as `kestra:///backups/full/…`." },
	{ "bytes", "integer", 0, NULL, "Its size in bytes, as it is stored." },
	{ "records", "map<integer>", 0, NULL, "How many records of each kind are in it." },
	{ 0 },
};

static bool run_create(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	return ask(run, "backup.create", properties, err);
}

static const struct gw_task_type create_type = {
	.type = "io.godwit.plugin.backup.Create",
	.summary = "Backs up the installation, or a tenant, into the internal storage.",
	.mode = GW_TASK_ISOLATED,
	.properties = create_properties,
	.outputs = create_outputs,
	.run = run_create,
};

/* ---- Verify ---- */

static const struct gw_property verify_properties[] = {
	{ "uri", "string", GW_REQUIRED, NULL, "The backup that is read." },
	{ "encryptionKey", "string", 0, NULL,
		"The key in place of the configuration's `encryption.secret-key`." },
	{ 0 },
};

static bool run_verify(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	return ask(run, "backup.verify", properties, err);
}

static const struct gw_task_type verify_type = {
	.type = "io.godwit.plugin.backup.Verify",
	.summary = "Reads a backup from end to end: every frame, all counts and digests. Fails if "
		   "it is damaged.",
	.mode = GW_TASK_ISOLATED,
	.properties = verify_properties,
	.outputs = create_outputs,
	.run = run_verify,
};

/* ---- Prune ---- */

static const struct gw_property prune_properties[] = {
	{ "keep", "integer", GW_REQUIRED, NULL,
		"How many `FULL` backups, and how many of each tenant, are to stay." },
	{ 0 },
};

static const struct gw_property prune_outputs[] = {
	{ "count", "integer", 0, NULL, "How many were deleted." },
	{ 0 },
};

static bool run_prune(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	return ask(run, "backup.prune", properties, err);
}

static const struct gw_task_type prune_type = {
	.type = "io.godwit.plugin.backup.Prune",
	.summary = "Deletes all but the newest backups.",
	.mode = GW_TASK_ISOLATED,
	.properties = prune_properties,
	.outputs = prune_outputs,
	.run = run_prune,
};

const struct gw_module gw_module = {
	GW_MODULE_HEAD,
	.name = "backup",
	.version = "1.0",
	.summary = "Backups by flows",
	.tasks = (const struct gw_task_type *const[]){ &create_type, &verify_type, &prune_type,
		NULL },
};
