/* backups.h - what commands about backups share */
#ifndef GW_CLI_BACKUPS_H
#define GW_CLI_BACKUPS_H

#include "backup/backup.h"
#include "cli/setup.h"

/* What such a command works on, as its configuration says. */
struct gw_installation {
	struct gw_setup setup;
	struct gw_site site;
};

GW_EXPORT bool gw_installation_open(struct gw_installation *in, const struct gw_args *args,
	struct gw_error *err);
/* As another configuration file says. */
bool gw_installation_open_at(struct gw_installation *in, const char *path, struct gw_error *err);
void gw_installation_close(struct gw_installation *in);
#define gw_auto_installation __attribute__((cleanup(gw_installation_close))) struct gw_installation

/* --encryption-key, else encryption.secret-key; NULL = there is none. */
const char *gw_backup_key(const struct gw_installation *in, const struct gw_args *args);
bool gw_backup_selection(const struct gw_args *args, struct gw_selection *out,
	struct gw_error *err);

/* "2024-09-17 16:33:12,706 INFO  create       godwit.backup Backup summary: […]", as Kestra prints
 * it, on standard output. */
void gw_backup_say(const char *command, const char *format, ...) GW_PRINTF(2, 3);

/* How far it is, on standard error: a bar on a terminal, else a line every few seconds. */
struct gw_meter_line {
	const char *command;
	int64_t began, last; /* boot time */
	bool is_terminal, has_bar;
};

struct gw_watcher gw_meter_line_start(struct gw_meter_line *line, const char *command);
void gw_meter_line_end(struct gw_meter_line *line);

#endif
