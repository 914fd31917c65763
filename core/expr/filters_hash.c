/* filters_hash.c - md5, sha1, sha256, sha512 */
#include "expr/builtin.h"

#include "base/mem.h"
#include "expr/value.h"

#include <openssl/evp.h>

static json_t *hash(struct gw_call *call, const EVP_MD *method)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	gw_auto_str out = { 0 };
	if (!json_is_string(call->input))
		return gw_call_fail(call, "Need a string to hash");
	struct gw_slice text = gw_value_slice(call->input);
	if (!method || !EVP_Digest(text.data, text.len, digest, &n, method, NULL))
		return gw_call_fail(call, "Hashing exception encountered");
	for (unsigned i = 0; i < n; i++)
		gw_str_printf(&out, "%02x", digest[i]);
	return gw_call_text(call, &out);
}

static json_t *md5(struct gw_call *call)
{
	return hash(call, EVP_md5());
}

static json_t *sha1(struct gw_call *call)
{
	return hash(call, EVP_sha1());
}

static json_t *sha256(struct gw_call *call)
{
	return hash(call, EVP_sha256());
}

static json_t *sha512(struct gw_call *call)
{
	return hash(call, EVP_sha512());
}

static const struct gw_builtin table[] = {
	{ "md5", md5, NULL, GW_KEEPS_NULL, NULL },
	{ "sha1", sha1, NULL, GW_KEEPS_NULL, NULL },
	{ "sha256", sha256, NULL, GW_KEEPS_NULL, NULL },
	{ "sha512", sha512, NULL, GW_KEEPS_NULL, NULL },
};

const struct gw_builtins gw_hash_filters = { table, GW_LEN(table) };
