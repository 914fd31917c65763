/* terminal.c - colours, tables, progress */
#include "cli/terminal.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <unistd.h>

static const char *const paints[] = {
	[GW_PLAIN] = "",
	[GW_BOLD] = "\033[1m",
	[GW_DIM] = "\033[2m",
	[GW_RED] = "\033[31m",
	[GW_GREEN] = "\033[32m",
	[GW_YELLOW] = "\033[33m",
	[GW_BLUE] = "\033[34m",
	[GW_PURPLE] = "\033[35m",
};

static bool has_colours(FILE *to)
{
	const char *term = getenv("TERM");
	return isatty(fileno(to)) && !getenv("NO_COLOR") && term && strcmp(term, "dumb") != 0;
}

void gw_print(FILE *to, enum gw_colour colour, const char *format, ...)
{
	va_list args;
	bool painted = colour != GW_PLAIN && has_colours(to);
	if (painted)
		fputs(paints[colour], to);
	va_start(args, format);
	vfprintf(to, format, args);
	va_end(args);
	if (painted)
		fputs("\033[0m", to);
}

/* Control characters could move the cursor, or worse. */
static void clean(struct gw_str *out, struct gw_slice text, const char *allowed)
{
	for (size_t at = 0; at < text.len;) {
		uint32_t c = gw_utf8_next(text, &at);
		bool control = c < 32 || (c >= 127 && c < 160);
		bool shown = !control || (c != 0 && c < 128 && strchr(allowed, (int)c));
		gw_utf8_put(out, shown ? c : 0xFFFD);
	}
}

void gw_print_foreign(FILE *to, struct gw_slice text)
{
	gw_auto_str shown = { 0 };
	if (isatty(fileno(to))) {
		clean(&shown, text, "\n\t");
		text = gw_str_slice(&shown);
	}
	fwrite(text.data, 1, text.len, to);
}

struct look {
	const char *name;
	enum gw_colour colour;
};

static enum gw_colour colour_of(const struct look *looks, size_t n, const char *name)
{
	for (size_t i = 0; name && i < n; i++)
		if (strcmp(looks[i].name, name) == 0)
			return looks[i].colour;
	return GW_PLAIN;
}

enum gw_colour gw_state_colour(const char *state)
{
	static const struct look looks[] = {
		{ "SUCCESS", GW_GREEN },
		{ "RUNNING", GW_BLUE },
		{ "WARNING", GW_YELLOW },
		{ "PAUSED", GW_YELLOW },
		{ "KILLED", GW_YELLOW },
		{ "FAILED", GW_RED },
	};
	return colour_of(looks, GW_LEN(looks), state);
}

enum gw_colour gw_level_colour(const char *level)
{
	static const struct look looks[] = {
		{ "TRACE", GW_DIM },
		{ "DEBUG", GW_DIM },
		{ "INFO", GW_BLUE },
		{ "WARN", GW_YELLOW },
		{ "ERROR", GW_RED },
	};
	return colour_of(looks, GW_LEN(looks), level);
}

/* ---- Tables ---- */

void gw_table_clear(struct gw_table *table)
{
	for (size_t i = 0; i < table->n; i++)
		free(table->cells[i]);
	free(table->cells);
	table->cells = NULL;
	table->n = table->cap = 0;
}

void gw_table_add(struct gw_table *table, const char *cell)
{
	table->cells = gw_grow(table->cells, table->n, &table->cap);
	gw_auto_str shown = { 0 };
	clean(&shown, gw_slice_of(cell ? cell : ""), "");
	table->cells[table->n++] = gw_str_steal(&shown);
}

static size_t width(const char *cell)
{
	return gw_utf8_length(gw_slice_of(cell));
}

static size_t column_width(const struct gw_table *table, unsigned column)
{
	size_t widest = 0;
	for (size_t i = column; i < table->n; i += table->columns)
		if (width(table->cells[i]) > widest)
			widest = width(table->cells[i]);
	return widest;
}

void gw_table_print(const struct gw_table *table, FILE *to)
{
	for (size_t i = 0; i < table->n; i++) {
		unsigned column = (unsigned)(i % table->columns);
		bool last = column + 1 == table->columns;
		const char *cell = table->cells[i];
		gw_print(to, i < table->columns ? GW_BOLD : gw_state_colour(cell), "%s", cell);
		if (last)
			fputc('\n', to);
		else
			fprintf(to, "%*s", (int)(column_width(table, column) - width(cell)) + 2,
				"");
	}
}

void gw_progress_print(struct gw_str *out, int64_t done, int64_t total)
{
	enum { WIDTH = 20 };
	int64_t filled = total > 0 ? done * WIDTH / total : 0;
	gw_str_putc(out, '[');
	for (int64_t i = 0; i < WIDTH; i++)
		gw_str_putc(out, i < filled ? '#' : '-');
	gw_str_printf(out, "] %" PRId64 " of %" PRId64, done, total);
}
