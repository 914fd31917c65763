/* seal.h - frames of an archive: sealed with a key, or with check sums alone */
#ifndef GW_BACKUP_SEAL_H
#define GW_BACKUP_SEAL_H

#include <godwit/text.h>

#include <jansson.h>
#include <sodium.h>

#define GW_SEAL_HASH 32

struct gw_seal {
	bool encrypts;
	unsigned char head[GW_SEAL_HASH]; /* hash of what stands before the first frame */
	uint64_t n; /* frames so far */
	crypto_secretstream_xchacha20poly1305_state stream;
};

/* For writing: adds cipher, and with a key kdf, check and stream, to the header. key NULL: check
 * sums alone. */
bool gw_seal_create(struct gw_seal *seal, const char *key, json_t *header, struct gw_error *err);
/* For reading: GW_DENIED if the key is missing or another one. */
bool gw_seal_open(struct gw_seal *seal, const char *key, const json_t *header,
	struct gw_error *err);
/* Once the bytes before the first frame are known. */
void gw_seal_begin(struct gw_seal *seal, struct gw_slice head);

/* Appends the sealed frame; is_last seals the whole. */
void gw_seal_frame(struct gw_seal *seal, struct gw_slice plain, bool is_last, struct gw_str *out);
/* Replaces out; *is_last as sealed. False: not what was written there, or not in this order. */
bool gw_unseal_frame(struct gw_seal *seal, struct gw_slice sealed, bool *is_last,
	struct gw_str *out);

#endif
