/* node.c - Godwit servers that the benchmark starts, and what their processes use */
#include "tests/bench/node.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/mem.h"
#include "cli/client.h"

#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_LIMIT (120 * GW_SECOND)

/* ---- Configuration ---- */

static int free_port(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(address);
	gw_auto_fd fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(fd, (struct sockaddr *)&address, len) != 0 ||
		getsockname(fd, (struct sockaddr *)&address, &len) != 0)
		return 0;
	return ntohs(address.sin_port);
}

static json_t *make_configuration(const struct bench_node_options *o, int port)
{
	gw_auto_free char *work = gw_sprintf("%s/work", o->folder);
	gw_auto_free char *files = gw_sprintf("%s/../storage", o->folder);
	json_t *godwit = json_pack("{s:{s:s, s:i, s:i, s:s, s:s}, s:{s:s, s:O}, s:{s:{s:s}}}",
		"server", "host", "127.0.0.1", "port", port, "management-port", 0, "node-name",
		o->name, "working-folder", work, "repository", "type", o->backend, o->backend,
		(json_t *)(uintptr_t)o->settings, "storage", "local", "base-path", files);
	if (o->threads)
		json_object_set_new(godwit, "tasks", json_pack("{s:i}", "threads", o->threads));
	if (o->plugins)
		json_object_set_new(godwit, "plugins", json_pack("{s:[s]}", "path", o->plugins));
	return json_pack("{s:o}", "godwit", godwit);
}

static bool write_configuration(const struct bench_node_options *o, int port, const char *path,
	struct gw_error *err)
{
	gw_auto_str text = { 0 };
	json_auto_t *doc = make_configuration(o, port);
	gw_json_print(&text, doc);
	return gw_dir_make(o->folder, err) && gw_file_replace(path, gw_str_slice(&text), err);
}

/* ---- Start and stop ---- */

static bool spawn_server(struct bench_node *node, const struct bench_node_options *o,
	const char *file, struct gw_error *err)
{
	gw_auto_free char *program = gw_sprintf("%s/godwit", o->build);
	gw_auto_free char *log = gw_sprintf("%s/log", o->folder);
	gw_auto_free char *config = gw_strdup(file);
	char server[] = "server", local[] = "local", option[] = "--config";
	char *argv[] = { program, server, local, option, config, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	int status = posix_spawn(&node->pid, program, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (status != 0)
		node->pid = 0;
	return status == 0 || gw_fail_errno(err, status, "%s", program);
}

static bool has_answered(struct gw_client *client)
{
	struct gw_error unused;
	gw_auto_reply reply = { 0 };
	const struct gw_call call = { .method = "GET", .path = "/api/v1/configs" };
	return gw_client_call(client, &call, &reply, &unused) && reply.status == 200;
}

/* What the server said last. */
static bool fail_with_log(const char *path, struct gw_error *err)
{
	gw_auto_str text = { 0 };
	struct gw_error unused;
	gw_file_read(path, 1 << 24, &text, &unused);
	while (text.len > 0 && text.data[text.len - 1] == '\n')
		text.data[--text.len] = '\0';
	const char *last = text.len ? strrchr(text.data, '\n') : NULL;
	return gw_fail(err, GW_UNAVAILABLE, "the server does not start: %s",
		last ? last + 1 : gw_str_text(&text));
}

static bool await_answer(struct bench_node *node, const char *log, struct gw_error *err)
{
	int64_t began = gw_clock_boot();
	struct gw_client *client = gw_client_new(node->url, err);
	bool answered = false, ended = false;
	while (client && !answered && !ended && gw_clock_boot() - began < START_LIMIT) {
		answered = has_answered(client);
		ended = !answered && waitpid(node->pid, NULL, WNOHANG) == node->pid;
		if (!answered)
			poll(NULL, 0, 1);
	}
	gw_client_free(&client);
	node->start_ms = (double)(gw_clock_boot() - began) / 1e3;
	if (ended)
		node->pid = 0;
	return answered || fail_with_log(log, err);
}

bool bench_node_start(struct bench_node *node, const struct bench_node_options *o,
	struct gw_error *err)
{
	int port = free_port();
	gw_auto_free char *config = gw_sprintf("%s/godwit.yml", o->folder);
	gw_auto_free char *log = gw_sprintf("%s/log", o->folder);
	snprintf(node->url, sizeof(node->url), "http://127.0.0.1:%d", port);
	return write_configuration(o, port, config, err) && spawn_server(node, o, config, err) &&
	       await_answer(node, log, err);
}

/* Whether it ended within ten seconds. */
static bool await_end(pid_t pid)
{
	for (int i = 0; i < 1000; i++) {
		if (waitpid(pid, NULL, WNOHANG) != 0)
			return true;
		poll(NULL, 0, 10);
	}
	return false;
}

void bench_node_stop(struct bench_node *node)
{
	if (!node->pid)
		return;
	kill(node->pid, SIGTERM);
	if (!await_end(node->pid)) {
		kill(node->pid, SIGKILL);
		waitpid(node->pid, NULL, 0);
	}
	node->pid = 0;
}

/* ---- Processes ---- */

static double of_process(pid_t pid, double (*measure)(pid_t));

static double of_children(const char *list, double (*measure)(pid_t))
{
	double sum = 0;
	char *end;
	for (long pid; (pid = strtol(list, &end, 10)) > 0; list = end)
		sum += of_process((pid_t)pid, measure);
	return sum;
}

/* The sum over a process and all below it. */
static double of_process(pid_t pid, double (*measure)(pid_t))
{
	struct gw_error unused;
	double sum = measure(pid);
	gw_auto_free char *folder = gw_sprintf("/proc/%d/task", (int)pid);
	DIR *threads = opendir(folder);
	for (struct dirent *e; threads && (e = readdir(threads));) {
		gw_auto_str list = { 0 };
		gw_auto_free char *path = gw_sprintf("%s/%s/children", folder, e->d_name);
		if (e->d_name[0] != '.' && gw_file_read(path, 1 << 20, &list, &unused))
			sum += of_children(gw_str_text(&list), measure);
	}
	if (threads)
		closedir(threads);
	return sum;
}

static double memory_of(pid_t pid)
{
	gw_auto_str text = { 0 };
	struct gw_error unused;
	gw_auto_free char *path = gw_sprintf("/proc/%d/smaps_rollup", (int)pid);
	if (!gw_file_read(path, 65536, &text, &unused))
		return 0;
	const char *pss = strstr(gw_str_text(&text), "\nPss:");
	return pss ? strtod(pss + 5, NULL) / 1024 : 0;
}

static double thread_time(const char *folder, const char *thread)
{
	gw_auto_str text = { 0 };
	struct gw_error unused;
	gw_auto_free char *path = gw_sprintf("%s/%s/schedstat", folder, thread);
	bool ok = thread[0] != '.' && gw_file_read(path, 256, &text, &unused);
	return ok ? strtod(gw_str_text(&text), NULL) / 1e9 : 0;
}

static double time_of(pid_t pid)
{
	double sum = 0;
	gw_auto_free char *folder = gw_sprintf("/proc/%d/task", (int)pid);
	DIR *threads = opendir(folder);
	for (struct dirent *e; threads && (e = readdir(threads));)
		sum += thread_time(folder, e->d_name);
	if (threads)
		closedir(threads);
	return sum;
}

double bench_node_server_memory(const struct bench_node *node)
{
	return node->pid ? memory_of(node->pid) : 0;
}

double bench_node_memory(const struct bench_node *node)
{
	return node->pid ? of_process(node->pid, memory_of) : 0;
}

double bench_node_processor_time(const struct bench_node *node)
{
	return node->pid ? of_process(node->pid, time_of) : 0;
}
