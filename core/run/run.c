/* run.c - the functions that tasks call (godwit/task.h) */
#include "run/run.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "expr/expr.h"

#include <math.h>

void gw_effects_clear_lines(struct gw_effects *e)
{
	for (size_t i = 0; i < e->n_lines; i++)
		free(e->lines[i].text);
	free(e->lines);
	e->lines = NULL;
	e->n_lines = e->cap_lines = 0;
}

void gw_effects_clear(struct gw_effects *e)
{
	gw_effects_clear_lines(e);
	for (size_t i = 0; i < e->n_metrics; i++) {
		free(e->metrics[i].name);
		json_decref(e->metrics[i].tags);
	}
	free(e->metrics);
	json_decref(e->outputs);
	json_decref(e->labels);
	json_decref(e->variables);
	*e = (struct gw_effects){ .state = GW_SUCCESS };
}

static void add_line(struct gw_effects *e, gw_time at, enum gw_level level, struct gw_slice text)
{
	e->lines = gw_grow(e->lines, e->n_lines, &e->cap_lines);
	struct gw_line *line = &e->lines[e->n_lines++];
	*line = (struct gw_line){ at, level, gw_strndup(text.data, text.len), text.len };
	e->n_logged++;
}

void gw_effects_log(struct gw_effects *e, gw_time at, enum gw_level level, struct gw_slice text)
{
	gw_auto_str clean = { 0 };
	if (e->n_logged >= GW_LINES_MAX) {
		e->n_dropped++;
		return;
	}
	if (!gw_utf8_valid(text.data, text.len) || memchr(text.data, '\0', text.len)) {
		gw_utf8_clean(&clean, text.data, text.len);
		text = gw_str_slice(&clean);
	}
	do {
		size_t n = gw_utf8_cut(text.data, text.len, GW_LINE_MAX);
		add_line(e, at, level, gw_slice(text.data, n));
		text = gw_slice(text.data + n, text.len - n);
		at += GW_MILLISECOND;
	} while (text.len > 0 && e->n_logged < GW_LINES_MAX);
}

void gw_run_log_text(struct gw_run *run, enum gw_level level, struct gw_slice text)
{
	if (level < run->least_level)
		return;
	gw_time at = run->now == GW_NEVER ? gw_clock_now() : run->now;
	gw_effects_log(&run->effects, at, level, text);
	if (run->services && run->services->logged)
		run->services->logged(run);
}

void gw_run_log(struct gw_run *run, enum gw_level level, const char *format, ...)
{
	gw_auto_str text = { 0 };
	va_list args;
	va_start(args, format);
	gw_str_vprintf(&text, format, args);
	va_end(args);
	gw_run_log_text(run, level, gw_str_slice(&text));
}

static void set_member(json_t **object, const char *name, json_t *value)
{
	if (!*object)
		*object = json_object();
	json_object_set_new(*object, name, value);
}

void gw_run_output(struct gw_run *run, const char *name, json_t *value)
{
	set_member(&run->effects.outputs, name, value ? value : json_null());
}

void gw_run_attach(struct gw_run *run, void *data, void (*free_data)(void *data))
{
	if (run->free_attached)
		run->free_attached(run->attached);
	run->attached = data;
	run->free_attached = free_data;
}

void *gw_run_attached(struct gw_run *run)
{
	return run->attached;
}

void gw_run_clear(struct gw_run *run)
{
	gw_effects_clear(&run->effects);
	json_decref(run->defined);
	run->defined = NULL;
	gw_run_attach(run, NULL, NULL);
}

void gw_run_define(struct gw_run *run, const char *name, json_t *value)
{
	set_member(&run->defined, name, value ? value : json_null());
}

void gw_run_variable(struct gw_run *run, const char *name, json_t *value)
{
	set_member(&run->effects.variables, name, value ? value : json_null());
}

void gw_run_label(struct gw_run *run, const char *key, const char *value)
{
	set_member(&run->effects.labels, key, json_string(value));
}

static void add_metric(struct gw_run *run, const struct gw_metric *metric, const json_t *tags)
{
	struct gw_effects *e = &run->effects;
	if (!isfinite(metric->value) || e->n_metrics >= GW_METRICS_MAX) {
		free(metric->name);
		return;
	}
	e->metrics = gw_grow(e->metrics, e->n_metrics, &e->cap_metrics);
	e->metrics[e->n_metrics] = *metric;
	e->metrics[e->n_metrics++].tags = json_deep_copy(tags);
}

void gw_run_counter(struct gw_run *run, const char *name, double value, const json_t *tags)
{
	add_metric(run, &(struct gw_metric){ .name = gw_strdup(name), .value = value }, tags);
}

void gw_run_timer(struct gw_run *run, const char *name, int64_t us, const json_t *tags)
{
	add_metric(run,
		&(struct gw_metric){
			.name = gw_strdup(name), .is_timer = true, .value = (double)us / 1000 },
		tags);
}

void gw_run_state(struct gw_run *run, enum gw_state state)
{
	run->effects.state = state;
}

void gw_run_end_execution(struct gw_run *run, enum gw_state state)
{
	run->effects.ends_execution = true;
	run->effects.end_state = state;
}

bool gw_is_truthy(const json_t *rendered)
{
	gw_auto_str text = { 0 };
	if (!rendered || json_is_null(rendered))
		return false;
	if (json_is_string(rendered))
		gw_str_add(&text, json_string_value(rendered), json_string_length(rendered));
	else
		gw_json_print(&text, rendered);
	return !gw_text_is_falsy(gw_str_slice(&text));
}

/* ---- Services ---- */

static void refuse(const char *what, struct gw_error *err)
{
	gw_fail(err, GW_INTERNAL, "%s is not available to this kind of task", what);
}

json_t *gw_run_render(struct gw_run *run, const json_t *raw, struct gw_error *err)
{
	if (run->services && run->services->render)
		return run->services->render(run, raw, err);
	refuse("rendering", err);
	return NULL;
}

const char *gw_run_directory(struct gw_run *run, struct gw_error *err)
{
	if (run->services && run->services->directory)
		return run->services->directory(run, err);
	refuse("a working folder", err);
	return NULL;
}

int gw_run_read(struct gw_run *run, const char *uri, struct gw_error *err)
{
	if (run->services && run->services->read)
		return run->services->read(run, uri, err);
	refuse("reading files", err);
	return -1;
}

bool gw_run_write(struct gw_run *run, int fd, const char *name, char **uri, struct gw_error *err)
{
	if (run->services && run->services->write)
		return run->services->write(run, fd, name, uri, err);
	refuse("writing files", err);
	return false;
}

json_t *gw_run_ask(struct gw_run *run, const char *question, const json_t *arguments,
	struct gw_error *err)
{
	if (run->services && run->services->ask)
		return run->services->ask(run, question, arguments, err);
	refuse(question, err);
	return NULL;
}
