/* proxy.h - a TCP proxy that cuts connections, swallows answers and keeps silent on demand */
#ifndef GW_TESTS_LIB_PROXY_H
#define GW_TESTS_LIB_PROXY_H

#include <godwit/error.h>

#include <stddef.h>

struct gw_proxy;

/* Listens on a free port of 127.0.0.1 and connects to a port there. */
struct gw_proxy *gw_proxy_open(int to_port, struct gw_error *err);
void gw_proxy_close(struct gw_proxy *proxy);
int gw_proxy_port(const struct gw_proxy *proxy);
/* How often clients have sent something. */
size_t gw_proxy_requests(struct gw_proxy *proxy);

enum gw_proxy_fault {
	GW_PROXY_NONE,
	GW_PROXY_CUT_REQUEST, /* the client sends the text: it is not passed on, all is cut */
	GW_PROXY_CUT_ANSWER, /* the client sends the text: passed on; the answer's coming cuts */
	GW_PROXY_CUT_BYTES, /* after so many bytes of answers */
	GW_PROXY_SILENT, /* answers are kept back */
};

/* Sets what goes wrong once; then it is over (silence lasts until NONE). */
void gw_proxy_set(struct gw_proxy *proxy, enum gw_proxy_fault fault, const char *text, long bytes);
/* Whether the fault has happened. */
bool gw_proxy_happened(struct gw_proxy *proxy);
void gw_proxy_cut(struct gw_proxy *proxy); /* all connections, now */

#endif
