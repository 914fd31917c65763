/* verbs.h - what the verbs of the table do */
#ifndef GW_CLI_VERBS_H
#define GW_CLI_VERBS_H

#include "cli/args.h"

bool gw_verb_server_local(struct gw_args *args, struct gw_error *err);
bool gw_verb_server_standalone(struct gw_args *args, struct gw_error *err);
bool gw_verb_server_webserver(struct gw_args *args, struct gw_error *err);
bool gw_verb_server_executor(struct gw_args *args, struct gw_error *err);
bool gw_verb_server_scheduler(struct gw_args *args, struct gw_error *err);

bool gw_verb_flow_validate(struct gw_args *args, struct gw_error *err);
bool gw_verb_flow_create(struct gw_args *args, struct gw_error *err);
bool gw_verb_flow_update(struct gw_args *args, struct gw_error *err);
bool gw_verb_flow_updates(struct gw_args *args, struct gw_error *err);
bool gw_verb_flow_delete(struct gw_args *args, struct gw_error *err);
bool gw_verb_flow_export(struct gw_args *args, struct gw_error *err);
bool gw_verb_flow_namespace_update(struct gw_args *args, struct gw_error *err);

bool gw_verb_execution_run(struct gw_args *args, struct gw_error *err);
bool gw_verb_execution_get(struct gw_args *args, struct gw_error *err);
bool gw_verb_execution_logs(struct gw_args *args, struct gw_error *err);
bool gw_verb_execution_kill(struct gw_args *args, struct gw_error *err);
bool gw_verb_execution_follow(struct gw_args *args, struct gw_error *err);

bool gw_verb_backfill_create(struct gw_args *args, struct gw_error *err);
bool gw_verb_backfill_preview(struct gw_args *args, struct gw_error *err);
bool gw_verb_backfill_list(struct gw_args *args, struct gw_error *err);
bool gw_verb_backfill_show(struct gw_args *args, struct gw_error *err);
bool gw_verb_backfill_pause(struct gw_args *args, struct gw_error *err);
bool gw_verb_backfill_resume(struct gw_args *args, struct gw_error *err);
bool gw_verb_backfill_cancel(struct gw_args *args, struct gw_error *err);

bool gw_verb_backups_create(struct gw_args *args, struct gw_error *err);
bool gw_verb_backups_restore(struct gw_args *args, struct gw_error *err);
bool gw_verb_sys_recover(struct gw_args *args, struct gw_error *err);
bool gw_verb_backups_list(struct gw_args *args, struct gw_error *err);
bool gw_verb_backups_show(struct gw_args *args, struct gw_error *err);
bool gw_verb_backups_verify(struct gw_args *args, struct gw_error *err);
bool gw_verb_backups_delete(struct gw_args *args, struct gw_error *err);
bool gw_verb_backups_prune(struct gw_args *args, struct gw_error *err);
bool gw_verb_migrate(struct gw_args *args, struct gw_error *err);
bool gw_verb_compare(struct gw_args *args, struct gw_error *err);
bool gw_verb_storage_copy(struct gw_args *args, struct gw_error *err);

bool gw_verb_plugins_list(struct gw_args *args, struct gw_error *err);
bool gw_verb_plugins_doc(struct gw_args *args, struct gw_error *err);
bool gw_verb_plugins_new(struct gw_args *args, struct gw_error *err);

bool gw_verb_backends_list(struct gw_args *args, struct gw_error *err);
bool gw_verb_backends_test(struct gw_args *args, struct gw_error *err);

bool gw_verb_tenants_create(struct gw_args *args, struct gw_error *err);
bool gw_verb_tenants_list(struct gw_args *args, struct gw_error *err);

bool gw_verb_config_check(struct gw_args *args, struct gw_error *err);
bool gw_verb_config_show(struct gw_args *args, struct gw_error *err);
bool gw_verb_config_reference(struct gw_args *args, struct gw_error *err);

bool gw_verb_completion(struct gw_args *args, struct gw_error *err);
bool gw_verb_manual(struct gw_args *args, struct gw_error *err);

#endif
