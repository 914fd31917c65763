/* migrate.c - commands about whole repositories: moving, comparing, making ready */
#include "cli/backups.h"

#include "backup/recover.h"
#include "backup/transfer.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/terminal.h"
#include "cli/verbs.h"

#include <inttypes.h>
#include <unistd.h>

#define SHOWN_MAX 100
#define PASS_EVERY_S 2

struct pair {
	struct gw_installation from, to;
};

static void close_pair(struct pair *pair)
{
	gw_installation_close(&pair->from);
	gw_installation_close(&pair->to);
}

#define auto_pair __attribute__((cleanup(close_pair))) struct pair

static bool open_pair(struct pair *pair, const struct gw_args *args, struct gw_error *err)
{
	const char *from = gw_args_get(args, "from"), *to = gw_args_get(args, "to");
	if (!from || !to)
		return gw_fail(err, GW_BAD_REQUEST,
			"--from CONFIG and --to CONFIG name two configuration files");
	return gw_installation_open_at(&pair->from, from, err) &&
	       gw_installation_open_at(&pair->to, to, err);
}

/* ---- compare ---- */

struct shown {
	unsigned n;
};

static void show_difference(void *arg, const struct gw_difference *d)
{
	struct shown *shown = arg;
	const struct gw_record *one = d->from ? d->from : d->to;
	if (shown->n++ >= SHOWN_MAX)
		return;
	printf("%-9s %s ", !d->to ? "missing" : !d->from ? "extra" : "different", d->kind->name);
	gw_print_foreign(stdout, one->tenant);
	putchar('/');
	gw_print_foreign(stdout, one->key);
	putchar('\n');
}

static void add_number(struct gw_table *table, uint64_t number)
{
	gw_auto_free char *text = gw_sprintf("%" PRIu64, number);
	gw_table_add(table, text);
}

static void print_comparison(const struct gw_comparison *c, const struct shown *shown)
{
	gw_auto_table table = { .columns = 4 };
	if (shown->n > SHOWN_MAX)
		printf("… and %u more\n", shown->n - SHOWN_MAX);
	gw_table_add(&table, "kind");
	gw_table_add(&table, "from");
	gw_table_add(&table, "to");
	gw_table_add(&table, "");
	for (size_t i = 0; i < c->from.n; i++) {
		const struct gw_tally *from = &c->from.items[i], *to = &c->to.items[i];
		if (from->n + to->n == 0)
			continue;
		gw_table_add(&table, from->name);
		add_number(&table, from->n);
		add_number(&table, to->n);
		gw_table_add(&table, gw_tally_equal(from, to) ? "same" : "different");
	}
	gw_table_print(&table, stdout);
}

static bool compare(struct gw_args *args, const struct pair *pair, struct gw_error *err)
{
	struct shown shown = { 0 };
	struct gw_meter_line line;
	struct gw_comparison c = { .tenant = gw_args_get(args, "tenant"),
		.data = true,
		.watcher = gw_meter_line_start(&line, "compare"),
		.differs = show_difference,
		.arg = &shown };
	bool ok = gw_backup_compare(pair->from.site.store, pair->to.site.store, &c, err);
	gw_meter_line_end(&line);
	if (!ok)
		return false;
	print_comparison(&c, &shown);
	args->exit_status = shown.n ? 1 : 0;
	printf(shown.n ? "The repositories differ\n" : "The repositories are the same\n");
	return true;
}

bool gw_verb_compare(struct gw_args *args, struct gw_error *err)
{
	auto_pair pair = { 0 };
	return open_pair(&pair, args, err) && compare(args, &pair, err);
}

/* ---- migrate ---- */

static bool pass(const struct gw_args *args, const struct pair *pair, struct gw_error *err)
{
	struct gw_meter_line line;
	struct gw_migration m = { .deletes = gw_args_has(args, "delete"),
		.watcher = gw_meter_line_start(&line, "migrate") };
	bool ok = gw_backup_migrate(pair->from.site.store, pair->to.site.store, &m, err);
	const uint64_t *by = m.total.by;
	gw_meter_line_end(&line);
	if (!ok)
		return false;
	gw_backup_say("migrate",
		"%" PRIu64 " records: %" PRIu64 " created, %" PRIu64 " updated, %" PRIu64
		" same; %" PRIu64 " only in the target%s",
		m.total.read, by[GW_CHANGE_CREATE], by[GW_CHANGE_UPDATE], by[GW_CHANGE_SAME],
		m.n_extra, m.n_extra && m.deletes ? ", deleted" : "");
	return true;
}

/* Again and again, until no server works on the source any more. */
static bool follow(const struct gw_args *args, const struct pair *pair, struct gw_error *err)
{
	bool live = true;
	gw_backup_say("migrate", "Following the source: stop its servers when you want to switch");
	while (live) {
		if (!gw_backup_is_live(pair->from.site.store, &live, err) || !pass(args, pair, err))
			return false;
		if (live)
			sleep(PASS_EVERY_S);
	}
	return true;
}

static bool warn_of_servers(const struct pair *pair, bool follows, struct gw_error *err)
{
	bool from, to;
	if (!gw_backup_is_live(pair->from.site.store, &from, err) ||
		!gw_backup_is_live(pair->to.site.store, &to, err))
		return false;
	if (to)
		return gw_fail(err, GW_CONFLICT,
			"servers work on the target: stop them, or they would run what the source "
			"runs too");
	if (from && !follows)
		gw_log(GW_WARN, "backup",
			"servers work on the source: what they write from now on is not moved; "
			"stop "
			"them and repeat, or give --follow");
	return true;
}

bool gw_verb_migrate(struct gw_args *args, struct gw_error *err)
{
	auto_pair pair = { 0 };
	bool follows = gw_args_has(args, "follow");
	if (!open_pair(&pair, args, err) || !warn_of_servers(&pair, follows, err) ||
		!pass(args, &pair, err) || (follows && !follow(args, &pair, err)))
		return false;
	return compare(args, &pair, err);
}

/* ---- storage copy ---- */

struct copying {
	struct gw_storage *from, *to;
	const char *tenant;
	uint64_t n, bytes;
};

static bool copy_file(void *arg, const char *path, int64_t bytes, struct gw_error *err)
{
	struct copying *c = arg;
	gw_auto_fd fd = gw_storage_read(c->from, c->tenant, path, err);
	if (fd < 0)
		return err->code == GW_NOT_FOUND; /* deleted meanwhile */
	c->n++;
	c->bytes += (uint64_t)bytes;
	return gw_storage_write(c->to, c->tenant, path, fd, err);
}

static bool copy_tenant(struct copying *c, const char *tenant, struct gw_error *err)
{
	const struct gw_storage_visit visit = { copy_file, c };
	c->tenant = tenant;
	return gw_storage_walk(c->from, tenant, "/", &visit, err) ||
	       gw_explain(err, "tenant %s", tenant);
}

static bool copy_tenants(struct copying *c, struct gw_store *store, struct gw_error *err)
{
	struct gw_record record;
	enum gw_next next;
	const struct gw_query query = { .kind = &gw_kind_tenant, .want = GW_WANT_KEYS };
	gw_auto_stream *s = gw_store_scan(store, &query, err);
	if (!s || !copy_tenant(c, "main", err) || !copy_tenant(c, "backups", err))
		return false;
	while ((next = gw_stream_next(s, &record, err)) == GW_NEXT_RECORD) {
		gw_auto_free char *tenant = gw_slice_dup(record.key);
		if (strcmp(tenant, "main") != 0 && !copy_tenant(c, tenant, err))
			return false;
	}
	return next == GW_NEXT_DONE;
}

bool gw_verb_storage_copy(struct gw_args *args, struct gw_error *err)
{
	auto_pair pair = { 0 };
	if (!open_pair(&pair, args, err))
		return false;
	struct copying c = { .from = pair.from.site.storage, .to = pair.to.site.storage };
	if (!copy_tenants(&c, pair.from.site.store, err))
		return false;
	printf("%" PRIu64 " files copied, %" PRIu64 " bytes\n", c.n, c.bytes);
	return true;
}

/* ---- sys recover ---- */

bool gw_verb_sys_recover(struct gw_args *args, struct gw_error *err)
{
	gw_auto_installation in = { 0 };
	struct gw_recovery r = { .no_triggers = gw_args_has(args, "no-triggers"),
		.forget_executions = gw_args_has(args, "no-triggers-execution-id") };
	if (!gw_installation_open(&in, args, err) || !gw_backup_recover(in.site.store, &r, err))
		return false;
	printf("%" PRIu64 " records of servers that are gone removed\n", r.nodes);
	printf("%" PRIu64 " requests between them removed\n", r.actions);
	printf("%" PRIu64 " executions given back, to be gone on with\n", r.executions);
	printf("%" PRIu64 " executions whose task runs were counted anew\n", r.counts);
	printf("%" PRIu64 " triggers given back, to be dated anew\n", r.triggers);
	return true;
}
