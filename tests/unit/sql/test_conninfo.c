/* test_conninfo.c - PostgreSQL's URLs, JDBC's, and separate settings */
#include "tests/unit/test.h"

#include "backends/postgres/conninfo.h"

static struct conninfo info;
static struct gw_error err;

static bool make(struct settings settings)
{
	settings.connect_timeout = 10 * GW_SECOND;
	settings.statement_timeout = 30 * GW_SECOND;
	info = (struct conninfo){ 0 };
	return conninfo_make(&info, &settings, &err);
}

/* The last one counts, as in libpq. */
static const char *value_of(const char *keyword)
{
	const char *value = NULL;
	for (int i = 0; i < info.n; i++)
		if (strcmp(info.keywords[i], keyword) == 0)
			value = info.values[i];
	return value;
}

static void a_jdbc_url_is_understood(void **state)
{
	(void)state;
	char url[] = "jdbc:postgresql://db.local:5433/kestra?user=k%40x&ssl=true&prepareThreshold=0"
		     "&currentSchema=flows&ApplicationName=my+app&password=a%26b";
	char username[] = "kestra";
	assert_true(make((struct settings){ .url = url, .username = username }));
	assert_string_equal(value_of("dbname"), "postgresql://db.local:5433/kestra");
	assert_string_equal(value_of("user"), "kestra");
	assert_string_equal(value_of("password"), "a&b");
	assert_string_equal(value_of("sslmode"), "verify-full");
	assert_string_equal(value_of("application_name"), "my+app");
	assert_string_equal(info.schema, "flows");
	conninfo_clear(&info);
	char local[] = "jdbc:postgresql:kestra?sslmode=disable&ssl";
	assert_true(make((struct settings){ .url = local }));
	assert_string_equal(value_of("dbname"), "kestra");
	conninfo_clear(&info);
}

static void settings_override_the_url(void **state)
{
	(void)state;
	char url[] = "postgresql://a@h/b", host[] = "other", schema[] = "mine", user[] = "u";
	assert_true(make((struct settings){
		.url = url, .host = host, .schema = schema, .user = user }));
	assert_string_equal(value_of("dbname"), url);
	assert_string_equal(value_of("host"), "other");
	assert_string_equal(value_of("user"), "u");
	assert_string_equal(value_of("connect_timeout"), "10");
	assert_string_equal(info.schema, "mine");
	conninfo_clear(&info);
	assert_true(make((struct settings){ 0 }));
	assert_string_equal(info.schema, "godwit");
	conninfo_clear(&info);
}

static void other_urls_and_odd_schemas_are_refused(void **state)
{
	(void)state;
	char mysql[] = "jdbc:mysql://h/d", odd[] = "a\"b", empty[] = "";
	assert_false(make((struct settings){ .url = mysql }));
	assert_int_equal(err.code, GW_INVALID);
	conninfo_clear(&info);
	assert_false(make((struct settings){ .schema = odd }));
	conninfo_clear(&info);
	assert_false(make((struct settings){ .schema = empty }));
	conninfo_clear(&info);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_jdbc_url_is_understood),
		cmocka_unit_test(settings_override_the_url),
		cmocka_unit_test(other_urls_and_odd_schemas_are_refused),
	};
	return RUN(tests);
}
