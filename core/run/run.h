/* run.h - what stands behind gw_run: effects that are collected, and services that are asked
 *
 * run may use: base, time, expr, model, check, module, storage, config. */
#ifndef GW_RUN_RUN_H
#define GW_RUN_RUN_H

#include <godwit/task.h>
#include <godwit/time.h>

struct gw_line {
	gw_time at;
	enum gw_level level;
	char *text; /* owned; valid UTF-8, at most GW_LINE_MAX bytes */
	size_t len;
};

#define GW_LINE_MAX 10240u /* longer ones are cut into consecutive lines, 1 ms apart */
#define GW_LINES_MAX 1000000u /* of one attempt; further ones are counted and dropped */
#define GW_METRICS_MAX 10000u /* of one attempt; further ones are dropped */
#define GW_OUTPUT_MAX (1u << 20) /* bytes of all outputs of a run, as JSON */

struct gw_metric {
	char *name;
	bool is_timer;
	double value; /* timers: ms */
	json_t *tags; /* owned, object or NULL */
};

/* What a run did, to be committed with its result. */
struct gw_effects {
	struct gw_line *lines;
	size_t n_lines, cap_lines;
	size_t n_logged; /* lines so far, those handed on included */
	size_t n_dropped; /* beyond GW_LINES_MAX */
	struct gw_metric *metrics;
	size_t n_metrics, cap_metrics;
	json_t *outputs; /* object or NULL */
	json_t *labels; /* object of strings or NULL */
	json_t *variables; /* object or NULL */
	enum gw_state state; /* SUCCESS unless the task said otherwise */
	bool ends_execution;
	enum gw_state end_state; /* valid if ends_execution */
};

GW_EXPORT void gw_effects_clear(struct gw_effects *e);
/* Frees the lines, or forgets them if somebody took the array; the counts stay. */
GW_EXPORT void gw_effects_clear_lines(struct gw_effects *e);
/* Adds a line, cleaned and cut; secrets are the caller's business. */
GW_EXPORT void gw_effects_log(struct gw_effects *e, gw_time at, enum gw_level level,
	struct gw_slice text);

/* Services of a run; one filling each for the engine (pure tasks), for isolated children (over
 * their socket) and for tests. A NULL entry refuses. */
struct gw_run_services {
	const char *(*directory)(struct gw_run *run, struct gw_error *err);
	int (*read)(struct gw_run *run, const char *uri, struct gw_error *err);
	bool (*write)(struct gw_run *run, int fd, const char *name, char **uri,
		struct gw_error *err);
	json_t *(*ask)(struct gw_run *run, const char *question, const json_t *arguments,
		struct gw_error *err);
	json_t *(*render)(struct gw_run *run, const json_t *raw, struct gw_error *err);
	/* Called after each log line if not NULL: a child passes it on at once. */
	void (*logged)(struct gw_run *run);
};

struct gw_run {
	const struct gw_run_services *services;
	void *self; /* of the services */
	gw_time now; /* what log lines are stamped with; GW_NEVER = the clock */
	enum gw_level least_level;
	struct gw_effects effects;
	json_t *defined; /* gw_run_define: object or NULL */
	void *attached; /* gw_run_attach */
	void (*free_attached)(void *data);
};

/* Frees what belongs to a run, its effects too; for whoever made it. */
GW_EXPORT void gw_run_clear(struct gw_run *run);

#endif
