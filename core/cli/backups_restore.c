/* backups_restore.c - the command that brings back what a backup holds */
#include "cli/backups.h"

#include "backup/restore.h"
#include "base/error.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/show.h"
#include "cli/terminal.h"
#include "cli/verbs.h"

#include <config.h>

#define SHOWN_MAX 100 /* refused records */

/* ---- Options ---- */

static const char *const conflicts[] = { "overwrite", "skip", "fail", "newer" };
static const char *const triggers[] = { "keep", "pause", "recover" };
static const char *const runnings[] = { "killed", "resume" };

static bool read_choice(const struct gw_args *args, const char *option, const char *const *names,
	size_t n, size_t *out, struct gw_error *err)
{
	const char *text = gw_args_get(args, option);
	*out = 0;
	for (size_t i = 0; text && i < n; i++) {
		if (strcmp(text, names[i]) == 0) {
			*out = i;
			return true;
		}
	}
	return !text ||
	       gw_fail(err, GW_BAD_REQUEST, "--%s: there is no '%s'; see --help", option, text);
}

static bool read_choices(const struct gw_args *args, struct gw_restore_request *out,
	struct gw_error *err)
{
	size_t conflict, trigger, running;
	if (!read_choice(args, "on-conflict", conflicts, GW_LEN(conflicts), &conflict, err) ||
		!read_choice(args, "triggers", triggers, GW_LEN(triggers), &trigger, err) ||
		!read_choice(args, "running", runnings, GW_LEN(runnings), &running, err))
		return false;
	out->on_conflict = (enum gw_on_conflict)conflict;
	out->triggers = (enum gw_restore_triggers)trigger;
	out->running = (enum gw_restore_running)running;
	return true;
}

/* ---- What is told ---- */

struct teller {
	const struct gw_args *args;
	struct gw_meter_line line;
	bool announced; /* the archive's summary */
	unsigned n_shown;
};

static void summarise(struct teller *t, const char *what, const struct gw_tallies *tallies)
{
	gw_auto_str summary = { 0 };
	gw_contents_print(&summary, tallies, 0);
	gw_backup_say("restore", "%s summary: %s", what, gw_str_text(&summary));
	t->announced = true;
}

static void announce(void *arg, const json_t *header, const struct gw_tallies *tallies)
{
	struct teller *t = arg;
	const char *version = gw_member(header, "version");
	gw_meter_line_end(&t->line);
	gw_backup_say("restore", "Restoring %s backup from %s version %s created at %s",
		gw_member(header, "type"), gw_member(header, "program"), version,
		gw_member(header, "createdAt"));
	if (strcmp(version, PACKAGE_VERSION) != 0)
		gw_log(GW_WARN, "backup", "the backup was made by version %s, this is %s", version,
			PACKAGE_VERSION);
	if (tallies)
		summarise(t, "Backup", tallies);
}

static const char *const change_names[] = {
	[GW_CHANGE_CREATE] = "create",
	[GW_CHANGE_UPDATE] = "update",
	[GW_CHANGE_SAME] = "same",
	[GW_CHANGE_SKIP] = "skip",
	[GW_CHANGE_REFUSE] = "refuse",
};

static void print_doc(char sign, enum gw_colour colour, const struct gw_record *record)
{
	gw_print(stdout, colour, "  %c ", sign);
	gw_print_foreign(stdout, record->doc);
	putchar('\n');
}

static void show_change(void *arg, enum gw_change change, const struct gw_record *before,
	const struct gw_record *after, const char *why)
{
	struct teller *t = arg;
	bool refused = change == GW_CHANGE_REFUSE;
	if (!gw_args_has(t->args, "diff") && (!refused || t->n_shown++ >= SHOWN_MAX))
		return;
	printf("%-7s %s ", change_names[change], after->kind->name);
	gw_print_foreign(stdout, after->tenant);
	putchar('/');
	gw_print_foreign(stdout, after->key);
	printf("%s%s\n", why ? ": " : "", why ? why : "");
	if (change != GW_CHANGE_UPDATE)
		return;
	print_doc('-', GW_RED, before);
	print_doc('+', GW_GREEN, after);
}

static void print_counts(const struct gw_restore_result *result)
{
	gw_auto_table table = { .columns = GW_CHANGE_N + 2 };
	gw_table_add(&table, "kind");
	gw_table_add(&table, "records");
	for (int i = 0; i < GW_CHANGE_N; i++)
		gw_table_add(&table, change_names[i]);
	for (size_t k = 0; k < result->restored.n; k++) {
		const struct gw_restore_count *count = &result->counts[k];
		gw_auto_str number = { 0 };
		gw_table_add(&table, result->restored.items[k].name);
		gw_str_int(&number, (int64_t)count->read);
		gw_table_add(&table, gw_str_text(&number));
		for (int i = 0; i < GW_CHANGE_N; i++) {
			gw_str_reset(&number);
			gw_str_int(&number, (int64_t)count->by[i]);
			gw_table_add(&table, gw_str_text(&number));
		}
	}
	gw_table_print(&table, stdout);
}

static void tell_restored(struct teller *t, const char *uri, const struct gw_restore_result *result,
	bool dry_run)
{
	if (!t->announced)
		summarise(t, "Backup", &result->tallies);
	if (dry_run || gw_args_has(t->args, "diff"))
		print_counts(result);
	if (dry_run)
		return;
	summarise(t, "Restore", &result->restored);
	printf("Backup restored from URI: %s\n", uri);
}

bool gw_verb_backups_restore(struct gw_args *args, struct gw_error *err)
{
	gw_auto_installation in = { 0 };
	const char *uri = args->words[0];
	struct teller teller = { .args = args };
	struct gw_restore_request request = { .to_tenant = gw_args_get(args, "to-tenant"),
		.create_tenant = gw_args_has(args, "create-tenant"),
		.dry_run = gw_args_has(args, "dry-run"),
		.no_verify_first = gw_args_has(args, "no-verify-first"),
		.announce = announce,
		.announce_arg = &teller,
		.changed = show_change,
		.changed_arg = &teller };
	struct gw_restore_result result;
	if (!read_choices(args, &request, err) ||
		!gw_backup_selection(args, &request.selection, err) ||
		!gw_installation_open(&in, args, err))
		return false;
	request.key = gw_backup_key(&in, args);
	request.watcher = gw_meter_line_start(&teller.line, "restore");
	gw_backup_say("restore", "Restoring from URI: %s", uri);
	bool ok = gw_backup_restore(&in.site, uri, &request, &result, err);
	gw_meter_line_end(&teller.line);
	if (ok)
		tell_restored(&teller, uri, &result, request.dry_run);
	else if (result.total.read)
		print_counts(&result);
	gw_restore_result_clear(&result);
	return ok;
}
