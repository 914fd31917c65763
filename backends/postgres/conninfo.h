/* conninfo.h - where and how to connect, as libpq's keywords and values */
#ifndef GW_BACKENDS_POSTGRES_CONNINFO_H
#define GW_BACKENDS_POSTGRES_CONNINFO_H

#include <godwit/time.h>

struct settings {
	char *url; /* postgresql://… or jdbc:postgresql://…; the others override it */
	char *host, *port, *database, *user, *username, *password;
	char *sslmode, *sslrootcert, *sslcert, *sslkey;
	char *schema;
	int64_t pool; /* connections at most, beside the one that listens */
	int64_t connect_timeout, statement_timeout; /* us */
	int64_t durable; /* false: a crash of the server may lose the last moments */
};

#define CONNINFO_MAX 32

/* Ended by a NULL keyword; values are owned. */
struct conninfo {
	const char *keywords[CONNINFO_MAX];
	char *values[CONNINFO_MAX];
	int n;
	char *schema; /* owned; from the settings, else the URL, else "godwit" */
};

bool conninfo_make(struct conninfo *out, const struct settings *settings, struct gw_error *err);
void conninfo_clear(struct conninfo *info);

#endif
