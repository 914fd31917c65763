/* test_process.c - what a server tells whoever started it */
#include "tests/unit/test.h"

#include "base/fd.h"
#include "cli/process.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Says READY=1 to a socket of this name and returns what arrived, "" if nothing did. */
static char *notified(const char *name)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char text[64] = "";
	gw_auto_fd fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	size_t n = strlen(name);
	memcpy(at.sun_path, name, n);
	if (*name == '@')
		at.sun_path[0] = '\0';
	socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
	setenv("NOTIFY_SOCKET", name, 1);
	gw_process_notify("READY=1");
	if (recv(fd, text, sizeof(text) - 1, 0) < 0)
		text[0] = '\0';
	return gw_strdup(text);
}

static void readiness_is_told_at_a_path(void **state)
{
	(void)state;
	char folder[] = "/tmp/godwit-notify-XXXXXX";
	struct gw_error err;
	assert_non_null(mkdtemp(folder));
	gw_auto_free char *path = gw_sprintf("%s/socket", folder);
	gw_auto_free char *text = notified(path);
	assert_string_equal(text, "READY=1");
	gw_tree_remove(folder, &err);
}

static void readiness_is_told_at_an_abstract_name(void **state)
{
	(void)state;
	gw_auto_free char *name = gw_sprintf("@godwit-test-%d", (int)getpid());
	gw_auto_free char *text = notified(name);
	assert_string_equal(text, "READY=1");
}

static void nobody_listening_is_no_problem(void **state)
{
	(void)state;
	unsetenv("NOTIFY_SOCKET");
	gw_process_notify("READY=1");
	setenv("NOTIFY_SOCKET", "", 1);
	gw_process_notify("READY=1");
	setenv("NOTIFY_SOCKET", "relative", 1);
	gw_process_notify("READY=1");
	gw_auto_free char *longest = gw_sprintf("/%0200d", 0);
	setenv("NOTIFY_SOCKET", longest, 1);
	gw_process_notify("READY=1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(readiness_is_told_at_a_path),
		cmocka_unit_test(readiness_is_told_at_an_abstract_name),
		cmocka_unit_test(nobody_listening_is_no_problem),
	};
	return RUN(tests);
}
