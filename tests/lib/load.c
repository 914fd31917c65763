/* load.c - modules that do in init what the build says: LOAD_CRASH, LOAD_EXIT, LOAD_THREAD */
#include <godwit/module.h>

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void *idle(void *arg)
{
	pause();
	return arg;
}

static bool start(enum gw_place place, struct gw_error *err)
{
	pthread_t thread;
	(void)err;
	if (place != GW_IN_HOST)
		return true;
	if (LOAD_HOW == 'c')
		raise(SIGSEGV);
	else if (LOAD_HOW == 'e')
		exit(4);
	else
		pthread_create(&thread, NULL, idle, NULL);
	return true;
}

const struct gw_module gw_module = {
	GW_MODULE_HEAD,
	.name = "load",
	.version = "1.0",
	.summary = "For tests.",
	.init = start,
};
