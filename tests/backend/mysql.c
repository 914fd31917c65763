/* mysql.c - cases for MySQL and MariaDB: accounts, encryption, limits, defaults */
#include "tests/backend/suite.h"

#include "base/clock.h"

static void run_sql(const char *statements)
{
	gw_auto_free char *command = gw_sprintf("$GW_TEST_CLIENT -e \"%s\"", statements);
	assert_true(gw_test_run(command));
}

static void set(const char *name, const char *value)
{
	json_object_set_new(suite_settings, name, json_string(value));
}

/* From here on the case's node is a new one, with what was set. */
static void open_again(void)
{
	gw_store_close(&store);
	store = suite_open();
}

/* An account with no more rights than the manual asks for. */
static void use_account(void)
{
	run_sql("DROP USER IF EXISTS least@'%'; CREATE USER least@'%' IDENTIFIED BY 'pa:ss';"
		" GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX ON \\`case\\`.*"
		" TO least@'%'");
	set("username", "least");
	set("password", "pa:ss");
}

static void put(const char *key, const char *doc)
{
	struct gw_op op = suite_op(GW_PUT, key, doc);
	must_write(&op);
	assert_doc(key, doc);
}

static void defaults_of_the_server_do_not_matter(void)
{
	const char *isolation = getenv("GW_TEST_ISOLATION");
	gw_auto_free char *change = gw_sprintf(
		"SET GLOBAL sql_mode = '', GLOBAL time_zone = '+05:00', GLOBAL %s = 'SERIALIZABLE',"
		" GLOBAL character_set_server = 'latin1', GLOBAL sql_safe_updates = 1,"
		" GLOBAL autocommit = 0",
		isolation);
	gw_auto_free char *restore = gw_sprintf(
		"SET GLOBAL sql_mode = DEFAULT, GLOBAL time_zone = DEFAULT, GLOBAL %s = DEFAULT,"
		" GLOBAL character_set_server = DEFAULT, GLOBAL sql_safe_updates = 0,"
		" GLOBAL autocommit = 1",
		isolation);
	run_sql(change);
	open_again();
	put("\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\"");
	open_again();
	assert_doc("\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\"");
	gw_time now;
	struct gw_backend *b = suite_type->open(suite_settings, gw_kinds, &err);
	assert_true(suite_type->clock(b, &now, &err));
	suite_type->close(b);
	run_sql(restore);
	assert_true(llabs(now - gw_clock_now()) < 600 * GW_SECOND);
}

static void what_the_server_cannot_take_is_refused_with_advice(void)
{
	enum { N = 200, SMALL = 20000, LARGE = 2000000 };
	gw_auto_free char *text = gw_alloc(LARGE);
	static struct gw_op ops[N];
	static char keys[N][8];
	memset(text, '1', LARGE);
	run_sql("SET GLOBAL max_allowed_packet = 1048576");
	open_again();
	for (int i = 0; i < N; i++) {
		snprintf(keys[i], sizeof(keys[i]), "%03d", i);
		ops[i] = suite_op(GW_CREATE, keys[i], "");
		ops[i].record.doc = gw_slice(text, SMALL);
	}
	struct gw_group group = { ops, N };
	bool ok = gw_store_write(store, &group, 1, 0, &err);
	struct gw_op large = suite_op(GW_CREATE, "large", "");
	large.record.doc = gw_slice(text, LARGE);
	bool refused = !gw_store_write_one(store, &large, &err);
	run_sql("SET GLOBAL max_allowed_packet = 67108864");
	assert_true(ok);
	assert_true(refused);
	assert_int_equal(err.code, GW_INVALID);
	assert_non_null(strstr(err.message, "max_allowed_packet"));
	open_again();
	must_write(&large);
}

static void connections_that_the_server_closed_are_replaced(void)
{
	put("k", "1");
	assert_true(gw_test_run("$GW_TEST_CLIENT -N -e \"SELECT concat('KILL ', id, ';')"
				" FROM information_schema.processlist WHERE command = 'Sleep'\""
				" | $GW_TEST_CLIENT --force 2>/dev/null"));
	assert_doc("k", "1");
	put("k", "2");
}

static void a_read_only_server_is_waited_for(void)
{
	use_account();
	open_again();
	put("k", "1");
	struct gw_op op = suite_op(GW_PUT, "k", "2");
	struct gw_group group = { &op, 1 };
	run_sql("SET GLOBAL read_only = 1");
	bool refused = !gw_store_write(store, &group, 1, 0, &err);
	run_sql("SET GLOBAL read_only = 0");
	assert_true(refused);
	assert_int_equal(err.code, GW_UNAVAILABLE);
	assert_true(gw_store_write(store, &group, 1, 10000, &err));
	assert_doc("k", "2");
}

static void a_password_works_with_and_without_encryption(void)
{
	static const char *const modes[] = { "disable", "prefer", "require" };
	use_account();
	for (size_t i = 0; i < GW_LEN(modes); i++) {
		set("sslmode", modes[i]);
		open_again();
		put(modes[i], "{}");
	}
	set("password", "wrong");
	assert_null(gw_store_open(suite_type, suite_settings, &err));
	assert_non_null(strstr(err.message, "Access denied"));
}

static void the_authority_and_the_name_of_the_server_are_checked(void)
{
	set("sslmode", "verify-full");
	set("ssl-ca", getenv("GW_TEST_CA"));
	open_again();
	put("k", "{}");
	set("host", "localhost"); /* which the certificate does not name */
	assert_null(gw_store_open(suite_type, suite_settings, &err));
	set("host", "127.0.0.1");
	set("ssl-ca", getenv("GW_TEST_OTHER_CA"));
	assert_null(gw_store_open(suite_type, suite_settings, &err));
	assert_int_equal(err.code, GW_UNAVAILABLE);
}

static void a_socket_is_a_way_in(void)
{
	json_object_del(suite_settings, "url");
	set("socket", getenv("GW_TEST_SOCKET"));
	set("username", "root");
	open_again();
	put("k", "{}");
}

#define MYSQL_CASE(name) CASE_THAT_NEEDS(name, SUITE_MYSQL | SUITE_OWN)

const struct suite_case suite_mysql[] = {
	MYSQL_CASE(defaults_of_the_server_do_not_matter),
	MYSQL_CASE(what_the_server_cannot_take_is_refused_with_advice),
	MYSQL_CASE(connections_that_the_server_closed_are_replaced),
	MYSQL_CASE(a_read_only_server_is_waited_for),
	MYSQL_CASE(a_password_works_with_and_without_encryption),
	MYSQL_CASE(the_authority_and_the_name_of_the_server_are_checked),
	MYSQL_CASE(a_socket_is_a_way_in),
	{ 0 },
};
