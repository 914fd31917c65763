/* sign.h - signatures of requests: AWS Signature Version 4 */
#ifndef GW_BACKENDS_S3_SIGN_H
#define GW_BACKENDS_S3_SIGN_H

#include <godwit/text.h>

/* Texts are owned; token NULL = the keys are not temporary. */
struct keys {
	char *id, *secret, *token;
};

struct header {
	const char *name, *value;
};

struct signed_request {
	const char *method;
	const char *path; /* escaped */
	const char *query; /* escaped, ordered by name; "" = none */
	const struct header *headers; /* small letters, ordered by name */
	size_t n_headers;
	const char *hash; /* of the body, as sign_hash writes it */
	const char *region;
	const char *at; /* "20130524T000000Z" */
};

#define HASH_TEXT 65

/* SHA-256 in hexadecimal digits. */
void sign_hash(struct gw_slice body, char out[HASH_TEXT]);
/* Appends the value of the header "authorization". */
void sign(const struct keys *keys, const struct signed_request *request, struct gw_str *out);
/* Appends a text in which only letters, digits and "-._~" stand for themselves, and those that
 * are kept. */
void sign_escape(struct gw_str *out, const char *text, const char *kept);

#endif
