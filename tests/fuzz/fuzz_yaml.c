/* fuzz_yaml.c - any bytes as YAML: parsed, printed, located, split */
#include "base/json.h"
#include "yaml/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gw_slice text = gw_slice((const char *)data, size);
	struct gw_slice doc;
	struct gw_error err;
	size_t pos = 0;
	while (gw_yaml_next_document(text, &pos, &doc))
		gw_yaml_locate(doc, "tasks[0].a.b[1]");
	json_auto_t *value = gw_yaml_parse(text, &err);
	gw_auto_str printed = { 0 };
	if (value)
		gw_yaml_print(&printed, value);
	return 0;
}
