/* keys.h - where access key and secret come from */
#ifndef GW_BACKENDS_S3_KEYS_H
#define GW_BACKENDS_S3_KEYS_H

#include "backends/s3/sign.h"

/* What the settings say; NULL = nothing. */
struct key_source {
	const char *id, *secret, *token;
	const char *file; /* else $AWS_SHARED_CREDENTIALS_FILE, else ~/.aws/credentials */
	const char *profile; /* else $AWS_PROFILE, else "default" */
};

/* The first of: the settings, the environment (AWS_ACCESS_KEY_ID …), the file; a file or profile
 * that the settings name comes before the environment. */
bool keys_find(const struct key_source *source, struct keys *out, struct gw_error *err);
void keys_clear(struct keys *keys);

#endif
