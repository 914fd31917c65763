/* strays.c - killing processes by what /proc/PID/environ shows */
#include "run/strays.h"

#include "base/fd.h"
#include "base/map.h"
#include "base/mem.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ENVIRON_MAX ((size_t)4 << 20)

struct hunt {
	bool (*wanted)(const void *arg, struct gw_slice run);
	const void *arg;
	struct gw_str environ; /* of the process looked at */
	struct gw_map killed; /* by pid, as text */
};

/* The value of GODWIT_RUN; data NULL = none, or not readable. */
static struct gw_slice read_run(struct hunt *hunt, const char *pid)
{
	char path[64];
	struct gw_error err;
	snprintf(path, sizeof(path), "/proc/%s/environ", pid);
	gw_str_reset(&hunt->environ);
	if (!gw_file_read(path, ENVIRON_MAX, &hunt->environ, &err))
		return gw_slice(NULL, 0);
	struct gw_slice prefix = gw_slice_of(GW_RUN_ENV);
	for (const char *p = hunt->environ.data, *end = p + hunt->environ.len; p < end;) {
		struct gw_slice entry = gw_slice(p, strnlen(p, (size_t)(end - p)));
		if (gw_slice_starts(entry, prefix))
			return gw_slice(p + prefix.len, entry.len - prefix.len);
		p += entry.len + 1;
	}
	return gw_slice(NULL, 0);
}

static bool is_wanted(struct hunt *hunt, const char *pid)
{
	struct gw_slice run = read_run(hunt, pid);
	return run.data && hunt->wanted(hunt->arg, run);
}

/* The number may have passed to another process meanwhile: it is held, then looked at again. */
static bool kill_process(struct hunt *hunt, const char *pid)
{
	gw_auto_fd fd = (int)syscall(SYS_pidfd_open, (pid_t)strtol(pid, NULL, 10), 0);
	if (fd < 0 || !is_wanted(hunt, pid))
		return false;
	return syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0) == 0;
}

static size_t look_once(struct hunt *hunt)
{
	size_t n = 0;
	char self[16];
	snprintf(self, sizeof(self), "%d", (int)getpid());
	DIR *proc = opendir("/proc");
	for (struct dirent *e; proc && (e = readdir(proc));) {
		if (e->d_name[0] < '1' || e->d_name[0] > '9' || strcmp(e->d_name, self) == 0)
			continue;
		if (gw_map_find(&hunt->killed, e->d_name) || !is_wanted(hunt, e->d_name))
			continue;
		if (!kill_process(hunt, e->d_name))
			continue;
		gw_map_put(&hunt->killed, gw_slice_of(e->d_name), hunt);
		n++;
	}
	if (proc)
		closedir(proc);
	return n;
}

size_t gw_strays_kill(bool (*wanted)(const void *arg, struct gw_slice run), const void *arg)
{
	struct hunt hunt = { .wanted = wanted, .arg = arg };
	while (look_once(&hunt) > 0)
		;
	size_t n = hunt.killed.n;
	gw_map_clear(&hunt.killed, NULL);
	gw_str_clear(&hunt.environ);
	return n;
}

static bool begins_with(const void *arg, struct gw_slice run)
{
	const char *node = arg;
	size_t n = strlen(node);
	return run.len > n && memcmp(run.data, node, n) == 0 && run.data[n] == '/';
}

static bool is_same(const void *arg, struct gw_slice run)
{
	return gw_slice_is(run, arg);
}

size_t gw_strays_kill_node(const char *node)
{
	return gw_strays_kill(begins_with, node);
}

size_t gw_strays_kill_run(const char *run)
{
	return gw_strays_kill(is_same, run);
}
