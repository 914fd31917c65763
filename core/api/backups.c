/* backups.c - backups: which there are, and jobs that make, restore and verify them */
#include "api/api.h"

#include "backup/jobs.h"
#include "base/json.h"

/* What everybody may know of an archive: nothing about its key. */
static void print_entry(struct gw_str *out, const char *uri, int64_t bytes, json_t *header)
{
	static const char *const names[] = { "type", "tenant", "createdAt", "program", "version",
		"cipher", "oneMoment", "options" };
	gw_str_putc(out, '{');
	gw_json_text(out, "uri", gw_slice_of(uri));
	gw_json_int(out, "bytes", bytes);
	gw_json_bool(out, "readable", header != NULL);
	for (size_t i = 0; i < GW_LEN(names); i++)
		if (json_object_get(header, names[i]))
			gw_json_value(out, names[i], json_object_get(header, names[i]));
	gw_str_putc(out, '}');
}

static bool list_backups(struct gw_http_request *rq, struct gw_error *err)
{
	gw_auto_backup_list list = { 0 };
	struct gw_str *out = &rq->out.body;
	if (!gw_backup_list(gw_api_of(rq)->storage, &list, err))
		return false;
	gw_str_puts(out, "{\"results\":[");
	for (size_t i = list.n; i-- > 0;) {
		gw_json_comma(out);
		print_entry(out, list.items[i].uri, list.items[i].bytes, list.items[i].header);
	}
	gw_str_putc(out, ']');
	gw_json_int(out, "total", (int64_t)list.n);
	gw_str_putc(out, '}');
	return true;
}

static bool delete_backup(struct gw_http_request *rq, struct gw_error *err)
{
	const char *uri = gw_request_param(rq, "uri");
	if (!uri)
		return gw_fail(err, GW_BAD_REQUEST, "Required QueryValue [uri] not specified");
	rq->out.status = 204;
	return gw_backup_delete(gw_api_of(rq)->storage, uri, err);
}

/* ---- Jobs ---- */

static bool start_job(struct gw_http_request *rq, struct gw_error *err)
{
	json_auto_t *options = gw_request_json(rq, err);
	if (!options || !gw_backup_job_start(gw_api_of(rq)->backups, rq->args[0], options,
				&rq->out.body, err))
		return false;
	rq->out.status = 202;
	return true;
}

static bool list_jobs(struct gw_http_request *rq, struct gw_error *err)
{
	(void)err;
	gw_backup_jobs_print(gw_api_of(rq)->backups, &rq->out.body);
	return true;
}

static bool show_job(struct gw_http_request *rq, struct gw_error *err)
{
	return gw_backup_job_print(gw_api_of(rq)->backups, rq->args[0], &rq->out.body, err);
}

static bool cancel_job(struct gw_http_request *rq, struct gw_error *err)
{
	return gw_backup_job_cancel(gw_api_of(rq)->backups, rq->args[0], err) && show_job(rq, err);
}

const struct gw_route gw_backup_routes[] = {
	{ GW_HTTP_GET, "/backups", list_backups, 0 },
	{ GW_HTTP_DELETE, "/backups", delete_backup, 0 },
	{ GW_HTTP_POST, "/backups/jobs/{type}", start_job, GW_ROUTE_BODY },
	{ GW_HTTP_GET, "/backups/jobs", list_jobs, 0 },
	{ GW_HTTP_GET, "/backups/jobs/{id}", show_job, 0 },
	{ GW_HTTP_DELETE, "/backups/jobs/{id}", cancel_job, 0 },
	{ GW_HTTP_GET, NULL, NULL, 0 },
};
