/* setup.c - servers for samples: each gets an empty store and a namespace of its own */
#include "tests/bench/bench.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void fill_holes(struct gw_str *out, const char *text, unsigned store, int port)
{
	for (const char *p = text; *p; p++) {
		bool is_store = p[0] == '%' && p[1] == 'N', is_port = p[0] == '%' && p[1] == 'P';
		if (is_store || is_port)
			gw_str_int(out, is_store ? (int64_t)store : port);
		else
			gw_str_putc(out, *p);
		p += is_store || is_port;
	}
}

json_t *bench_settings(const struct bench *b, int port)
{
	json_t *settings = json_object(), *value;
	const char *key;
	json_object_foreach (b->settings, key, value) {
		gw_auto_str text = { 0 };
		if (json_is_string(value))
			fill_holes(&text, json_string_value(value), b->store,
				port ? port : b->database_port);
		json_object_set_new(settings, key,
			json_is_string(value) ? json_string(gw_str_text(&text))
					      : json_incref(value));
	}
	return settings;
}

static bool start_node(struct bench *b, size_t i, const struct bench_options *o,
	struct gw_error *err)
{
	char name[16];
	snprintf(name, sizeof(name), "bench-%zu", i);
	gw_auto_free char *folder = gw_sprintf("%s/%u/%s", b->folder, b->store, name);
	json_auto_t *settings = bench_settings(b, o->database_port);
	const struct bench_node_options options = { .build = b->build,
		.folder = folder,
		.name = name,
		.backend = b->backend,
		.settings = settings,
		.threads = o->threads,
		.plugins = o->plugins };
	return bench_node_start(&b->nodes[i], &options, err);
}

static bool connect_client(struct bench *b, const char *url, struct gw_error *err)
{
	gw_client_free(&b->client);
	b->client = gw_client_new(url, err);
	if (!b->client)
		return false;
	gw_client_patience(b->client, 600000);
	for (const char *line = b->headers, *end; line && (end = strstr(line, "\r\n"));
		line = end + 2) {
		gw_auto_free char *name = gw_strndup(line, (size_t)(end - line));
		char *value = strchr(name, ':');
		if (value)
			*value++ = '\0';
		if (!gw_client_header(b->client, name, value ? value : "", err))
			return false;
	}
	return true;
}

void bench_close(struct bench *b)
{
	gw_client_free(&b->client);
	for (size_t i = 0; i < BENCH_NODES; i++)
		bench_node_stop(&b->nodes[i]);
}

void bench_next_store(struct bench *b)
{
	struct gw_error unused;
	gw_auto_free char *folder = gw_sprintf("%s/%u", b->folder, b->store);
	bench_close(b);
	gw_tree_remove(folder, &unused);
	b->store++;
}

bool bench_open(struct bench *b, const struct bench_options *options, struct gw_error *err)
{
	static unsigned n;
	static const struct bench_options defaults;
	const struct bench_options *o = options ? options : &defaults;
	bench_close(b);
	if (!o->keep_store) {
		bench_next_store(b);
		snprintf(b->namespace, sizeof(b->namespace), "bench.n%llx.n%u",
			(unsigned long long)gw_clock_now(), n++);
	}
	if (b->url)
		return connect_client(b, b->url, err);
	return start_node(b, 0, o, err) && connect_client(b, b->nodes[0].url, err);
}

bool bench_open_second(struct bench *b, struct gw_error *err)
{
	return start_node(b, 1, &(struct bench_options){ 0 }, err);
}

double bench_processor_time(const struct bench *b)
{
	double sum = 0;
	for (size_t i = 0; i < BENCH_NODES; i++)
		sum += bench_node_processor_time(&b->nodes[i]);
	return sum;
}

bool bench_program(struct bench *b, char *const argv[], struct gw_str *out, struct gw_error *err)
{
	int ends[2], status = 0;
	pid_t pid;
	posix_spawn_file_actions_t actions;
	gw_auto_free char *path = gw_sprintf("%s/%s", b->build, argv[0]);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return gw_fail_errno(err, errno, "pipe");
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
	int failed = posix_spawn(&pid, path, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	gw_fd_close(&ends[1]);
	bool ok = failed == 0 && gw_fd_read_all(ends[0], 1 << 20, out, err);
	gw_fd_close(&ends[0]);
	if (failed != 0)
		return gw_fail_errno(err, failed, "%s", path);
	waitpid(pid, &status, 0);
	return ok && (status == 0 || gw_fail(err, GW_INTERNAL, "%s fails", path));
}
