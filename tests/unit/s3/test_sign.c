/* test_sign.c - signatures of S3 requests, by the examples that Amazon publishes */
#include "tests/unit/test.h"

#include "backends/s3/sign.h"

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define HOST                                             \
	{                                                \
		"host", "examplebucket.s3.amazonaws.com" \
	}
#define AT "20130524T000000Z"

struct example {
	const char *method, *path, *query;
	struct header headers[5];
	size_t n_headers;
	const char *body;
	const char *names, *signature;
};

/* Amazon Simple Storage Service, API reference: "Signature Calculations for the Authorization
 * Header: Transferring Payload in a Single Chunk". */
static const struct example examples[] = {
	{ "GET", "/test.txt", "",
		{ HOST, { "range", "bytes=0-9" }, { "x-amz-content-sha256", EMPTY },
			{ "x-amz-date", AT } },
		4, "", "host;range;x-amz-content-sha256;x-amz-date",
		"f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41" },
	{ "PUT", "/test%24file.text", "",
		{ { "date", "Fri, 24 May 2013 00:00:00 GMT" }, HOST,
			{ "x-amz-content-sha256", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e4"
						  "2034a8b803f8b072" },
			{ "x-amz-date", AT }, { "x-amz-storage-class", "REDUCED_REDUNDANCY" } },
		5, "Welcome to Amazon S3.",
		"date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
		"98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd" },
	{ "GET", "/",
		"lifecycle=", { HOST, { "x-amz-content-sha256", EMPTY }, { "x-amz-date", AT } }, 3,
		"", "host;x-amz-content-sha256;x-amz-date",
		"fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543" },
	{ "GET", "/", "max-keys=2&prefix=J",
		{ HOST, { "x-amz-content-sha256", EMPTY }, { "x-amz-date", AT } }, 3, "",
		"host;x-amz-content-sha256;x-amz-date",
		"34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7" },
};

static void the_published_examples_have_the_published_signatures(void **state)
{
	char id[] = "AKIAIOSFODNN7EXAMPLE", secret[] = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
	const struct keys keys = { id, secret, NULL };
	(void)state;
	for (size_t i = 0; i < GW_LEN(examples); i++) {
		const struct example *e = &examples[i];
		char hash[HASH_TEXT];
		gw_auto_str found = { 0 };
		sign_hash(gw_slice_of(e->body), hash);
		const struct signed_request request = { e->method, e->path, e->query, e->headers,
			e->n_headers, hash, "us-east-1", AT };
		sign(&keys, &request, &found);
		gw_auto_free char *wanted =
			gw_sprintf("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/"
				   "us-east-1/s3/aws4_request,SignedHeaders=%s,Signature=%s",
				e->names, e->signature);
		assert_string_equal(gw_str_text(&found), wanted);
	}
}

static void names_are_escaped_byte_by_byte(void **state)
{
	gw_auto_str path = { 0 }, value = { 0 };
	(void)state;
	sign_escape(&path, "/test$file.text/a b+ä%/~", "/");
	assert_string_equal(gw_str_text(&path), "/test%24file.text/a%20b%2B%C3%A4%25/~");
	sign_escape(&value, "a/b=c&d", "");
	assert_string_equal(gw_str_text(&value), "a%2Fb%3Dc%26d");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_examples_have_the_published_signatures),
		cmocka_unit_test(names_are_escaped_byte_by_byte),
	};
	return RUN(tests);
}
