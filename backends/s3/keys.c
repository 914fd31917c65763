/* keys.c - where access key and secret come from: settings, environment, a file of profiles */
#include "backends/s3/keys.h"

#include <godwit/mem.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define FILE_MAX ((size_t)1 << 20)

static void forget(char **secret)
{
	if (*secret)
		explicit_bzero(*secret, strlen(*secret));
	free(gw_steal(secret));
}

void keys_clear(struct keys *keys)
{
	free(gw_steal(&keys->id));
	forget(&keys->secret);
	forget(&keys->token);
}

static void set(struct keys *out, const char *id, const char *secret, const char *token)
{
	*out = (struct keys){ gw_strdup(id), gw_strdup(secret), gw_strdup(token) };
}

static const char *variable(const char *name)
{
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

/* ---- The file ---- */

static struct gw_slice trim(struct gw_slice s)
{
	while (s.len && strchr(" \t\r", s.data[0]))
		s = gw_slice(s.data + 1, s.len - 1);
	while (s.len && strchr(" \t\r", s.data[s.len - 1]))
		s.len--;
	return s;
}

static void read_line(struct gw_slice line, struct keys *out)
{
	struct {
		const char *name;
		char **value;
	} const names[] = {
		{ "aws_access_key_id", &out->id },
		{ "aws_secret_access_key", &out->secret },
		{ "aws_session_token", &out->token },
	};
	const char *equals = memchr(line.data, '=', line.len);
	if (!equals)
		return;
	size_t before = (size_t)(equals - line.data);
	struct gw_slice name = trim(gw_slice(line.data, before));
	for (size_t i = 0; i < GW_LEN(names); i++) {
		if (!gw_slice_is(name, names[i].name))
			continue;
		forget(names[i].value);
		*names[i].value = gw_slice_dup(trim(gw_slice(equals + 1, line.len - before - 1)));
	}
}

/* Lines of "[profile]" and "name = value". */
static void read_profile(const char *text, const char *profile, struct keys *out)
{
	bool is_ours = false;
	gw_auto_str head = { 0 };
	gw_str_printf(&head, "[%s]", profile);
	for (const char *at = text; *at;) {
		size_t len = strcspn(at, "\n");
		struct gw_slice line = trim(gw_slice(at, len));
		if (line.len && line.data[0] == '[')
			is_ours = gw_slice_equal(line, gw_str_slice(&head));
		else if (is_ours && line.len && line.data[0] != '#')
			read_line(line, out);
		at += len + (at[len] == '\n');
	}
}

static bool read_text(const char *path, struct gw_str *out, struct gw_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : 0;
	char part[4096];
	out->limit = FILE_MAX;
	while (n >= 0 && !out->full && (n = read(fd, part, sizeof(part))) > 0)
		gw_str_add(out, part, (size_t)n);
	int why = n < 0 ? errno : 0;
	if (fd >= 0)
		close(fd);
	explicit_bzero(part, sizeof(part));
	if (why)
		return gw_fail_errno(err, why, "%s", path);
	return !out->full || gw_fail(err, GW_INVALID, "%s is too large", path);
}

static char *file_path(const struct key_source *source)
{
	const char *path = source->file ? source->file : variable("AWS_SHARED_CREDENTIALS_FILE");
	const char *home = variable("HOME");
	if (path || !home)
		return gw_strdup(path);
	return gw_sprintf("%s/.aws/credentials", home);
}

static bool find_in_file(const struct key_source *source, struct keys *out, struct gw_error *err)
{
	gw_auto_free char *path = file_path(source);
	gw_auto_str text = { 0 };
	const char *profile = source->profile ? source->profile : variable("AWS_PROFILE");
	bool is_named = source->file || profile;
	profile = profile ? profile : "default";
	if (!path || (!is_named && access(path, F_OK) != 0))
		return gw_fail(err, GW_INVALID,
			"there are no credentials: set storage.s3.access-key and secret-key, the "
			"variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or "
			"storage.s3.credentials-file");
	if (!read_text(path, &text, err))
		return false;
	read_profile(gw_str_text(&text), profile, out);
	explicit_bzero(text.data ? text.data : (char[1]){ 0 }, text.len);
	if (out->id && out->secret)
		return true;
	keys_clear(out);
	return gw_fail(err, GW_INVALID,
		"%s: profile %s has no aws_access_key_id and aws_secret_access_key", path, profile);
}

/* ---- Of the three ---- */

bool keys_find(const struct key_source *source, struct keys *out, struct gw_error *err)
{
	const char *id = variable("AWS_ACCESS_KEY_ID");
	const char *secret = variable("AWS_SECRET_ACCESS_KEY");
	*out = (struct keys){ 0 };
	if (!source->id != !source->secret)
		return gw_fail(err, GW_INVALID,
			"storage.s3.access-key and secret-key belong together: set both or none");
	if (source->id)
		set(out, source->id, source->secret, source->token);
	else if (!source->file && !source->profile && id && secret)
		set(out, id, secret, variable("AWS_SESSION_TOKEN"));
	else
		return find_in_file(source, out, err);
	return true;
}
