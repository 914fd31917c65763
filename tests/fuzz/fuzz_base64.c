/* fuzz_base64.c - decoding base64, and encoding it again */
#include "tests/fuzz/fuzz.h"

#include "base/base64.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gw_auto_str decoded = { 0 }, encoded = { 0 }, again = { 0 };
	gw_base64_encode(&encoded, data, size);
	MUST(gw_base64_decode(&decoded, gw_str_slice(&encoded)));
	MUST(gw_slice_equal(gw_str_slice(&decoded), fuzz_slice(data, size)));
	if (gw_base64_decode(&again, fuzz_slice(data, size)))
		MUST(again.len <= size);
	return 0;
}
