/* secret.h - Kestra's encryption of values: base64(iv[12] + AES-GCM + tag[16]) */
#ifndef GW_CHECK_SECRET_H
#define GW_CHECK_SECRET_H

#include <godwit/text.h>

#include <jansson.h>

#define GW_SECRET_TYPE "io.kestra.datatype:aes_encrypted"

/* The key is base64 of 16, 24 or 32 bytes, as the configuration has it. */
GW_EXPORT bool gw_secret_encrypt(struct gw_slice key, struct gw_slice text, struct gw_str *out,
	struct gw_error *err);
GW_EXPORT bool gw_secret_decrypt(struct gw_slice key, struct gw_slice text, struct gw_str *out,
	struct gw_error *err);

/* The key of SECRET inputs and outputs: once, before threads start. "" = encryption is not
 * configured, as it is without this call. */
GW_EXPORT bool gw_secret_setup(const char *key, struct gw_error *err);
/* {"type": GW_SECRET_TYPE, "value": encrypted}, a new reference; and its text again. */
GW_EXPORT json_t *gw_secret_seal(struct gw_slice text, struct gw_error *err);
GW_EXPORT bool gw_secret_is_sealed(const json_t *value);
GW_EXPORT bool gw_secret_open(const json_t *sealed, struct gw_str *out, struct gw_error *err);

#endif
