/* sqlite.c - the embedded repository: one file, one machine */
#include "backends/sqlite/sqlite.h"

#include <godwit/module.h>

#include <unistd.h>

static const char *const sync_choices[] = { "full", "normal", "off", NULL };

static const struct gw_setting settings_table[] = {
	{ "path", GW_SETTING_TEXT, offsetof(struct settings, path), NULL, 0, 0, NULL },
	/* full: what was written survives the loss of power; normal: of the process */
	{ "sync", GW_SETTING_CHOICE, offsetof(struct settings, sync), "full", 0, 0, sync_choices },
	{ "busy-timeout", GW_SETTING_DURATION, offsetof(struct settings, busy_timeout), "PT10S", 0,
		600 * GW_SECOND, NULL },
	{ "cache-mb", GW_SETTING_NUMBER, offsetof(struct settings, cache_mb), "32", 1, 65536,
		NULL },
	{ "mmap-mb", GW_SETTING_NUMBER, offsetof(struct settings, mmap_mb), "0", 0, 1 << 20, NULL },
};

static void sqlite_close(struct gw_backend *b)
{
	if (!b)
		return;
	sqlite_close_readers(b);
	sqlite_finalize_statements(b);
	sqlite3_close(b->writer);
	gw_settings_clear(settings_table, GW_LEN(settings_table), &b->settings);
	gw_str_clear(&b->packed);
	pthread_mutex_destroy(&b->readers_lock);
	pthread_mutex_destroy(&b->queue_lock);
	pthread_mutex_destroy(&b->writer_lock);
	free(b->statements);
	free(b);
}

/* A file that is not there is made by migrate. */
static bool set_up(struct gw_backend *b, const json_t *given, struct gw_error *err)
{
	if (!gw_settings_read(given, settings_table, GW_LEN(settings_table), &b->settings,
		    "repository.sqlite", err))
		return false;
	if (!b->settings.path)
		return gw_fail(err, GW_INVALID, "repository.sqlite.path is missing: name a file");
	if (!sqlite3_threadsafe())
		return gw_fail(err, GW_INTERNAL, "this SQLite was built without threads");
	return gw_sql_versions_init(&b->versions, err) &&
	       (access(b->settings.path, F_OK) != 0 || sqlite_connect_writer(b, err));
}

static struct gw_backend *sqlite_open(const json_t *given, const struct gw_kind *const *kinds,
	struct gw_error *err)
{
	struct gw_backend *b = gw_new(struct gw_backend);
	b->kinds = kinds;
	while (kinds[b->n_kinds])
		b->n_kinds++;
	b->statements = gw_new_array(struct kind_statements, b->n_kinds);
	b->queue_end = &b->queue;
	pthread_mutex_init(&b->readers_lock, NULL);
	pthread_mutex_init(&b->queue_lock, NULL);
	pthread_mutex_init(&b->writer_lock, NULL);
	if (set_up(b, given, err))
		return b;
	sqlite_close(b);
	return NULL;
}

static bool sqlite_describe(struct gw_backend *b, struct gw_str *out, struct gw_error *err)
{
	(void)err;
	gw_str_printf(out, "SQLite %s, %s", sqlite3_libversion(), b->settings.path);
	return true;
}

static const struct gw_backend_type sqlite_backend = {
	.name = "sqlite",
	.summary = "Keeps everything in one file of this machine",
	.open = sqlite_open,
	.close = sqlite_close,
	.migrate = sqlite_migrate,
	.get = sqlite_get,
	.scan = sqlite_scan,
	.count = sqlite_count,
	.write = sqlite_write,
	.claim = sqlite_claim,
	.describe = sqlite_describe,
	.snapshot = sqlite_snapshot,
	.release = sqlite_release,
	.layout = sqlite_layout,
	.place = "path",
	.remove = sqlite_remove,
};

const struct gw_module gw_module = {
	GW_MODULE_HEAD,
	.name = "sqlite",
	.version = "1.0",
	.summary = "The repository in a SQLite file",
	.backends = (const struct gw_backend_type *const[]){ &sqlite_backend, NULL },
};
