/* table.h - expectations in files: one row a line, columns separated by tabs, # for comments */
#ifndef GW_TESTS_UNIT_TABLE_H
#define GW_TESTS_UNIT_TABLE_H

#include "tests/unit/test.h"

#include <stdlib.h>

#define TABLE_COLUMNS 8

/* Calls row for each line of a file below the source folder; missing columns are "". */
static inline void each_row(const char *path, void (*row)(char *const columns[TABLE_COLUMNS]))
{
	const char *source = getenv("GW_SOURCE");
	gw_auto_free char *full = gw_sprintf("%s/%s", source ? source : ".", path);
	FILE *file = fopen(full, "r");
	char *line = NULL;
	size_t cap = 0;
	assert_non_null(file);
	while (getline(&line, &cap, file) > 0) {
		char *columns[TABLE_COLUMNS], *rest = line;
		line[strcspn(line, "\n")] = '\0';
		for (int i = 0; i < TABLE_COLUMNS; i++) {
			char *column = strsep(&rest, "\t");
			columns[i] = column ? column : line + strlen(line);
		}
		if (*line != '#')
			row(columns);
	}
	free(line);
	fclose(file);
}

#endif
