/* files.c - files that go into a script's working folder, and files that come out of it */
#include "plugins/shell/script.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define URI_START "kestra:///"
#define DEPTH_MAX 64
#define FILES_MAX 10000 /* stored by one task */
#define ID_LEN 22

static void make_id(char id[ID_LEN + 1])
{
	static const char digits[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	unsigned char bytes[ID_LEN];
	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		abort(); /* it never fails for so few */
	for (int i = 0; i < ID_LEN; i++)
		id[i] = digits[bytes[i] % 62];
	id[ID_LEN] = '\0';
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define auto_fd __attribute__((cleanup(close_fd))) int

/* ---- In ---- */

static bool is_inside(const char *path)
{
	if (*path == '\0' || *path == '/')
		return false;
	for (const char *p = path; p; p = strchr(p, '/')) {
		p += *p == '/';
		if (strncmp(p, "..", 2) == 0 && (p[2] == '/' || p[2] == '\0'))
			return false;
	}
	return true;
}

static bool make_parents(const char *path, struct gw_error *err)
{
	gw_auto_free char *part = gw_strdup(path);
	for (char *p = strchr(part + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(part, 0777) != 0 && errno != EEXIST)
			return gw_fail_errno(err, errno, "making folder %s", part);
		*p = '/';
	}
	return true;
}

static bool copy_all(int from, int to, struct gw_error *err)
{
	ssize_t n;
	do
		n = sendfile(to, from, NULL, 1 << 24);
	while (n > 0 || (n < 0 && errno == EINTR));
	return n == 0 || gw_fail_errno(err, errno, "copying");
}

static bool copy_uri(struct gw_run *run, const char *uri, int to, struct gw_error *err)
{
	auto_fd from = gw_run_read(run, uri, err);
	return from >= 0 && (copy_all(from, to, err) || gw_explain(err, "%s", uri));
}

static bool write_text(struct gw_slice text, int to, struct gw_error *err)
{
	while (text.len > 0) {
		ssize_t n = write(to, text.data, text.len);
		if (n < 0 && errno != EINTR)
			return gw_fail_errno(err, errno, "writing");
		n = n < 0 ? 0 : n;
		text = gw_slice(text.data + n, text.len - (size_t)n);
	}
	return true;
}

static bool put_content(struct gw_run *run, const json_t *value, int to, struct gw_error *err)
{
	gw_auto_str printed = { 0 };
	const char *text = json_string_value(value);
	if (text && strncmp(text, URI_START, strlen(URI_START)) == 0)
		return copy_uri(run, text, to, err);
	if (text)
		return write_text(gw_slice(text, json_string_length(value)), to, err);
	gw_json_print(&printed, value);
	return write_text(gw_str_slice(&printed), to, err);
}

static bool put_file(struct gw_run *run, const char *path, const json_t *value,
	struct gw_error *err)
{
	if (!make_parents(path, err))
		return false;
	auto_fd to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (to < 0)
		return gw_fail_errno(err, errno, "making %s", path);
	return put_content(run, value, to, err);
}

bool script_input_files(struct gw_run *run, const char *folder, const json_t *files,
	struct gw_error *err)
{
	const char *name;
	json_t *value;
	json_object_foreach ((json_t *)(uintptr_t)files, name, value) {
		gw_auto_free char *path = gw_sprintf("%s/%s", folder, name);
		if (json_is_null(value))
			continue;
		if (!is_inside(name))
			return gw_fail(err, GW_INVALID,
				"Invalid outputFile (only relative path is supported) for path "
				"'%s'",
				name);
		if (!put_file(run, path, value, err))
			return gw_explain(err, "inputFiles");
	}
	return true;
}

static bool fetch(struct gw_run *run, const char *folder, const char *uri, struct gw_str *out,
	struct gw_error *err)
{
	char id[ID_LEN + 1];
	const char *slash = strrchr(uri, '/');
	make_id(id);
	gw_auto_free char *path = gw_sprintf("%s/%s/%s", folder, id, slash[1] ? slash + 1 : "file");
	json_auto_t *value = json_string(uri);
	if (!put_file(run, path, value, err))
		return false;
	gw_str_puts(out, path);
	return true;
}

bool script_localize(struct gw_run *run, const char *folder, struct gw_str *text,
	struct gw_error *err)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-._+~#=/";
	gw_auto_str out = { 0 };
	const char *p = gw_str_text(text), *found;
	if (!strstr(p, URI_START))
		return true;
	for (; (found = strstr(p, URI_START)); p = found) {
		size_t n = strlen("kestra:") + strspn(found + strlen("kestra:"), allowed);
		gw_auto_free char *uri = gw_strndup(found, n);
		gw_str_add(&out, p, (size_t)(found - p));
		if (!fetch(run, folder, uri, &out, err))
			return false;
		found += n;
	}
	gw_str_puts(&out, p);
	gw_str_clear(text);
	*text = out;
	out = (struct gw_str){ 0 };
	return true;
}

/* ---- Out ---- */

struct walk {
	struct gw_run *run;
	int top; /* the folder */
	const json_t *globs; /* NULL = everything */
	json_t *stored;
};

static bool is_wanted(const struct walk *walk, const char *path)
{
	size_t i;
	json_t *glob;
	json_array_foreach (walk->globs, i, glob) {
		const char *text = json_string_value(glob);
		if (text && script_glob(text + (strncmp(text, "./", 2) == 0 ? 2 : 0), path))
			return true;
	}
	return walk->globs == NULL;
}

/* A link may not lead out of the folder, and a pipe must not make us wait. */
static int open_inside(int top, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	int fd = (int)syscall(SYS_openat2, top, path, &how, sizeof(how));
	if (fd < 0 && errno == ENOSYS) /* Linux before 5.6 */
		fd = openat(top, path, (int)how.flags | O_NOFOLLOW);
	return fd;
}

static bool is_folder(int top, const char *path, const struct dirent *entry)
{
	struct stat st;
	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return fstatat(top, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

static bool store_file(struct walk *walk, const char *path, struct gw_error *err)
{
	char id[ID_LEN + 1];
	struct stat st;
	gw_auto_free char *uri = NULL;
	const char *slash = strrchr(path, '/');
	auto_fd fd = open_inside(walk->top, path, 0);
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return true; /* it is no file of the script's */
	if (json_object_size(walk->stored) >= FILES_MAX)
		return gw_fail(err, GW_INVALID, "outputFiles: more than %d files", FILES_MAX);
	make_id(id);
	gw_auto_free char *name = gw_sprintf("%s-%s", id, slash ? slash + 1 : path);
	if (!gw_run_write(walk->run, fd, name, &uri, err))
		return gw_explain(err, "outputFiles: %s", path);
	json_object_set_new(walk->stored, path, json_string(uri));
	return true;
}

static bool visit(struct walk *walk, const char *folder, int depth, struct gw_error *err);

static bool visit_entry(struct walk *walk, const char *path, const struct dirent *entry, int depth,
	struct gw_error *err)
{
	if (is_folder(walk->top, path, entry))
		return visit(walk, path, depth + 1, err);
	return !is_wanted(walk, path) || store_file(walk, path, err);
}

static int is_real(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* folder is relative, "" = the top. */
static bool visit(struct walk *walk, const char *folder, int depth, struct gw_error *err)
{
	struct dirent **entries;
	bool ok = true;
	auto_fd fd = open_inside(walk->top, *folder ? folder : ".", O_DIRECTORY);
	int n = fd < 0 || depth > DEPTH_MAX ? -1 : scandirat(fd, ".", &entries, is_real, alphasort);
	if (n < 0)
		return true; /* what cannot be read cannot be meant */
	for (int i = 0; i < n; i++) {
		gw_auto_free char *path =
			gw_sprintf("%s%s%s", folder, *folder ? "/" : "", entries[i]->d_name);
		ok = ok && visit_entry(walk, path, entries[i], depth, err);
		free(entries[i]);
	}
	free(entries);
	return ok;
}

bool script_store_files(struct gw_run *run, const char *folder, const json_t *globs, json_t *stored,
	struct gw_error *err)
{
	auto_fd top = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct walk walk = { run, top, globs, stored };
	if (top < 0)
		return true; /* the script removed it */
	return visit(&walk, "", 0, err);
}
