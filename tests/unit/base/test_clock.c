/* test_clock.c - the engine's time: real, adjusted to the database's, or standing still */
#include "tests/unit/test.h"

#include "base/clock.h"

#include <time.h>

static gw_time wall_clock(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * GW_SECOND + t.tv_nsec / 1000;
}

static void at_first_it_is_the_wall_clock(void **state)
{
	(void)state;
	gw_time before = wall_clock(), now = gw_clock_now();
	assert_in_range(now - before, 0, 10 * GW_SECOND);
}

static void a_fake_clock_stands_still(void **state)
{
	(void)state;
	gw_clock_fake(1234);
	assert_int_equal(gw_clock_now(), 1234);
	assert_int_equal(gw_clock_now(), 1234);
	gw_clock_fake(-5);
	assert_int_equal(gw_clock_now(), -5);
	gw_clock_fake(GW_NEVER);
	assert_true(gw_clock_now() > 1234);
}

static void the_boot_clock_goes_on_under_a_fake_one(void **state)
{
	(void)state;
	gw_clock_fake(0);
	int64_t first = gw_clock_boot(), second = gw_clock_boot();
	gw_clock_fake(GW_NEVER);
	assert_true(first > 0 && second >= first);
}

static void an_adjusted_clock_follows_the_database(void **state)
{
	(void)state;
	int64_t boot = gw_clock_boot();
	gw_clock_adjust(1000 * GW_SECOND, boot, boot);
	gw_time now = gw_clock_now();
	assert_in_range(now, 1000 * GW_SECOND, 1010 * GW_SECOND);
	boot = gw_clock_boot();
	gw_clock_adjust(wall_clock(), boot, boot);
	assert_true(gw_clock_now() > 1010 * GW_SECOND);
}

/* What the clock is ahead of boot time, within a second. */
static int64_t ahead(void)
{
	return (gw_clock_now() - gw_clock_boot() + GW_SECOND / 2) / GW_SECOND;
}

static void a_slow_answer_moves_it_no_further_than_it_proves(void **state)
{
	(void)state;
	int64_t s = GW_SECOND;
	gw_clock_adjust(1000 * s, 0, 0);
	gw_clock_adjust(1020 * s, 0, 40 * s); /* anything from 980 to 1020 */
	assert_int_equal(ahead(), 1000);
	gw_clock_adjust(1050 * s, 0, 40 * s);
	assert_int_equal(ahead(), 1010);
	gw_clock_adjust(1000 * s, 0, 40 * s);
	assert_int_equal(ahead(), 1000);
	gw_clock_adjust(wall_clock(), gw_clock_boot(), gw_clock_boot());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_first_it_is_the_wall_clock),
		cmocka_unit_test(a_fake_clock_stands_still),
		cmocka_unit_test(the_boot_clock_goes_on_under_a_fake_one),
		cmocka_unit_test(an_adjusted_clock_follows_the_database),
		cmocka_unit_test(a_slow_answer_moves_it_no_further_than_it_proves),
	};
	return RUN(tests);
}
