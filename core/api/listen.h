/* listen.h - a socket that listens on a loopback address */
#ifndef GW_API_LISTEN_H
#define GW_API_LISTEN_H

#include <godwit/error.h>

/* host is a loopback address or a name of one; port 0 = any free one; *port_out is the one it got.
 * -1 with a message that says what to do. */
GW_EXPORT int gw_listen(const char *host, int port, int *port_out, struct gw_error *err);

#endif
