/* test_address.c - MySQL's URLs, JDBC's, and separate settings */
#include "tests/unit/test.h"

#include "backends/mysql/address.h"

static struct address address;
static struct gw_error err;

static bool make(struct settings settings)
{
	address = (struct address){ 0 };
	return address_make(&address, &settings, &err);
}

static void assert_refused(struct settings settings, const char *word)
{
	assert_false(make(settings));
	assert_int_equal(err.code, GW_INVALID);
	assert_non_null(strstr(err.message, word));
	address_clear(&address);
}

static void nothing_given_means_the_machine_itself(void **state)
{
	(void)state;
	assert_true(make((struct settings){ 0 }));
	assert_string_equal(address.host, "127.0.0.1");
	assert_int_equal(address.port, 3306);
	assert_string_equal(address.database, "godwit");
	assert_null(address.user);
	assert_int_equal(address.encryption, ENCRYPT_IF_OFFERED);
	address_clear(&address);
}

static void a_url_has_all_parts(void **state)
{
	(void)state;
	char url[] = "mysql://k%40x:p%3Aw@[::1]:3307/flows?ssl-mode=x&sslMode=VERIFY_CA";
	assert_true(make((struct settings){ .url = url }));
	assert_string_equal(address.host, "::1");
	assert_int_equal(address.port, 3307);
	assert_string_equal(address.user, "k@x");
	assert_string_equal(address.password, "p:w");
	assert_string_equal(address.database, "flows");
	assert_int_equal(address.encryption, ENCRYPT_VERIFY_CA);
	address_clear(&address);
}

static void a_jdbc_url_is_understood(void **state)
{
	(void)state;
	static const struct {
		const char *url;
		enum encryption encryption;
	} cases[] = {
		{ "jdbc:mysql://db:3308/kestra?user=a&password=b%26c&rewriteBatchedStatements=true",
			ENCRYPT_IF_OFFERED },
		{ "jdbc:mariadb://db:3308/kestra?user=a&password=b%26c&useSSL=false",
			ENCRYPT_NEVER },
		{ "jdbc:mysql://db:3308/kestra?user=a&password=b%26c&requireSSL=true"
		  "&verifyServerCertificate=true",
			ENCRYPT_VERIFY_CA },
	};
	for (size_t i = 0; i < GW_LEN(cases); i++) {
		gw_auto_free char *url = gw_strdup(cases[i].url);
		assert_true(make((struct settings){ .url = url }));
		assert_string_equal(address.host, "db");
		assert_int_equal(address.port, 3308);
		assert_string_equal(address.database, "kestra");
		assert_string_equal(address.user, "a");
		assert_string_equal(address.password, "b&c");
		assert_int_equal(address.encryption, cases[i].encryption);
		address_clear(&address);
	}
}

static void settings_override_the_url(void **state)
{
	(void)state;
	char url[] = "mysql://a:b@h/c", host[] = "other", port[] = "33060", user[] = "u",
	     database[] = "d", ca[] = "ca.pem";
	assert_true(make((struct settings){ .url = url,
		.host = host,
		.port = port,
		.username = user,
		.database = database,
		.ssl_ca = ca }));
	assert_string_equal(address.host, "other");
	assert_int_equal(address.port, 33060);
	assert_string_equal(address.user, "u");
	assert_string_equal(address.password, "b");
	assert_string_equal(address.database, "d");
	assert_int_equal(address.encryption, ENCRYPT_VERIFY_HOST);
	address_clear(&address);
}

static void a_socket_takes_the_place_of_host_and_port(void **state)
{
	(void)state;
	char socket[] = "/run/mysqld/mysqld.sock";
	assert_true(make((struct settings){ .socket = socket }));
	assert_null(address.host);
	assert_string_equal(address.socket, socket);
	assert_int_equal(address.encryption, ENCRYPT_NEVER);
	address_clear(&address);
}

static void what_cannot_be_is_refused(void **state)
{
	(void)state;
	char other[] = "postgresql://h/d", many[] = "mysql://a,b/d", open[] = "mysql://[::1/d",
	     far[] = "mysql://h:99999/d", quote[] = "a\"b", none[] = "", mode[] = "sometimes";
	assert_refused((struct settings){ .url = other }, "mysql://");
	assert_refused((struct settings){ .url = many }, "one host");
	assert_refused((struct settings){ .url = open }, "one host");
	assert_refused((struct settings){ .url = far }, "65535");
	assert_refused((struct settings){ .database = quote }, "letters");
	assert_refused((struct settings){ .database = none }, "letters");
	assert_refused((struct settings){ .sslmode = mode }, "sometimes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_given_means_the_machine_itself),
		cmocka_unit_test(a_url_has_all_parts),
		cmocka_unit_test(a_jdbc_url_is_understood),
		cmocka_unit_test(settings_override_the_url),
		cmocka_unit_test(a_socket_takes_the_place_of_host_and_port),
		cmocka_unit_test(what_cannot_be_is_refused),
	};
	return RUN(tests);
}
