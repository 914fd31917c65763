/* wild.c - a third party's module whose tasks do everything wrong, and some things right */
#include <godwit/module.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct gw_property no_properties[] = { { 0 } };

static bool run_segfault(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	(void)properties;
	(void)err;
	gw_run_log(run, GW_INFO, "before");
	raise(SIGSEGV);
	return true;
}

static bool run_exit(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	(void)run;
	(void)properties;
	(void)err;
	exit(3);
}

static bool run_loop(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	(void)properties;
	(void)err;
	signal(SIGTERM, SIG_IGN);
	gw_run_log(run, GW_INFO, "looping");
	for (volatile int i = 0; i >= 0; i = 1)
		;
	return true;
}

static bool run_leak(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	(void)run;
	(void)properties;
	for (;;) {
		char *p = malloc(1 << 20);
		if (!p)
			return gw_fail(err, GW_INTERNAL, "no memory left");
		memset(p, 1, 1 << 20);
	}
}

static void *idle(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static bool run_threads(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	(void)properties;
	(void)err;
	pthread_t thread;
	for (int i = 0; i < 5; i++)
		pthread_create(&thread, NULL, idle, NULL);
	gw_run_output(run, "threads", json_integer(5));
	return true;
}

static bool run_flood(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	(void)err;
	json_int_t n = json_integer_value(json_object_get(properties, "n"));
	for (json_int_t i = 0; i < n; i++)
		gw_run_log(run, GW_INFO, "line %lld", (long long)i);
	return true;
}

static bool run_garble(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	(void)run;
	(void)properties;
	(void)err;
	return write(3, "x", 1) == 1 && pause() == 0;
}

static bool run_effects(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	json_auto_t *tags = json_pack("{s:s}", "k", "v");
	printf("printed\n");
	gw_run_log(run, GW_WARN, "said");
	gw_run_output(run, "echo", json_incref(json_object_get(properties, "value")));
	gw_run_label(run, "label", "set");
	gw_run_variable(run, "variable", json_integer(7));
	gw_run_counter(run, "counted", 2, tags);
	gw_run_timer(run, "timed", 1500000, NULL);
	gw_run_state(run, GW_WARNING);
	(void)err;
	return true;
}

static bool run_failure(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	(void)properties;
	gw_run_output(run, "kept", json_true());
	return gw_fail(err, GW_INVALID, "it went wrong");
}

static bool run_large(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	(void)err;
	size_t n = (size_t)json_integer_value(json_object_get(properties, "n"));
	char *text = malloc(n);
	memset(text, 'x', n);
	gw_run_output(run, "text", json_stringn(text, n));
	free(text);
	return true;
}

static bool copy_file(struct gw_run *run, struct gw_error *err)
{
	char *uri = NULL, content[100];
	const char *folder = gw_run_directory(run, err);
	if (!folder || chdir(folder) != 0)
		return false;
	int fd = open("file", O_RDWR | O_CREAT, 0600);
	if (write(fd, "content", 7) != 7 || !gw_run_write(run, fd, "file.txt", &uri, err))
		return false;
	close(fd);
	fd = gw_run_read(run, uri, err);
	if (fd < 0)
		return false;
	ssize_t n = read(fd, content, sizeof(content));
	close(fd);
	gw_run_output(run, "uri", json_string(uri));
	gw_run_output(run, "content", json_stringn(content, n < 0 ? 0 : (size_t)n));
	free(uri);
	return true;
}

static bool run_services(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	struct gw_error refused;
	json_auto_t *raw = json_pack("[s, s]", "hello {{ name }}", "{{ mine }}");
	(void)properties;
	gw_run_define(run, "mine", json_string("defined"));
	json_t *rendered = gw_run_render(run, raw, err);
	if (!rendered)
		return false;
	gw_run_output(run, "rendered", rendered);
	json_t *answer = gw_run_ask(run, "anything", NULL, &refused);
	gw_run_output(run, "refusal", json_string(answer ? "" : refused.message));
	if (gw_run_read(run, "kestra:///not/there", &refused) >= 0)
		return gw_fail(err, GW_INTERNAL, "a file that is not there was read");
	return copy_file(run, err);
}

static bool make_program(struct gw_run *run, const json_t *properties, struct gw_program *out,
	struct gw_error *err)
{
	(void)run;
	(void)err;
	out->argv = calloc(4, sizeof(char *));
	out->argv[0] = strdup("/bin/sh");
	out->argv[1] = strdup("-c");
	out->argv[2] = strdup(json_string_value(json_object_get(properties, "script")));
	out->env = json_pack("{s:s}", "OWN", "value");
	return true;
}

static void take_line(struct gw_run *run, struct gw_slice text, bool is_error)
{
	gw_run_log_text(run, is_error ? GW_ERROR : GW_INFO, text);
}

static bool finish_program(struct gw_run *run, const json_t *properties, const struct gw_exit *end,
	struct gw_error *err)
{
	(void)properties;
	gw_run_output(run, "exitCode", json_integer(end->code));
	gw_run_output(run, "lines", json_integer((json_int_t)end->stdout_lines));
	return end->code == 0 || gw_fail(err, GW_INVALID, "exit code %d", end->code);
}

static bool run_count(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	static json_int_t calls; /* stays as long as the process */
	(void)err;
	if (json_is_true(json_object_get(properties, "loop")))
		return run_loop(run, properties, err);
	if (json_is_true(json_object_get(properties, "crash")))
		return run_segfault(run, properties, err);
	json_auto_t *list = json_pack("[O?, I]", json_object_get(properties, "value"), ++calls);
	gw_run_output(run, "result", json_incref(list));
	return true;
}

static bool poll_nothing(struct gw_run *run, const json_t *properties, bool *fire,
	struct gw_error *err)
{
	(void)err;
	*fire = json_is_true(json_object_get(properties, "fire"));
	gw_run_output(run, "seen", json_integer(1));
	return true;
}

#define TASK(name, function)                                             \
	static const struct gw_task_type name = { .type = "wild." #name, \
		.summary = "Does it.",                                   \
		.properties = no_properties,                             \
		.outputs = no_properties,                                \
		.run = function }

TASK(Segfault, run_segfault);
TASK(Exit, run_exit);
TASK(Loop, run_loop);
TASK(Leak, run_leak);
TASK(Threads, run_threads);
TASK(Flood, run_flood);
TASK(Garble, run_garble);
TASK(Effects, run_effects);
TASK(Failure, run_failure);
TASK(Large, run_large);
TASK(Services, run_services);

static const struct gw_task_type Program = { .type = "wild.Program",
	.summary = "Runs a script.",
	.mode = GW_TASK_PROGRAM,
	.properties = no_properties,
	.outputs = no_properties,
	.program = make_program,
	.line = take_line,
	.finish = finish_program };

static const struct gw_task_type Count = { .type = "godwit.function.count",
	.summary = "Counts its calls.",
	.properties = no_properties,
	.outputs = no_properties,
	.run = run_count };

static const struct gw_trigger_type Poll = { .type = "wild.Poll",
	.summary = "Fires when told to.",
	.mode = GW_TRIGGER_POLLING,
	.properties = no_properties,
	.outputs = no_properties,
	.poll = poll_nothing };

const struct gw_module gw_module = {
	GW_MODULE_HEAD,
	.name = "wild",
	.version = "1.0",
	.summary = "For tests.",
	.tasks = (const struct gw_task_type *const[]){ &Segfault, &Exit, &Loop, &Leak, &Threads,
		&Flood, &Garble, &Effects, &Failure, &Large, &Services, &Program, &Count, NULL },
	.triggers = (const struct gw_trigger_type *const[]){ &Poll, NULL },
};
