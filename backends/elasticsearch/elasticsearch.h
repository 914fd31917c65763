/* elasticsearch.h - what the files of this backend share
 *
 * One index a kind behind an alias; a record is a document with its fields beside its text, which
 * is kept as a string and therefore byte for byte. */
#ifndef GW_BACKENDS_ELASTICSEARCH_ELASTICSEARCH_H
#define GW_BACKENDS_ELASTICSEARCH_ELASTICSEARCH_H

#include "backends/elasticsearch/http.h"

#include <godwit/backend.h>
#include <godwit/json.h>
#include <godwit/mem.h>

/* What differs between servers. */
struct flavour {
	const char *name; /* for people */
	const char *distribution; /* version.distribution of GET /; NULL = it has none */
	int least; /* major version */
	const char *pit_open, *pit_close; /* paths; open is below the index */
	const char *pit_id; /* member of the answer to open */
	bool closes_lists; /* close takes a list of ids */
};

/* What is known of a kind's index. */
struct index {
	const struct gw_kind *kind;
	char *alias;
	unsigned oldest,
		newest; /* atomic: numbers behind the alias; they differ after a rollover */
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t refreshed;
	uint64_t n_wanted, n_done; /* refreshes asked for, and of these those that are over */
	bool is_refreshing;
};

struct gw_backend {
	struct settings settings;
	struct http *http;
	const struct flavour *flavour;
	char *version;
	size_t n_indices;
	struct index *indices;
};

struct index *index_of(struct gw_backend *b, const struct gw_kind *kind);
/* The name of one of the indices behind an alias. */
void index_name(struct gw_str *out, const struct index *index, unsigned number);
/* The number in such a name; 0 = there is none. */
unsigned index_number(const char *name);
/* Whether a key may be in one of several indices: after a rollover. */
bool index_is_split(const struct index *index);
/* Asks which indices are behind the alias. */
bool index_learn(struct gw_backend *b, struct index *index, struct gw_error *err);
void index_note(struct index *index, const char *name); /* one of them was seen */
/* Adds {"_index":…,"_id":…}, one for each index that a new record may be in; returns how many. */
size_t index_print_places(struct gw_str *out, const struct index *index, struct gw_slice tenant,
	struct gw_slice key);
/* Makes all that was written before the call visible to scans, whoever wrote it. Who asks while one
 * is under way shares the next one. */
bool index_refresh(struct gw_backend *b, struct index *index, struct gw_error *err);

/* ---- Calls (call.c) ---- */

/* The parsed answer, a new reference, whatever its status is; NULL = none came. */
json_t *call(struct gw_backend *b, const struct request *request, long *status,
	struct gw_error *err);
/* The same, but an answer that reports an error is an error. */
json_t *call_well(struct gw_backend *b, const struct request *request, struct gw_error *err);
/* Sets err from the member "error" of an answer; always returns false. */
bool call_fail(long status, const json_t *error, struct gw_error *err);
/* The type of an error, "" if there is none. */
const char *error_type(const json_t *error);
bool is_index_gone(const json_t *error); /* it was deleted, and with it what was in it */

/* ---- Documents (document.c) ---- */

#define FIELD_DOCUMENT "Document" /* the record's text; no field of a kind begins so */
#define FIELD_WHOLE "Whole" /* texts that are longer than what is indexed of them */
#define TEXT_PIECE 30000 /* bytes of a long text that are one term */
#define TEXT_OVERLAP 1000 /* bytes that two neighbouring terms share */

/* The id of a document: tenant/key, the end of a long one replaced by its hash. */
void document_id(struct gw_str *out, struct gw_slice tenant, struct gw_slice key);
void document_print(struct gw_str *out, const struct gw_record *r);
/* At most so many bytes of a text, ended at a whole character. */
struct gw_slice cut_text(struct gw_slice text, size_t most);

/* A record read from an answer, with room for its fields. */
struct row {
	struct gw_record record;
	struct gw_value *fields;
	struct gw_slice *items;
	size_t cap_items;
};

void row_init(struct row *row, const struct gw_kind *kind, enum gw_want want);
void row_clear(struct row *row);
/* Reads a hit or a document of an answer, which must outlive the record. */
bool row_read(struct row *row, const json_t *hit, struct gw_error *err);
struct gw_version version_of(const json_t *hit);
#define auto_row __attribute__((cleanup(row_clear))) struct row

/* ---- Queries (query.c) ---- */

/* "query":{…} */
void query_print(struct gw_str *out, const struct gw_query *query);
/* ,"sort":[…] */
void query_print_order(struct gw_str *out, const struct gw_query *query);

/* ---- Points in time (snapshot.c) ---- */

char *pit_open(struct gw_backend *b, const struct index *index, struct gw_error *err); /* its id */
void pit_close(struct gw_backend *b, char *id); /* frees the id, too; NULL = nothing */
/* ,"pit":{…} keeps it alive, too */
void pit_print(struct gw_str *out, const char *id);
/* That of the query's kind and snapshot, borrowed. */
char *snapshot_pit(struct gw_backend *b, const struct gw_query *query);
/* To be called now and then while a snapshot is used. */
bool snapshot_keep(struct gw_backend *b, struct gw_snapshot *snapshot, struct gw_error *err);

/* ---- The table's functions ---- */

bool elasticsearch_migrate(struct gw_backend *b, struct gw_error *err);
bool elasticsearch_layout(struct gw_backend *b, int *out, struct gw_error *err);
bool elasticsearch_remove(struct gw_backend *b, struct gw_error *err);
bool elasticsearch_get(struct gw_backend *b, const struct gw_kind *kind, const struct gw_key *keys,
	size_t n, struct gw_record **out, struct gw_error *err);
struct gw_stream *elasticsearch_scan(struct gw_backend *b, const struct gw_query *query,
	struct gw_error *err);
bool elasticsearch_count(struct gw_backend *b, const struct gw_query *query, const char *by,
	uint64_t cap, struct gw_counts *out, struct gw_error *err);
struct gw_snapshot *elasticsearch_snapshot(struct gw_backend *b, struct gw_error *err);
void elasticsearch_release(struct gw_backend *b, struct gw_snapshot *snapshot);
bool elasticsearch_write(struct gw_backend *b, struct gw_group *groups, size_t n,
	struct gw_error *err);
struct gw_stream *elasticsearch_claim(struct gw_backend *b, const struct gw_kind *kind,
	struct gw_slice owner, gw_time now, size_t limit, struct gw_error *err);

#endif
