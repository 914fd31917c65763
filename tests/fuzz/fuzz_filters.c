/* fuzz_filters.c - filters and functions that read texts: patterns, formats, JSON, Ion, dates */
#include "tests/fuzz/fuzz.h"

#include "expr/expr.h"
#include "expr/limits.h"

#define STEPS 20000 /* enough to reach everything, few enough to be quick */

/* Each is applied to the input as text, and to its second half as other. */
static const char *const uses[] = {
	"{{ fromIon(text, allRows=true) | toIon }}",
	"{{ fromIon(text) | toJson }}",
	"{{ json(text) | toIon }}",
	"{{ text | regexReplace(other, '[$0$1]') }}",
	"{{ other | regexReplace('(.)(?<b>.)?', text) }}",
	"{{ other | split(text) }}",
	"{{ text | split(other, 3) }}",
	"{{ other | regexExtract(text, 1) }}",
	"{{ text | replace({other: 'x', 'a': text}) }}",
	"{{ -1234567.125 | numberFormat(text) }}",
	"{{ 98765 | numberFormat(text) }}",
	"{{ text | number }}",
	"{{ text | date(other, timeZone='Europe/Paris') }}",
	"{{ text | date(existingFormat=other) }}",
	"{{ text | dateAdd(40, 'DAYS') }}",
	"{{ text | dateAdd(-13, 'MONTHS', other) }}",
	"{{ dayOfWeek(text) }}{{ isLastWorkingDay(text, other) }}",
	"{{ text | base64decode }}",
	"{{ text | urldecode }}",
	"{{ text | urlencode | urldecode }}",
	"{{ text | slugify }}{{ text | title }}{{ text | capitalize }}{{ text | nl2br }}",
	"{{ text | substringBeforeLast(other) }}{{ text | substringAfterLast(other) }}",
	"{{ text | substringBefore(other) }}{{ text | substringAfter(other) }}",
	"{{ text | indent(3, other) }}{{ text | nindent(2) }}{{ text | abbreviate(7) }}",
	"{{ text | slice(1, 4) }}{{ text | first }}{{ text | last }}",
	"{{ text | escapeChar('shell') }}{{ text | sha256 }}{{ text | yaml }}",
	"{{ text..other }}",
	"{{ render(text) }}",
};

static struct gw_template *templates[GW_LEN(uses)];

struct halves {
	struct gw_scope scope;
	json_t *text, *other;
};

static const json_t *variable(struct gw_scope *scope, const char *name)
{
	struct halves *halves = (struct halves *)scope;
	return strcmp(name, "text") == 0 ? halves->text : halves->other;
}

static void compile(void)
{
	struct gw_error err;
	for (size_t i = 0; i < GW_LEN(uses); i++) {
		templates[i] = gw_template_compile(gw_slice_of(uses[i]), &err);
		MUST(templates[i]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gw_slice input = fuzz_slice(data, size);
	struct halves halves = { .scope = { .variable = variable },
		.text = json_stringn(input.data, size / 2),
		.other = json_stringn(input.data + size / 2, size - size / 2) };
	if (!templates[0])
		compile();
	for (size_t i = 0; i < GW_LEN(uses) && halves.text && halves.other; i++) {
		struct gw_error err = { 0 };
		gw_auto_str out = { 0 };
		halves.scope.steps = GW_EXPR_STEPS_MAX - STEPS;
		bool ok = gw_template_render(templates[i], &halves.scope, &out, &err);
		MUST(ok || err.message[0]);
	}
	json_decref(halves.text);
	json_decref(halves.other);
	return 0;
}
