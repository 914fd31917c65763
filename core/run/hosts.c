/* hosts.c - the task hosts of a server, watched by a thread */
#include "run/hosts.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/thread.h"
#include "run/helper.h"
#include "run/host.h"
#include "run/strays.h"

#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_HOSTS 4
#define PICK_TIMEOUT_MS 30000
#define RESTART_DELAY_MS 1000 /* for a host that died young */
#define STUCK_US (60 * GW_SECOND) /* a host that takes no message for so long is killed */

struct gw_hosts {
	struct gw_host_order order;
	char *node;
	struct gw_task_user user;
	unsigned wanted;
	struct gw_helpers *helpers;
	struct gw_registry *own;
	int wake; /* eventfd: the list changed, or the thread shall end */
	pthread_t watcher;
	pthread_mutex_t starting; /* held while hosts are started */

	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t changed;
	struct gw_host **list; /* draining ones too; a reference each */
	size_t n, cap;
	json_t *skip; /* paths of modules that hosts do not survive; replaced, never changed */
	struct gw_registry *registry;
	int64_t deadline; /* us since boot; 0 = none */
	bool stops;
};

extern char **environ;

static const char *const usual_hidden[] = { "GODWIT_", "KESTRA_", "MICRONAUT_", "SECRET_",
	"DATASOURCES_", "PG", "MYSQL", NULL };

/* ---- What a host is started with ---- */

static bool is_hidden(const char *entry, const char *const *prefixes)
{
	for (size_t i = 0; prefixes[i]; i++)
		if (gw_slice_starts(gw_slice_of(entry), gw_slice_of(prefixes[i])))
			return true;
	return false;
}

static char **clean_environment(const char *const *hidden)
{
	size_t n = 0, used = 0;
	while (environ[n])
		n++;
	char **clean = gw_new_array(char *, n + 2);
	for (size_t i = 0; i < n; i++)
		if (!is_hidden(environ[i], hidden))
			clean[used++] = gw_strdup(environ[i]);
	char *slot = gw_alloc(sizeof(GW_RUN_ENV) + GW_RUN_SLOT);
	memset(slot, '-', sizeof(GW_RUN_ENV) + GW_RUN_SLOT);
	memcpy(slot, GW_RUN_ENV, sizeof(GW_RUN_ENV) - 1);
	slot[sizeof(GW_RUN_ENV) - 1 + GW_RUN_SLOT] = '\0';
	clean[used] = slot;
	return clean;
}

static json_t *list_folders(const char *const *folders)
{
	json_t *list = json_array();
	for (size_t i = 0; folders && folders[i]; i++)
		json_array_append_new(list, json_string(folders[i]));
	return list;
}

static rlim_t original_nofile;

/* The server wants many descriptors; its children get what it was started with. */
static void raise_nofile(void)
{
	struct rlimit limit;
	getrlimit(RLIMIT_NOFILE, &limit);
	original_nofile = limit.rlim_cur;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static void make_order(struct gw_host_order *order, const struct gw_hosts_setup *setup)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, raise_nofile);
	order->lock = setup->lock;
	order->environ = clean_environment(setup->hidden ? setup->hidden : usual_hidden);
	order->setup = json_pack("{s:s, s:o, s:I, s:I, s:s*}", "node", setup->node, "folders",
		list_folders(setup->folders), "nofile", (json_int_t)original_nofile, "memory",
		(json_int_t)setup->memory, "user", setup->user);
}

static bool find_user(struct gw_task_user *user, const char *name, struct gw_error *err)
{
	char buffer[4096];
	struct passwd entry, *found = NULL;
	if (!name)
		return true;
	getpwnam_r(name, &entry, buffer, sizeof(buffer), &found);
	if (!found)
		return gw_fail(err, GW_INVALID, "tasks.user: there is no user %s", name);
	*user = (struct gw_task_user){ true, entry.pw_uid, entry.pw_gid };
	return true;
}

/* ---- Starting one, whatever its modules do ---- */

struct batch {
	json_t *skip; /* grows with each module that a host did not survive */
	json_t *problems; /* "path: reason" */
	json_t *described; /* by the first host */
};

static struct gw_host *start_host(struct gw_hosts *hosts, struct batch *batch, struct gw_error *err)
{
	struct gw_host_failure failure = { 0 };
	json_t *described = NULL;
	struct gw_host *host = gw_host_start(&hosts->order, batch->skip, &described, &failure, err);
	if (!host && failure.path) {
		gw_auto_free char *problem = gw_sprintf("%s: %s", failure.path, failure.reason);
		gw_log(GW_WARN, "run", "%s", problem);
		json_array_append_new(batch->skip, json_string(failure.path));
		json_array_append_new(batch->problems, json_string(problem));
		gw_host_failure_clear(&failure);
		return start_host(hosts, batch, err);
	}
	if (batch->described)
		json_decref(described);
	else
		batch->described = described;
	return host;
}

static void clear_batch(struct batch *batch)
{
	json_decref(batch->skip);
	json_decref(batch->problems);
	json_decref(batch->described);
}

static bool send_deadline(const struct gw_hosts *hosts, const struct gw_host *host,
	struct gw_error *err)
{
	struct gw_message m = { .type = GW_MSG_DEADLINE, .number = hosts->deadline };
	return hosts->deadline == 0 || gw_message_send(host->control, &m, MSG_DONTWAIT, err);
}

static void add_host(struct gw_hosts *hosts, struct gw_host *host)
{
	struct gw_error err;
	hosts->list = gw_grow(hosts->list, hosts->n, &hosts->cap);
	hosts->list[hosts->n++] = host;
	send_deadline(hosts, host, &err); /* if it died, the watcher will notice */
}

static void wake_watcher(struct gw_hosts *hosts)
{
	uint64_t one = 1;
	if (write(hosts->wake, &one, sizeof(one)) < 0)
		return; /* it is awake already */
}

/* ---- A generation ---- */

static void drain_old(struct gw_hosts *hosts)
{
	struct gw_error err;
	for (size_t i = 0; i < hosts->n; i++) {
		hosts->list[i]->drains = true;
		gw_message_send(hosts->list[i]->control,
			&(struct gw_message){ .type = GW_MSG_DRAIN }, 0, &err);
	}
}

static struct gw_registry *describe(struct gw_hosts *hosts, struct batch *batch)
{
	json_t *problems = json_object_get(batch->described, "problems");
	if (problems)
		json_array_extend(problems, batch->problems);
	else
		json_object_set(batch->described, "problems", batch->problems);
	return gw_registry_merge(hosts->own, batch->described);
}

static void adopt(struct gw_hosts *hosts, struct gw_host *first, struct batch *batch)
{
	struct gw_registry *registry = describe(hosts, batch);
	gw_locked(&hosts->lock);
	drain_old(hosts);
	add_host(hosts, first);
	json_decref(hosts->skip);
	hosts->skip = json_incref(batch->skip);
	gw_registry_unref(&hosts->registry);
	hosts->registry = registry;
	pthread_cond_broadcast(&hosts->changed);
}

/* The first one says what there is; the watcher starts the others. */
bool gw_hosts_reload(struct gw_hosts *hosts, struct gw_error *err)
{
	struct batch batch = { json_array(), json_array(), NULL };
	gw_locked(&hosts->starting);
	struct gw_host *first = start_host(hosts, &batch, err);
	if (first)
		adopt(hosts, first, &batch);
	clear_batch(&batch);
	gw_helpers_flush(hosts->helpers); /* their hosts have been told to drain */
	wake_watcher(hosts);
	return first != NULL;
}

struct gw_registry *gw_hosts_registry(struct gw_hosts *hosts)
{
	gw_locked(&hosts->lock);
	return gw_registry_ref(hosts->registry);
}

const struct gw_task_user *gw_hosts_user(const struct gw_hosts *hosts)
{
	return &hosts->user;
}

struct gw_helpers *gw_hosts_helpers(struct gw_hosts *hosts)
{
	return hosts->helpers;
}

const char *gw_hosts_node(const struct gw_hosts *hosts)
{
	return hosts->node;
}

/* ---- Picking ---- */

static struct gw_host *find_free(struct gw_hosts *hosts)
{
	struct gw_host *best = NULL;
	for (size_t i = 0; i < hosts->n; i++) {
		struct gw_host *host = hosts->list[i];
		bool is_usable = !host->drains && !host->is_dead;
		if (is_usable && (!best || host->running < best->running))
			best = host;
	}
	return best;
}

struct gw_host *gw_hosts_pick(struct gw_hosts *hosts, struct gw_error *err)
{
	gw_locked(&hosts->lock);
	struct gw_host *host;
	while (!(host = find_free(hosts)))
		if (hosts->stops || !gw_cond_wait(&hosts->changed, &hosts->lock, PICK_TIMEOUT_MS)) {
			gw_fail(err, GW_UNAVAILABLE, "no task host is running");
			return NULL;
		}
	atomic_fetch_add(&host->running, 1);
	return gw_host_ref(host);
}

void gw_hosts_deadline(struct gw_hosts *hosts, int64_t at_boot)
{
	int64_t now = gw_clock_boot();
	gw_locked(&hosts->lock);
	hosts->deadline = at_boot;
	for (size_t i = 0; i < hosts->n; i++) {
		struct gw_error err = { 0 };
		struct gw_host *host = hosts->list[i];
		bool is_full = !send_deadline(hosts, host, &err) && err.code == GW_BUSY;
		if (!is_full)
			host->full_since = 0;
		else if (host->full_since == 0)
			host->full_since = now;
		else if (now - host->full_since > STUCK_US)
			kill(host->pid, SIGKILL);
	}
}

/* ---- Watching ---- */

static void report_death(const struct gw_host *host, int status)
{
	unsigned running = host->running;
	if (WIFSIGNALED(status))
		gw_log(GW_ERROR, "run", "task host %d was killed by SIG%s; its %u runs fail",
			(int)host->pid, sigabbrev_np(WTERMSIG(status)), running);
	else if (!host->drains)
		gw_log(GW_ERROR, "run", "task host %d ended (status %d); its %u runs fail",
			(int)host->pid, WEXITSTATUS(status), running);
}

/* Takes a dead host off the list; false if it was replaced by others anyway. */
static bool remove_host(struct gw_hosts *hosts, struct gw_host *host)
{
	gw_locked(&hosts->lock);
	for (size_t i = 0; i < hosts->n; i++)
		if (hosts->list[i] == host)
			hosts->list[i] = hosts->list[--hosts->n];
	return !host->drains && !hosts->stops;
}

static void replace_host(struct gw_hosts *hosts, bool was_young)
{
	struct gw_error err;
	struct batch batch = { NULL, json_array(), NULL };
	gw_locked(&hosts->starting);
	pthread_mutex_lock(&hosts->lock);
	if (was_young && !hosts->stops)
		gw_cond_wait(&hosts->changed, &hosts->lock, RESTART_DELAY_MS);
	batch.skip = json_copy(hosts->skip);
	pthread_mutex_unlock(&hosts->lock);
	struct gw_host *host = start_host(hosts, &batch, &err);
	if (!host)
		gw_log(GW_ERROR, "run", "replacing a task host: %s", err.message);
	pthread_mutex_lock(&hosts->lock);
	if (host)
		add_host(hosts, host);
	json_decref(hosts->skip);
	hosts->skip = json_incref(batch.skip);
	pthread_cond_broadcast(&hosts->changed);
	pthread_mutex_unlock(&hosts->lock);
	clear_batch(&batch);
}

static bool lacks_hosts(struct gw_hosts *hosts)
{
	unsigned n = 0;
	gw_locked(&hosts->lock);
	for (size_t i = 0; i < hosts->n; i++)
		n += !hosts->list[i]->drains;
	return n < hosts->wanted && !hosts->stops;
}

static void bury(struct gw_hosts *hosts, struct gw_host *host)
{
	bool was_young = gw_clock_boot() - host->born < GW_SECOND;
	int status = gw_host_end(host);
	bool is_missed = remove_host(hosts, host);
	if (is_missed) {
		report_death(host, status);
		replace_host(hosts, was_young);
	}
	gw_host_unref(&host);
}

static size_t watch_list(struct gw_hosts *hosts, struct pollfd **watched, struct gw_host ***list)
{
	gw_locked(&hosts->lock);
	size_t n = hosts->n;
	*watched = gw_new_array(struct pollfd, n + 1);
	*list = gw_new_array(struct gw_host *, n + 1);
	for (size_t i = 0; i < n; i++) {
		(*list)[i] = hosts->list[i];
		(*watched)[i] = (struct pollfd){ .fd = hosts->list[i]->control, .events = POLLIN };
	}
	(*watched)[n] = (struct pollfd){ .fd = hosts->wake, .events = POLLIN };
	return n;
}

static bool is_stopping(struct gw_hosts *hosts)
{
	gw_locked(&hosts->lock);
	return hosts->stops;
}

/* Once loaded, a host says nothing more: whatever its socket shows is its end. */
static void *watch(void *arg)
{
	struct gw_hosts *hosts = arg;
	while (!is_stopping(hosts)) {
		for (unsigned i = 1; i < hosts->wanted && lacks_hosts(hosts); i++)
			replace_host(hosts, false);
		gw_auto_free struct pollfd *watched = NULL;
		gw_auto_free struct gw_host **list = NULL;
		uint64_t unused;
		size_t n = watch_list(hosts, &watched, &list);
		if (poll(watched, n + 1, -1) < 0)
			continue;
		if (watched[n].revents && read(hosts->wake, &unused, sizeof(unused)) < 0)
			continue;
		for (size_t i = 0; i < n; i++)
			if (watched[i].revents)
				bury(hosts, list[i]);
	}
	return NULL;
}

/* ---- The whole ---- */

static void free_order(struct gw_host_order *order)
{
	for (size_t i = 0; order->environ && order->environ[i]; i++)
		free(order->environ[i]);
	free(order->environ);
	json_decref(order->setup);
}

static unsigned count_hosts(unsigned wanted)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned n = wanted ? wanted : (unsigned)(cores > 0 ? cores : 1);
	return n < MAX_HOSTS ? n : MAX_HOSTS;
}

static void free_hosts(struct gw_hosts *hosts)
{
	gw_helpers_free(&hosts->helpers);
	for (size_t i = 0; i < hosts->n; i++)
		shutdown(hosts->list[i]->control, SHUT_WR); /* all at once */
	for (size_t i = 0; i < hosts->n; i++) {
		gw_host_end(hosts->list[i]);
		gw_host_unref(&hosts->list[i]);
	}
	free(hosts->list);
	gw_fd_close(&hosts->wake);
	free_order(&hosts->order);
	json_decref(hosts->skip);
	gw_registry_unref(&hosts->registry);
	gw_registry_unref(&hosts->own);
	pthread_mutex_destroy(&hosts->lock);
	pthread_mutex_destroy(&hosts->starting);
	pthread_cond_destroy(&hosts->changed);
	free(hosts->node);
	free(hosts);
}

struct gw_hosts *gw_hosts_start(const struct gw_hosts_setup *setup, struct gw_error *err)
{
	struct gw_hosts *hosts = gw_new(struct gw_hosts);
	make_order(&hosts->order, setup);
	hosts->node = gw_strdup(setup->node);
	hosts->wanted = count_hosts(setup->n);
	hosts->own = gw_registry_ref(setup->own);
	hosts->helpers = gw_helpers_new(hosts);
	hosts->skip = json_array();
	hosts->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&hosts->lock, NULL);
	pthread_mutex_init(&hosts->starting, NULL);
	gw_cond_init(&hosts->changed);
	gw_strays_kill_node(hosts->node);
	if (!find_user(&hosts->user, setup->user, err) || !gw_hosts_reload(hosts, err) ||
		!gw_thread_start(&hosts->watcher, "hosts", watch, hosts, err)) {
		free_hosts(hosts);
		return NULL;
	}
	return hosts;
}

void gw_hosts_stop(struct gw_hosts **hosts)
{
	if (!*hosts)
		return;
	pthread_mutex_lock(&(*hosts)->lock);
	(*hosts)->stops = true;
	pthread_cond_broadcast(&(*hosts)->changed);
	pthread_mutex_unlock(&(*hosts)->lock);
	wake_watcher(*hosts);
	pthread_join((*hosts)->watcher, NULL);
	free_hosts(*hosts);
	*hosts = NULL;
}
