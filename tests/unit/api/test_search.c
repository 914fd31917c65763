/* test_search.c - what parameters and bodies ask for, as the repository's filters */
#include "tests/unit/test.h"

#include "api/search.h"
#include "base/json.h"
#include "model/kinds.h"

#define NOW (gw_time)1734688800000000 /* 2024-12-20T10:00:00Z */

static const struct gw_column columns[] = {
	{ "q", "namespace flow key", GW_COLUMN_WORDS },
	{ "namespace", "namespace", GW_COLUMN_NAMESPACE },
	{ "flowId", "flow", GW_COLUMN_TEXT },
	{ "state", "state", GW_COLUMN_STATE },
	{ "flowRevision", "revision", GW_COLUMN_NUMBER },
	{ "startDate", "start", GW_COLUMN_FROM },
	{ "endDate", "finish", GW_COLUMN_UNTIL },
	{ "timeRange", "start", GW_COLUMN_RANGE },
	{ "labels", "labels", GW_COLUMN_LABELS },
	{ "scope", "namespace", GW_COLUMN_SCOPE },
	{ "childFilter", "parent", GW_COLUMN_CHILD },
	{ "kind", NULL, GW_COLUMN_KIND },
	{ "level", "level", GW_COLUMN_LEVEL },
	{ "disabled", "disabled", GW_COLUMN_FLAG },
	{ "enabled", "disabled", GW_COLUMN_NOT_FLAG },
	{ 0 },
};
static const struct gw_sort_key sort_keys[] = {
	{ "state.startDate", "start" },
	{ "id", "key" },
	{ 0 },
};
static const struct gw_resource resource = { &gw_kind_execution, columns, sort_keys };

/* ---- Printing ---- */

static const char *const compare_names[] = {
	[GW_EQ] = "=",
	[GW_LT] = "<",
	[GW_LE] = "<=",
	[GW_GT] = ">",
	[GW_GE] = ">=",
	[GW_PREFIX] = "prefix",
	[GW_SUFFIX] = "suffix",
	[GW_UNDER] = "under",
	[GW_CONTAINS] = "contains",
	[GW_IS_NULL] = "null",
	[GW_ANY] = "any",
	[GW_NOT] = "not",
};

static void print_filters(struct gw_str *out, const struct gw_filter *filters, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const struct gw_filter *f = &filters[i];
		gw_str_printf(out, "%s(%s%s", i ? " " : "", f->field ? f->field : "",
			f->field ? " " : "");
		gw_str_puts(out, compare_names[f->compare]);
		for (unsigned v = 0; v < f->n_values; v++) {
			if (f->values[v].text.data)
				gw_str_printf(out, " '%.*s'", GW_SLICE(f->values[v].text));
			else
				gw_str_printf(out, " %lld", (long long)f->values[v].number);
		}
		print_filters(out, f->nested, f->n_nested);
		gw_str_putc(out, ')');
	}
}

static void print_search(struct gw_str *out, const struct gw_search *s)
{
	print_filters(out, s->filters, s->query.n_filters);
	for (unsigned i = 0; i < s->query.n_orders; i++)
		gw_str_printf(out, " by %s%s", s->orders[i].field,
			s->orders[i].descending ? " down" : "");
}

/* ---- Cases ---- */

struct gw_case {
	const char *target; /* after "/x?", or JSON */
	const char *expected; /* or the error's message */
};

static bool read_case(struct gw_search *s, struct gw_http_request *rq, const char *text,
	struct gw_error *err)
{
	rq->tenant = "main";
	rq->out.fd = -1;
	if (text[0] == '[') {
		json_auto_t *filters = gw_json_parse(gw_slice_of(text), err);
		assert_non_null(filters);
		gw_search_begin(s, rq, &resource, NOW);
		return gw_search_read_json(s, filters, err);
	}
	gw_auto_str target = { 0 };
	gw_str_printf(&target, "/x?%s", text);
	rq->target = gw_arena_copy(&rq->arena, gw_str_slice(&target));
	return gw_request_read_target(rq, 100, err) && gw_search_read(s, rq, &resource, NOW, err) &&
	       gw_search_read_page(s, err);
}

static void check_cases(const struct gw_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct gw_http_request rq = { 0 };
		struct gw_search s;
		struct gw_error err = { 0 };
		gw_auto_str text = { 0 };
		if (read_case(&s, &rq, cases[i].target, &err))
			print_search(&text, &s);
		else
			gw_str_puts(&text, err.message);
		if (strcmp(gw_str_text(&text), cases[i].expected) != 0)
			fail_msg("%s\n gives    %s\n not      %s", cases[i].target,
				gw_str_text(&text), cases[i].expected);
		gw_request_clear(&rq);
	}
}

static const struct gw_case plain_cases[] = {
	{ "", "" },
	{ "namespace=a.b&other=x", "(namespace under 'a.b')" },
	{ "flowId=x&disabled=true", "(flow = 'x')" },
	{ "state=RUNNING&flowId=f&state=FAILED", "(state = 'RUNNING' 'FAILED') (flow = 'f')" },
	{ "state=RUNNING,FAILED", "(state = 'RUNNING' 'FAILED')" },
	{ "state=NOPE", "state must be the name of a state, not 'NOPE'" },
	{ "q=a b", "(any(namespace contains 'a b') (flow contains 'a b') (key contains "
		   "'a b'))" },
	{ "q=", "" },
	{ "labels=a:b&labels=c: d,e", "(labels = 'a\x1f"
				      "b') (labels = 'c\x1f"
				      "d,e')" },
	{ "labels=nocolon", "Invalid queryString parameter" },
	{ "labels=system.correlationId:X",
		"(any(labels = 'system.correlationId\x1fX') (key = 'X'))" },
	{ "scope=USER", "(not(namespace = 'system'))" },
	{ "scope=SYSTEM", "(namespace = 'system')" },
	{ "scope=SYSTEM&scope=USER", "" },
	{ "scope=ALL", "scope must be SYSTEM or USER, not 'ALL'" },
	{ "childFilter=CHILD", "(not(parent null))" },
	{ "childFilter=MAIN", "(parent null)" },
	{ "level=WARN", "(level >= 3)" },
	{ "kind=NORMAL", "" },
	{ "kind=TEST", "(key null)" },
};

static void plain_parameters(void **state)
{
	(void)state;
	check_cases(plain_cases, GW_LEN(plain_cases));
}

static const struct gw_case time_cases[] = {
	{ "startDate=2024-12-20T10:00:00Z", "(start >= 1734688800000000)" },
	{ "startDate=2024-12-20T11:00:00%2B01:00&endDate=2024-12-20T10:00:00.5Z",
		"(start >= 1734688800000000) (finish <= 1734688800500000)" },
	{ "startDate=2024-12-20T11:00:00+01:00", "(start >= 1734688800000000)" },
	{ "timeRange=PT1H", "(start >= 1734685200000000)" },
	{ "timeRange=PT1H&startDate=2024-12-20T10:00:00Z",
		"Parameters 'startDate' and 'timeRange' are mutually exclusive" },
	{ "startDate=2024-12-20T10:00:01Z&endDate=2024-12-20T10:00:00Z",
		"Start date must be before End Date" },
	{ "filters[startDate][LESS_THAN]=2024-12-20T10:00:00Z", "(start < 1734688800000000)" },
	{ "filters[startDate][IN]=2024-12-20T10:00:00Z",
		"operation IN is not known for the field 'startDate'" },
};

static void times(void **state)
{
	(void)state;
	check_cases(time_cases, GW_LEN(time_cases));
}

static const struct gw_case operation_cases[] = {
	{ "filters%5Bnamespace%5D%5BPREFIX%5D=a.b", "(namespace under 'a.b')" },
	{ "filters[namespace][EQUALS]=a.b", "(namespace = 'a.b')" },
	{ "filters[namespace][NOT_EQUALS]=a.b", "(not(namespace = 'a.b'))" },
	{ "filters[namespace][IN]=a,b", "(namespace = 'a' 'b')" },
	{ "filters[flowId][NOT_IN]=a,b", "(not(flow = 'a' 'b'))" },
	{ "filters[flowId][IN]=", "(key null)" },
	{ "filters[flowId][STARTS_WITH]=a", "(flow prefix 'a')" },
	{ "filters[flowId][ENDS_WITH]=a", "(flow suffix 'a')" },
	{ "filters[flowId][CONTAINS]=a", "(flow contains 'a')" },
	{ "filters[flowId][REGEX]=%5Ea%5C.b%24", "(flow = 'a.b')" },
	{ "filters[flowId][REGEX]=%5Eab.*", "(flow prefix 'ab')" },
	{ "filters[flowId][REGEX]=.*ab%24", "(flow suffix 'ab')" },
	{ "filters[flowId][REGEX]=ab", "(flow contains 'ab')" },
	{ "filters[flowId][REGEX]=a.b", "flowId: only plain texts, with ^, $ and .* at their "
					"ends, are understood as REGEX, not 'a.b'" },
	{ "filters[state][EQUALS]=RUNNING,FAILED", "(state = 'RUNNING' 'FAILED')" },
	{ "filters[flowRevision][GREATER_THAN]=3", "(revision > 3)" },
	{ "filters[flowRevision][IN]=3,4", "(revision = 3 4)" },
	{ "filters[flowRevision][EQUALS]=x", "flowRevision must be a whole number, not 'x'" },
	{ "filters[labels][EQUALS][a]=b", "(labels = 'a\x1f"
					  "b')" },
	{ "filters[labels][NOT_EQUALS]=a:b", "(not(labels = 'a\x1f"
					     "b'))" },
	{ "filters[labels][IN]=a:b,c:d", "(any(labels = 'a\x1f"
					 "b') (labels = 'c\x1f"
					 "d'))" },
	{ "filters[enabled][EQUALS]=true", "(disabled = 0)" },
	{ "filters[disabled][NOT_EQUALS]=true", "(disabled = 0)" },
	{ "filters[level][LESS_THAN_OR_EQUAL_TO]=INFO", "(level <= 2)" },
	{ "filters[level][IN]=INFO", "operation IN is not known for the field 'level'" },
	{ "filters[q][NOT_EQUALS]=x", "(not(any(namespace contains 'x') (flow contains "
				      "'x') (key contains 'x')))" },
	{ "filters[nope][EQUALS]=x", "field 'nope' is not known here" },
	{ "filters[flowId][NOPE]=x", "operation NOPE is not known for the field 'flowId'" },
	{ "filters[flowId]=x", "'filters[flowId]' is no filter: "
			       "filters[field][OPERATION]=value is" },
	{ "filters[flowId][EQUALS][a][b]=x", "'filters[flowId][EQUALS][a][b]' is no filter: "
					     "filters[field][OPERATION]=value is" },
	{ "filters[=x", "'filters[' is no filter: filters[field][OPERATION]=value is" },
};

static void filters_with_operations(void **state)
{
	(void)state;
	check_cases(operation_cases, GW_LEN(operation_cases));
}

static const struct gw_case body_cases[] = {
	{ "[{\"field\":\"FLOW_ID\",\"operation\":\"EQUALS\",\"value\":{\"value\":\"x\"}}]",
		"(flow = 'x')" },
	{ "[{\"field\":\"QUERY\",\"operation\":\"EQUALS\",\"value\":\"x\"}]",
		"(any(namespace contains 'x') (flow contains 'x') (key contains 'x'))" },
	{ "[{\"field\":\"state\",\"operation\":\"IN\",\"value\":[\"RUNNING\",\"FAILED\"]}]",
		"(state = 'RUNNING' 'FAILED')" },
	{ "[{\"field\":\"labels\",\"operation\":\"EQUALS\",\"value\":{\"a\":\"b\"}}]",
		"(labels = 'a\x1f"
		"b')" },
	{ "[{\"logical\":\"or\",\"children\":[{\"children\":[{\"field\":\"flowId\","
	  "\"operation\":\"EQUALS\",\"value\":\"x\"},{\"field\":\"namespace\","
	  "\"operation\":"
	  "\"EQUALS\",\"value\":\"a\"}]},{\"field\":\"flowId\",\"operation\":\"EQUALS\","
	  "\"value\":\"y\"}]},{\"field\":\"flowId\",\"operation\":\"EQUALS\",\"value\":"
	  "\"z\"}]",
		"(any(not(not(flow = 'x') (namespace = 'a'))) (flow = 'y')) (flow = 'z')" },
	{ "[{\"field\":\"nope\",\"operation\":\"EQUALS\",\"value\":1}]",
		"a filter needs an operation and a known field, not 'nope'" },
	{ "[{\"field\":\"flowId\",\"operation\":\"EQUALS\"}]",
		"the filter of 'flowId' needs a value" },
	{ "[1]", "a filter needs an operation and a known field, not ''" },
};

static void filters_in_bodies(void **state)
{
	(void)state;
	check_cases(body_cases, GW_LEN(body_cases));
}

static const struct gw_case page_cases[] = {
	{ "sort=state.startDate:asc&sort=id:DESC", " by start by key down" },
	{ "sort=state.startDate:desc,id:asc", " by start down by key" },
	{ "sort=id", "Invalid sort parameter" },
	{ "sort=nope:asc", "Invalid sort parameter: cannot sort by 'nope'" },
	{ "page=0", "page must be between 1 and 1000000" },
	{ "size=0", "size must be between 1 and 10000" },
	{ "page=x", "page must be a whole number, not 'x'" },
};

static void order_and_page(void **state)
{
	(void)state;
	check_cases(page_cases, GW_LEN(page_cases));
	struct gw_http_request rq = { 0 };
	struct gw_search s;
	struct gw_error err;
	assert_true(read_case(&s, &rq, "page=3&size=500", &err));
	assert_int_equal(s.query.offset, 1000);
	assert_int_equal(s.query.limit, 500);
	assert_true(gw_slice_is(s.query.tenant, "main"));
	gw_request_clear(&rq);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_parameters),
		cmocka_unit_test(times),
		cmocka_unit_test(filters_with_operations),
		cmocka_unit_test(filters_in_bodies),
		cmocka_unit_test(order_and_page),
	};
	return RUN(tests);
}
