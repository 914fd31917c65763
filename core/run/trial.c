/* trial.c - running one task by hand, for the tests of modules */
#include <godwit/trial.h>

#include "base/fd.h"
#include "base/mem.h"
#include "run/run.h"

#include <errno.h>

struct trial {
	struct gw_run run;
	char directory[64]; /* "" until it is made */
};

static const char *make_directory(struct gw_run *run, struct gw_error *err)
{
	struct trial *trial = run->self;
	if (*trial->directory)
		return trial->directory;
	char path[] = "/tmp/godwit-trial-XXXXXX";
	if (!mkdtemp(path)) {
		gw_fail_errno(err, errno, "making a folder in /tmp");
		return NULL;
	}
	memcpy(trial->directory, path, sizeof(path));
	return trial->directory;
}

static const struct gw_run_services services = { .directory = make_directory };

static json_t *with_defaults(const struct gw_property *table, const json_t *given)
{
	json_t *all = json_object();
	json_object_update(all, (json_t *)(uintptr_t)given);
	for (; table && table->name; table++)
		if (table->fallback && !json_object_get(all, table->name))
			json_object_set_new(all, table->name,
				json_loads(table->fallback, JSON_DECODE_ANY, NULL));
	return all;
}

static json_t *list_logs(const struct gw_effects *e)
{
	json_t *logs = json_array();
	for (size_t i = 0; i < e->n_lines; i++)
		json_array_append_new(logs,
			json_pack("{s:s, s:s%}", "level", gw_level_name(e->lines[i].level),
				"message", e->lines[i].text, e->lines[i].len));
	return logs;
}

static json_t *list_metrics(const struct gw_effects *e)
{
	json_t *metrics = json_array();
	for (size_t i = 0; i < e->n_metrics; i++) {
		const struct gw_metric *m = &e->metrics[i];
		json_array_append_new(metrics, json_pack("{s:s, s:s, s:f, s:O?}", "name", m->name,
						       "type", m->is_timer ? "timer" : "counter",
						       "value", m->value, "tags", m->tags));
	}
	return metrics;
}

static json_t *describe(const struct gw_effects *e)
{
	return json_pack("{s:s, s:O?, s:O?, s:O?, s:o, s:o}", "state", gw_state_name(e->state),
		"outputs", e->outputs, "labels", e->labels, "variables", e->variables, "logs",
		list_logs(e), "metrics", list_metrics(e));
}

json_t *gw_trial_run(const struct gw_task_type *type, const json_t *properties,
	struct gw_error *err)
{
	struct gw_error ignored;
	struct trial trial = {
		.run = { .services = &services, .now = GW_NEVER, .effects.state = GW_SUCCESS }
	};
	json_auto_t *all = with_defaults(type->properties, properties);
	trial.run.self = &trial;
	json_t *done = NULL;
	if (!type->run)
		gw_fail(err, GW_INVALID, "type '%s' has no function 'run'", type->type);
	else if (type->run(&trial.run, all, err))
		done = describe(&trial.run.effects);
	gw_run_clear(&trial.run);
	if (*trial.directory)
		gw_tree_remove(trial.directory, &ignored);
	return done;
}
