/* test_config.c - defaults, files, the environment, Kestra's files, and what is refused */
#include "tests/unit/stored.h"

#include "base/fd.h"
#include "config/config.h"
#include "config/value.h"

#include <unistd.h>

/* An environment without what the machine has; cmocka's own stays. */
static int set_up(void **state)
{
	static const char output[] = "CMOCKA_MESSAGE_OUTPUT";
	(void)state;
	gw_auto_free char *value = gw_strdup(getenv(output));
	clearenv();
	if (value)
		setenv(output, value, 1);
	return 0;
}

static struct gw_config *load(const char *source)
{
	struct gw_error err = { 0 };
	setenv("GODWIT_CONFIGURATION", source, 1);
	struct gw_config *config = gw_config_load(NULL, &err);
	if (!config)
		print_error("%s\n", err.message);
	assert_non_null(config);
	return config;
}

static void free_config(struct gw_config **config)
{
	gw_config_free(*config);
}

#define auto_config __attribute__((cleanup(free_config))) struct gw_config

static void refused(const char *source, const char *message)
{
	struct gw_error err = { 0 };
	setenv("GODWIT_CONFIGURATION", source, 1);
	assert_null(gw_config_load(NULL, &err));
	assert_string_equal(err.message, message);
	assert_int_equal(err.code, GW_INVALID);
}

static void expect_warning(const struct gw_config *config, size_t i, const char *text)
{
	assert_string_equal(json_string_value(json_array_get(gw_config_warnings(config), i)), text);
}

static void nothing_needs_to_be_configured(void **state)
{
	(void)state;
	struct gw_error err;
	auto_config *config = gw_config_load(NULL, &err);
	assert_non_null(config);
	assert_int_equal(gw_config_int(config, "server.port"), 8080);
	assert_int_equal(gw_config_int(config, "server.management-port"), 8081);
	assert_string_equal(gw_config_text(config, "repository.type"), "sqlite");
	assert_int_equal(gw_config_duration(config, "server.termination-grace-period"), 300000000);
	assert_false(gw_config_bool(config, "variables.recursive-rendering"));
	assert_null(gw_config_text(config, "server.url"));
	assert_string_equal(gw_config_place(config, "server.port"), "default");
	assert_int_equal(json_array_size(gw_config_warnings(config)), 0);
}

static void a_file_beats_defaults_and_its_lines_are_known(void **state)
{
	(void)state;
	auto_config *config = load("godwit:\n  server:\n    port: 9090\n"
				   "  tasks.tmp-dir.path: /tmp/x\n");
	assert_int_equal(gw_config_int(config, "server.port"), 9090);
	assert_string_equal(gw_config_text(config, "tasks.tmp-dir.path"), "/tmp/x");
	assert_string_equal(gw_config_place(config, "server.port"), "GODWIT_CONFIGURATION:3");
	assert_int_equal(gw_config_int(config, "server.management-port"), 8081);
}

static void the_environment_beats_the_file_and_options_beat_both(void **state)
{
	(void)state;
	struct gw_error err;
	setenv("GODWIT_SERVER_PORT", "7070", 1);
	setenv("ENDPOINTS_ALL_PORT", "7071", 1);
	setenv("KESTRA_STORAGE_LOCAL_BASE_PATH", "/from/env", 1);
	auto_config *config = load("godwit: {server: {port: 9090}}");
	assert_int_equal(gw_config_int(config, "server.port"), 7070);
	assert_int_equal(gw_config_int(config, "server.management-port"), 7071);
	assert_string_equal(gw_config_text(config, "storage.local.base-path"), "/from/env");
	assert_string_equal(gw_config_place(config, "server.port"), "GODWIT_SERVER_PORT");
	assert_true(gw_config_set(config, "server.port", "6060", &err));
	assert_int_equal(gw_config_int(config, "server.port"), 6060);
	assert_false(gw_config_set(config, "server.port", "x", &err));
	assert_false(gw_config_set(config, "server.prt", "1", &err));
}

static void lists_and_maps_come_from_the_environment_too(void **state)
{
	(void)state;
	setenv("GODWIT_PLUGINS_PATH", "/a, /b", 1);
	setenv("GODWIT_VARIABLES_GLOBALS", "{team: data}", 1);
	auto_config *config = load("");
	const json_t *paths = gw_config_section(config, "plugins.path");
	const json_t *globals = gw_config_section(config, "variables.globals");
	assert_int_equal(json_array_size(paths), 2);
	assert_string_equal(json_string_value(json_array_get(paths, 1)), "/b");
	assert_string_equal(json_string_value(json_object_get(globals, "team")), "data");
}

static void placeholders_are_filled_in(void **state)
{
	(void)state;
	setenv("DB_HOST", "pg", 1);
	setenv("KESTRA_URL", "http://kestra/", 1);
	auto_config *config = load("godwit:\n"
				   "  repository.postgres.host: ${DB_HOST}\n"
				   "  repository.postgres.port: ${DB_PORT:5433}\n"
				   "  repository.postgres.database: x${NO:${NEITHER:y}}z\n"
				   "  server.node-name: ${kestra.url}\n"
				   "  variables.globals: {a: [\"${DB_HOST}\"]}\n");
	const json_t *globals = gw_config_section(config, "variables.globals");
	assert_string_equal(gw_config_text(config, "repository.postgres.host"), "pg");
	assert_int_equal(gw_config_int(config, "repository.postgres.port"), 5433);
	assert_string_equal(gw_config_text(config, "repository.postgres.database"), "xyz");
	assert_string_equal(gw_config_text(config, "server.node-name"), "http://kestra/");
	assert_string_equal(json_string_value(json_array_get(json_object_get(globals, "a"), 0)),
		"pg");
}

static void a_placeholder_without_value_is_an_error(void **state)
{
	(void)state;
	refused("godwit:\n  server:\n    url: ${MISSING}\n",
		"GODWIT_CONFIGURATION:3: godwit.server.url: ${MISSING} is not set in the "
		"environment; set it or write ${MISSING:default}");
}

static void an_unknown_key_names_the_nearest_and_the_line(void **state)
{
	(void)state;
	refused("godwit:\n  server:\n    prot: 1\n",
		"GODWIT_CONFIGURATION:3: there is no key server.prot; did you mean server.port?");
	refused("godwit:\n  zzzzzzzzz: 1\n", "GODWIT_CONFIGURATION:2: there is no key zzzzzzzzz");
	refused("server:\n  port: 1\n",
		"GODWIT_CONFIGURATION:2: server.port belongs under \"godwit:\"");
	refused("godwit: 12\n", "GODWIT_CONFIGURATION:1: there is no key godwit");
}

static void values_of_the_wrong_type_are_refused(void **state)
{
	(void)state;
	refused("godwit:\n  server.port: many",
		"GODWIT_CONFIGURATION:2: server.port: 'many' is no integer");
	refused("godwit:\n  server.port: 65536",
		"GODWIT_CONFIGURATION:2: server.port: 65536 is not between 0 and 65535");
	refused("godwit:\n  server.port: [1]",
		"GODWIT_CONFIGURATION:2: server.port: 'this' is no integer");
	refused("godwit:\n  server.liveness.timeout: soon",
		"GODWIT_CONFIGURATION:2: server.liveness.timeout: 'soon' is no duration such as "
		"30s, 5m or PT1H");
	refused("godwit:\n  logging.format: xml",
		"GODWIT_CONFIGURATION:2: logging.format: 'xml' is none of (text,json)");
	refused("godwit:\n  variables.recursive-rendering: perhaps",
		"GODWIT_CONFIGURATION:2: variables.recursive-rendering: 'perhaps' is no true or "
		"false");
	refused("godwit: [1]", "GODWIT_CONFIGURATION:1: there is no key godwit");
	refused("- 1", "GODWIT_CONFIGURATION: a configuration is a map, such as \"godwit:\"");
}

static void only_loopback_addresses_are_accepted(void **state)
{
	(void)state;
	refused("godwit: {server: {host: 0.0.0.0}}",
		"server.host: 0.0.0.0 can be reached from other machines, and the server has no "
		"accounts yet to keep strangers out: use 127.0.0.1, ::1 or localhost");
	auto_config *config = load("godwit: {server: {host: '::1'}}");
	assert_string_equal(gw_config_text(config, "server.host"), "::1");
}

static const char kestra_file[] = "datasources:\n"
				  "  postgres:\n"
				  "    url: jdbc:postgresql://pg:5432/kestra\n"
				  "    driverClassName: org.postgresql.Driver\n"
				  "    username: kestra\n"
				  "    password: k3str4\n"
				  "kestra:\n"
				  "  server:\n"
				  "    basic-auth: {enabled: false}\n"
				  "    workerTaskRestartStrategy: never\n"
				  "    terminationGracePeriod: 30s\n"
				  "  repository: {type: postgres}\n"
				  "  queue: {type: postgres}\n"
				  "  storage: {type: local, local: {basePath: /app/storage}}\n"
				  "  tasks: {tmpDir: {path: /tmp/kestra-wd/tmp}}\n"
				  "  url: http://localhost:8080/\n"
				  "  tutorial-flows: {enabled: false}\n"
				  "  anonymousUsageReport: {enabled: false}\n"
				  "  plugins:\n"
				  "    defaults:\n"
				  "      - type: io.kestra.plugin.core.log.Log\n"
				  "        values: {level: WARN}\n"
				  "micronaut: {server: {port: 8090}}\n"
				  "endpoints: {all: {port: 8091}}\n";

static void a_configuration_of_kestra_is_understood(void **state)
{
	(void)state;
	auto_config *config = load(kestra_file);
	assert_string_equal(gw_config_text(config, "repository.type"), "postgres");
	assert_string_equal(gw_config_text(config, "repository.postgres.url"),
		"jdbc:postgresql://pg:5432/kestra");
	assert_string_equal(gw_config_text(config, "repository.postgres.username"), "kestra");
	assert_string_equal(gw_config_text(config, "repository.postgres.password"), "k3str4");
	assert_string_equal(gw_config_text(config, "server.worker-task-restart-strategy"), "NEVER");
	assert_int_equal(gw_config_duration(config, "server.termination-grace-period"), 30000000);
	assert_string_equal(gw_config_text(config, "storage.local.base-path"), "/app/storage");
	assert_string_equal(gw_config_text(config, "tasks.tmp-dir.path"), "/tmp/kestra-wd/tmp");
	assert_string_equal(gw_config_text(config, "server.url"), "http://localhost:8080/");
	assert_int_equal(gw_config_int(config, "server.port"), 8090);
	assert_int_equal(gw_config_int(config, "server.management-port"), 8091);
	assert_int_equal(json_array_size(gw_config_section(config, "plugins.defaults")), 1);
	assert_int_equal(json_array_size(gw_config_warnings(config)), 1);
	expect_warning(config, 0,
		"GODWIT_CONFIGURATION:9: kestra.server.basic-auth.enabled has no counterpart here "
		"and is ignored");
}

static void kestras_variables_of_the_environment_are_understood(void **state)
{
	(void)state;
	setenv("KESTRA_CONFIGURATION", "kestra: {repository: {type: postgres}}", 1);
	setenv("DATASOURCES_POSTGRES_URL", "jdbc:postgresql://pg/k", 1);
	setenv("MICRONAUT_SERVER_PORT", "8085", 1);
	struct gw_error err;
	auto_config *config = gw_config_load(NULL, &err);
	assert_non_null(config);
	assert_string_equal(gw_config_text(config, "repository.postgres.url"),
		"jdbc:postgresql://pg/k");
	assert_int_equal(gw_config_int(config, "server.port"), 8085);
}

static void queue_and_repository_must_agree(void **state)
{
	(void)state;
	refused("kestra: {queue: {type: memory}, repository: {type: postgres}}",
		"queue.type is memory and repository.type is postgres: they must be the same");
}

static void h2_becomes_sqlite(void **state)
{
	(void)state;
	auto_config *config = load("datasources: {h2: {url: 'jdbc:h2:mem:public'}}\n"
				   "kestra: {queue: {type: h2}, repository: {type: h2}}");
	assert_string_equal(gw_config_text(config, "repository.type"), "sqlite");
	expect_warning(config, 0, "repository.type: sqlite is used in place of h2");
}

static void our_section_beats_kestras(void **state)
{
	(void)state;
	auto_config *config = load("micronaut: {server: {port: 1}}\n"
				   "kestra: {server: {port: 2}}\n"
				   "godwit: {server: {port: 3}}\n");
	assert_int_equal(gw_config_int(config, "server.port"), 3);
}

static void a_backend_of_any_name_gets_its_section_as_it_stands(void **state)
{
	(void)state;
	auto_config *config =
		load("godwit: {repository: {type: other, other: {someName: 1, password: x}}}");
	const json_t *section = gw_config_section(config, "repository.other");
	assert_int_equal(json_integer_value(json_object_get(section, "someName")), 1);
	gw_auto_str shown = { 0 };
	gw_config_print(&shown, config);
	assert_non_null(strstr(gw_str_text(&shown),
		"repository.other: {\"someName\":1,\"password\":\"***\"}"));
}

static void what_says_nothing_is_warned_of(void **state)
{
	(void)state;
	setenv("GODWIT_SERVR_PORT", "1", 1);
	setenv("GODWIT_SERVER_PORT", "2", 1);
	auto_config *config = load("godwit: {repository: {postgress: {url: x}}}");
	assert_int_equal(json_array_size(gw_config_warnings(config)), 2);
	expect_warning(config, 0, "GODWIT_SERVR_PORT: there is no such key");
	expect_warning(config, 1,
		"GODWIT_CONFIGURATION:1: repository.postgress is not the repository.type, so this "
		"is not used");
}

static void what_is_shown_has_no_secrets_and_can_be_read_back(void **state)
{
	(void)state;
	setenv("GODWIT_SERVER_SHARDS", "4", 1);
	auto_config *config = load(kestra_file);
	gw_auto_str shown = { 0 };
	gw_config_print(&shown, config);
	assert_null(strstr(gw_str_text(&shown), "k3str4"));
	assert_non_null(strstr(gw_str_text(&shown), "repository.postgres.password: \"***\""));
	assert_non_null(strstr(gw_str_text(&shown), "# GODWIT_SERVER_SHARDS\n"));
	unsetenv("GODWIT_SERVER_SHARDS");
	auto_config *again = load(gw_str_text(&shown));
	assert_int_equal(gw_config_int(again, "server.shards"), 4);
	assert_int_equal(gw_config_int(again, "server.port"), 8090);
	assert_int_equal(json_array_size(gw_config_section(again, "plugins.defaults")), 1);
}

static void a_file_is_read_and_named_in_errors(void **state)
{
	(void)state;
	char path[] = "/tmp/godwit-config-XXXXXX";
	struct gw_error err;
	gw_auto_fd fd = mkstemp(path);
	static const char text[] = "godwit:\n  server:\n    port: 1234\n    hosst: x\n";
	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	assert_null(gw_config_load(path, &err));
	gw_auto_free char *message =
		gw_sprintf("%s:4: there is no key server.hosst; did you mean server.host?", path);
	assert_string_equal(err.message, message);
	unlink(path);
	assert_null(gw_config_load(path, &err));
	assert_int_equal(err.code, GW_NOT_FOUND);
}

static void broken_yaml_says_where(void **state)
{
	(void)state;
	struct gw_error err;
	setenv("GODWIT_CONFIGURATION", "godwit:\n  - a\n b: [", 1);
	assert_null(gw_config_load(NULL, &err));
	assert_non_null(strstr(err.message, "GODWIT_CONFIGURATION: "));
	assert_non_null(strstr(err.message, "line 3"));
}

static void durations_are_written_in_many_ways(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t us;
	} rows[] = {
		{ "100ms", 100000 },
		{ "30s", 30000000 },
		{ "5m", 300000000 },
		{ "1h", INT64_C(3600000000) },
		{ "7d", INT64_C(604800000000) },
		{ "PT1.5S", 1500000 },
		{ "", -1 },
		{ "5", -1 },
		{ "-5s", -1 },
		{ "5 minutes", -1 },
		{ "99999999999999999999s", -1 },
		{ "9223372036854775807d", -1 },
	};
	for (size_t i = 0; i < GW_LEN(rows); i++) {
		struct gw_error err;
		int64_t us = -1;
		gw_config_parse_duration(gw_slice_of(rows[i].text), &us, &err);
		assert_int_equal(us, rows[i].us);
	}
}

static void sizes_are_written_with_units(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t bytes;
	} rows[] = {
		{ "512", 512 },
		{ "10KB", 10240 },
		{ "10 mb", 10485760 },
		{ "10GB", INT64_C(10737418240) },
		{ "", -1 },
		{ "MB", -1 },
		{ "1TB", -1 },
		{ "-1", -1 },
		{ "99999999999GB", -1 },
	};
	for (size_t i = 0; i < GW_LEN(rows); i++) {
		struct gw_error err;
		int64_t bytes = -1;
		gw_config_parse_size(gw_slice_of(rows[i].text), &bytes, &err);
		assert_int_equal(bytes, rows[i].bytes);
	}
}

static void the_manual_is_what_the_table_says(void **state)
{
	(void)state;
	gw_auto_str page = { 0 };
	gw_config_reference(&page);
	assert_stored("docs/configuration.md", &page);
}

#define TEST(test) cmocka_unit_test_setup(test, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* Before the environment goes. */
		cmocka_unit_test(the_manual_is_what_the_table_says),
		TEST(nothing_needs_to_be_configured),
		TEST(a_file_beats_defaults_and_its_lines_are_known),
		TEST(the_environment_beats_the_file_and_options_beat_both),
		TEST(lists_and_maps_come_from_the_environment_too),
		TEST(placeholders_are_filled_in),
		TEST(a_placeholder_without_value_is_an_error),
		TEST(an_unknown_key_names_the_nearest_and_the_line),
		TEST(values_of_the_wrong_type_are_refused),
		TEST(only_loopback_addresses_are_accepted),
		TEST(a_configuration_of_kestra_is_understood),
		TEST(kestras_variables_of_the_environment_are_understood),
		TEST(queue_and_repository_must_agree),
		TEST(h2_becomes_sqlite),
		TEST(our_section_beats_kestras),
		TEST(a_backend_of_any_name_gets_its_section_as_it_stands),
		TEST(what_says_nothing_is_warned_of),
		TEST(what_is_shown_has_no_secrets_and_can_be_read_back),
		TEST(a_file_is_read_and_named_in_errors),
		TEST(broken_yaml_says_where),
		cmocka_unit_test(durations_are_written_in_many_ways),
		cmocka_unit_test(sizes_are_written_with_units),
	};
	return RUN(tests);
}
