/* wal.c - appends to the write-ahead log gathered into few large writes
 *
 * SQLite writes each page of a transaction with two system calls. With synchronous = FULL it syncs
 * the log before it publishes the commit to readers, so what a transaction appends may stay here
 * until then (sqlite.org/walformat.html, "Writer"). All other files are SQLite's own business. */
#include "backends/sqlite/sqlite.h"

#include <string.h>

#define GATHERED_MAX ((size_t)0x1ffff) /* as much as SQLite on Unix writes at once */

struct log_file {
	sqlite3_file base;
	sqlite3_file *real; /* in the memory behind this struct */
	sqlite3_int64 at; /* where the gathered bytes belong */
	size_t n;
	char *bytes;
};

static sqlite3_vfs *system_vfs;

static struct log_file *log_of(sqlite3_file *file)
{
	return (struct log_file *)(void *)file;
}

static int flush(struct log_file *log)
{
	if (log->n == 0)
		return SQLITE_OK;
	int result = log->real->pMethods->xWrite(log->real, log->bytes, (int)log->n, log->at);
	log->n = 0;
	return result;
}

static int log_close(sqlite3_file *file)
{
	struct log_file *log = log_of(file);
	int flushed = flush(log);
	free(gw_steal(&log->bytes));
	int closed = log->real->pMethods->xClose(log->real);
	return flushed == SQLITE_OK ? closed : flushed;
}

static int log_read(sqlite3_file *file, void *out, int n, sqlite3_int64 at)
{
	struct log_file *log = log_of(file);
	int result = flush(log);
	return result == SQLITE_OK ? log->real->pMethods->xRead(log->real, out, n, at) : result;
}

static int log_write(sqlite3_file *file, const void *data, int n, sqlite3_int64 at)
{
	struct log_file *log = log_of(file);
	bool fits = at == log->at + (sqlite3_int64)log->n && log->n + (size_t)n <= GATHERED_MAX;
	int result = fits ? SQLITE_OK : flush(log);
	if (result != SQLITE_OK)
		return result;
	if ((size_t)n > GATHERED_MAX)
		return log->real->pMethods->xWrite(log->real, data, n, at);
	if (log->n == 0)
		log->at = at;
	memcpy(log->bytes + log->n, data, (size_t)n);
	log->n += (size_t)n;
	return SQLITE_OK;
}

static int log_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct log_file *log = log_of(file);
	int result = flush(log);
	return result == SQLITE_OK ? log->real->pMethods->xTruncate(log->real, size) : result;
}

static int log_sync(sqlite3_file *file, int flags)
{
	struct log_file *log = log_of(file);
	int result = flush(log);
	return result == SQLITE_OK ? log->real->pMethods->xSync(log->real, flags) : result;
}

static int log_size(sqlite3_file *file, sqlite3_int64 *size)
{
	struct log_file *log = log_of(file);
	int result = flush(log);
	return result == SQLITE_OK ? log->real->pMethods->xFileSize(log->real, size) : result;
}

static int log_lock(sqlite3_file *file, int level)
{
	return log_of(file)->real->pMethods->xLock(log_of(file)->real, level);
}

static int log_unlock(sqlite3_file *file, int level)
{
	return log_of(file)->real->pMethods->xUnlock(log_of(file)->real, level);
}

static int log_is_reserved(sqlite3_file *file, int *out)
{
	return log_of(file)->real->pMethods->xCheckReservedLock(log_of(file)->real, out);
}

static int log_control(sqlite3_file *file, int what, void *arg)
{
	return log_of(file)->real->pMethods->xFileControl(log_of(file)->real, what, arg);
}

static int log_sector_size(sqlite3_file *file)
{
	return log_of(file)->real->pMethods->xSectorSize(log_of(file)->real);
}

static int log_characteristics(sqlite3_file *file)
{
	return log_of(file)->real->pMethods->xDeviceCharacteristics(log_of(file)->real);
}

static const sqlite3_io_methods log_methods = {
	.iVersion = 1,
	.xClose = log_close,
	.xRead = log_read,
	.xWrite = log_write,
	.xTruncate = log_truncate,
	.xSync = log_sync,
	.xFileSize = log_size,
	.xLock = log_lock,
	.xUnlock = log_unlock,
	.xCheckReservedLock = log_is_reserved,
	.xFileControl = log_control,
	.xSectorSize = log_sector_size,
	.xDeviceCharacteristics = log_characteristics,
};

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
	(void)vfs;
	if (!(flags & SQLITE_OPEN_WAL))
		return system_vfs->xOpen(system_vfs, name, file, flags, out);
	struct log_file *log = log_of(file);
	*log = (struct log_file){ .real = (sqlite3_file *)(void *)(log + 1) };
	int result = system_vfs->xOpen(system_vfs, name, log->real, flags, out);
	if (result != SQLITE_OK)
		return result;
	log->base.pMethods = &log_methods;
	log->bytes = gw_new_array(char, GATHERED_MAX);
	return SQLITE_OK;
}

static void add_vfs(void)
{
	static sqlite3_vfs vfs;
	system_vfs = sqlite3_vfs_find(NULL);
	vfs = *system_vfs;
	vfs.zName = SQLITE_GATHERING_VFS;
	vfs.szOsFile += (int)sizeof(struct log_file);
	vfs.pNext = NULL;
	vfs.xOpen = open_file;
	sqlite3_vfs_register(&vfs, 0);
}

void sqlite_add_vfs(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, add_vfs);
}
