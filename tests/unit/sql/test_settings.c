/* test_settings.c - settings by a table */
#include "tests/unit/test.h"

#include "backends/sql/settings.h"

struct sample {
	char *name;
	int64_t size, pause, is_on, mode;
};

static const char *const modes[] = { "slow", "fast", NULL };
static const struct gw_setting table[] = {
	{ "name", GW_SETTING_TEXT, offsetof(struct sample, name), NULL, 0, 0, NULL },
	{ "size", GW_SETTING_NUMBER, offsetof(struct sample, size), "3", 1, 10, NULL },
	{ "pause", GW_SETTING_DURATION, offsetof(struct sample, pause), "PT1S", 0, 60 * GW_SECOND,
		NULL },
	{ "on", GW_SETTING_BOOL, offsetof(struct sample, is_on), "true", 0, 0, NULL },
	{ "mode", GW_SETTING_CHOICE, offsetof(struct sample, mode), "fast", 0, 0, modes },
};

static struct sample sample;
static struct gw_error err;

static bool read(const char *json)
{
	json_auto_t *given = json_loads(json, 0, NULL);
	sample = (struct sample){ 0 };
	return gw_settings_read(given, table, GW_LEN(table), &sample, "where", &err);
}

static void what_is_not_given_falls_back(void **state)
{
	(void)state;
	assert_true(read("{}"));
	assert_null(sample.name);
	assert_int_equal(sample.size, 3);
	assert_int_equal(sample.pause, GW_SECOND);
	assert_int_equal(sample.is_on, 1);
	assert_int_equal(sample.mode, 1);
	assert_true(gw_settings_read(NULL, table, GW_LEN(table), &sample, "where", &err));
}

static void values_may_be_texts(void **state)
{
	(void)state;
	assert_true(read("{\"name\": 5, \"size\": \"7\", \"pause\": \"PT0.5S\", \"on\": \"false\","
			 " \"mode\": \"slow\"}"));
	assert_string_equal(sample.name, "5");
	assert_int_equal(sample.size, 7);
	assert_int_equal(sample.pause, GW_SECOND / 2);
	assert_int_equal(sample.is_on, 0);
	assert_int_equal(sample.mode, 0);
	gw_settings_clear(table, GW_LEN(table), &sample);
}

static void wrong_values_are_refused_by_name(void **state)
{
	(void)state;
	static const char *const wrong[][2] = {
		{ "{\"size\": 11}", "where.size: 11 is not between 1 and 10" },
		{ "{\"size\": \"7x\"}", "where.size: \"7x\" is not a whole number" },
		{ "{\"size\": []}", "where.size: a text or a number is wanted" },
		{ "{\"mode\": \"medium\"}", "where.mode: \"medium\" is none of: slow, fast" },
		{ "{\"colour\": 1}", "where: there is no setting \"colour\"" },
		{ "{\"pause\": \"PT2M\"}", "where.pause: PT2M is too short or too long" },
	};
	for (size_t i = 0; i < GW_LEN(wrong); i++) {
		assert_false(read(wrong[i][0]));
		assert_int_equal(err.code, GW_INVALID);
		assert_string_equal(err.message, wrong[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_given_falls_back),
		cmocka_unit_test(values_may_be_texts),
		cmocka_unit_test(wrong_values_are_refused_by_name),
	};
	return RUN(tests);
}
