/* fuzz_json.c - reading JSON; what is printed reads back as the same */
#include "tests/fuzz/fuzz.h"

#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gw_error err;
	gw_auto_str printed = { 0 };
	json_auto_t *value = gw_json_parse(fuzz_slice(data, size), &err);
	if (!value)
		return 0;
	gw_json_print(&printed, value);
	json_auto_t *again = gw_json_parse(gw_str_slice(&printed), &err);
	MUST(again && json_equal(value, again));
	return 0;
}
