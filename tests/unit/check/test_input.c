/* test_input.c - inputs of all types, and Kestra's words for those that are wrong */
#include "tests/unit/test.h"

#include "base/base64.h"
#include "base/json.h"
#include "check/input.h"
#include "check/secret.h"

static const char key[] = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI="; /* 32 bytes */

static const json_t *find_variable(struct gw_scope *scope, const char *name)
{
	(void)scope;
	static json_t *flow;
	if (!flow)
		flow = json_pack("{s:s}", "id", "a");
	return strcmp(name, "flow") == 0 ? flow : NULL;
}

static struct gw_scope scope = { .variable = find_variable };

/* What was sent, as "id=text" separated by "&". */
static size_t read_sent(char *sent, struct gw_sent_input *list)
{
	size_t n = 0;
	for (char *pair; (pair = strsep(&sent, "&"));) {
		char *id = strsep(&pair, "=");
		if (pair)
			list[n++] = (struct gw_sent_input){ .id = id, .text = gw_slice_of(pair) };
	}
	return n;
}

static char *resolved(const char *declared, const char *sent)
{
	struct gw_error err;
	struct gw_sent_input list[8];
	gw_auto_free char *copy = gw_strdup(sent);
	json_auto_t *inputs = gw_yaml_parse(gw_slice_of(declared), &err);
	assert_non_null(inputs);
	size_t n = read_sent(copy, list);
	json_auto_t *result = gw_inputs_resolve(inputs, list, n, &scope, &err);
	gw_auto_str text = { 0 };
	if (result)
		gw_json_print(&text, result);
	else
		gw_str_puts(&text, err.message);
	return gw_str_steal(&text);
}

struct row {
	const char *declared, *sent, *expected;
};

static void check_rows(const struct row *rows, size_t n)
{
	int failed = 0;
	for (size_t i = 0; i < n; i++) {
		gw_auto_free char *found = resolved(rows[i].declared, rows[i].sent);
		if (strcmp(found, rows[i].expected) == 0)
			continue;
		print_message("%s with %s\n  found    %s\n  expected %s\n", rows[i].declared,
			rows[i].sent, found, rows[i].expected);
		failed++;
	}
	assert_int_equal(failed, 0);
}

static const struct row values[] = {
	{ "[{id: a, type: STRING}]", "a=x", "{\"a\":\"x\"}" },
	{ "[{id: a, type: STRING, validator: 'A\\d+'}]", "a=A12", "{\"a\":\"A12\"}" },
	{ "[{id: a, type: ENUM, values: [x, y]}]", "a=y", "{\"a\":\"y\"}" },
	{ "[{id: a, type: SELECT, values: [x], allowCustomValue: true}]", "a=z", "{\"a\":\"z\"}" },
	{ "[{id: a, type: SELECT, values: [1, 2]}]", "a=2", "{\"a\":\"2\"}" },
	{ "[{id: a, type: INT, min: 1, max: 9}]", "a=9", "{\"a\":9}" },
	{ "[{id: a, type: INT}]", "a=-2147483648", "{\"a\":-2147483648}" },
	{ "[{id: a, type: FLOAT}]", "a=42", "{\"a\":42.0}" },
	{ "[{id: a, type: FLOAT}]", "a=1.5e3", "{\"a\":1500.0}" },
	{ "[{id: a, type: BOOLEAN}]", "a=TRUE", "{\"a\":true}" },
	{ "[{id: a, type: BOOLEAN}]", "a=yes", "{\"a\":false}" },
	{ "[{id: a, type: BOOL}]", "a=False", "{\"a\":false}" },
	{ "[{id: a, type: DATETIME}]", "a=2019-10-06T18:27:49+02:00",
		"{\"a\":\"2019-10-06T16:27:49Z\"}" },
	{ "[{id: a, type: DATE}]", "a=2019-10-06", "{\"a\":\"2019-10-06\"}" },
	{ "[{id: a, type: TIME}]", "a=18:27", "{\"a\":\"18:27:00\"}" },
	{ "[{id: a, type: DURATION}]", "a=PT90M", "{\"a\":\"PT1H30M\"}" },
	{ "[{id: a, type: FILE}]", "a=kestra:///x/y.csv", "{\"a\":\"kestra:///x/y.csv\"}" },
	{ "[{id: a, type: JSON}]", "a={\"x\":[1]}", "{\"a\":{\"x\":[1]}}" },
	{ "[{id: a, type: YAML}]", "a=x: [1, yes]", "{\"a\":{\"x\":[1,true]}}" },
	{ "[{id: a, type: URI}]", "a=https://www.example.org/x?y=1",
		"{\"a\":\"https://www.example.org/x?y=1\"}" },
	{ "[{id: a, type: ARRAY, itemType: INT}]", "a=[1, \"2\"]", "{\"a\":[1,2]}" },
	{ "[{id: a, type: MULTISELECT, values: [x, y]}]", "a=[\"y\",\"x\"]",
		"{\"a\":[\"y\",\"x\"]}" },
	{ "[{id: a, type: EMAIL}]", "a=a.b@example.org", "{\"a\":\"a.b@example.org\"}" },
	{ "[{id: a, type: EMAIL}]", "a=", "{\"a\":\"\"}" },
	{ "[{id: a.b.c, type: INT}, {id: a.d, type: INT}]", "a.b.c=1&a.d=2",
		"{\"a\":{\"b\":{\"c\":1},\"d\":2}}" },
	{ "[{id: f, type: FORM, inputs: [{id: x, type: INT}, {id: y, type: INT, defaults: 2}]}]",
		"f.x=1", "{\"f\":{\"x\":1,\"y\":2}}" },
	{ "[{id: a, type: INT, required: false}]", "", "{\"a\":null}" },
	{ "[{id: a, type: INT, defaults: 3}]", "", "{\"a\":3}" },
	{ "[{id: a, type: JSON, defaults: {x: [1]}}]", "", "{\"a\":{\"x\":[1]}}" },
	{ "[{id: a, type: ARRAY, itemType: STRING, defaults: [x]}]", "", "{\"a\":[\"x\"]}" },
	{ "[{id: a, type: STRING, defaults: '{{ flow.id }}'}]", "", "{\"a\":\"a\"}" },
	{ "[{id: a, type: INT}, {id: b, type: STRING, defaults: 'n{{ inputs.a }}', dependsOn: "
	  "{inputs: [a]}}]",
		"a=4", "{\"a\":4,\"b\":\"n4\"}" },
	{ "[{id: a, type: INT}]", "a=1&other=2", "{\"a\":1}" },
	{ "[]", "a=1", "{}" },
};

static void values_are_converted_by_their_type(void **state)
{
	(void)state;
	check_rows(values, GW_LEN(values));
}

#define MISSING ", missing required input, but received `null`"
static const struct row errors[] = {
	{ "[{id: a, type: STRING}]", "", "Invalid input for `a`" MISSING },
	{ "[{id: a, type: INT}, {id: b, type: INT}]", "", "Invalid input for `a`" MISSING },
	{ "[{id: a, type: STRING, validator: 'A\\d+'}]", "a=xA1",
		"Invalid input for `a`, it must match the pattern `A\\d+`, but received `xA1`" },
	{ "[{id: a, type: SELECT, values: [x, y]}]", "a=z",
		"Invalid input for `a`, it must match the values `[x, y]`, but received `z`" },
	{ "[{id: a, type: INT, min: 10}]", "a=9",
		"Invalid input for `a`, it must be more than `10`, but received `9`" },
	{ "[{id: a, type: INT, max: 10}]", "a=11",
		"Invalid input for `a`, it must be less than `10`, but received `11`" },
	{ "[{id: a, type: FLOAT, max: 10}]", "a=11.5",
		"Invalid input for `a`, it must be less than `10.0`, but received `11.5`" },
	{ "[{id: a, type: INT}]", "a=x",
		"Invalid input for `a`, Expected `INT` but received `x` with errors:\n```\nFor "
		"input string: \"x\"\n```, but received `x`" },
	{ "[{id: a, type: INT}]", "a=2147483648",
		"Invalid input for `a`, Expected `INT` but received `2147483648` with errors:\n"
		"```\nFor input string: \"2147483648\"\n```, but received `2147483648`" },
	{ "[{id: a, type: BOOL}]", "a=ja",
		"Invalid input for `a`, Expected `BOOL` but received `ja` with errors:\n```\nit "
		"must be true or false\n```, but received `ja`" },
	{ "[{id: a, type: DATETIME, after: '2020-01-01T00:00:00Z'}]", "a=2019-10-06T18:27:49Z",
		"Invalid input for `a`, it must be after `2020-01-01T00:00:00Z`, but received "
		"`2019-10-06T18:27:49Z`" },
	{ "[{id: a, type: DATE, before: 2019-01-01}]", "a=2019-10-06",
		"Invalid input for `a`, it must be before `2019-01-01`, but received "
		"`2019-10-06`" },
	{ "[{id: a, type: TIME, after: '19:00:00'}]", "a=18:27:49",
		"Invalid input for `a`, it must be after `19:00:00`, but received `18:27:49`" },
	{ "[{id: a, type: DURATION, min: PT10S}]", "a=PT1S",
		"Invalid input for `a`, It must be more than `PT10S`, but received `PT1S`" },
	{ "[{id: a, type: DURATION, max: PT10S}]", "a=PT11S",
		"Invalid input for `a`, It must be less than `PT10S`, but received `PT11S`" },
	{ "[{id: a, type: DATE}]", "a=soon",
		"Invalid input for `a`, Expected `DATE` but received `soon` with "
		"errors:\n```\nText "
		"'soon' could not be parsed\n```, but received `soon`" },
	{ "[{id: a, type: FILE}]", "a=/etc/passwd",
		"Invalid input for `a`, Expected `FILE` but received `/etc/passwd` with errors:\n"
		"```\nupload a file, or give the kestra:/// URI of a stored one\n```, but received "
		"`/etc/passwd`" },
	{ "[{id: a, type: URI}]", "a=nothing",
		"Invalid input for `a`, Expected `URI` but received `nothing`, but received "
		"`nothing`" },
	{ "[{id: a, type: ARRAY, itemType: INT}]", "a=[\"s1\"]",
		"Invalid input for `a`, Unable to parse array element as `INT` on `s1`, but "
		"received `[\"s1\"]`" },
	{ "[{id: a, type: MULTISELECT, values: [x, y]}]", "a=[\"x\",\"z\"]",
		"Invalid input for `a`, it must match the values `[x, y]`, but received "
		"`[\"x\",\"z\"]`" },
	{ "[{id: a, type: EMAIL}]", "a=nobody",
		"Invalid input for `a`, The input must be a valid email, but received `nobody`" },
	{ "[{id: a, type: SECRET}]", "a=x",
		"Invalid input for `a`, Expected `SECRET` but received `x` with errors:\n```\n"
		"Unable to use a `SECRET` input/output as encryption is not configured\n```, but "
		"received `x`" },
	{ "[{id: f, type: FORM, inputs: [{id: x, type: INT}]}]", "",
		"Invalid input for `f.x`" MISSING },
};

static void wrong_values_are_refused_in_kestras_words(void **state)
{
	(void)state;
	check_rows(errors, GW_LEN(errors));
}

#define IF "dependsOn: {inputs: [a], condition: '{{ inputs.a }}'}"
static const struct row dependencies[] = {
	{ "[{id: b, type: STRING, " IF "}, {id: a, type: BOOL}]", "a=true&b=x",
		"{\"a\":true,\"b\":\"x\"}" },
	{ "[{id: b, type: STRING, " IF "}, {id: a, type: BOOL}]", "a=false&b=x", "{\"a\":false}" },
	{ "[{id: a, type: BOOL}, {id: b, type: STRING, " IF "}, {id: c, type: STRING, dependsOn: "
	  "{inputs: [b]}}]",
		"a=false", "{\"a\":false}" },
};

static void a_disabled_input_is_left_out_with_what_depends_on_it(void **state)
{
	(void)state;
	check_rows(dependencies, GW_LEN(dependencies));
}

static void validation_tells_of_every_input(void **state)
{
	(void)state;
	struct gw_error err;
	struct gw_sent_input list[8];
	char sent[] = "a=x&c=2";
	json_auto_t *inputs = gw_yaml_parse(
		gw_slice_of(
			"[{id: a, type: INT}, {id: b, type: INT}, {id: c, type: INT},"
			"{id: d, type: INT, dependsOn: {inputs: [c], condition: false}},"
			"{id: e, type: SELECT, expression: '{{ [\"p\", \"q\"] }}', defaults: p}]"),
		&err);
	struct gw_input_state *states;
	assert_int_equal(gw_inputs_validate(inputs, list, read_sent(sent, list), &scope, &states),
		5);
	assert_non_null(strstr(states[0].error, "For input string"));
	assert_non_null(strstr(states[1].error, "missing required input"));
	assert_null(states[2].error);
	assert_int_equal(json_integer_value(states[2].value), 2);
	assert_true(states[3].enabled || !states[3].error);
	assert_int_equal(json_array_size(json_object_get(states[4].input, "values")), 2);
	assert_string_equal(json_string_value(states[4].value), "p");
	gw_input_states_free(states, 5);
}

static void json_values_are_taken_as_they_are(void **state)
{
	(void)state;
	struct gw_error err;
	json_auto_t *inputs = gw_yaml_parse(
		gw_slice_of("[{id: a, type: INT}, {id: b, type: JSON}, {id: c, type: STRING}, "
			    "{id: d, type: STRING, required: false}]"),
		&err);
	json_auto_t *given =
		gw_json_parse(gw_slice_of("{\"a\":5,\"b\":{\"x\":1},\"c\":7,\"d\":null}"), &err);
	struct gw_sent_input list[4];
	size_t n = 0;
	const char *id;
	json_t *value;
	json_object_foreach (given, id, value)
		list[n++] = (struct gw_sent_input){ .id = id, .value = value };
	json_auto_t *result = gw_inputs_resolve(inputs, list, n, &scope, &err);
	gw_auto_str text = { 0 };
	gw_json_print(&text, result);
	assert_string_equal(gw_str_text(&text), "{\"a\":5,\"b\":{\"x\":1},\"c\":\"7\",\"d\":null}");
}

static void secrets_are_sealed_and_can_be_opened(void **state)
{
	(void)state;
	struct gw_error err;
	struct gw_sent_input list[2];
	char sent[] = "a=hush";
	json_auto_t *inputs =
		gw_yaml_parse(gw_slice_of("[{id: a, type: SECRET, validator: h.*}]"), &err);
	assert_false(gw_secret_setup("c2hvcnQ=", &err));
	assert_true(gw_secret_setup(key, &err));
	json_auto_t *result = gw_inputs_resolve(inputs, list, read_sent(sent, list), &scope, &err);
	const json_t *sealed = json_object_get(result, "a");
	assert_string_equal(gw_json_string(sealed, "type"), "io.kestra.datatype:aes_encrypted");
	assert_true(gw_secret_is_sealed(sealed));
	gw_auto_str text = { 0 };
	assert_true(gw_secret_open(sealed, &text, &err));
	assert_string_equal(gw_str_text(&text), "hush");
	gw_str_reset(&text);
	assert_true(gw_secret_setup("", &err));
	assert_false(gw_secret_open(sealed, &text, &err));
	assert_true(gw_secret_decrypt(gw_slice_of(key),
		gw_slice_of(gw_json_string(sealed, "value")), &text, &err));
	assert_string_equal(gw_str_text(&text), "hush");
}

static void what_another_wrote_is_opened_and_what_was_changed_is_not(void **state)
{
	(void)state;
	struct gw_error err;
	gw_auto_str text = { 0 };
	/* AES-256-GCM of "hello" under the key above, the iv twelve zeros, by another program. */
	static const char sealed[] = "AAAAAAAAAAAAAAAA5WFvKF3YStPh7EzX0H0R30SZw7x4";
	assert_true(gw_secret_decrypt(gw_slice_of(key), gw_slice_of(sealed), &text, &err));
	assert_string_equal(gw_str_text(&text), "hello");
	gw_auto_free char *changed = gw_strdup(sealed);
	changed[20] = changed[20] == 'A' ? 'B' : 'A';
	assert_false(gw_secret_decrypt(gw_slice_of(key), gw_slice_of(changed), &text, &err));
	assert_string_equal(err.message, "the text was encrypted with another key, or was changed");
	assert_false(gw_secret_decrypt(gw_slice_of(key), gw_slice_of("AAAA"), &text, &err));
	assert_false(gw_secret_encrypt(gw_slice_of("c2hvcnQ="), gw_slice_of("x"), &text, &err));
	assert_string_equal(err.message,
		"encryption.secret-key must be the base64 text of 16, 24 or 32 bytes");
}

static void flow_outputs_are_converted(void **state)
{
	(void)state;
	static const struct {
		const char *output, *value, *expected;
	} rows[] = {
		{ "{id: o, type: STRING}", "{\"a\":1}", "\"{\\\"a\\\":1}\"" },
		{ "{id: o, type: INT}", "\"12\"", "12" },
		{ "{id: o, type: JSON}", "\"[1]\"", "[1]" },
		{ "{id: o, type: ARRAY, itemType: STRING}", "[1,\"b\"]", "[\"1\",\"b\"]" },
		{ "{id: o, type: INT}", "null", "null" },
		{ "{id: o, type: INT, required: true}", "null",
			"Invalid output for `o`, missing required output, but received `null`" },
		{ "{id: o, type: INT}", "\"x\"",
			"Invalid output for `o`, Expected `INT` but received `x` with errors:\n```"
			"\nFor input string: \"x\"\n```, but received `x`" },
	};
	for (size_t i = 0; i < GW_LEN(rows); i++) {
		struct gw_error err;
		gw_auto_str text = { 0 };
		json_auto_t *output = gw_yaml_parse(gw_slice_of(rows[i].output), &err);
		json_auto_t *value = json_loads(rows[i].value, JSON_DECODE_ANY, NULL);
		json_auto_t *found = gw_output_convert(output, value, &err);
		if (found)
			gw_json_print(&text, found);
		else
			gw_str_puts(&text, err.message);
		assert_string_equal(gw_str_text(&text), rows[i].expected);
	}
}

static void long_chains_of_dependencies_are_bounded(void **state)
{
	(void)state;
	struct gw_error err;
	json_auto_t *inputs = json_array();
	for (int i = 20000; i > 0; i--) {
		json_t *input = json_pack("{s:o, s:s, s:i, s:{s:[o]}}", "id",
			json_sprintf("i%d", i), "type", "INT", "defaults", 1, "dependsOn", "inputs",
			json_sprintf("i%d", i - 1));
		json_array_append_new(inputs, input);
	}
	json_decref(gw_inputs_resolve(inputs, NULL, 0, &scope, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_converted_by_their_type),
		cmocka_unit_test(wrong_values_are_refused_in_kestras_words),
		cmocka_unit_test(a_disabled_input_is_left_out_with_what_depends_on_it),
		cmocka_unit_test(validation_tells_of_every_input),
		cmocka_unit_test(json_values_are_taken_as_they_are),
		cmocka_unit_test(secrets_are_sealed_and_can_be_opened),
		cmocka_unit_test(what_another_wrote_is_opened_and_what_was_changed_is_not),
		cmocka_unit_test(flow_outputs_are_converted),
		cmocka_unit_test(long_chains_of_dependencies_are_bounded),
	};
	return RUN(tests);
}
