/* module.c - a small module; its variants are built with other values of the macros below */
#include <godwit/module.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#ifdef MODULE_ABI
#undef GW_ABI
#define GW_ABI MODULE_ABI
#endif
#ifndef MODULE_NAME
#define MODULE_NAME "good"
#endif
#ifndef MODULE_TYPE
#define MODULE_TYPE "test.Hello"
#endif

static const struct gw_property properties[] = {
	{ "name", "string", GW_REQUIRED, "\"World\"", "Who is greeted." },
	{ 0 },
};

static const struct gw_property outputs[] = {
	{ "greeting", "string", 0, NULL, "The greeting." },
	{ 0 },
};

static bool say_hello(struct gw_run *run, const json_t *values, struct gw_error *err)
{
	(void)err;
	json_t *text = json_sprintf("Hello %s", gw_json_string(values, "name"));
	gw_run_output(run, "greeting", text);
	return true;
}

static const struct gw_task_type hello = {
	.type = MODULE_TYPE,
	.aliases = (const char *const[]){ "test.old.Hello", NULL },
	.summary = "Greets.",
	.mode = GW_TASK_PURE,
	.properties = properties,
	.outputs = outputs,
	.run = say_hello,
};

static bool give_program(struct gw_run *run, const json_t *values, struct gw_program *out,
	struct gw_error *err)
{
	(void)run, (void)values, (void)out;
	return gw_fail(err, GW_INTERNAL, "never called");
}

static const struct gw_task_type program = {
	.type = "test.Program",
	.summary = "Starts a program.",
	.mode = GW_TASK_PROGRAM,
	.program = give_program,
};

static bool plan_nothing(struct gw_plan *plan, const json_t *values, struct gw_error *err)
{
	(void)plan, (void)values;
	return gw_fail(err, GW_INTERNAL, "never called");
}

static const struct gw_task_type flowable = {
	.type = "test.Plan",
	.summary = "Plans nothing.",
	.mode = GW_TASK_FLOWABLE,
	.plan = plan_nothing,
};

#ifdef MODULE_THREAD
static void *sleep_for_ever(void *arg)
{
	pause();
	return arg;
}
#endif

static bool init(enum gw_place place, struct gw_error *err)
{
	const char *before = getenv("GW_TEST_INITS");
	char count[16];
	(void)place;
	snprintf(count, sizeof(count), "%d", (before ? (int)strtol(before, NULL, 10) : 0) + 1);
	setenv("GW_TEST_INITS", count, 1);
#ifdef MODULE_THREAD
	pthread_t thread;
	if (pthread_create(&thread, NULL, sleep_for_ever, NULL) == 0)
		pthread_detach(thread);
#endif
#ifdef MODULE_INIT_FAILS
	return gw_fail(err, GW_UNAVAILABLE, "there is no moon tonight");
#else
	(void)err;
	return true;
#endif
}

const struct gw_module gw_module = {
	GW_MODULE_HEAD,
	.name = MODULE_NAME,
	.version = "1.2",
	.summary = "For tests.",
	.tasks = (const struct gw_task_type *const[]){ &hello, &program, &flowable, NULL },
	.init = init,
};
