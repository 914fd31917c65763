/* bench.h - measures: rows of tables, what they yield, and the servers they run on */
#ifndef GW_BENCH_BENCH_H
#define GW_BENCH_BENCH_H

#include "tests/bench/client.h"
#include "tests/bench/node.h"

#include "cli/client.h"

#include <godwit/time.h>

enum bench_size { BENCH_TINY, BENCH_USUAL, BENCH_FULL, BENCH_SIZES };
enum { BENCH_NODES = 2, BENCH_VALUES = 4, BENCH_RUNS_MAX = 25 };

/* What figures are also given a share of, measured in the same run. */
enum bench_yardstick { BENCH_NONE, BENCH_BARE, BENCH_SPAWN, BENCH_LOOPBACK, BENCH_YARDSTICKS };

/* One value; the others are 0 where they do not apply. Processor time is less disturbed by what
 * else the machine does than rates are. */
struct bench_figure {
	double value;
	double p50, p99;
	double processor_us; /* of server and task hosts, for each of n */
};

struct bench {
	const char *backend;
	json_t *settings; /* of the backend: "%N" is the number of the store, "%P" the port */
	int database_port; /* 0 = none */
	const char *url; /* of a server that is there already; NULL = own ones */
	char *headers; /* whole lines, for every request; NULL = none */
	const char *build; /* folder */
	enum bench_size size;
	size_t runs;
	const char *commit;

	char folder[200]; /* removed at the end */
	unsigned store; /* number of the current one */
	char namespace[40]; /* of this sample's flows */
	struct bench_node nodes[BENCH_NODES];
	struct gw_client *client; /* of the first node, or of the server at url */
	double yardsticks[BENCH_YARDSTICKS]; /* a second; 0 = not measured */
};

/* A function fills one to BENCH_VALUES figures; rows that stand together and share the function
 * share its runs and name one of its figures each. */
struct bench_row {
	const char *name, *what, *unit;
	double goal, goal_p99; /* 0 = none */
	double goal_sqlite; /* in place of goal; 0 = the same */
	double goal_share; /* of the yardstick; 0 = none */
	enum bench_yardstick yardstick;
	bool more_is_better;
	bool own_server; /* not possible on a server that is only known by its address */
	bool database; /* only if there is one that listens on a port */
	bool lasting; /* only if records outlive the server */
	size_t n[BENCH_SIZES]; /* how much of it; 0 = not in this size */
	bool (*run)(struct bench *b, size_t n, struct bench_figure *out, struct gw_error *err);
	int figure;
};

extern const struct bench_row bench_yardstick_rows[], bench_rate_rows[], bench_shape_rows[],
	bench_task_rows[], bench_schedule_rows[], bench_process_rows[], bench_stored_rows[];

/* ---- Servers (setup.c) ---- */

struct bench_options {
	unsigned threads; /* of tasks; 0 = the default */
	const char *plugins;
	int database_port; /* in place of the real one; 0 = that */
	bool keep_store; /* that of the server before */
};

/* A new server on an empty store, or the one at url; a namespace that was not used. */
bool bench_open(struct bench *b, const struct bench_options *options, struct gw_error *err);
bool bench_open_second(struct bench *b, struct gw_error *err); /* beside it, on the same store */
void bench_close(struct bench *b);
void bench_next_store(struct bench *b);
/* Settings of the current store; port 0 = the database's own. Owned by the caller. */
json_t *bench_settings(const struct bench *b, int port);
/* Processor time in seconds that the nodes' processes have used so far. */
double bench_processor_time(const struct bench *b);
/* Runs a program of the build folder and hands out what it printed. */
bool bench_program(struct bench *b, char *const argv[], struct gw_str *out, struct gw_error *err);

/* ---- Requests (calls.c) ---- */

bool bench_call(struct bench *b, const struct gw_call *call, struct gw_str *out,
	struct gw_error *err);
/* "tasks" and what follows, in YAML; id and namespace stand before it. */
bool bench_flow(struct bench *b, const char *id, const char *rest, struct gw_error *err);
/* POST with wait=true until it ends with SUCCESS; how long that took. */
bool bench_execute(struct bench *b, const char *flow, double *out_ms, struct gw_error *err);
/* The same n times, one after the other. */
bool bench_execute_often(struct bench *b, const char *flow, size_t n, struct bench_figure *out,
	struct gw_error *err);
/* GET, also by its number of results. */
json_t *bench_get(struct bench *b, const char *path, struct gw_error *err);
bool bench_count(struct bench *b, const char *flow, const char *state, size_t *out,
	struct gw_error *err);
bool bench_await_count(struct bench *b, const char *flow, size_t n, struct gw_error *err);
/* A load on all nodes: its rate, its times, the processor time of each request. */
bool bench_rate(struct bench *b, const struct bench_load *load, struct bench_figure *out,
	struct gw_error *err);
/* Two log tasks: creates the flow "two", starts it n times from 16 clients, waits for all. */
bool bench_two_logs(struct bench *b, size_t n, struct bench_figure *out, struct gw_error *err);
/* How late the executions of flows that begin with a prefix are, since an instant; in ms. */
bool bench_lateness(struct bench *b, gw_time since, size_t at_least, struct bench_figure *out,
	struct gw_error *err);

/* ---- Report (report.c) ---- */

/* One JSON line; the median of runs. */
json_t *bench_line(const struct bench *b, const struct bench_row *row, size_t n,
	const struct bench_figure *figure);
/* What stands in for a line that could not be measured. */
json_t *bench_failure(const struct bench *b, const struct bench_row *row,
	const struct gw_error *err);
void bench_table(const json_t *lines);
bool bench_compare(const char *a, const char *b, struct gw_error *err);

#endif
