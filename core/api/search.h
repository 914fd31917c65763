/* search.h - what a request asks to see, translated for the repository
 *
 * Filters come in three forms: ?namespace=a (1.x), ?filters[namespace][PREFIX]=a (from 1.0 on),
 * and {"field":"namespace","operation":"PREFIX","value":"a"} in bodies. */
#ifndef GW_API_SEARCH_H
#define GW_API_SEARCH_H

#include "api/request.h"

#include <godwit/backend.h>

enum gw_column_type {
	GW_COLUMN_TEXT,
	GW_COLUMN_NAMESPACE, /* as ?namespace=a: a and what is below it */
	GW_COLUMN_STATE,
	GW_COLUMN_NUMBER,
	GW_COLUMN_FLAG, /* true or false; ?disabled=… means something else */
	GW_COLUMN_NOT_FLAG, /* "enabled", stored as "disabled" */
	GW_COLUMN_FROM, /* an instant; as ?startDate=…: from then on */
	GW_COLUMN_UNTIL, /* an instant; as ?endDate=…: until then */
	GW_COLUMN_RANGE, /* a duration: the instant is at most so long ago */
	GW_COLUMN_LEVEL, /* of log entries: at least so bad */
	GW_COLUMN_LABELS,
	GW_COLUMN_SCOPE, /* USER, SYSTEM: by namespace */
	GW_COLUMN_CHILD, /* CHILD, MAIN: whether the field is set */
	GW_COLUMN_KIND, /* of executions: all are NORMAL */
	GW_COLUMN_WORDS, /* substring of one of several fields, separated by spaces */
	GW_COLUMN_WITHIN, /* an id: the field begins with it and "/" */
	GW_COLUMN_IGNORED, /* accepted, without effect */
};

struct gw_column {
	const char *name; /* in filters */
	const char *field; /* of the record */
	enum gw_column_type type;
};

struct gw_sort_key {
	const char *name, *field;
};

/* How the API speaks of a kind of record. */
struct gw_resource {
	const struct gw_kind *kind;
	const struct gw_column *columns; /* ended by a NULL name */
	const struct gw_sort_key *sort_keys; /* ended by a NULL name */
};

#define GW_SYSTEM_NAMESPACE "system"
#define GW_SEARCH_FILTERS 64
#define GW_SEARCH_ORDERS 8
#define GW_TOTAL_MAX 100000u /* totals are exact up to here */

/* Must not be moved once begun. */
struct gw_search {
	struct gw_http_request *rq; /* texts live in its arena */
	const struct gw_resource *resource;
	gw_time now;
	struct gw_query query;
	struct gw_filter filters[GW_SEARCH_FILTERS];
	struct gw_order orders[GW_SEARCH_ORDERS];
	int64_t page, size;
	bool has_range;
	gw_time from, until;
};

/* An empty search in the request's tenant. */
GW_EXPORT void gw_search_begin(struct gw_search *s, struct gw_http_request *rq,
	const struct gw_resource *resource, gw_time now);
/* begin, and what the request's parameters say of filters. */
GW_EXPORT bool gw_search_read(struct gw_search *s, struct gw_http_request *rq,
	const struct gw_resource *resource, gw_time now, struct gw_error *err);
/* page, size and sort. */
GW_EXPORT bool gw_search_read_page(struct gw_search *s, struct gw_error *err);
/* A list of filters from a body. */
GW_EXPORT bool gw_search_read_json(struct gw_search *s, const json_t *filters,
	struct gw_error *err);
/* A condition that must hold too. */
GW_EXPORT bool gw_search_add(struct gw_search *s, struct gw_filter filter, struct gw_error *err);
/* Shorthands: the field equals a text, is true or false. What they point to must live on. */
GW_EXPORT struct gw_filter gw_filter_text(struct gw_http_request *rq, const char *field,
	enum gw_compare compare, struct gw_slice text);
GW_EXPORT struct gw_filter gw_filter_number(struct gw_http_request *rq, const char *field,
	enum gw_compare compare, int64_t number);
GW_EXPORT struct gw_filter gw_filter_not(struct gw_http_request *rq, struct gw_filter filter);
GW_EXPORT struct gw_filter gw_filter_any(struct gw_http_request *rq,
	const struct gw_filter *filters, unsigned n);
GW_EXPORT struct gw_filter gw_filter_all(struct gw_http_request *rq,
	const struct gw_filter *filters, unsigned n);
GW_EXPORT struct gw_filter gw_filter_never(void);

/* ---- filter.c ---- */

struct gw_condition {
	const struct gw_column *column;
	const char *operation; /* NULL = as a plain parameter */
	const char *key; /* filters[labels][EQUALS][key], NULL = none */
	struct gw_slice value; /* terminated */
};

/* Adds what a condition means to a search. GW_BAD_REQUEST names field and operation. */
GW_EXPORT bool gw_condition_add(struct gw_search *s, const struct gw_condition *condition,
	struct gw_error *err);

#endif
