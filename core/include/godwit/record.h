/* record.h - what is stored: a document as text, and beside it the values to search by */
#ifndef GODWIT_RECORD_H
#define GODWIT_RECORD_H

#include <godwit/time.h>

enum gw_field_type {
	GW_KEYWORD, /* exact text */
	GW_KEYWORDS, /* a set of exact texts, such as labels ("key\x1fvalue"); empty = null */
	GW_INTEGER,
	GW_INSTANT, /* gw_time */
	GW_BOOLEAN,
	GW_TEXT, /* searched by substring, never sorted by */
};

struct gw_field {
	const char *name; /* snake_case, safe as a column name */
	enum gw_field_type type;
};

/* A kind of record. The tables in core/model/kinds.c are the only place that declares them:
 * backends derive their tables, indexes or mappings from it. */
struct gw_kind {
	const char *name; /* snake_case, safe as a table name */
	const struct gw_field *fields;
	unsigned n_fields;
	/* Indexes beside (tenant, key), ended by NULL: fields separated by spaces, "?" before the
	 * last one leaves out records where it is null. */
	const char *const *indexes;
	int step; /* GW_STEP_… (backend.h): where records of it stand in a group */
};

GW_EXPORT int gw_kind_field(const struct gw_kind *kind, const char *name); /* -1 = none */

/* One field of one record. */
struct gw_value {
	bool is_set; /* false = null */
	int64_t number; /* INTEGER, INSTANT, BOOLEAN (0 or 1) */
	struct gw_slice text; /* KEYWORD, TEXT */
	const struct gw_slice *items; /* KEYWORDS */
	unsigned n_items;
};

/* An opaque token: compared for equality only, never used again for the same key. */
struct gw_version {
	uint64_t a, b;
};

static inline bool gw_version_equal(struct gw_version x, struct gw_version y)
{
	return x.a == y.a && x.b == y.b;
}

/* Bounds that every backend keeps; what exceeds them is refused as GW_INVALID. */
#define GW_TENANT_MAX 64
#define GW_KEY_MAX 750 /* bytes; no NUL */
#define GW_DOC_MAX (64u << 20) /* bytes; valid UTF-8, no NUL */
#define GW_KEYWORD_INDEXED 256 /* bytes of a keyword that comparisons are sure to see */

struct gw_record {
	const struct gw_kind *kind;
	struct gw_slice tenant; /* "" for records of the whole installation */
	struct gw_slice key; /* ordered bytewise within (kind, tenant) */
	struct gw_version version; /* as read; what replace and delete compare */
	gw_time due; /* when somebody should claim it; GW_NEVER = nobody */
	struct gw_slice owner; /* process that owns it; data NULL = nobody */
	const struct gw_value *fields; /* kind->n_fields of them; NULL = all null */
	struct gw_slice doc; /* JSON text; the bytes stored come back */
};

/* A copy in one block of memory, for free(). */
GW_EXPORT struct gw_record *gw_record_copy(const struct gw_record *record);
/* Copies n records into one block, for free(). NULL among them gives kind NULL. */
GW_EXPORT struct gw_record *gw_records_copy(struct gw_record *const *records, size_t n);

/* Records one after another. What next yields belongs to the stream until the next call. */
enum gw_next { GW_NEXT_RECORD, GW_NEXT_DONE, GW_NEXT_FAILED };

struct gw_stream {
	enum gw_next (*next)(struct gw_stream *s, struct gw_record *out, struct gw_error *err);
	void (*close)(struct gw_stream *s);
};

static inline enum gw_next gw_stream_next(struct gw_stream *s, struct gw_record *out,
	struct gw_error *err)
{
	return s->next(s, out, err);
}

GW_EXPORT void gw_stream_close(struct gw_stream **s); /* tolerates NULL; sets NULL */
#define gw_auto_stream __attribute__((cleanup(gw_stream_close))) struct gw_stream

/* A list of copies (gw_record_copy), owned. */
struct gw_records {
	struct gw_record **items;
	size_t n, cap;
};

GW_EXPORT void gw_records_add(struct gw_records *records, struct gw_record *copy);
GW_EXPORT void gw_records_clear(struct gw_records *records);
#define gw_auto_records __attribute__((cleanup(gw_records_clear))) struct gw_records
/* Yields them in their order; takes them over. */
GW_EXPORT struct gw_stream *gw_records_stream(struct gw_records *records);

#endif
