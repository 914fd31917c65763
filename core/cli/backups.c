/* backups.c - commands that make and verify backups */
#include "cli/backups.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/terminal.h"
#include "cli/verbs.h"

#include <stdio.h>
#include <strings.h>
#include <unistd.h>

#define BAR_EVERY (GW_SECOND / 5)
#define LINE_EVERY (5 * GW_SECOND)

static bool open_site(struct gw_installation *in, struct gw_error *err)
{
	in->site.store = gw_setup_store(&in->setup, err);
	in->site.storage = in->site.store ? gw_setup_storage(&in->setup, err) : NULL;
	return in->site.storage != NULL;
}

bool gw_installation_open(struct gw_installation *in, const struct gw_args *args,
	struct gw_error *err)
{
	return gw_setup_load(&in->setup, args, err) && open_site(in, err);
}

bool gw_installation_open_at(struct gw_installation *in, const char *path, struct gw_error *err)
{
	in->setup.config = gw_config_load(path, err);
	return (in->setup.config && gw_setup_modules(&in->setup, err) && open_site(in, err)) ||
	       gw_explain(err, "%s", path);
}

void gw_installation_close(struct gw_installation *in)
{
	gw_storage_close(&in->site.storage);
	gw_store_close(&in->site.store);
	gw_setup_clear(&in->setup);
}

const char *gw_backup_key(const struct gw_installation *in, const struct gw_args *args)
{
	const char *given = gw_args_get(args, "encryption-key");
	return given ? given : gw_config_text(in->setup.config, "encryption.secret-key");
}

/* ---- What is meant ---- */

static bool read_date(const struct gw_args *args, const char *option, gw_time *out,
	struct gw_error *err)
{
	const char *text = gw_args_get(args, option);
	*out = GW_NEVER;
	if (!text || gw_time_parse(gw_slice_of(text), gw_zone_local(), out, err))
		return true;
	err->code = GW_BAD_REQUEST;
	return gw_explain(err, "--%s", option);
}

bool gw_backup_selection(const struct gw_args *args, struct gw_selection *out, struct gw_error *err)
{
	const char *list;
	*out = (struct gw_selection){ .namespace = gw_args_get(args, "namespace"),
		.flow = gw_args_get(args, "flow") };
	for (size_t i = 0; (list = gw_args_next(args, "resources", &i));)
		if (!gw_contents_parse(list, &out->resources, err))
			return false;
	return read_date(args, "since", &out->since, err) &&
	       read_date(args, "until", &out->until, err);
}

/* ---- What is printed ---- */

void gw_backup_say(const char *command, const char *format, ...)
{
	gw_auto_str text = { 0 };
	gw_time now = gw_clock_now();
	struct gw_civil c = gw_civil_at(now, gw_zone_offset(gw_zone_local(), now));
	va_list args;
	if (!gw_log_enabled(GW_INFO))
		return;
	va_start(args, format);
	gw_str_vprintf(&text, format, args);
	va_end(args);
	printf("%04d-%02d-%02d %02d:%02d:%02d,%03d INFO  %-12s godwit.backup %s\n", c.year, c.month,
		c.day, c.hour, c.minute, c.second, c.micro / 1000, command, gw_str_text(&text));
	fflush(stdout);
}

static void print_left(struct gw_str *out, const struct gw_meter_line *line,
	const struct gw_progress *p)
{
	int64_t took = gw_clock_boot() - line->began;
	double rate = took > 0 ? (double)p->done * 1e6 / (double)took : 0;
	gw_str_printf(out, "%llu %s, %.0f/s", (unsigned long long)p->done, p->what, rate);
	if (p->total > p->done && rate > 0)
		gw_str_printf(out, ", %.0f s left", (double)(p->total - p->done) / rate);
}

static bool show_progress(void *arg, const struct gw_progress *p)
{
	struct gw_meter_line *line = arg;
	gw_auto_str text = { 0 };
	int64_t now = gw_clock_boot();
	if (now - line->last < (line->is_terminal ? BAR_EVERY : LINE_EVERY))
		return true;
	line->last = now;
	if (line->is_terminal && p->total)
		gw_progress_print(&text, (int64_t)p->done, (int64_t)p->total);
	gw_str_puts(&text, text.len ? "  " : "");
	print_left(&text, line, p);
	if (line->is_terminal)
		fprintf(stderr, "\r\033[K%s", gw_str_text(&text));
	else
		gw_log(GW_INFO, "backup", "%s: %s", line->command, gw_str_text(&text));
	line->has_bar = line->is_terminal;
	return true;
}

struct gw_watcher gw_meter_line_start(struct gw_meter_line *line, const char *command)
{
	int64_t now = gw_clock_boot();
	*line = (struct gw_meter_line){ command, now, now, isatty(STDERR_FILENO), false };
	return (struct gw_watcher){ show_progress, line };
}

void gw_meter_line_end(struct gw_meter_line *line)
{
	if (line->has_bar)
		fputs("\r\033[K", stderr);
	line->has_bar = false;
}

/* ---- backups create ---- */

static bool read_rate(const struct gw_args *args, int64_t *out, struct gw_error *err)
{
	static const struct {
		const char *unit;
		int64_t factor;
	} units[] = { { "", 1 }, { "B", 1 }, { "KB", 1000 }, { "MB", 1000000 },
		{ "GB", 1000000000 } };
	const char *text = gw_args_get(args, "max-rate");
	char *end;
	*out = 0;
	if (!text)
		return true;
	long long n = strtoll(text, &end, 10);
	for (size_t i = 0; n > 0 && n < 1000000 * 1000 && i < GW_LEN(units); i++) {
		if (strcasecmp(end, units[i].unit) == 0) {
			*out = n * units[i].factor;
			return true;
		}
	}
	return gw_fail(err, GW_BAD_REQUEST, "--max-rate: '%s' is no size such as 10MB", text);
}

static bool read_type(const struct gw_args *args, const char **tenant, struct gw_error *err)
{
	const char *type = args->words[0], *given = gw_args_get(args, "tenant");
	if (strcasecmp(type, "TENANT") == 0) {
		*tenant = given ? given : "main";
		return true;
	}
	if (strcasecmp(type, "FULL") != 0)
		return gw_fail(err, GW_BAD_REQUEST, "a backup is FULL or TENANT, not '%s'", type);
	*tenant = NULL;
	return !given ||
	       gw_fail(err, GW_BAD_REQUEST, "--tenant is for TENANT backups; this one is FULL");
}

/* Without encryption only if somebody wants it so. */
static bool find_key(const struct gw_installation *in, const struct gw_args *args, const char **key,
	struct gw_error *err)
{
	*key = gw_backup_key(in, args);
	if (gw_args_has(args, "no-encryption")) {
		*key = NULL;
		gw_log(GW_WARN, "backup",
			"the backup is not encrypted: everybody who can read the file can read "
			"what is in it");
		return true;
	}
	return *key || gw_fail(err, GW_INVALID,
			       "there is no key to encrypt the backup with: set "
			       "encryption.secret-key or give --encryption-key, or give "
			       "--no-encryption");
}

static bool read_create(const struct gw_installation *in, const struct gw_args *args,
	struct gw_backup_request *out, struct gw_error *err)
{
	out->data = gw_args_has(args, "include-data");
	out->files = gw_args_has(args, "include-files");
	out->base = gw_args_get(args, "incremental-from");
	return read_type(args, &out->tenant, err) &&
	       gw_backup_selection(args, &out->selection, err) &&
	       read_rate(args, &out->max_rate, err) && find_key(in, args, &out->key, err);
}

static void tell_created(const struct gw_backup_result *result, int64_t took_us)
{
	gw_auto_str summary = { 0 };
	gw_contents_print(&summary, &result->tallies, result->resources);
	gw_backup_say("create", "Backup summary: %s", gw_str_text(&summary));
	if (result->base)
		gw_backup_say("create", "Only what changed since %s", result->base);
	gw_backup_say("create", "Backup instance created in %lld ms", (long long)took_us / 1000);
	printf("Backup created: %s\n", result->uri);
	if (!result->one_moment)
		gw_log(GW_WARN, "backup",
			"this repository has no snapshots: what was written meanwhile may be in "
			"the backup in part");
}

bool gw_verb_backups_create(struct gw_args *args, struct gw_error *err)
{
	gw_auto_installation in = { 0 };
	struct gw_backup_request request = { 0 };
	struct gw_backup_result result;
	struct gw_meter_line line;
	int64_t began = gw_clock_boot();
	if (!gw_installation_open(&in, args, err) || !read_create(&in, args, &request, err))
		return false;
	request.watcher = gw_meter_line_start(&line, "create");
	bool ok = gw_backup_create(&in.site, &request, &result, err);
	gw_meter_line_end(&line);
	if (!ok)
		return false;
	tell_created(&result, gw_clock_boot() - began);
	gw_backup_result_clear(&result);
	return true;
}
