/* bench.c - runs measures and says what they yield; scripts/bench starts it */
#include "tests/bench/bench.h"

#include "base/fd.h"
#include "base/mem.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static const struct bench_row *const families[] = { bench_yardstick_rows, bench_rate_rows,
	bench_shape_rows, bench_task_rows, bench_schedule_rows, bench_process_rows,
	bench_stored_rows };

struct session {
	struct bench bench;
	const char *only; /* names with commas between them; NULL = all */
	FILE *output;
	json_t *lines;
	bool failed;
};

/* ---- Which rows ---- */

static bool is_named(const char *names, const char *name)
{
	size_t len = strlen(name);
	for (const char *p = names; (p = strstr(p, name)); p += len)
		if ((p == names || p[-1] == ',') && (p[len] == '\0' || p[len] == ','))
			return true;
	return false;
}

static bool is_possible(const struct bench *b, const struct bench_row *row)
{
	if (b->url)
		return row->n[b->size] > 0 && !row->own_server;
	return row->n[b->size] > 0 && (!row->database || b->database_port) &&
	       (!row->lasting || strcmp(b->backend, "memory") != 0);
}

static bool is_wanted(const struct session *s, const struct bench_row *row)
{
	return is_possible(&s->bench, row) && (!s->only || is_named(s->only, row->name));
}

/* Rows that share a function are measured together. */
static bool is_same(const struct bench_row *a, const struct bench_row *b)
{
	return a->run == b->run;
}

/* ---- Running ---- */

static void add_line(struct session *s, json_t *line)
{
	gw_auto_str text = { 0 };
	gw_json_print(&text, line);
	fprintf(s->output, "%s\n", gw_str_text(&text));
	fflush(s->output);
	json_array_append_new(s->lines, line);
}

static void measure(struct session *s, const struct bench_row *row);

static void ensure_yardstick(struct session *s, enum bench_yardstick yardstick)
{
	const struct bench_row *row = &bench_yardstick_rows[yardstick - 1];
	if (yardstick && s->bench.yardsticks[yardstick] <= 0 && is_possible(&s->bench, row))
		measure(s, row);
}

static int by_value(const void *a, const void *b)
{
	double x = ((const struct bench_figure *)a)->value;
	double y = ((const struct bench_figure *)b)->value;
	return (x > y) - (x < y);
}

static void report_rows(struct session *s, const struct bench_row *row,
	struct bench_figure all[BENCH_VALUES][BENCH_RUNS_MAX])
{
	struct bench *b = &s->bench;
	for (const struct bench_row *r = row; r->name && is_same(r, row); r++) {
		if (!is_possible(b, r))
			continue;
		struct bench_figure *runs = all[r->figure];
		qsort(runs, b->runs, sizeof(*runs), by_value);
		for (int y = 1; y < BENCH_YARDSTICKS; y++)
			if (r == &bench_yardstick_rows[y - 1])
				b->yardsticks[y] = runs[b->runs / 2].value;
		add_line(s, bench_line(b, r, r->n[b->size], &runs[b->runs / 2]));
	}
}

/* All rows that share this one's function. */
static void measure(struct session *s, const struct bench_row *row)
{
	static struct bench_figure all[BENCH_VALUES][BENCH_RUNS_MAX];
	struct bench *b = &s->bench;
	ensure_yardstick(s, row->yardstick);
	memset(all, 0, sizeof(all));
	for (size_t run = 0; run < b->runs; run++) {
		struct bench_figure figures[BENCH_VALUES] = { 0 };
		struct gw_error err = { .message = "it fails" };
		fprintf(stderr, "%s … ", row->name);
		bool ok = row->run(b, row->n[b->size], figures, &err);
		fprintf(stderr, "%.4g %s\n", figures[0].value, ok ? row->unit : err.message);
		if (!ok) {
			s->failed = true;
			add_line(s, bench_failure(b, row, &err));
			return;
		}
		for (int i = 0; i < BENCH_VALUES; i++)
			all[i][run] = figures[i];
	}
	report_rows(s, row, all);
	bench_close(b);
}

static void measure_family(struct session *s, const struct bench_row *rows)
{
	for (const struct bench_row *row = rows, *end; row->name; row = end) {
		bool wanted = false;
		for (end = row; end->name && is_same(end, row); end++)
			wanted = wanted || is_wanted(s, end);
		enum bench_yardstick known = rows == bench_yardstick_rows
						     ? (enum bench_yardstick)(row - rows + 1)
						     : BENCH_NONE;
		if (wanted && s->bench.yardsticks[known] <= 0)
			measure(s, row);
	}
}

static void list_rows(void)
{
	for (size_t i = 0; i < GW_LEN(families); i++)
		for (const struct bench_row *row = families[i]; row->name; row++)
			printf("%-16s %-11s %s\n", row->name, row->unit, row->what);
}

/* ---- Arguments ---- */

static bool set_backend(struct session *s, const char *name, struct gw_error *err)
{
	(void)err;
	s->bench.backend = name;
	return true;
}

static bool set_settings(struct session *s, const char *text, struct gw_error *err)
{
	s->bench.settings = gw_json_parse(gw_slice_of(text), err);
	return s->bench.settings;
}

static bool set_port(struct session *s, const char *port, struct gw_error *err)
{
	s->bench.database_port = (int)strtol(port, NULL, 10);
	return s->bench.database_port > 0 || gw_fail(err, GW_INVALID, "%s is no port", port);
}

static bool set_url(struct session *s, const char *url, struct gw_error *err)
{
	struct sockaddr_in unused;
	s->bench.url = url;
	return bench_resolve(url, &unused, err);
}

static bool add_header(struct session *s, const char *line, struct gw_error *err)
{
	(void)err;
	gw_auto_free char *before = gw_steal(&s->bench.headers);
	s->bench.headers = gw_sprintf("%s%s\r\n", before ? before : "", line);
	return true;
}

static bool set_only(struct session *s, const char *names, struct gw_error *err)
{
	gw_auto_free char *copy = gw_strdup(names);
	for (char *rest = copy, *name; (name = strsep(&rest, ","));) {
		bool found = false;
		for (size_t i = 0; i < GW_LEN(families); i++)
			for (const struct bench_row *row = families[i]; row->name; row++)
				found = found || strcmp(row->name, name) == 0;
		if (!found)
			return gw_fail(err, GW_INVALID, "there is no measure %s: see --list", name);
	}
	s->only = names;
	return true;
}

static bool set_runs(struct session *s, const char *text, struct gw_error *err)
{
	s->bench.runs = strtoul(text, NULL, 10);
	return (s->bench.runs > 0 && s->bench.runs <= BENCH_RUNS_MAX) ||
	       gw_fail(err, GW_INVALID, "--runs: 1 to %d", BENCH_RUNS_MAX);
}

static bool set_size(struct session *s, const char *name, struct gw_error *err)
{
	static const char *const names[] = { "tiny", "usual", "full" };
	for (int i = 0; i < BENCH_SIZES; i++)
		if (strcmp(name, names[i]) == 0) {
			s->bench.size = (enum bench_size)i;
			return true;
		}
	return gw_fail(err, GW_INVALID, "--size: tiny, usual or full");
}

static bool set_output(struct session *s, const char *path, struct gw_error *err)
{
	s->output = fopen(path, "w");
	return s->output || gw_fail(err, GW_INVALID, "%s cannot be written", path);
}

static bool set_commit(struct session *s, const char *commit, struct gw_error *err)
{
	(void)err;
	s->bench.commit = commit;
	return true;
}

static const struct option {
	const char *name;
	bool (*set)(struct session *s, const char *value, struct gw_error *err);
} options[] = {
	{ "--backend", set_backend },
	{ "--settings", set_settings },
	{ "--database-port", set_port },
	{ "--url", set_url },
	{ "--header", add_header },
	{ "--only", set_only },
	{ "--runs", set_runs },
	{ "--size", set_size },
	{ "--output", set_output },
	{ "--commit", set_commit },
};

static bool set_option(struct session *s, const char *name, const char *value, struct gw_error *err)
{
	for (size_t i = 0; i < GW_LEN(options); i++)
		if (strcmp(options[i].name, name) == 0)
			return value ? options[i].set(s, value, err)
				     : gw_fail(err, GW_INVALID, "%s wants a value", name);
	return gw_fail(err, GW_INVALID, "%s is not understood: see scripts/bench --help", name);
}

/* ---- A session ---- */

static struct session session = {
	.bench = { .backend = "sqlite", .size = BENCH_USUAL, .runs = 1, .commit = "unknown" },
};

static bool prepare(struct session *s, struct gw_error *err)
{
	struct bench *b = &s->bench;
	b->build = getenv("GW_BUILD");
	const char *parent = getenv("TMPDIR");
	snprintf(b->folder, sizeof(b->folder), "%s/godwit-bench-XXXXXX", parent ? parent : "/tmp");
	if (!b->build)
		return gw_fail(err, GW_INVALID, "GW_BUILD is not set to the build folder");
	if (!mkdtemp(b->folder))
		return gw_fail(err, GW_UNAVAILABLE, "%s cannot be made", b->folder);
	if (!b->settings && strcmp(b->backend, "sqlite") == 0)
		b->settings =
			json_pack("{s:o}", "path", json_sprintf("%s/%%N/godwit.db", b->folder));
	if (!b->settings)
		b->settings = json_object();
	s->lines = json_array();
	return true;
}

static void clean_up(void)
{
	struct gw_error unused;
	bench_close(&session.bench);
	gw_tree_remove(session.bench.folder, &unused);
}

/* Servers must not outlive the benchmark. */
static void on_signal(int number)
{
	for (size_t i = 0; i < BENCH_NODES; i++)
		if (session.bench.nodes[i].pid)
			kill(session.bench.nodes[i].pid, SIGKILL);
	_exit(128 + number);
}

static bool run_session(struct session *s, struct gw_error *err)
{
	if (!prepare(s, err))
		return false;
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	for (size_t i = 0; i < GW_LEN(families); i++)
		measure_family(s, families[i]);
	bench_table(s->lines);
	clean_up();
	return !s->failed || gw_fail(err, GW_INTERNAL, "some measures failed");
}

int main(int argc, char **argv)
{
	struct gw_error err;
	bool ok = true;
	session.output = stdout;
	if (argc == 2 && strcmp(argv[1], "--list") == 0) {
		list_rows();
		return 0;
	}
	if (argc == 4 && strcmp(argv[1], "compare") == 0)
		return bench_compare(argv[2], argv[3], &err)
			       ? 0
			       : (fprintf(stderr, "%s\n", err.message), 1);
	for (int i = 1; i < argc && ok; i += 2)
		ok = set_option(&session, argv[i], argv[i + 1], &err);
	ok = ok && run_session(&session, &err);
	if (!ok)
		fprintf(stderr, "%s\n", err.message);
	return ok ? 0 : 1;
}
