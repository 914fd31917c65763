/* secret.c - Kestra's encryption of values */
#include "check/secret.h"

#include "base/base64.h"
#include "base/id.h"
#include "base/json.h"
#include "base/mem.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#define IV_LEN 12
#define TAG_LEN 16
#define TEXT_MAX (16u << 20)
#define KEY_HELP "encryption.secret-key must be the base64 text of 16, 24 or 32 bytes"

static void free_cipher(EVP_CIPHER_CTX **ctx)
{
	EVP_CIPHER_CTX_free(*ctx);
}

/* Wipes what it holds: keys and clear texts. */
static void wipe(struct gw_str *s)
{
	if (s->data)
		OPENSSL_cleanse(s->data, s->cap);
	gw_str_clear(s);
}

#define auto_cipher __attribute__((cleanup(free_cipher))) EVP_CIPHER_CTX
#define auto_secret __attribute__((cleanup(wipe))) struct gw_str

static const EVP_CIPHER *cipher_for(size_t key_len)
{
	return key_len == 16   ? EVP_aes_128_gcm()
	       : key_len == 24 ? EVP_aes_192_gcm()
	       : key_len == 32 ? EVP_aes_256_gcm()
			       : NULL;
}

static EVP_CIPHER_CTX *start(struct gw_slice key, const unsigned char *iv, bool encrypt,
	struct gw_error *err)
{
	auto_secret bytes = { 0 };
	bool is_read = gw_base64_decode(&bytes, key);
	const EVP_CIPHER *cipher = is_read ? cipher_for(bytes.len) : NULL;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	if (cipher &&
		EVP_CipherInit_ex(ctx, cipher, NULL, (unsigned char *)bytes.data, iv, encrypt))
		return ctx;
	EVP_CIPHER_CTX_free(ctx);
	gw_fail(err, GW_INVALID, KEY_HELP);
	return NULL;
}

bool gw_secret_encrypt(struct gw_slice key, struct gw_slice text, struct gw_str *out,
	struct gw_error *err)
{
	unsigned char iv[IV_LEN];
	int n = 0, rest = 0;
	if (text.len > TEXT_MAX)
		return gw_fail(err, GW_INVALID, "a secret has at most %u MiB", TEXT_MAX >> 20);
	gw_random(iv, sizeof(iv));
	auto_cipher *ctx = start(key, iv, true, err);
	gw_auto_free unsigned char *sealed = gw_alloc(IV_LEN + text.len + TAG_LEN);
	memcpy(sealed, iv, IV_LEN);
	if (!ctx)
		return false;
	if (!EVP_EncryptUpdate(ctx, sealed + IV_LEN, &n, (const unsigned char *)text.data,
		    (int)text.len) ||
		!EVP_EncryptFinal_ex(ctx, sealed + IV_LEN + n, &rest) ||
		!EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG_LEN,
			sealed + IV_LEN + text.len))
		return gw_fail(err, GW_INTERNAL, "the text cannot be encrypted");
	gw_base64_encode(out, sealed, IV_LEN + text.len + TAG_LEN);
	return true;
}

bool gw_secret_decrypt(struct gw_slice key, struct gw_slice text, struct gw_str *out,
	struct gw_error *err)
{
	gw_auto_str sealed = { 0 };
	int n = 0, rest = 0;
	if (!gw_base64_decode(&sealed, text) || sealed.len < IV_LEN + TAG_LEN)
		return gw_fail(err, GW_INVALID, "this is no encrypted text");
	size_t len = sealed.len - IV_LEN - TAG_LEN;
	unsigned char *bytes = (unsigned char *)sealed.data;
	auto_cipher *ctx = start(key, bytes, false, err);
	auto_secret clear = { 0 };
	gw_str_reserve(&clear, len + 1);
	if (!ctx)
		return false;
	if (!EVP_DecryptUpdate(ctx, (unsigned char *)clear.data, &n, bytes + IV_LEN, (int)len) ||
		!EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG_LEN, bytes + IV_LEN + len) ||
		EVP_DecryptFinal_ex(ctx, (unsigned char *)clear.data + n, &rest) <= 0)
		return gw_fail(err, GW_INVALID,
			"the text was encrypted with another key, or was changed");
	gw_str_add(out, clear.data, len);
	return true;
}

static char setup_key[64]; /* base64; "" = none */

bool gw_secret_setup(const char *key, struct gw_error *err)
{
	gw_auto_str probe = { 0 };
	if (strlen(key) >= sizeof(setup_key) ||
		(*key && !gw_secret_encrypt(gw_slice_of(key), gw_slice_of("probe"), &probe, err)))
		return gw_fail(err, GW_INVALID, KEY_HELP);
	memcpy(setup_key, key, strlen(key) + 1);
	return true;
}

static bool need_key(struct gw_error *err)
{
	return *setup_key || gw_fail(err, GW_INVALID,
				     "Unable to use a `SECRET` input/output as encryption is not "
				     "configured");
}

json_t *gw_secret_seal(struct gw_slice text, struct gw_error *err)
{
	gw_auto_str sealed = { 0 };
	if (!need_key(err) || !gw_secret_encrypt(gw_slice_of(setup_key), text, &sealed, err))
		return NULL;
	return json_pack("{s:s, s:s}", "type", GW_SECRET_TYPE, "value", gw_str_text(&sealed));
}

bool gw_secret_is_sealed(const json_t *value)
{
	const char *type = gw_json_string(value, "type");
	return type && strcmp(type, GW_SECRET_TYPE) == 0;
}

bool gw_secret_open(const json_t *sealed, struct gw_str *out, struct gw_error *err)
{
	return need_key(err) && gw_secret_decrypt(gw_slice_of(setup_key),
					gw_slice_of(gw_json_string(sealed, "value")), out, err);
}
