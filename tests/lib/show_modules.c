/* show_modules.c - prints "type module version" for what a folder holds, as a task host sees it */
#include "module/registry.h"

#include <stdio.h>

int main(int argc, char **argv)
{
	struct gw_error err;
	if (argc != 2)
		return 2;
	struct gw_registry *r =
		gw_registry_load((const char *const[]){ argv[1], NULL }, GW_IN_HOST, &err);
	if (!r) {
		fprintf(stderr, "%s\n", err.message);
		return 1;
	}
	const struct gw_task_entry *task;
	const char *problem = gw_registry_problem_at(r, 0);
	for (size_t i = 0; (task = gw_registry_task_at(r, i)); i++)
		printf("%s %s %s\n", task->type->type, task->origin.module, task->origin.version);
	if (problem)
		fprintf(stderr, "%s\n", problem);
	gw_registry_unref(&r);
	return problem ? 1 : 0;
}
