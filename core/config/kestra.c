/* kestra.c - what a configuration of Kestra has beside what the table of keys knows */
#include "config/kestra.h"

#include "base/mem.h"

/* Keys without a counterpart here that change nothing: accepted without a word, with all below. */
static const char *const harmless[] = {
	"datasources.mysql.driver-class-name",
	"datasources.mysql.dialect",
	"datasources.postgres.driver-class-name",
	"datasources.h2",
	"endpoints.all",
	"kestra.anonymous-usage-report",
	"kestra.jdbc",
	"kestra.queue",
	"kestra.server.liveness.enabled",
	"kestra.server.liveness.heartbeat-interval",
	"kestra.server.liveness.initial-delay",
	"kestra.tutorial-flows",
	"kestra.variables.cache-enabled",
	"kestra.variables.cache-size",
};

bool gw_kestra_is_harmless(const char *path)
{
	for (size_t i = 0; i < GW_LEN(harmless); i++) {
		size_t n = strlen(harmless[i]);
		if (strncmp(path, harmless[i], n) == 0 && (path[n] == '.' || path[n] == '\0'))
			return true;
	}
	return false;
}
