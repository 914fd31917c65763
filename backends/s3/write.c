/* write.c - objects as they are written: in one request, or in parts when they are large */
#include "backends/s3/s3.h"
#include "backends/s3/xml.h"

#include <godwit/mem.h>

#include <inttypes.h>
#include <sys/random.h>

#define PARTS_MAX 10000 /* the protocol's */

struct gw_delivery {
	struct gw_depot *depot;
	char *path, *uri;
	char mark[MARK_TEXT]; /* tells this writing from others, when an answer got lost */
	struct gw_str part; /* not sent yet */
	size_t part_bytes;
	char *upload; /* escaped, of a writing in parts; NULL = it is none yet */
	struct gw_str list; /* of the parts that were sent */
	int n_parts;
	bool is_published;
};

static void make_mark(char out[MARK_TEXT])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[MARK_TEXT / 2];
	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		abort();
	for (size_t i = 0; i < sizeof(bytes); i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[MARK_TEXT - 1] = '\0';
}

struct gw_delivery *s3_begin(struct gw_depot *depot, const struct gw_file_name *name,
	struct gw_error *err)
{
	(void)err;
	struct gw_delivery *d = gw_new(struct gw_delivery);
	d->depot = depot;
	d->path = gw_strdup(name->path);
	d->uri = gw_strdup(name->uri);
	d->part_bytes = (size_t)depot->settings.part_mb << 20;
	make_mark(d->mark);
	return d;
}

/* ---- Parts ---- */

static bool begin_parts(struct gw_delivery *d, struct gw_error *err)
{
	struct reply reply;
	gw_auto_str escaped = { 0 };
	const struct call call = {
		.method = "POST", .key = d->path, .query = "uploads=", .mark = d->mark
	};
	if (!http_demand(d->depot->http, &call, d->uri, &reply, err))
		return false;
	gw_auto_free char *id = xml_text(gw_str_slice(&reply.body), "UploadId");
	gw_str_clear(&reply.body);
	if (!id)
		return gw_fail(err, GW_INTERNAL, "storage: %s: the S3 server names no UploadId",
			d->uri);
	sign_escape(&escaped, id, "");
	d->upload = gw_str_steal(&escaped);
	return true;
}

static bool send_part(struct gw_delivery *d, struct gw_error *err)
{
	struct reply reply;
	if (!d->upload && !begin_parts(d, err))
		return false;
	if (d->n_parts == PARTS_MAX)
		return gw_fail(err, GW_INVALID,
			"storage: %s: more than %d parts of %" PRId64
			" MB: raise storage.s3.part-mb",
			d->uri, PARTS_MAX, d->depot->settings.part_mb);
	gw_auto_free char *query = gw_sprintf("partNumber=%d&uploadId=%s", ++d->n_parts, d->upload);
	const struct call call = {
		.method = "PUT", .key = d->path, .query = query, .body = gw_str_slice(&d->part)
	};
	if (!http_demand(d->depot->http, &call, d->uri, &reply, err))
		return false;
	gw_str_printf(&d->list, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>",
		d->n_parts, reply.etag);
	gw_str_clear(&reply.body);
	gw_str_reset(&d->part);
	return true;
}

/* A full part waits for what follows it: the last one may have to go alone. */
bool s3_write(struct gw_delivery *d, struct gw_slice part, struct gw_error *err)
{
	while (part.len > 0) {
		if (d->part.len == d->part_bytes && !send_part(d, err))
			return false;
		size_t room = d->part_bytes - d->part.len;
		size_t len = part.len < room ? part.len : room;
		gw_str_add(&d->part, part.data, len);
		part = gw_slice(part.data + len, part.len - len);
	}
	return true;
}

/* ---- Publishing ---- */

/* *found: whether there is an object; *is_ours: that it comes from this writing. */
static bool look(const struct gw_delivery *d, bool *found, bool *is_ours, struct gw_error *err)
{
	struct reply reply;
	const struct call call = { .method = "HEAD", .key = d->path };
	if (!http_call(d->depot->http, &call, &reply, err))
		return gw_explain(err, "storage: %s", d->uri);
	gw_str_clear(&reply.body);
	*found = http_is_fine(&reply);
	*is_ours = *found && strcmp(reply.mark, d->mark) == 0;
	return *found || reply.status == 404 || http_fail(&reply, d->uri, err);
}

/* The request that makes the object appear. An answer that got lost leaves open whether it does;
 * the object's mark tells. */
static bool finish(const struct gw_delivery *d, const struct call *call, struct gw_error *err)
{
	struct reply reply;
	struct gw_error ignored;
	bool found, is_ours = false;
	bool ok = http_demand(d->depot->http, call, d->uri, &reply, err);
	/* Completing takes long: the answer begins before it is clear how it ends. */
	gw_auto_free char *code = ok ? xml_text(gw_str_slice(&reply.body), "Code") : NULL;
	if (code)
		ok = gw_fail(err, GW_UNAVAILABLE, "storage: %s: %s", d->uri, code);
	if (ok)
		gw_str_clear(&reply.body);
	return ok || (reply.tries > 1 && look(d, &found, &is_ours, &ignored) && is_ours);
}

static bool put(const struct gw_delivery *d, bool only_new, struct gw_error *err)
{
	const struct call call = { .method = "PUT",
		.key = d->path,
		.body = gw_str_slice(&d->part),
		.mark = d->mark,
		.only_new = only_new };
	return finish(d, &call, err);
}

static bool complete(struct gw_delivery *d, bool only_new, struct gw_error *err)
{
	if (d->part.len > 0 && !send_part(d, err))
		return false;
	gw_auto_free char *query = gw_sprintf("uploadId=%s", d->upload);
	gw_auto_free char *list =
		gw_sprintf("<CompleteMultipartUpload>%s</CompleteMultipartUpload>",
			gw_str_text(&d->list));
	const struct call call = { .method = "POST",
		.key = d->path,
		.query = query,
		.body = gw_slice_of(list),
		.only_new = only_new };
	return finish(d, &call, err);
}

bool s3_publish(struct gw_delivery *d, bool may_replace, struct gw_error *err)
{
	bool found = false, is_ours;
	/* Not all servers know a condition in the request itself. */
	if (!may_replace && !look(d, &found, &is_ours, err))
		return false;
	d->is_published =
		!found && (d->upload ? complete(d, !may_replace, err) : put(d, !may_replace, err));
	if (found || (!d->is_published && !may_replace && err->code == GW_CONFLICT))
		return gw_fail(err, GW_CONFLICT, "storage: %s exists already", d->uri);
	return d->is_published;
}

void s3_abandon(struct gw_delivery *d)
{
	struct reply reply;
	struct gw_error ignored;
	if (d->upload && !d->is_published) {
		gw_auto_free char *query = gw_sprintf("uploadId=%s", d->upload);
		const struct call call = { .method = "DELETE", .key = d->path, .query = query };
		if (http_call(d->depot->http, &call, &reply, &ignored))
			gw_str_clear(&reply.body);
	}
	gw_str_clear(&d->part);
	gw_str_clear(&d->list);
	free(d->upload);
	free(d->path);
	free(d->uri);
	free(d);
}
