/* fuzz_utf8.c - cleaning and cutting text that may be no UTF-8 */
#include "tests/fuzz/fuzz.h"

#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gw_auto_str clean = { 0 };
	struct gw_slice text = fuzz_slice(data, size);
	gw_utf8_clean(&clean, text.data, size);
	MUST(gw_utf8_valid(gw_str_text(&clean), clean.len));
	MUST(strlen(gw_str_text(&clean)) == clean.len);
	MUST(gw_utf8_length(text) <= size);
	for (size_t max = 0; max <= size && max < 64; max++) {
		size_t cut = gw_utf8_cut(text.data, size, max);
		MUST(cut <= max);
		MUST(!gw_utf8_valid(text.data, size) || gw_utf8_valid(text.data, cut));
	}
	return 0;
}
