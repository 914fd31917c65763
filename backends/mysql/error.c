/* error.c - what the server's and the library's errors mean */
#include "backends/mysql/link.h"

#include <godwit/mem.h>

enum consequence {
	NOTHING,
	VICTIM = 1, /* of others: again at once */
	BROKEN = 2, /* another connection may help */
	DUPLICATE = 4,
};

/* By number, the first that fits. */
static const struct {
	unsigned first, last;
	enum gw_code code;
	enum consequence consequence;
} meanings[] = {
	{ 0, 0, GW_UNAVAILABLE, BROKEN }, /* the library fails and does not say why */
	{ 1021, 1021, GW_UNAVAILABLE, NOTHING }, /* disk full */
	{ 1037, 1038, GW_UNAVAILABLE, NOTHING }, /* memory */
	{ 1040, 1041, GW_UNAVAILABLE, BROKEN }, /* too many connections, memory */
	{ 1047, 1047, GW_UNAVAILABLE, BROKEN }, /* a cluster's node that is not ready */
	{ 1053, 1053, GW_UNAVAILABLE, BROKEN }, /* shutting down */
	{ 1062, 1062, GW_CONFLICT, DUPLICATE },
	{ 1114, 1114, GW_UNAVAILABLE, NOTHING }, /* table or disk full */
	{ 1118, 1118, GW_INVALID, NOTHING }, /* a row too large */
	{ 1152, 1152, GW_UNAVAILABLE, BROKEN }, /* aborted connection */
	{ 1153, 1153, GW_INVALID, BROKEN }, /* packet too large */
	{ 1154, 1161, GW_UNAVAILABLE, BROKEN }, /* reading and writing packets */
	{ 1180, 1180, GW_UNAVAILABLE, BROKEN }, /* during COMMIT */
	{ 1203, 1203, GW_UNAVAILABLE, BROKEN }, /* connections of the account */
	{ 1205, 1205, GW_UNAVAILABLE, VICTIM }, /* lock wait timeout */
	{ 1213, 1213, GW_UNAVAILABLE, VICTIM }, /* deadlock */
	{ 1226, 1226, GW_UNAVAILABLE, BROKEN }, /* resources of the account */
	{ 1264, 1264, GW_INVALID, NOTHING }, /* out of range */
	{ 1290, 1290, GW_UNAVAILABLE, BROKEN }, /* read only: another may be the primary now */
	{ 1317, 1317, GW_UNAVAILABLE, NOTHING }, /* interrupted */
	{ 1366, 1366, GW_INVALID, NOTHING }, /* no UTF-8 */
	{ 1406, 1406, GW_INVALID, NOTHING }, /* too long */
	{ 1412, 1412, GW_UNAVAILABLE, VICTIM }, /* the table was altered */
	{ 1615, 1615, GW_UNAVAILABLE, VICTIM }, /* the same, of a prepared statement */
	{ 1792, 1792, GW_UNAVAILABLE, BROKEN }, /* read only */
	{ 1836, 1836, GW_UNAVAILABLE, BROKEN }, /* read only */
	{ 1927, 1927, GW_UNAVAILABLE, BROKEN }, /* killed (MariaDB) */
	{ 1969, 1969, GW_UNAVAILABLE, NOTHING }, /* max_statement_time (MariaDB) */
	{ 2000, 2999, GW_UNAVAILABLE, BROKEN }, /* the library's */
	{ 3024, 3024, GW_UNAVAILABLE, NOTHING }, /* max_execution_time */
	{ 3100, 3100, GW_UNAVAILABLE, BROKEN }, /* a plugin of replication refuses */
	{ 3101, 3101, GW_UNAVAILABLE, VICTIM }, /* conflicts with another server's commit */
	{ 3168, 3169, GW_UNAVAILABLE, BROKEN }, /* killed, or the server is not ready */
	{ 4031, 4031, GW_UNAVAILABLE, BROKEN }, /* idle for too long */
	{ 5000, 5099, GW_UNAVAILABLE, BROKEN }, /* the library's (MariaDB) */
	{ 0, UINT32_MAX, GW_INTERNAL, NOTHING },
};

bool link_fail(struct link *link, unsigned number, const char *message, struct gw_error *err)
{
	size_t i = 0;
	while (number < meanings[i].first || number > meanings[i].last)
		i++;
	link->is_broken |= (meanings[i].consequence & BROKEN) != 0;
	link->is_victim = meanings[i].consequence & VICTIM;
	link->is_duplicate = meanings[i].consequence & DUPLICATE;
	gw_auto_free char *line = gw_strdup(message);
	for (char *c = line; *c; c++)
		if (*c == '\n' || *c == '\t')
			*c = ' ';
	return gw_fail(err, meanings[i].code, "MySQL: %s (%u)", line, number);
}

bool link_fail_conn(struct link *link, struct gw_error *err)
{
	return link_fail(link, mysql_errno(link->conn), mysql_error(link->conn), err);
}
