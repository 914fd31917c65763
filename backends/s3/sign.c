/* sign.c - signatures of requests: AWS Signature Version 4 */
#include "backends/s3/sign.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#define ALGORITHM "AWS4-HMAC-SHA256"
#define HASH_BYTES 32
#define DAY_CHARS 8 /* of "20130524T000000Z" */

static void write_hex(const unsigned char hash[HASH_BYTES], char out[HASH_TEXT])
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < HASH_BYTES; i++) {
		out[2 * i] = digits[hash[i] >> 4];
		out[2 * i + 1] = digits[hash[i] & 15];
	}
	out[2 * HASH_BYTES] = '\0';
}

void sign_hash(struct gw_slice body, char out[HASH_TEXT])
{
	unsigned char hash[HASH_BYTES];
	if (!EVP_Digest(body.data ? body.data : "", body.len, hash, NULL, EVP_sha256(), NULL))
		abort();
	write_hex(hash, out);
}

/* The key may be where the result goes. */
static void authenticate(const void *key, size_t key_len, struct gw_slice text,
	unsigned char out[HASH_BYTES])
{
	unsigned char hash[HASH_BYTES];
	if (!HMAC(EVP_sha256(), key, (int)key_len, (const unsigned char *)text.data, text.len, hash,
		    NULL))
		abort();
	memcpy(out, hash, HASH_BYTES);
}

void sign_escape(struct gw_str *out, const char *text, const char *kept)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		if ((isascii(c) && isalnum(c)) || strchr("-._~", c) || strchr(kept, c))
			gw_str_putc(out, (char)c);
		else
			gw_str_printf(out, "%%%02X", c);
	}
}

static void add_names(struct gw_str *out, const struct signed_request *r)
{
	for (size_t i = 0; i < r->n_headers; i++)
		gw_str_printf(out, "%s%s", i ? ";" : "", r->headers[i].name);
}

static void hash_request(const struct signed_request *r, char out[HASH_TEXT])
{
	gw_auto_str text = { 0 };
	gw_str_printf(&text, "%s\n%s\n%s\n", r->method, r->path, r->query);
	for (size_t i = 0; i < r->n_headers; i++)
		gw_str_printf(&text, "%s:%s\n", r->headers[i].name, r->headers[i].value);
	gw_str_putc(&text, '\n');
	add_names(&text, r);
	gw_str_printf(&text, "\n%s", r->hash);
	sign_hash(gw_str_slice(&text), out);
}

static void make_signature(const struct keys *keys, const struct signed_request *r,
	const char *scope, char out[HASH_TEXT])
{
	char hashed[HASH_TEXT];
	unsigned char key[HASH_BYTES];
	gw_auto_str secret = { 0 }, text = { 0 };
	const struct gw_slice steps[] = { gw_slice_of(r->region), gw_slice_of("s3"),
		gw_slice_of("aws4_request") };
	gw_str_printf(&secret, "AWS4%s", keys->secret);
	authenticate(secret.data, secret.len, gw_slice(r->at, DAY_CHARS), key);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		authenticate(key, sizeof(key), steps[i], key);
	hash_request(r, hashed);
	gw_str_printf(&text, ALGORITHM "\n%s\n%s\n%s", r->at, scope, hashed);
	authenticate(key, sizeof(key), gw_str_slice(&text), key);
	write_hex(key, out);
	explicit_bzero(secret.data, secret.len);
}

void sign(const struct keys *keys, const struct signed_request *r, struct gw_str *out)
{
	char signature[HASH_TEXT];
	gw_auto_str scope = { 0 };
	gw_str_printf(&scope, "%.*s/%s/s3/aws4_request", DAY_CHARS, r->at, r->region);
	make_signature(keys, r, gw_str_text(&scope), signature);
	gw_str_printf(out, ALGORITHM " Credential=%s/%s,SignedHeaders=", keys->id,
		gw_str_text(&scope));
	add_names(out, r);
	gw_str_printf(out, ",Signature=%s", signature);
}
