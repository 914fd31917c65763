/* executions.h - what the files about executions share */
#ifndef GW_API_EXECUTIONS_H
#define GW_API_EXECUTIONS_H

#include "api/api.h"

#include "check/input.h"

extern const struct gw_resource gw_execution_resource;

/* An execution with its task runs, parsed: a new reference. */
json_t *gw_execution_load(struct gw_http_request *rq, const char *id, struct gw_error *err);
/* The flow of a loaded execution, in its revision; a reference. */
struct gw_flow *gw_execution_flow(struct gw_http_request *rq, const json_t *execution,
	struct gw_error *err);
/* A stored execution in lists: without its task runs. */
void gw_execution_answer(struct gw_str *out, const struct gw_record *record, void *arg);

/* ---- inputs.c: what a multipart body says of inputs ---- */

struct gw_form_inputs {
	struct gw_scope scope; /* first: what expressions in defaults see */
	struct gw_http_request *rq;
	const struct gw_flow *flow;
	const json_t *declared; /* list, NULL = none */
	const char *execution; /* whose inputs files become; NULL = nothing is stored */
	/* Filled in by read: */
	struct gw_sent_input *sent; /* in the request's arena */
	size_t n;
	json_t *made; /* variables made for the scope */
};

bool gw_form_inputs_read(struct gw_form_inputs *inputs, struct gw_error *err);
void gw_form_inputs_clear(struct gw_form_inputs *inputs);
#define gw_auto_form_inputs __attribute__((cleanup(gw_form_inputs_clear))) struct gw_form_inputs
/* *out is a new reference, NULL if nothing is declared. */
bool gw_form_inputs_resolve(struct gw_form_inputs *inputs, json_t **out, struct gw_error *err);
/* Answers each with its own outcome: {"id","namespace","inputs":[…],"checks":[]}. */
void gw_form_inputs_answer(struct gw_form_inputs *inputs);

#endif
