/* wire.h - a connection to a server, read in lines and pieces */
#ifndef GW_CLI_WIRE_H
#define GW_CLI_WIRE_H

#include <godwit/text.h>

#include <sys/types.h>

struct gw_wire {
	int fd; /* -1 = closed */
	int patience_ms; /* for the next byte */
	size_t start, end; /* what was received and not yet taken */
	char data[16384];
};

bool gw_wire_open(struct gw_wire *wire, const char *host, const char *port, struct gw_error *err);
void gw_wire_close(struct gw_wire *wire);
bool gw_wire_send(struct gw_wire *wire, struct gw_slice data, struct gw_error *err);
/* Something can be taken; false when nothing came for that long. */
bool gw_wire_ready(struct gw_wire *wire, int ms);
/* Takes up to len bytes: how many; 0 = the server closed; -1 when patience is over or the
 * connection broke. */
ssize_t gw_wire_take(struct gw_wire *wire, char *out, size_t len, struct gw_error *err);
/* The next line without its end, at most limit bytes. */
bool gw_wire_line(struct gw_wire *wire, size_t limit, struct gw_str *out, struct gw_error *err);

#endif
