/* address.h - where and how to connect: settings and URLs as one */
#ifndef GW_BACKENDS_MYSQL_ADDRESS_H
#define GW_BACKENDS_MYSQL_ADDRESS_H

#include <godwit/time.h>

struct settings {
	char *url; /* mysql://…, mariadb://… or JDBC's; the others override it */
	char *host, *port, *socket, *database, *user, *username, *password;
	char *sslmode, *ssl_ca, *ssl_cert, *ssl_key;
	int64_t pool; /* connections at most */
	int64_t connect_timeout, statement_timeout; /* us */
};

enum encryption {
	ENCRYPT_UNSAID,
	ENCRYPT_NEVER,
	ENCRYPT_IF_OFFERED, /* and trust any certificate */
	ENCRYPT, /* and trust any certificate */
	ENCRYPT_VERIFY_CA, /* an authority that is trusted signed it */
	ENCRYPT_VERIFY_HOST, /* and it names the host */
};

struct address {
	char *host; /* NULL = by socket */
	char *socket; /* NULL = by host and port */
	unsigned port;
	char *user, *password; /* NULL = not given */
	char *database;
	enum encryption encryption;
	char *ca, *cert, *key; /* files; NULL = not given */
};

bool address_make(struct address *out, const struct settings *settings, struct gw_error *err);
void address_clear(struct address *address);

#endif
