/* flows.h - what the files about flows share */
#ifndef GW_API_FLOWS_H
#define GW_API_FLOWS_H

#include "api/api.h"

extern const struct gw_resource gw_flow_resource;

/* A stored flow as the API shows it. */
void gw_flow_answer(struct gw_str *out, const struct gw_record *record, bool with_source);
struct gw_slice gw_flow_source(const struct gw_record *record); /* of a flow or a revision */
/* Which flow is wanted. */
struct gw_flow_choice {
	const char *namespace, *id;
	int64_t revision; /* 0 = the latest */
	bool even_deleted;
};
/* GW_NOT_FOUND if it is not there or deleted. free(*hold). */
bool gw_flow_find(struct gw_http_request *rq, const struct gw_flow_choice *choice,
	struct gw_record *out, void **hold, struct gw_error *err);
/* Only flows that exist. */
bool gw_flow_search(struct gw_search *s, struct gw_http_request *rq, struct gw_error *err);

/* Saves a source; on violations the answer is written, *refused set. *out is the document with its
 * source, a new reference. */
struct gw_flow_saving {
	struct gw_http_request *rq;
	enum gw_save_mode mode;
	const char *namespace, *id; /* NULL = any */
	bool refused; /* set */
};
json_t *gw_flow_save(struct gw_flow_saving *saving, struct gw_slice source, struct gw_error *err);
void gw_flow_refuse(struct gw_http_request *rq, const struct gw_violations *violations);

/* namespace and id of a flow. */
struct gw_flow_name {
	char *namespace, *id;
};
struct gw_flow_names {
	struct gw_flow_name *items;
	size_t n, cap;
};
void gw_flow_names_clear(struct gw_flow_names *names);
#define gw_auto_flow_names __attribute__((cleanup(gw_flow_names_clear))) struct gw_flow_names
void gw_flow_names_add(struct gw_flow_names *names, struct gw_slice namespace, struct gw_slice id);
/* From a body [{"namespace":…,"id":…}]. */
bool gw_flow_names_read(struct gw_http_request *rq, struct gw_flow_names *out,
	struct gw_error *err);
/* Those that the request's filters match. */
bool gw_flow_names_search(struct gw_http_request *rq, struct gw_flow_names *out,
	struct gw_error *err);

#endif
