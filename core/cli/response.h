/* response.h - the response to a request, read piece by piece */
#ifndef GW_CLI_RESPONSE_H
#define GW_CLI_RESPONSE_H

#include "cli/wire.h"

struct gw_response {
	struct gw_wire wire;
	int status;
	bool chunked;
	bool to_end; /* neither length nor chunks: until the server closes */
	bool ended;
	uint64_t left; /* of the body, or of the chunk */
};

void gw_response_close(struct gw_response *r);
#define gw_auto_response __attribute__((cleanup(gw_response_close))) struct gw_response

/* Reads status line and headers; "100 Continue" is passed over. */
bool gw_response_start(struct gw_response *r, struct gw_error *err);
/* Up to len bytes of the body: how many; 0 = it is over; -1 on error. */
ssize_t gw_response_take(struct gw_response *r, char *out, size_t len, struct gw_error *err);
/* The rest of the body, at most 1 GiB. */
bool gw_response_read(struct gw_response *r, struct gw_str *out, struct gw_error *err);

#endif
