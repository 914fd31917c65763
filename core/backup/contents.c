/* contents.c - the table of resources */
#include "backup/contents.h"

#include "base/error.h"
#include "base/mem.h"

#include <strings.h>

#define I GW_CONTENT_INSTANCE
#define D GW_CONTENT_DATA

const struct gw_content gw_contents[] = {
	{ "TENANT", I, { &gw_kind_tenant } },
	{ "SETTING", I, { &gw_kind_setting } },
	{ "SECURITY_INTEGRATION", I, { &gw_kind_security_integration } },
	{ "WORKER_GROUP", I, { &gw_kind_worker_group } },
	{ "KILL_SWITCH", I, { &gw_kind_kill_switch } },
	{ "USER", I, { &gw_kind_user } },
	{ "TENANT_ACCESS", I, { &gw_kind_tenant_access } },
	{ "ROLE", 0, { &gw_kind_role } },
	{ "GROUP", 0, { &gw_kind_group } },
	{ "BINDING", 0, { &gw_kind_binding } },
	{ "INVITATION", 0, { &gw_kind_invitation } },
	{ "BANNER", 0, { &gw_kind_banner } },
	{ "NAMESPACE", 0, { &gw_kind_namespace } },
	{ "CREDENTIAL", 0, { &gw_kind_credential } },
	{ "SECRET", 0, { &gw_kind_secret } },
	{ "KV_STORE", 0, { &gw_kind_kv_store } },
	{ "NAMESPACE_FILE", 0, { &gw_kind_namespace_file } },
	{ "BLUEPRINT", 0, { &gw_kind_blueprint } },
	{ "TEMPLATE", 0, { &gw_kind_template } },
	{ "FLOW", 0, { &gw_kind_flow, &gw_kind_flow_revision } },
	{ "TEST_SUITE", 0, { &gw_kind_test_suite } },
	{ "APP", 0, { &gw_kind_app } },
	{ "DASHBOARD", 0, { &gw_kind_dashboard } },
	{ "TRIGGER", 0, { &gw_kind_trigger, &gw_kind_backfill } },
	{ "EXECUTION", D, { &gw_kind_execution, &gw_kind_taskrun } },
	{ "LOG", D, { &gw_kind_log } },
	{ "METRIC", D, { &gw_kind_metric } },
	{ "AUDIT_LOG", D, { &gw_kind_audit_log } },
};
const size_t gw_n_contents = GW_LEN(gw_contents);

static size_t find(struct gw_slice name)
{
	size_t i = 0;
	while (i < GW_LEN(gw_contents) &&
		(strlen(gw_contents[i].name) != name.len ||
			strncasecmp(gw_contents[i].name, name.data, name.len) != 0))
		i++;
	return i;
}

bool gw_contents_parse(const char *list, uint64_t *set, struct gw_error *err)
{
	for (const char *at = list; *at;) {
		size_t len = strcspn(at, ",");
		size_t i = find(gw_slice(at, len));
		if (i == GW_LEN(gw_contents))
			return gw_fail(err, GW_BAD_REQUEST,
				"there is no resource '%.*s'; a backup's summary shows those that "
				"there are",
				(int)len, at);
		*set |= UINT64_C(1) << i;
		at += len;
		at += *at == ',';
	}
	return true;
}

size_t gw_content_of(const struct gw_kind *kind)
{
	for (size_t i = 0; i < GW_LEN(gw_contents); i++)
		for (size_t k = 0; gw_contents[i].kinds[k]; k++)
			if (gw_contents[i].kinds[k] == kind)
				return i;
	return SIZE_MAX;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(gw_contents[*(const size_t *)a].name, gw_contents[*(const size_t *)b].name);
}

void gw_contents_print(struct gw_str *out, const struct gw_tallies *tallies, uint64_t set)
{
	size_t sorted[GW_LEN(gw_contents)];
	const char *separator = "";
	for (size_t i = 0; i < GW_LEN(gw_contents); i++)
		sorted[i] = i;
	qsort(sorted, GW_LEN(sorted), sizeof(sorted[0]), by_name);
	gw_str_putc(out, '[');
	for (size_t i = 0; i < GW_LEN(sorted); i++) {
		const struct gw_content *r = &gw_contents[sorted[i]];
		const struct gw_tally *t = gw_tally_find(tallies, r->kinds[0]->name);
		if (!gw_content_in(set, sorted[i]) && !t)
			continue;
		gw_str_printf(out, "%s%s: %llu", separator, r->name,
			t ? (unsigned long long)t->n : 0ull);
		separator = ", ";
	}
	gw_str_putc(out, ']');
}
