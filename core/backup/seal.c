/* seal.c - deriving keys, sealing frames and opening them */
#include "backup/seal.h"

#include "base/base64.h"
#include "base/error.h"
#include "base/id.h"
#include "base/mem.h"

#define CIPHER "xchacha20poly1305-secretstream"
#define NO_CIPHER "none"
#define KDF "argon2id"
#define PASSES 3
#define MEMORY (16 << 20)
#define PASSES_MAX 10
#define MEMORY_MAX (64 << 20) /* what a foreign archive may ask for */
#define CHECK_BYTES 16

struct key {
	unsigned char bytes[crypto_secretstream_xchacha20poly1305_KEYBYTES];
};

static void forget(struct key *key)
{
	sodium_memzero(key, sizeof(*key));
}

#define auto_key __attribute__((cleanup(forget))) struct key

static void set_bytes(json_t *object, const char *name, const void *data, size_t len)
{
	gw_auto_str text = { 0 };
	gw_base64_encode(&text, data, len);
	json_object_set_new(object, name, json_stringn(text.data, text.len));
}

static bool get_bytes(const json_t *object, const char *name, unsigned char *out, size_t len)
{
	gw_auto_str bytes = { 0 };
	const char *text = json_string_value(json_object_get(object, name));
	if (!text || !gw_base64_decode(&bytes, gw_slice_of(text)) || bytes.len != len)
		return false;
	memcpy(out, bytes.data, len);
	return true;
}

static bool fail_header(struct gw_error *err)
{
	return gw_fail(err, GW_INVALID, "the archive's header is damaged");
}

/* ---- Keys ---- */

static bool derive(struct key *out, const char *secret, const json_t *kdf, struct gw_error *err)
{
	unsigned char salt[crypto_pwhash_SALTBYTES];
	json_int_t passes = json_integer_value(json_object_get(kdf, "passes"));
	json_int_t memory = json_integer_value(json_object_get(kdf, "memory"));
	const char *name = json_string_value(json_object_get(kdf, "name"));
	if (!name || strcmp(name, KDF) != 0 || !get_bytes(kdf, "salt", salt, sizeof(salt)) ||
		passes < 1 || passes > PASSES_MAX || memory < 8192 || memory > MEMORY_MAX)
		return fail_header(err);
	if (crypto_pwhash(out->bytes, sizeof(out->bytes), secret, strlen(secret), salt,
		    (unsigned long long)passes, (size_t)memory, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return gw_fail(err, GW_UNAVAILABLE, "no memory to derive the key");
	return true;
}

/* Tells a wrong key from a damaged archive; says nothing about the key. */
static void check_of(const struct key *key, unsigned char out[CHECK_BYTES])
{
	static const char text[] = "godwit archive key";
	crypto_generichash(out, CHECK_BYTES, (const unsigned char *)text, sizeof(text) - 1,
		key->bytes, sizeof(key->bytes));
}

bool gw_seal_create(struct gw_seal *seal, const char *secret, json_t *header, struct gw_error *err)
{
	unsigned char salt[crypto_pwhash_SALTBYTES], check[CHECK_BYTES];
	unsigned char stream[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
	auto_key key;
	*seal = (struct gw_seal){ .encrypts = secret != NULL };
	if (sodium_init() < 0)
		return gw_fail(err, GW_INTERNAL, "libsodium does not start");
	json_object_set_new(header, "cipher", json_string(secret ? CIPHER : NO_CIPHER));
	if (!secret)
		return true;
	json_t *kdf = json_pack("{s:s, s:i, s:i}", "name", KDF, "passes", PASSES, "memory", MEMORY);
	gw_random(salt, sizeof(salt));
	set_bytes(kdf, "salt", salt, sizeof(salt));
	json_object_set_new(header, "kdf", kdf);
	if (!derive(&key, secret, kdf, err))
		return false;
	check_of(&key, check);
	set_bytes(header, "check", check, sizeof(check));
	crypto_secretstream_xchacha20poly1305_init_push(&seal->stream, stream, key.bytes);
	set_bytes(header, "stream", stream, sizeof(stream));
	return true;
}

static bool open_stream(struct gw_seal *seal, const char *secret, const json_t *header,
	struct gw_error *err)
{
	unsigned char check[CHECK_BYTES], stored[CHECK_BYTES];
	unsigned char stream[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
	auto_key key;
	if (!secret)
		return gw_fail(err, GW_DENIED,
			"the archive is encrypted: set encryption.secret-key or give "
			"--encryption-key");
	if (!derive(&key, secret, json_object_get(header, "kdf"), err))
		return false;
	if (!get_bytes(header, "check", stored, sizeof(stored)) ||
		!get_bytes(header, "stream", stream, sizeof(stream)))
		return fail_header(err);
	check_of(&key, check);
	if (sodium_memcmp(check, stored, sizeof(check)) != 0)
		return gw_fail(err, GW_DENIED,
			"the key is not the one that the archive was encrypted with: give that "
			"one as --encryption-key");
	return crypto_secretstream_xchacha20poly1305_init_pull(&seal->stream, stream, key.bytes) ==
		       0 ||
	       fail_header(err);
}

bool gw_seal_open(struct gw_seal *seal, const char *secret, const json_t *header,
	struct gw_error *err)
{
	const char *cipher = json_string_value(json_object_get(header, "cipher"));
	if (sodium_init() < 0)
		return gw_fail(err, GW_INTERNAL, "libsodium does not start");
	if (!cipher)
		return fail_header(err);
	*seal = (struct gw_seal){ .encrypts = strcmp(cipher, CIPHER) == 0 };
	if (seal->encrypts)
		return open_stream(seal, secret, header, err);
	return strcmp(cipher, NO_CIPHER) == 0 ||
	       gw_fail(err, GW_INVALID, "the archive is sealed with an unknown cipher");
}

void gw_seal_begin(struct gw_seal *seal, struct gw_slice head)
{
	crypto_generichash(seal->head, sizeof(seal->head), (const unsigned char *)head.data,
		head.len, NULL, 0);
}

/* ---- Frames ---- */

/* Over the head, the frame's number, whether it is the last, and its bytes. */
static void sum(const struct gw_seal *seal, struct gw_slice plain, bool is_last,
	unsigned char out[GW_SEAL_HASH])
{
	crypto_generichash_state state;
	unsigned char place[9];
	for (int i = 0; i < 8; i++)
		place[i] = (unsigned char)(seal->n >> (8 * i));
	place[8] = is_last;
	crypto_generichash_init(&state, NULL, 0, GW_SEAL_HASH);
	crypto_generichash_update(&state, seal->head, sizeof(seal->head));
	crypto_generichash_update(&state, place, sizeof(place));
	crypto_generichash_update(&state, (const unsigned char *)plain.data, plain.len);
	crypto_generichash_final(&state, out, GW_SEAL_HASH);
}

void gw_seal_frame(struct gw_seal *seal, struct gw_slice plain, bool is_last, struct gw_str *out)
{
	size_t more =
		seal->encrypts ? crypto_secretstream_xchacha20poly1305_ABYTES : 1 + GW_SEAL_HASH;
	unsigned char *to = (unsigned char *)gw_str_extend(out, plain.len + more);
	if (seal->encrypts) {
		crypto_secretstream_xchacha20poly1305_push(&seal->stream, to, NULL,
			(const unsigned char *)plain.data, plain.len, seal->head,
			sizeof(seal->head),
			is_last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
	} else {
		to[0] = is_last;
		memcpy(to + 1, plain.data, plain.len);
		sum(seal, plain, is_last, to + 1 + plain.len);
	}
	seal->n++;
}

static bool check_sum(struct gw_seal *seal, struct gw_slice sealed, bool *is_last,
	struct gw_str *out)
{
	unsigned char wanted[GW_SEAL_HASH];
	if (sealed.len < 1 + GW_SEAL_HASH)
		return false;
	struct gw_slice plain = gw_slice(sealed.data + 1, sealed.len - 1 - GW_SEAL_HASH);
	sum(seal, plain, sealed.data[0] == 1, wanted);
	if (sodium_memcmp(wanted, plain.data + plain.len, sizeof(wanted)) != 0 ||
		(unsigned char)sealed.data[0] > 1)
		return false;
	*is_last = sealed.data[0] == 1;
	gw_str_add(out, plain.data, plain.len);
	return true;
}

static bool decrypt(struct gw_seal *seal, struct gw_slice sealed, bool *is_last, struct gw_str *out)
{
	unsigned char tag;
	if (sealed.len < crypto_secretstream_xchacha20poly1305_ABYTES)
		return false;
	size_t len = sealed.len - crypto_secretstream_xchacha20poly1305_ABYTES;
	unsigned char *to = (unsigned char *)gw_str_extend(out, len);
	if (!to || crypto_secretstream_xchacha20poly1305_pull(&seal->stream, to, NULL, &tag,
			   (const unsigned char *)sealed.data, sealed.len, seal->head,
			   sizeof(seal->head)) != 0)
		return false;
	*is_last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
	return true;
}

bool gw_unseal_frame(struct gw_seal *seal, struct gw_slice sealed, bool *is_last,
	struct gw_str *out)
{
	gw_str_reset(out);
	bool ok = seal->encrypts ? decrypt(seal, sealed, is_last, out)
				 : check_sum(seal, sealed, is_last, out);
	seal->n++;
	return ok && !out->full;
}
