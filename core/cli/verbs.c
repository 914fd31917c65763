/* verbs.c - every command and every option: the table that help, completion and manual print */
#include "cli/verbs.h"

const struct gw_option gw_common_options[] = {
	{ 'c', "config", "FILE", NULL, "Configuration file" },
	{ 'p', "plugins", "FOLDER", "plugins.path", "Folder of further modules" },
	{ 'l', "log-level", "LEVEL", "logging.level", "TRACE, DEBUG, INFO, WARN or ERROR" },
	{ 'v', "verbose", NULL, NULL, "Say more; twice: everything" },
	{ 'h', "help", NULL, NULL, "Show this help" },
	{ 'V', "version", NULL, NULL, "Show the version" },
	{ 0, NULL, NULL, NULL, NULL },
};

const struct gw_option gw_client_options[] = {
	{ 0, "server", "URL", NULL, "The server [http://localhost:8080]" },
	{ 0, "headers", "NAME=VALUE", NULL, "Header to send; may be repeated" },
	{ 0, "user", "USER:PASSWORD", NULL, "Account for basic authentication" },
	{ 0, "tenant", "TENANT", NULL, "Tenant [main]" },
	{ 0, "api-token", "TOKEN", NULL, "Token for authentication" },
	{ 'o', "output", "FORMAT", NULL, "text, or json: what the server answered" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct gw_option server_options[] = {
	{ 0, "port", "N", "server.port", "Port of the API and the page [8080]" },
	{ 0, "management-port", "N", "server.management-port",
		"Port of health and metrics [8081]" },
	{ 'f', "flow-path", "FOLDER", NULL, "Create or update the flows of a folder on start" },
	{ 0, "no-tutorials", NULL, NULL, "Accepted for Kestra's sake" },
	{ 0, "no-indexer", NULL, NULL, "Accepted for Kestra's sake" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct gw_option local_options[] = {
	{ 0, "data", "FOLDER", NULL, "Where everything is kept [./data]" },
	{ 0, "worker-thread", "N", "tasks.threads", "Task runs at once; 0: no worker [4 a core]" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct gw_option standalone_options[] = {
	{ 0, "worker-thread", "N", "tasks.threads", "Task runs at once; 0: no worker [4 a core]" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct gw_option executor_options[] = {
	{ 't', "thread", "N", "tasks.threads", "Task runs at once [4 a core]" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct gw_option validate_options[] = {
	{ 0, "local", NULL, NULL, "Check in this process, without a server" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct gw_option delete_options[] = {
	{ 0, "delete", NULL, NULL, "Delete the flows that are not among the files" },
	{ 0, "no-delete", NULL, NULL, "Leave them alone (the default)" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct gw_option namespace_options[] = {
	{ 0, "override-namespaces", NULL, NULL, "Put flows of other namespaces into this one" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct gw_option export_options[] = {
	{ 0, "namespace", "NAMESPACE", NULL, "Only flows of this namespace and below" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct gw_option start_options[] = {
	{ 'i', "input", "NAME=VALUE", NULL, "An input, NAME=@FILE for a file; may be repeated" },
	{ 0, "label", "KEY:VALUE", NULL, "A label; may be repeated" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct gw_option run_options[] = {
	{ 0, "revision", "N", NULL, "An older revision of the flow" },
	{ 0, "schedule-date", "DATE", NULL, "Start not before" },
	{ 'w', "wait", NULL, NULL, "Wait for the end; exit status 1 unless it went well" },
	{ 0, "follow", NULL, NULL, "Wait, and show the log as it comes" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct gw_option logs_options[] = {
	{ 0, "level", "LEVEL", NULL, "The least level to show" },
	{ 0, "follow", NULL, NULL, "Go on until the execution ends" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct gw_option range_options[] = {
	{ 0, "start", "DATE", NULL, "First date, such as 2024-12-01T00:00:00Z" },
	{ 0, "end", "DATE", NULL, "Last date [now]" },
	{ 0, "mode", "MODE", NULL, "ALL dates, MISSING ones, or MISSING_OR_FAILED [ALL]" },
	{ 0, "newest-first", NULL, NULL, "Begin with the last date" },
	{ 0, "max-active", "N", NULL, "Executions at once" },
	{ 0, "even-disabled", NULL, NULL, "Also while the trigger is disabled" },
	{ 0, "paused", NULL, NULL, "Wait for backfill resume" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct gw_option cancel_options[] = {
	{ 0, "kill", NULL, NULL, "Kill its executions too" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct gw_option key_options[] = {
	{ 0, "encryption-key", "KEY", NULL, "Key in place of encryption.secret-key" },
	{ 0, "internal-log", NULL, NULL, "Accepted for Kestra's sake" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct gw_option backup_options[] = {
	{ 0, "tenant", "TENANT", NULL, "Tenant of a TENANT backup [main]" },
	{ 0, "no-encryption", NULL, NULL, "Write what everybody can read" },
	{ 0, "include-data", NULL, NULL, "Also executions, logs, metrics, audit logs and files" },
	{ 0, "include-files", NULL, NULL, "Also all files of the internal storage" },
	{ 0, "resources", "A,B", NULL, "Only these, such as FLOW,TRIGGER; may be repeated" },
	{ 0, "namespace", "NAMESPACE", NULL, "Only what belongs to this namespace and below" },
	{ 0, "flow", "ID", NULL, "Only what belongs to this flow" },
	{ 0, "since", "DATE", NULL, "Only data that began at this date or later" },
	{ 0, "until", "DATE", NULL, "Only data that began before this date" },
	{ 0, "max-rate", "SIZE", NULL, "Write at most so much a second, such as 10MB" },
	{ 0, "incremental-from", "URI|last", NULL, "Only what changed since that backup" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct gw_option restore_options[] = {
	{ 0, "to-tenant", "TENANT", NULL, "Put a TENANT backup into another tenant" },
	{ 0, "create-tenant", NULL, NULL, "Create the tenant if it is not there" },
	{ 0, "resources", "A,B", NULL, "Only these, such as FLOW,TRIGGER; may be repeated" },
	{ 0, "namespace", "NAMESPACE", NULL, "Only what belongs to this namespace and below" },
	{ 0, "flow", "ID", NULL, "Only what belongs to this flow" },
	{ 0, "on-conflict", "HOW", NULL,
		"What is there already: overwrite, skip, fail or newer [overwrite]" },
	{ 0, "triggers", "HOW", NULL,
		"keep: only dates to come; pause: disable; recover: catch up [keep]" },
	{ 0, "running", "HOW", NULL,
		"Executions that were running: killed, or resume to go on with them here "
		"[killed]" },
	{ 0, "dry-run", NULL, NULL, "Only say what would be done" },
	{ 0, "diff", NULL, NULL, "Show each record that changes" },
	{ 0, "no-verify-first", NULL, NULL, "Begin without reading the whole archive before" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct gw_option verify_options[] = {
	{ 0, "against-live", NULL, NULL, "Also compare it with the repository" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct gw_option output_options[] = {
	{ 'o', "output", "FORMAT", NULL, "text, or json" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct gw_option check_options[] = {
	{ 0, "offline", NULL, NULL, "Check only the file: connect to nothing" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct gw_option prune_options[] = {
	{ 0, "keep", "N", NULL, "How many FULL ones, and how many of each tenant, are to stay" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct gw_option pair_options[] = {
	{ 0, "from", "CONFIG", NULL, "Configuration file of the source" },
	{ 0, "to", "CONFIG", NULL, "Configuration file of the target" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct gw_option migrate_options[] = {
	{ 0, "delete", NULL, NULL, "Delete what only the target has" },
	{ 0, "follow", NULL, NULL, "Repeat it until no server works on the source any more" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct gw_option compare_options[] = {
	{ 0, "tenant", "TENANT", NULL, "Only this tenant" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct gw_option recover_options[] = {
	{ 0, "no-triggers", NULL, NULL, "Leave triggers as they are" },
	{ 0, "no-triggers-execution-id", NULL, NULL,
		"Triggers no longer wait for the execution they started" },
	{ 0, "no-recreate", NULL, NULL, "Accepted for Kestra's sake" },
	{ 0, "no-flows", NULL, NULL, "Accepted for Kestra's sake" },
	{ 0, "no-templates", NULL, NULL, "Accepted for Kestra's sake" },
	{ 0, "no-namespaces", NULL, NULL, "Accepted for Kestra's sake" },
	{ 0, "no-tenants", NULL, NULL, "Accepted for Kestra's sake" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct gw_option doc_options[] = {
	{ 0, "schema", NULL, NULL, "JSON Schema in place of text" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct gw_option tenant_options[] = {
	{ 0, "name", "NAME", NULL, "Its name for people" },
	{ 0, NULL, NULL, NULL, NULL },
};

#define C GW_VERB_CLIENT
#define H GW_VERB_HIDDEN

const struct gw_verb gw_verbs[] = {
	{ "server local", "", 0, 0, 0, local_options, server_options,
		"Start everything in one process, with SQLite in a folder", gw_verb_server_local },
	{ "server standalone", "", 0, 0, 0, standalone_options, server_options,
		"Start everything in one process, as the configuration says",
		gw_verb_server_standalone },
	{ "server webserver", "", 0, 0, 0, server_options, NULL, "Start only the API and the page",
		gw_verb_server_webserver },
	{ "server executor", "", 0, 0, 0, executor_options, server_options,
		"Start only what drives executions and runs their tasks", gw_verb_server_executor },
	{ "server scheduler", "", 0, 0, 0, server_options, NULL, "Start only what fires triggers",
		gw_verb_server_scheduler },
	{ "server worker", "", 0, 0, 0, executor_options, server_options,
		"The same as server executor", gw_verb_server_executor },

	{ "flow validate", "FILE…", 1, 1000, C, validate_options, NULL,
		"Say what is wrong with flows: files, or folders of them", gw_verb_flow_validate },
	{ "flow create", "FILE", 1, 1, C, NULL, NULL, "Create a flow", gw_verb_flow_create },
	{ "flow update", "FILE NAMESPACE ID", 3, 3, C, NULL, NULL, "Update a flow",
		gw_verb_flow_update },
	{ "flow updates", "FOLDER", 1, 1, C, delete_options, NULL,
		"Create or update all flows of a folder", gw_verb_flow_updates },
	{ "flow delete", "NAMESPACE ID", 2, 2, C, NULL, NULL, "Delete a flow",
		gw_verb_flow_delete },
	{ "flow export", "FOLDER", 1, 1, C, export_options, NULL,
		"Write the flows into FOLDER/flows.zip", gw_verb_flow_export },
	{ "flow namespace update", "NAMESPACE FOLDER", 2, 2, C, namespace_options, delete_options,
		"Create or update the flows of a namespace", gw_verb_flow_namespace_update },

	{ "execution run", "NAMESPACE FLOW", 2, 2, C, run_options, start_options,
		"Start an execution", gw_verb_execution_run },
	{ "execution get", "ID", 1, 1, C, NULL, NULL, "Show an execution and its task runs",
		gw_verb_execution_get },
	{ "execution logs", "ID", 1, 1, C, logs_options, NULL, "Show the log of an execution",
		gw_verb_execution_logs },
	{ "execution kill", "ID", 1, 1, C, NULL, NULL, "Kill an execution",
		gw_verb_execution_kill },
	{ "execution follow", "ID", 1, 1, C, NULL, NULL, "Show changes of state until the end",
		gw_verb_execution_follow },

	{ "backfill create", "NAMESPACE FLOW TRIGGER", 3, 3, C, range_options, start_options,
		"Run a schedule for dates of the past", gw_verb_backfill_create },
	{ "backfill preview", "NAMESPACE FLOW TRIGGER", 3, 3, C, range_options, NULL,
		"Show the dates that a backfill would run", gw_verb_backfill_preview },
	{ "backfill list", "[NAMESPACE [FLOW [TRIGGER]]]", 0, 3, C, NULL, NULL,
		"List backfills and how far they are", gw_verb_backfill_list },
	{ "backfill show", "ID", 1, 1, C, NULL, NULL, "Show a backfill", gw_verb_backfill_show },
	{ "backfill pause", "ID", 1, 1, C, NULL, NULL, "Start no more executions for now",
		gw_verb_backfill_pause },
	{ "backfill resume", "ID", 1, 1, C, NULL, NULL, "Go on with a paused backfill",
		gw_verb_backfill_resume },
	{ "backfill cancel", "ID", 1, 1, C, cancel_options, NULL, "End a backfill for good",
		gw_verb_backfill_cancel },

	{ "backups create", "FULL|TENANT", 1, 1, 0, backup_options, key_options,
		"Back up the installation, or a tenant, into the internal storage",
		gw_verb_backups_create },
	{ "backups restore", "URI", 1, 1, 0, restore_options, key_options,
		"Bring back what a backup holds", gw_verb_backups_restore },
	{ "backups verify", "URI", 1, 1, 0, verify_options, key_options,
		"Read a backup from end to end and say what it holds", gw_verb_backups_verify },
	{ "backups list", "", 0, 0, 0, output_options, NULL, "List the backups",
		gw_verb_backups_list },
	{ "backups show", "URI", 1, 1, 0, output_options, NULL, "Show what a backup says of itself",
		gw_verb_backups_show },
	{ "backups delete", "URI", 1, 1, 0, NULL, NULL, "Delete a backup", gw_verb_backups_delete },
	{ "backups prune", "", 0, 0, 0, prune_options, NULL, "Delete all but the newest backups",
		gw_verb_backups_prune },

	{ "migrate", "", 0, 0, 0, migrate_options, pair_options,
		"Move a repository into another, of whatever kind", gw_verb_migrate },
	{ "compare", "", 0, 0, 0, compare_options, pair_options,
		"Say where two repositories differ; exit status 1 if they do", gw_verb_compare },
	{ "storage copy", "", 0, 0, 0, pair_options, NULL,
		"Copy all files of an internal storage into another", gw_verb_storage_copy },

	{ "sys recover", "", 0, 0, 0, recover_options, NULL,
		"Make a repository ready that a database's own tools brought back",
		gw_verb_sys_recover },
	{ "sys-ee restore-queue", "", 0, 0, H, recover_options, NULL, "sys recover",
		gw_verb_sys_recover },

	{ "plugins list", "", 0, 0, 0, NULL, NULL,
		"List the types of tasks, triggers and conditions", gw_verb_plugins_list },
	{ "plugins doc", "[TYPE…]", 0, 1000, 0, doc_options, NULL,
		"Describe types and their properties", gw_verb_plugins_doc },
	{ "plugins new", "NAME", 1, 1, 0, NULL, NULL,
		"Make a folder with the source of a new plugin", gw_verb_plugins_new },

	{ "tenants create", "ID", 1, 1, C, tenant_options, NULL, "Create a tenant",
		gw_verb_tenants_create },
	{ "tenants list", "", 0, 0, C, NULL, NULL, "List the tenants", gw_verb_tenants_list },

	{ "backends list", "", 0, 0, 0, output_options, NULL,
		"List the backends that a repository may have", gw_verb_backends_list },
	{ "backends test", "[CASE…]", 0, 1000, 0, output_options, NULL,
		"Test whether the configured backend does what it has to\n"
		"Runs the suite that defines a backend, or the cases whose names have CASE in\n"
		"them, in a schema, database, prefix or file of its own beside the configured\n"
		"one, which is removed afterwards. Prints TAP: a line a case. The exit status is\n"
		"1 unless all went well",
		gw_verb_backends_test },

	{ "config check", "[FILE]", 0, 1, 0, check_options, output_options,
		"Say what is wrong with a configuration and what it connects to\n"
		"Opens the repository and the internal storage, and says what to do about each\n"
		"problem. Nothing is made or upgraded; where there are tables, a record and a\n"
		"file are written and deleted again. The exit status is 1 if there are problems",
		gw_verb_config_check },
	{ "config show", "", 0, 0, 0, NULL, NULL,
		"Show the configuration in force, and where each value comes from",
		gw_verb_config_show },
	{ "configs properties", "", 0, 0, H, NULL, NULL, "config show", gw_verb_config_show },
	{ "config reference", "", 0, 0, H, NULL, NULL, "Print docs/configuration.md",
		gw_verb_config_reference },

	{ "completion", "bash", 1, 1, 0, NULL, NULL, "Print the completion script of a shell",
		gw_verb_completion },
	{ "manual", "", 0, 0, H, NULL, NULL, "Print docs/godwit.1", gw_verb_manual },
	{ NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL },
};
