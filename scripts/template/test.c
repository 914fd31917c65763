/* test.c - runs the task types of @NAME@.so by hand */
#include <godwit/module.h>
#include <godwit/trial.h>

#undef NDEBUG
#include <assert.h>
#include <dlfcn.h>
#include <stdio.h>

static const struct gw_task_type *greet;

/* What the task did with these properties, a new reference; NULL with its error. */
static json_t *try_greet(const char *properties, struct gw_error *err)
{
	json_t *values = json_loads(properties, 0, NULL);
	json_t *done = gw_trial_run(greet, values, err);
	json_decref(values);
	return done;
}

static void it_greets_once_by_default(void)
{
	struct gw_error err;
	json_t *done = try_greet("{\"who\": \"Ada\"}", &err);
	assert(done);
	json_t *outputs = json_object_get(done, "outputs");
	assert(strcmp(gw_json_string(outputs, "greeting"), "Hello, Ada") == 0);
	assert(json_array_size(json_object_get(done, "logs")) == 1);
	json_decref(done);
}

static void it_fails_if_it_should_not_greet_at_all(void)
{
	struct gw_error err;
	assert(!try_greet("{\"who\": \"Ada\", \"times\": 0}", &err));
	assert(strcmp(err.message, "times must be at least 1") == 0);
}

int main(void)
{
	void *handle = dlopen("./@NAME@.so", RTLD_NOW);
	if (!handle) {
		fprintf(stderr, "%s\n", dlerror());
		return 1;
	}
	const struct gw_module *module = dlsym(handle, "gw_module");
	assert(module);
	greet = module->tasks[0];
	it_greets_once_by_default();
	it_fails_if_it_should_not_greet_at_all();
	puts("@NAME@: all is well");
	return 0;
}
