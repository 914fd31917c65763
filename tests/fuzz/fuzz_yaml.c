/* fuzz_yaml.c - reading YAML; what is printed reads back, splitting and locating end */
#include "tests/fuzz/fuzz.h"

#include "base/json.h"
#include "yaml/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gw_slice text = fuzz_slice(data, size);
	struct gw_slice doc;
	struct gw_error err;
	gw_auto_str printed = { 0 };
	size_t pos = 0;
	while (gw_yaml_next_document(text, &pos, &doc))
		gw_yaml_locate(doc, "tasks[0].a.b[1]");
	json_auto_t *value = gw_yaml_parse(text, &err);
	if (!value)
		return 0;
	gw_yaml_print(&printed, value);
	json_auto_t *again = gw_yaml_parse(gw_str_slice(&printed), &err);
	MUST(again && json_is_object(again) == json_is_object(value));
	return 0;
}
