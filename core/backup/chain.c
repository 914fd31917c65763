/* chain.c - an archive with those it is based on, read as one: records are merged by their keys,
 * the newest archive that has one counts */
#include "backup/chain.h"

#include "backup/place.h"

#include "base/base64.h"
#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"

struct link {
	struct gw_archive_reader *reader;
	char *uri;
	struct gw_archive_item item; /* the current one */
	enum gw_archive_next what;
	bool is_used; /* the next one is wanted */
	const struct gw_kind *kind; /* of the last record, with its names */
	struct gw_str tenant, key;
};

struct gw_chain {
	struct link links[GW_CHAIN_MAX]; /* the newest first */
	size_t n;
	struct gw_tallies tallies; /* of a chain of several */
};

/* ---- Opening ---- */

static char *hash_of(const struct gw_archive_reader *reader)
{
	struct gw_slice hash = gw_archive_hash(reader);
	gw_auto_str text = { 0 };
	gw_base64_encode(&text, hash.data, hash.len);
	return gw_str_steal(&text);
}

json_t *gw_chain_base(const struct gw_chain *chain, const char *uri)
{
	gw_auto_free char *hash = hash_of(chain->links[0].reader);
	return json_pack("{s:s, s:s}", "uri", uri, "hash", hash);
}

/* Where an archive's base is: under its URI, or beside an archive that is a file. */
static char *find_base(const char *uri, const char *base)
{
	const char *name = strrchr(base, '/'), *slash = strrchr(uri, '/');
	if (gw_backup_path(uri) || !name)
		return gw_strdup(base);
	return slash ? gw_sprintf("%.*s%s", (int)(slash - uri), uri, name) : gw_strdup(name + 1);
}

/* wanted: the hash that the archive based on it names; NULL = it is the first. */
static bool open_link(struct gw_chain *chain, struct gw_storage *storage, const char *key,
	const char *wanted, struct gw_error *err)
{
	struct link *link = &chain->links[chain->n++];
	int fd = gw_backup_file(storage, link->uri, err);
	link->reader = fd < 0 ? NULL : gw_archive_open(fd, key, err);
	link->is_used = true;
	if (!link->reader)
		return false;
	gw_auto_free char *hash = hash_of(link->reader);
	return !wanted || strcmp(hash, wanted) == 0 ||
	       gw_fail(err, GW_INVALID, "this is another archive than the one that was based on");
}

static bool open_links(struct gw_chain *chain, struct gw_storage *storage, const char *key,
	struct gw_error *err)
{
	const char *wanted = NULL;
	for (;;) {
		struct link *link = &chain->links[chain->n];
		if (!open_link(chain, storage, key, wanted, err))
			return gw_explain(err, "%s", link->uri);
		const json_t *header = gw_archive_header(link->reader);
		const json_t *base = json_object_get(header, "base");
		const char *uri = gw_json_string(base, "uri");
		wanted = gw_json_string(base, "hash");
		if (!base)
			return true;
		if (!uri || !wanted)
			return gw_fail(err, GW_INVALID, "%s: its base has no name", link->uri);
		if (chain->n == GW_CHAIN_MAX)
			return gw_fail(err, GW_INVALID, "%s: more than %d archives in a row",
				chain->links[0].uri, GW_CHAIN_MAX);
		chain->links[chain->n].uri = find_base(link->uri, uri);
	}
}

struct gw_chain *gw_chain_open(struct gw_storage *storage, const char *uri, const char *key,
	struct gw_error *err)
{
	struct gw_chain *chain = gw_new(struct gw_chain);
	chain->links[0].uri = gw_strdup(uri);
	if (open_links(chain, storage, key, err))
		return chain;
	gw_chain_free(&chain);
	return NULL;
}

void gw_chain_free(struct gw_chain **chain)
{
	struct gw_chain *closing = gw_steal(chain);
	for (size_t i = 0; closing && i < GW_CHAIN_MAX; i++) {
		gw_archive_reader_free(&closing->links[i].reader);
		free(closing->links[i].uri);
		gw_str_clear(&closing->links[i].tenant);
		gw_str_clear(&closing->links[i].key);
	}
	free(closing);
}

const json_t *gw_chain_header(const struct gw_chain *chain)
{
	return gw_archive_header(chain->links[0].reader);
}

const struct gw_tallies *gw_chain_read(const struct gw_chain *chain)
{
	return chain->n > 1 ? &chain->tallies : gw_archive_read(chain->links[0].reader);
}

uint64_t gw_chain_position(const struct gw_chain *chain)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < chain->n; i++)
		sum += gw_archive_position(chain->links[i].reader);
	return sum;
}

size_t gw_chain_length(const struct gw_chain *chain)
{
	return chain->n;
}

/* ---- Order ---- */

/* Contents in their order, of each the kinds from the last to the first. */
static size_t rank(const struct gw_kind *kind)
{
	size_t content = kind ? gw_content_of(kind) : SIZE_MAX, n = 0;
	if (content == SIZE_MAX)
		return SIZE_MAX;
	const struct gw_kind *const *kinds = gw_contents[content].kinds;
	while (kinds[n] != kind)
		n++;
	return content * GW_LEN(gw_contents[0].kinds) + GW_LEN(gw_contents[0].kinds) - n;
}

int gw_chain_order(const struct gw_record *a, const struct gw_record *b)
{
	size_t x = rank(a->kind), y = rank(b->kind);
	if (x != y)
		return x < y ? -1 : 1;
	int order = gw_slice_compare(a->tenant, b->tenant);
	return order ? order : gw_slice_compare(a->key, b->key);
}

/* ---- Reading ---- */

static bool is_record(enum gw_archive_next what)
{
	return what == GW_ARCHIVE_RECORD || what == GW_ARCHIVE_DELETED;
}

/* Merging relies on it; an archive of a part is in another one. */
static bool check_order(struct link *link, struct gw_error *err)
{
	const struct gw_record *record = &link->item.record;
	const struct gw_record last = { .kind = link->kind,
		.tenant = gw_str_slice(&link->tenant),
		.key = gw_str_slice(&link->key) };
	if (link->kind && gw_chain_order(&last, record) >= 0)
		return gw_fail(err, GW_INVALID, "%s: its records are in another order", link->uri);
	link->kind = record->kind;
	gw_str_reset(&link->tenant);
	gw_str_add(&link->tenant, record->tenant.data, record->tenant.len);
	gw_str_reset(&link->key);
	gw_str_add(&link->key, record->key.data, record->key.len);
	return true;
}

/* The link's next item; files of older archives are passed over: the newest has all. */
static bool step(struct gw_chain *chain, struct link *link, struct gw_error *err)
{
	bool has_files = link == &chain->links[0];
	link->is_used = false;
	do
		link->what = gw_archive_next(link->reader, &link->item, err);
	while (!has_files && (link->what == GW_ARCHIVE_FILE || link->what == GW_ARCHIVE_PART));
	if (link->what == GW_ARCHIVE_FAILED)
		return gw_explain(err, "%s", link->uri);
	if (!is_record(link->what))
		return true;
	if (!link->item.record.kind)
		return gw_fail(err, GW_CONFLICT,
			"%s: this version does not know the kind %s: use a newer Godwit", link->uri,
			link->item.kind);
	return check_order(link, err);
}

static struct link *find_first(struct gw_chain *chain)
{
	struct link *first = NULL;
	for (size_t i = 0; i < chain->n; i++) {
		struct link *link = &chain->links[i];
		if (is_record(link->what) &&
			(!first || gw_chain_order(&link->item.record, &first->item.record) < 0))
			first = link;
	}
	return first;
}

static void count(struct gw_chain *chain, const struct gw_archive_item *item)
{
	struct gw_tally *tally = gw_tally_of(&chain->tallies, gw_slice_of(item->kind));
	if (tally)
		gw_tally_add(tally, item->record.tenant, item->record.key, item->record.doc);
}

/* Kinds of which nothing came, and files. */
static enum gw_archive_next finish(struct gw_chain *chain)
{
	const struct gw_tallies *own = gw_archive_read(chain->links[0].reader);
	for (size_t i = 0; i < own->n; i++) {
		const char *name = own->items[i].name;
		struct gw_tally *tally = gw_tally_of(&chain->tallies, gw_slice_of(name));
		if (tally && strcmp(name, "file") == 0)
			*tally = own->items[i];
	}
	return GW_ARCHIVE_DONE;
}

/* The current items of all links are known. */
static enum gw_archive_next take(struct gw_chain *chain, struct gw_archive_item *out)
{
	struct link *newest = &chain->links[0], *first;
	if (newest->what == GW_ARCHIVE_FILE || newest->what == GW_ARCHIVE_PART) {
		newest->is_used = true;
		*out = newest->item;
		return newest->what;
	}
	first = find_first(chain);
	if (!first)
		return finish(chain);
	for (size_t i = 0; i < chain->n; i++) {
		struct link *link = &chain->links[i];
		link->is_used = is_record(link->what) &&
				gw_chain_order(&link->item.record, &first->item.record) == 0;
	}
	*out = first->item;
	if (first->what == GW_ARCHIVE_RECORD)
		count(chain, out);
	return first->what;
}

enum gw_archive_next gw_chain_next(struct gw_chain *chain, struct gw_archive_item *out,
	struct gw_error *err)
{
	enum gw_archive_next what;
	if (chain->n == 1) {
		what = gw_archive_next(chain->links[0].reader, out, err);
		if (what != GW_ARCHIVE_DELETED)
			return what;
		gw_fail(err, GW_INVALID, "the archive names what is gone, but no base");
		return GW_ARCHIVE_FAILED;
	}
	do {
		for (size_t i = 0; i < chain->n; i++)
			if (chain->links[i].is_used && !step(chain, &chain->links[i], err))
				return GW_ARCHIVE_FAILED;
		what = take(chain, out);
	} while (what == GW_ARCHIVE_DELETED);
	return what;
}
