/* tables.c - the properties that everything of a sort has, whatever its type */
#include "check/tables.h"

#include <string.h>

#define LEVELS "enum(ERROR,WARN,INFO,DEBUG,TRACE)"
#define STATES                                                                         \
	"enum(CREATED,RUNNING,PAUSED,RESTARTED,KILLING,SUCCESS,WARNING,FAILED,KILLED," \
	"CANCELLED,QUEUED,RETRYING,RETRIED,SKIPPED,BREAKPOINT,SUBMITTED,RESUBMITTED)"
#define RETRY                                                                               \
	"{type:enum(constant,exponential,random),interval?:duration,maxInterval?:duration," \
	"minInterval?:duration,delayFactor?:number,maxDuration?:duration,"                  \
	"maxAttempt?:integer,maxAttempts?:integer,warningOnRetry?:boolean,"                 \
	"behavior?:enum(RETRY_FAILED_TASK,CREATE_NEW_EXECUTION)}"
#define DATA_TYPES                                                                         \
	"enum(STRING,ENUM,SELECT,INT,FLOAT,BOOLEAN,BOOL,DATETIME,DATE,TIME,DURATION,FILE," \
	"JSON,YAML,URI,SECRET,ARRAY,MULTISELECT,EMAIL)"

const struct gw_property gw_flow_table[] = {
	{ "id", "string", GW_REQUIRED | GW_STATIC, NULL, "Unique in its namespace." },
	{ "namespace", "string", GW_REQUIRED | GW_STATIC, NULL,
		"Where the flow belongs; dots make a hierarchy." },
	{ "tenantId", "string", GW_STATIC | GW_HIDDEN, NULL, NULL },
	{ "revision", "integer", GW_STATIC | GW_HIDDEN, NULL, NULL },
	{ "description", "string", GW_STATIC, NULL, "Markdown." },
	{ "labels", "any", GW_STATIC, NULL, "A map, or a list of {key, value}." },
	{ "inputs", "list<input>", GW_STATIC, NULL, "What an execution is given." },
	{ "variables", "object", 0, NULL, "Found as `vars` by expressions." },
	{ "tasks", "list<task>", GW_REQUIRED, NULL, "What runs, one after another." },
	{ "errors", "list<task>", 0, NULL, "Runs when the flow fails." },
	{ "finally", "list<task>", 0, NULL, "Runs at the end, whatever came before." },
	{ "afterExecution", "list<task>", 0, NULL, "Runs after the execution has ended." },
	{ "listeners", "list<{description?:string,conditions?:list<condition>,tasks:list<task>}>",
		GW_DEPRECATED, NULL, "Use `afterExecution` or a Flow trigger." },
	{ "triggers", "list<trigger>", 0, NULL, "What starts executions." },
	{ "pluginDefaults", "any", GW_STATIC, NULL, "Properties for all tasks of a type." },
	{ "taskDefaults", "any", GW_STATIC | GW_DEPRECATED, NULL, "Use `pluginDefaults`." },
	{ "concurrency", "{limit:integer,behavior?:enum(QUEUE,CANCEL,FAIL)}", GW_STATIC, NULL,
		"How many executions may run at once, and what becomes of others." },
	{ "outputs",
		"list<{id:string,type:" DATA_TYPES ",value:any,description?:string,"
		"displayName?:string,required?:boolean,itemType?:" DATA_TYPES "}>",
		0, NULL, "What an execution yields." },
	{ "retry", RETRY, GW_STATIC, NULL, "For tasks without a retry of their own." },
	{ "sla", "list<any>", GW_STATIC, NULL, "Limits that an execution should keep." },
	{ "checks", "list<any>", GW_STATIC, NULL, "Conditions looked at before an execution." },
	{ "workerGroup", "any", GW_STATIC | GW_HIDDEN, NULL, NULL },
	{ "disabled", "boolean", GW_STATIC, "false", "Cannot be executed." },
	{ "deleted", "boolean", GW_STATIC | GW_HIDDEN, "false", NULL },
	{ 0 },
};

const struct gw_property gw_task_table[] = {
	{ "id", "string", GW_REQUIRED | GW_STATIC, NULL, "Unique in its flow." },
	{ "type", "string", GW_REQUIRED | GW_STATIC, NULL, "What the task does." },
	{ "version", "string", GW_STATIC, NULL, "The version of the plugin that was meant." },
	{ "description", "string", GW_STATIC, NULL, "Markdown." },
	{ "runIf", "string", 0, "\"true\"", "The task is skipped if this renders to false." },
	{ "disabled", "boolean", GW_STATIC, "false", "The task is left out." },
	{ "timeout", "duration", 0, NULL, "An attempt that takes longer fails." },
	{ "retry", RETRY, GW_STATIC, NULL, "When and how often a failed attempt is repeated." },
	{ "allowFailure", "boolean", GW_STATIC, "false", "A failure counts as a warning." },
	{ "allowWarning", "boolean", GW_STATIC, "false", "A warning counts as a success." },
	{ "logLevel", LEVELS, GW_STATIC, NULL, "The least level that is kept." },
	{ "logToFile", "boolean", GW_STATIC, "false", "Logs go to a file in the storage." },
	{ "workerGroup", "any", GW_STATIC | GW_HIDDEN, NULL, NULL },
	{ "taskCache", "{enabled?:boolean,ttl?:duration}", GW_STATIC | GW_HIDDEN, NULL, NULL },
	{ "assets", "any", GW_STATIC | GW_HIDDEN, NULL, NULL },
	{ "pluginDefaultsRef", "any", GW_STATIC | GW_HIDDEN, NULL, NULL },
	{ 0 },
};

const struct gw_property gw_flowable_table[] = {
	{ "errors", "list<task>", 0, NULL, "Runs when one of the tasks fails." },
	{ "finally", "list<task>", 0, NULL, "Runs at the end, whatever came before." },
	{ 0 },
};

const struct gw_property gw_trigger_table[] = {
	{ "id", "string", GW_REQUIRED | GW_STATIC, NULL, "Unique in its flow." },
	{ "type", "string", GW_REQUIRED | GW_STATIC, NULL, "What starts executions." },
	{ "version", "string", GW_STATIC, NULL, "The version of the plugin that was meant." },
	{ "description", "string", GW_STATIC, NULL, "Markdown." },
	{ "inputs", "object", 0, NULL, "Inputs of the executions." },
	{ "labels", "any", 0, NULL, "Labels of the executions: a map or a list." },
	{ "conditions", "list<condition>", 0, NULL, "All must hold." },
	{ "disabled", "boolean", GW_STATIC, "false", "Starts nothing." },
	{ "stopAfter", "list<" STATES ">", GW_STATIC, NULL,
		"The trigger is disabled after an execution ended so." },
	{ "logLevel", LEVELS, GW_STATIC, NULL, "The least level that is kept." },
	{ "logToFile", "boolean", GW_STATIC, "false", "Logs go to a file in the storage." },
	{ "failOnTriggerError", "boolean", GW_STATIC, "false",
		"A failed evaluation shows as a failed execution." },
	{ "allowConcurrent", "boolean", GW_STATIC, "false",
		"May start an execution while its last one runs." },
	{ "workerGroup", "any", GW_STATIC | GW_HIDDEN, NULL, NULL },
	{ 0 },
};

const struct gw_property gw_condition_table[] = {
	{ "id", "string", GW_STATIC | GW_HIDDEN, NULL, NULL },
	{ "type", "string", GW_REQUIRED | GW_STATIC, NULL, "What is tested." },
	{ 0 },
};

const struct gw_property gw_input_table[] = {
	{ "id", "string", GW_REQUIRED | GW_STATIC, NULL, "Dots make nested values." },
	{ "name", "string", GW_STATIC | GW_DEPRECATED, NULL, "Use `id`." },
	{ "type", "string", GW_REQUIRED | GW_STATIC, NULL, "What values it takes." },
	{ "description", "string", GW_STATIC, NULL, "Markdown." },
	{ "required", "boolean", GW_STATIC, "true", "Whether it must have a value." },
	{ "defaults", "any", 0, NULL, "The value if none is given." },
	{ "prefill", "any", 0, NULL, "The value that a form starts with." },
	{ "displayName", "string", GW_STATIC, NULL, "What a form calls it." },
	{ "dependsOn", "{inputs?:list<string>,condition?:string}", 0, NULL,
		"Inputs that come first, and whether this one counts." },
	{ 0 },
};

const struct gw_property gw_default_table[] = {
	{ "type", "string", GW_STATIC, NULL, "A type, or how types begin." },
	{ "forced", "boolean", GW_STATIC, "false", "Wins over the tasks' own properties." },
	{ "values", "object", 0, NULL, "The properties." },
	{ 0 },
};

const struct gw_property *gw_property_rows(const struct gw_property *table)
{
	static const struct gw_property none[] = { { 0 } };
	return table ? table : none;
}

const struct gw_property *gw_property_find(const struct gw_property *const *tables,
	const char *name)
{
	for (; *tables; tables++)
		for (const struct gw_property *row = *tables; row->name; row++)
			if (strcmp(row->name, name) == 0)
				return row;
	return NULL;
}
