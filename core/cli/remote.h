/* remote.h - the server that a command talks to, as its options say */
#ifndef GW_CLI_REMOTE_H
#define GW_CLI_REMOTE_H

#include "cli/args.h"
#include "cli/client.h"

#include <jansson.h>

struct gw_remote {
	struct gw_client *client;
	char *url; /* as given, without a final "/" */
	char *tenant;
	bool json; /* --output json */
};

bool gw_remote_open(struct gw_remote *remote, const struct gw_args *args, struct gw_error *err);
void gw_remote_close(struct gw_remote *remote);
#define gw_auto_remote __attribute__((cleanup(gw_remote_close))) struct gw_remote

/* Adds "/api/v1/TENANT" and then the path given in pieces, each encoded after a "/"; NULL ends. */
void gw_remote_path(const struct gw_remote *remote, struct gw_str *out, const char *const *pieces);
/* Adds "?name=value" or "&name=value"; nothing if value is NULL. */
void gw_remote_query(struct gw_str *path, const char *name, const char *value);

/* Success is a status of 2xx; else the error has the server's message. */
bool gw_remote_call(const struct gw_remote *remote, const struct gw_call *call,
	struct gw_reply *reply, struct gw_error *err);
/* The same, parsed: a new reference, json_null() for an empty answer; NULL on error. */
json_t *gw_remote_json(const struct gw_remote *remote, const struct gw_call *call,
	struct gw_error *err);
/* What a reply that is no success says. Always false. */
bool gw_remote_refused(const struct gw_reply *reply, struct gw_error *err);

#endif
