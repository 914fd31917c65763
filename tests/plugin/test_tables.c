/* test_tables.c - what all types of the installation's own modules have to say of themselves */
#include "tests/plugin/plugin.h"

static void expect_sentence(const char *type, const char *name, const char *summary)
{
	size_t len = summary ? strlen(summary) : 0;
	if (len < 10 || summary[len - 1] != '.' || (summary[0] < 'A' && summary[0] != '`') ||
		strstr(summary, "  "))
		fail_msg("%s %s: '%s' is no documentation", type, name, summary ? summary : "");
}

static void expect_documented(const char *type, const struct gw_property *table)
{
	for (; table->name; table++)
		expect_sentence(type, table->name, table->summary);
}

static void every_type_and_property_is_documented_in_sentences(void **state)
{
	(void)state;
	const struct gw_task_entry *task;
	const struct gw_trigger_entry *trigger;
	const struct gw_condition_entry *condition;
	for (size_t i = 0; (task = gw_registry_task_at(modules, i)); i++) {
		expect_sentence(task->type->type, "", task->type->summary);
		expect_documented(task->type->type, task->type->properties);
		expect_documented(task->type->type, task->type->outputs);
	}
	for (size_t i = 0; (trigger = gw_registry_trigger_at(modules, i)); i++) {
		expect_sentence(trigger->type->type, "", trigger->type->summary);
		expect_documented(trigger->type->type, trigger->type->properties);
		expect_documented(trigger->type->type, trigger->type->outputs);
	}
	for (size_t i = 0; (condition = gw_registry_condition_at(modules, i)); i++) {
		expect_sentence(condition->type->type, "", condition->type->summary);
		expect_documented(condition->type->type, condition->type->properties);
	}
}

static void old_names_lead_to_the_new_types(void **state)
{
	(void)state;
	static const char *const tasks[][2] = {
		{ "io.kestra.core.tasks.flows.Sequential", "flow.Sequential" },
		{ "IO.KESTRA.CORE.TASKS.FLOWS.parallel", "flow.Parallel" },
		{ "io.kestra.plugin.core.flow.WaitFor", "flow.LoopUntil" },
		{ "io.kestra.core.tasks.flows.Pause", "flow.Pause" },
		{ "io.kestra.core.tasks.log.Fetch", "log.Fetch" },
		{ "io.kestra.core.tasks.debugs.Echo", "debug.Echo" },
		{ "io.kestra.core.tasks.executions.Counts", "execution.Count" },
		{ "io.kestra.core.tasks.executions.Labels", "execution.Labels" },
	};
	for (size_t i = 0; i < GW_LEN(tasks); i++) {
		gw_auto_free char *type = gw_sprintf("io.kestra.plugin.core.%s", tasks[i][1]);
		assert_string_equal(gw_registry_task(modules, tasks[i][0])->type->type, type);
	}
	assert_string_equal(gw_registry_trigger(modules,
				    "io.kestra.core.models.triggers.types.Schedule")
				    ->type->type,
		"io.kestra.plugin.core.trigger.Schedule");
	assert_string_equal(gw_registry_condition(modules,
				    "io.kestra.core.models.conditions.types.VariableCondition")
				    ->type->type,
		"io.kestra.plugin.core.condition.Expression");
}

static void every_flowable_has_errors_and_finally(void **state)
{
	(void)state;
	const struct gw_task_entry *task;
	for (size_t i = 0; (task = gw_registry_task_at(modules, i)); i++) {
		int found = 0;
		for (const struct gw_property *p = task->type->properties; p->name; p++)
			found += strcmp(p->name, "errors") == 0 || strcmp(p->name, "finally") == 0;
		bool has_tasks =
			task->type->mode == GW_TASK_FLOWABLE && !strstr(task->type->type, "Sleep");
		assert_int_equal(found, has_tasks ? 2 : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_and_property_is_documented_in_sentences),
		cmocka_unit_test(old_names_lead_to_the_new_types),
		cmocka_unit_test(every_flowable_has_errors_and_finally),
	};
	return RUN_PLUGIN(tests);
}
