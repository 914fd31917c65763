/* load.c - opening shared objects: every failure is a problem "path: reason", the others load */
#include "base/mem.h"
#include "base/thread.h"
#include "module/shelf.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Starting a module once in a process, and ending it with the process ---- */

static pthread_mutex_t started_lock = PTHREAD_MUTEX_INITIALIZER;
static const struct gw_module **started; /* as exported by the shared objects */
static size_t n_started, cap_started;

static void end_modules(void)
{
	while (n_started > 0) {
		const struct gw_module *m = started[--n_started];
		if (m->size >= offsetof(struct gw_module, fini) + sizeof(m->fini) && m->fini)
			m->fini();
	}
	free(started);
	started = NULL;
}

static bool start_module(const struct gw_module *exported, const struct gw_module *m,
	enum gw_place place, struct gw_error *err)
{
	gw_locked(&started_lock);
	for (size_t i = 0; i < n_started; i++)
		if (started[i] == exported)
			return true;
	if (m->init && !m->init(place, err))
		return gw_explain(err, "its init");
	if (!started)
		atexit(end_modules);
	started = gw_grow(started, n_started, &cap_started);
	started[n_started++] = exported;
	return true;
}

/* ---- One file ---- */

static bool check_size(unsigned size, unsigned least, unsigned most, struct gw_error *err)
{
	if (size >= least && size <= most && size % sizeof(void *) == 0)
		return true;
	return gw_fail(err, GW_INVALID, "its header is damaged: a size of %u is impossible", size);
}

static bool check_abi(const struct gw_module *m, struct gw_error *err)
{
	unsigned major = m->abi >> 16, minor = m->abi & 0xffff, least = sizeof(void *);
	if (major != GW_ABI_MAJOR)
		return gw_fail(err, GW_CONFLICT,
			"built for module interface %u.%u, this Godwit has %u.%u: build it again",
			major, minor, GW_ABI_MAJOR, GW_ABI_MINOR);
	if (minor > GW_ABI_MINOR)
		return gw_fail(err, GW_CONFLICT,
			"built for module interface %u.%u, this Godwit has %u.%u: update Godwit",
			major, minor, GW_ABI_MAJOR, GW_ABI_MINOR);
	return check_size(m->size, offsetof(struct gw_module, name), sizeof(*m), err) &&
	       check_size(m->task_size, least, sizeof(struct gw_task_type), err) &&
	       check_size(m->trigger_size, least, sizeof(struct gw_trigger_type), err) &&
	       check_size(m->condition_size, least, sizeof(struct gw_condition_type), err) &&
	       check_size(m->property_size, least, sizeof(struct gw_property), err) &&
	       check_size(m->backend_size, least, sizeof(struct gw_backend_type), err);
}

/* dlerror's text without the path that it often begins with. */
static const char *why_not(const char *path)
{
	const char *text = dlerror();
	size_t len = strlen(path);
	if (!text)
		return "cannot be opened";
	return strncmp(text, path, len) == 0 && strncmp(text + len, ": ", 2) == 0 ? text + len + 2
										  : text;
}

static const struct gw_module *open_module(const char *path, struct gw_error *err)
{
	struct stat st;
	if (stat(path, &st) != 0) {
		gw_fail_errno(err, errno, "cannot be read");
		return NULL;
	}
	if (!S_ISREG(st.st_mode)) {
		gw_fail(err, GW_INVALID, "is not a file");
		return NULL;
	}
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (!handle) {
		gw_fail(err, GW_INVALID, "%s", why_not(path));
		return NULL;
	}
	const struct gw_module *m = dlsym(handle, "gw_module");
	if (!m)
		gw_fail(err, GW_INVALID, "is not a Godwit module: it exports no 'gw_module'");
	return m && check_abi(m, err) ? m : NULL;
}

static size_t count_threads(void)
{
	DIR *dir = opendir("/proc/self/task");
	size_t n = 0;
	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

static bool load_file(struct gw_registry *r, const struct gw_load *load, const char *path,
	bool is_own, struct gw_error *err)
{
	size_t threads = count_threads();
	const struct gw_module *exported = open_module(path, err);
	if (!exported)
		return false;
	struct gw_module m = { 0 };
	memcpy(&m, exported, exported->size);
	if (m.storages &&
		!check_size(m.storage_size, sizeof(void *), sizeof(struct gw_storage_type), err))
		return false;
	if (!m.name || !*m.name)
		return gw_fail(err, GW_INVALID, "the module has no name");
	if (!start_module(exported, &m, load->place, err))
		return false;
	if (load->place == GW_IN_HOST && count_threads() > threads)
		return gw_fail(err, GW_INVALID, "starts threads, which a task host does not allow");
	const struct gw_origin origin = { m.name, m.version ? m.version : "",
		gw_registry_keep(r, gw_strdup(path)), is_own };
	gw_registry_add_module(r, &m, &origin);
	return true;
}

/* ---- Folders ---- */

static int is_module(const struct dirent *entry)
{
	return gw_slice_ends(gw_slice_of(entry->d_name), gw_slice_of(".so")) &&
	       entry->d_name[0] != '.';
}

static bool same_folder(const char *a, const char *b)
{
	struct stat x, y;
	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static bool load_folder(struct gw_registry *r, const struct gw_load *load, const char *folder,
	struct gw_error *err)
{
	gw_auto_free char *own = gw_registry_own_folder();
	bool is_own = load->place == GW_IN_SERVER || same_folder(folder, own);
	struct dirent **files;
	int n = scandir(folder, &files, is_module, alphasort);
	if (n < 0)
		return gw_fail_errno(err, errno, "module folder %s", folder);
	for (int i = 0; i < n; i++) {
		struct gw_error why = { 0 };
		gw_auto_free char *path = gw_sprintf("%s/%s", folder, files[i]->d_name);
		if ((!load->opening || load->opening(load->arg, path)) &&
			!load_file(r, load, path, is_own, &why))
			gw_registry_problem(r, "%s: %s", path, why.message);
		free(files[i]);
	}
	free(files);
	return true;
}

struct gw_registry *gw_registry_load_with(const struct gw_load *load, struct gw_error *err)
{
	struct gw_registry *r = gw_registry_new();
	for (size_t i = 0; load->folders[i]; i++)
		if (!load_folder(r, load, load->folders[i], err)) {
			gw_registry_unref(&r);
			return NULL;
		}
	return gw_registry_finish(r);
}

struct gw_registry *gw_registry_load(const char *const *folders, enum gw_place place,
	struct gw_error *err)
{
	return gw_registry_load_with(&(struct gw_load){ .folders = folders, .place = place }, err);
}

/* Of a program that is not installed (libtool keeps it in a folder .libs): "modules" in the nearest
 * folder above it that has one. */
static char *build_folder(const char *program)
{
	gw_auto_free char *path = gw_strdup(program);
	if (!strstr(path, "/.libs/"))
		return NULL;
	for (char *slash; (slash = strrchr(path, '/')) && slash != path;) {
		*slash = '\0';
		gw_auto_free char *folder = gw_sprintf("%s/modules", path);
		if (access(folder, F_OK) == 0)
			return gw_steal(&folder);
	}
	return NULL;
}

char *gw_registry_own_folder(void)
{
	char program[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program));
	if (n < 0 || n == sizeof(program))
		n = 0;
	program[n] = '\0';
	char *folder = build_folder(program);
	return folder ? folder : gw_strdup(GW_MODULE_DIR);
}
