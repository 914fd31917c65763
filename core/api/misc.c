/* misc.c - what the server says of itself: configuration, ping; and the management port */
#include "api/api.h"

#include "base/json.h"
#include "base/log.h"
#include "metrics/metrics.h"

#include <config.h>

/* ---- For the page and for clients ---- */

static bool ping(struct gw_http_request *rq, struct gw_error *err)
{
	(void)err;
	rq->out.content_type = "text/plain";
	gw_str_puts(&rq->out.body, "pong");
	return true;
}

static bool redirect_to_page(struct gw_http_request *rq, struct gw_error *err)
{
	(void)err;
	rq->out.status = 307;
	rq->out.location = "/ui/";
	return true;
}

static bool show_config(struct gw_http_request *rq, struct gw_error *err)
{
	const struct gw_api *api = gw_api_of(rq);
	struct gw_str *out = &rq->out.body;
	(void)err;
	gw_str_putc(out, '{');
	gw_json_text(out, "version", gw_slice_of(PACKAGE_VERSION));
	gw_json_text(out, "edition", gw_slice_of("OSS"));
	gw_json_text(out, "url", gw_slice_of(api->url));
	gw_json_text(out, "chartDefaultDuration", gw_slice_of("PT24H"));
	gw_json_bool(out, "isCustomDashboardsEnabled", false);
	gw_json_bool(out, "isTaskRunEnabled", false);
	gw_json_bool(out, "isAnonymousUsageEnabled", false);
	gw_json_bool(out, "isUiAnonymousUsageEnabled", false);
	gw_json_bool(out, "isTemplateEnabled", false);
	gw_json_bool(out, "isAiEnabled", false);
	gw_json_bool(out, "isBasicAuthEnabled", false);
	gw_json_bool(out, "isBasicAuthInitialized", true);
	gw_json_bool(out, "isConcurrencyViewEnabled", false);
	gw_json_raw(out, "preview", gw_slice_of("{\"initial\":100,\"max\":5000}"));
	gw_json_text(out, "systemNamespace", gw_slice_of(GW_SYSTEM_NAMESPACE));
	gw_json_raw(out, "hiddenLabelsPrefixes", gw_slice_of("[\"system.\",\"internal.\"]"));
	gw_str_putc(out, '}');
	return true;
}

const struct gw_route gw_misc_routes[] = {
	{ GW_HTTP_GET, "//", redirect_to_page, GW_ROUTE_DIRECT },
	{ GW_HTTP_GET, "//ping", ping, GW_ROUTE_DIRECT },
	{ GW_HTTP_GET, "/configs", show_config, GW_ROUTE_DIRECT },
	{ GW_HTTP_GET, NULL, NULL, 0 },
};

/* ---- The management port ---- */

static bool show_up(struct gw_http_request *rq, struct gw_error *err)
{
	(void)err;
	gw_str_puts(&rq->out.body, "{\"status\":\"UP\"}");
	return true;
}

/* Up while the repository answers. */
static bool show_health(struct gw_http_request *rq, struct gw_error *err)
{
	gw_auto_str text = { 0 };
	struct gw_str *out = &rq->out.body;
	bool up = gw_store_describe(gw_api_of(rq)->store, &text, err);
	rq->out.status = up ? 200 : 503;
	gw_str_putc(out, '{');
	gw_json_text(out, "status", gw_slice_of(up ? "UP" : "DOWN"));
	gw_json_key(out, "details");
	gw_str_puts(out, "{\"repository\":{");
	gw_json_text(out, "status", gw_slice_of(up ? "UP" : "DOWN"));
	gw_json_text(out, up ? "description" : "error",
		up ? gw_str_slice(&text) : gw_slice_of(err->message));
	gw_str_puts(out, "}}}");
	return true;
}

static bool show_metrics(struct gw_http_request *rq, struct gw_error *err)
{
	(void)err;
	rq->out.content_type = "text/plain; version=0.0.4; charset=utf-8";
	gw_metrics_print(&rq->out.body);
	return true;
}

static bool show_version(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_str *out = &rq->out.body;
	(void)err;
	gw_str_putc(out, '{');
	gw_json_text(out, "version", gw_slice_of(PACKAGE_VERSION));
	gw_json_text(out, "type", gw_slice_of("OSS"));
	gw_str_putc(out, '}');
	return true;
}

const struct gw_route gw_management_routes[] = {
	{ GW_HTTP_GET, "//health", show_health, 0 },
	{ GW_HTTP_GET, "//health/readiness", show_health, 0 },
	{ GW_HTTP_GET, "//health/liveness", show_up, GW_ROUTE_DIRECT },
	{ GW_HTTP_GET, "//prometheus", show_metrics, GW_ROUTE_DIRECT },
	{ GW_HTTP_GET, "//metrics", show_metrics, GW_ROUTE_DIRECT },
	{ GW_HTTP_GET, "//version", show_version, GW_ROUTE_DIRECT },
	{ GW_HTTP_GET, NULL, NULL, 0 },
};
