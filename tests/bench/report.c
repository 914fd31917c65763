/* report.c - figures as JSON lines, as a table, and two files of them side by side */
#include "tests/bench/bench.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/mem.h"
#include "tests/bench/quantile.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

/* ---- Lines ---- */

static char *processor_name(void)
{
	gw_auto_str text = { 0 };
	struct gw_error unused;
	char name[100] = "unknown";
	if (gw_file_read("/proc/cpuinfo", 1 << 20, &text, &unused)) {
		const char *at = strstr(gw_str_text(&text), "model name");
		if (at)
			sscanf(at, "model name%*[ \t:]%99[^\n]", name);
	}
	return gw_strdup(name);
}

static json_t *rounded(double value)
{
	return value >= 1000 ? json_integer(llround(value)) : json_real(round(value * 1000) / 1000);
}

static void set_number(json_t *line, const char *name, double value)
{
	if (value > 0)
		json_object_set_new(line, name, rounded(value));
}

static double goal_of(const struct bench *b, const struct bench_row *row)
{
	return row->goal_sqlite && !b->url && strcmp(b->backend, "sqlite") == 0 ? row->goal_sqlite
										: row->goal;
}

static bool is_reached(const struct bench_row *row, const struct bench_figure *f, double goal,
	double share)
{
	bool value = !goal || (row->more_is_better ? f->value >= goal : f->value <= goal);
	return value && (!row->goal_p99 || f->p99 <= row->goal_p99) && share >= row->goal_share;
}

static void set_goal(json_t *line, const struct bench_row *row, const struct bench_figure *f,
	double goal)
{
	double share = json_number_value(json_object_get(line, "share"));
	set_number(line, "goal", goal);
	set_number(line, "goal_p99", row->goal_p99);
	set_number(line, "goal_share", row->goal_share);
	if (goal || row->goal_share)
		json_object_set_new(line, "reached", json_boolean(is_reached(row, f, goal, share)));
}

json_t *bench_line(const struct bench *b, const struct bench_row *row, size_t n,
	const struct bench_figure *f)
{
	gw_auto_free char *cpu = processor_name();
	gw_auto_str now = { 0 };
	double yardstick = b->yardsticks[row->yardstick];
	double share = yardstick > 0 ? f->value / yardstick : 0;
	gw_time_print(&now, gw_clock_now());
	json_t *line = json_pack("{s:s, s:s, s:I, s:o, s:s}", "name", row->name, "what", row->what,
		"n", (json_int_t)n, "value", rounded(f->value), "unit", row->unit);
	set_number(line, "p50", f->p50);
	set_number(line, "p99", f->p99);
	set_number(line, "processor_us", f->processor_us);
	if (share > 0) {
		const char *name = bench_yardstick_rows[row->yardstick - 1].name;
		json_object_set_new(line, "share", rounded(share));
		json_object_set_new(line, "yardstick",
			json_pack("{s:s, s:o}", "name", name, "value", rounded(yardstick)));
	}
	set_goal(line, row, f, goal_of(b, row));
	json_t *rest = json_pack("{s:s, s:I, s:{s:s, s:I}, s:s, s:s}", "backend",
		b->url ? b->url : b->backend, "runs", (json_int_t)b->runs, "machine", "cpu", cpu,
		"cores", (json_int_t)sysconf(_SC_NPROCESSORS_ONLN), "commit", b->commit, "at",
		gw_str_text(&now));
	json_object_update(line, rest);
	json_decref(rest);
	return line;
}

json_t *bench_failure(const struct bench *b, const struct bench_row *row,
	const struct gw_error *err)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s}", "name", row->name, "what", row->what, "error",
		err->message, "backend", b->url ? b->url : b->backend, "commit", b->commit);
}

/* ---- The table ---- */

static void print_number(char *out, size_t size, const json_t *value)
{
	double x = json_number_value(value);
	if (!json_is_number(value))
		snprintf(out, size, "-");
	else
		snprintf(out, size, x >= 100 ? "%.0f" : x >= 10 ? "%.1f" : "%.2f", x);
}

static void print_row(const json_t *line)
{
	static const char *const columns[] = { "value", "goal", "p50", "p99", "processor_us" };
	const json_t *reached = json_object_get(line, "reached");
	double share = json_number_value(json_object_get(line, "share"));
	char cell[32];
	gw_auto_str row = { 0 };
	if (json_object_get(line, "error")) {
		printf("%-16s %s\n", gw_json_string(line, "name"), gw_json_string(line, "error"));
		return;
	}
	gw_str_printf(&row, "%-16s %8lld", gw_json_string(line, "name"),
		(long long)json_integer_value(json_object_get(line, "n")));
	for (size_t i = 0; i < GW_LEN(columns); i++) {
		print_number(cell, sizeof(cell), json_object_get(line, columns[i]));
		gw_str_printf(&row, " %8s", cell);
	}
	gw_str_printf(&row, " %-11s", gw_json_string(line, "unit"));
	snprintf(cell, sizeof(cell), "%.0f %% %s", share * 100,
		gw_json_string(json_object_get(line, "yardstick"), "name"));
	gw_str_printf(&row, " %-14s %s", share > 0 ? cell : "",
		!reached                ? ""
		: json_is_true(reached) ? "reached"
					: "missed");
	printf("%s\n", gw_str_text(&row));
}

void bench_table(const json_t *lines)
{
	size_t i;
	json_t *line;
	printf("\n%-16s %8s %8s %8s %8s %8s %8s %-11s %s\n", "measure", "n", "value", "goal", "p50",
		"p99", "cpu us", "unit", "share");
	json_array_foreach (lines, i, line)
		print_row(line);
}

/* ---- Two files ---- */

/* The lines of a file by their names, in their order; what is no JSON is passed over. */
static json_t *read_lines(const char *path, struct gw_error *err)
{
	gw_auto_str text = { 0 };
	if (!gw_file_read(path, 1 << 24, &text, err))
		return NULL;
	json_t *lines = json_object();
	struct gw_error unused;
	for (char *rest = text.data, *row; (row = strsep(&rest, "\n"));) {
		json_auto_t *line = row[0] == '{' ? gw_json_parse(gw_slice_of(row), &unused) : NULL;
		const char *name = gw_json_string(line, "name");
		if (name)
			json_object_set(lines, name, line);
	}
	return lines;
}

/* One number of both. */
static void add_pair(struct gw_str *row, const json_t *const pair[2], const char *member)
{
	char cell[32];
	for (int i = 0; i < 2; i++) {
		const json_t *value = json_object_get(pair[i], member);
		print_number(cell, sizeof(cell), value);
		gw_str_printf(row, " %9s", cell);
	}
}

static void print_pair(const char *name, const json_t *a, const json_t *b)
{
	const json_t *const pair[] = { a, b };
	double before = json_number_value(json_object_get(a, "value"));
	double after = json_number_value(json_object_get(b, "value"));
	const char *unit = gw_json_string(a ? a : b, "unit");
	gw_auto_str row = { 0 };
	gw_str_printf(&row, "%-16s %-11s", name, unit ? unit : "");
	add_pair(&row, pair, "value");
	if (before > 0 && after > 0)
		gw_str_printf(&row, " %+8.1f %%", (after / before - 1) * 100);
	else
		gw_str_printf(&row, " %10s", "-");
	add_pair(&row, pair, "share");
	add_pair(&row, pair, "processor_us");
	printf("%s\n", gw_str_text(&row));
}

bool bench_compare(const char *a, const char *b, struct gw_error *err)
{
	const char *name;
	json_t *line;
	json_auto_t *left = read_lines(a, err);
	json_auto_t *right = left ? read_lines(b, err) : NULL;
	if (!right)
		return false;
	printf("%-16s %-11s %9s %9s %10s %9s %9s %9s %9s\n", "measure", "unit", "A", "B", "change",
		"share A", "share B", "cpu us A", "cpu us B");
	json_object_foreach (left, name, line)
		print_pair(name, line, json_object_get(right, name));
	json_object_foreach (right, name, line)
		if (!json_object_get(left, name))
			print_pair(name, NULL, line);
	return true;
}
