/* terminal.h - what commands print: colours and tables for people, plain text for programs */
#ifndef GW_CLI_TERMINAL_H
#define GW_CLI_TERMINAL_H

#include <godwit/task.h>

#include <stdio.h>

enum gw_colour { GW_PLAIN, GW_BOLD, GW_DIM, GW_RED, GW_GREEN, GW_YELLOW, GW_BLUE, GW_PURPLE };

/* Colours appear only on a terminal, and not if NO_COLOR is set. */
void gw_print(FILE *to, enum gw_colour colour, const char *format, ...) GW_PRINTF(3, 4);
/* A text from elsewhere: on a terminal without its control characters. */
void gw_print_foreign(FILE *to, struct gw_slice text);
enum gw_colour gw_state_colour(const char *state);
enum gw_colour gw_level_colour(const char *level);

/* Rows of cells, aligned when printed; the first row is the head. */
struct gw_table {
	unsigned columns;
	char **cells;
	size_t n, cap;
};

void gw_table_clear(struct gw_table *table);
#define gw_auto_table __attribute__((cleanup(gw_table_clear))) struct gw_table
void gw_table_add(struct gw_table *table, const char *cell); /* NULL is "" */
void gw_table_print(const struct gw_table *table, FILE *to);

/* "[######----------]  37 of 100" */
void gw_progress_print(struct gw_str *out, int64_t done, int64_t total);

#endif
