/* fuzz_search.c - targets, query strings and filters in bodies */
#include "tests/fuzz/fuzz.h"

#include "api/search.h"
#include "base/json.h"
#include "model/kinds.h"

#include <godwit/time.h>

static const struct gw_column columns[] = {
	{ "q", "namespace flow key", GW_COLUMN_WORDS },
	{ "n", "namespace", GW_COLUMN_NAMESPACE },
	{ "f", "flow", GW_COLUMN_TEXT },
	{ "s", "state", GW_COLUMN_STATE },
	{ "r", "revision", GW_COLUMN_NUMBER },
	{ "a", "start", GW_COLUMN_FROM },
	{ "z", "finish", GW_COLUMN_UNTIL },
	{ "t", "start", GW_COLUMN_RANGE },
	{ "l", "labels", GW_COLUMN_LABELS },
	{ "u", "namespace", GW_COLUMN_SCOPE },
	{ "c", "parent", GW_COLUMN_CHILD },
	{ "k", NULL, GW_COLUMN_KIND },
	{ "v", "level", GW_COLUMN_LEVEL },
	{ "d", "disabled", GW_COLUMN_FLAG },
	{ "e", "disabled", GW_COLUMN_NOT_FLAG },
	{ "w", "key", GW_COLUMN_WITHIN },
	{ NULL, NULL, GW_COLUMN_IGNORED },
};
static const struct gw_sort_key sort_keys[] = { { "id", "key" }, { NULL, NULL } };
static const struct gw_resource resource = { &gw_kind_execution, columns, sort_keys };

/* What was understood is well formed. */
static void check_filters(const struct gw_filter *filters, unsigned n, int depth)
{
	MUST(depth < 64);
	for (unsigned i = 0; i < n; i++) {
		MUST(filters[i].field || filters[i].nested);
		MUST(filters[i].n_values || filters[i].n_nested ||
			filters[i].compare == GW_IS_NULL);
		check_filters(filters[i].nested, filters[i].n_nested, depth + 1);
	}
}

/* A body where it begins with "[", else a target. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gw_http_request rq = { .tenant = "main", .out = { .fd = -1 } };
	struct gw_search s;
	struct gw_error err;
	gw_auto_free char *text = fuzz_text(data, size);
	rq.target = gw_slice_of(text);
	bool fine;
	if (text[0] == '[') {
		json_auto_t *filters = gw_json_parse(rq.target, &err);
		gw_search_begin(&s, &rq, &resource, GW_SECOND);
		fine = gw_search_read_json(&s, filters, &err);
	} else {
		fine = gw_request_read_target(&rq, 100, &err) &&
		       gw_search_read(&s, &rq, &resource, GW_SECOND, &err) &&
		       gw_search_read_page(&s, &err);
	}
	if (fine)
		check_filters(s.filters, s.query.n_filters, 0);
	gw_request_clear(&rq);
	return 0;
}
