/* test_signal.c - waking other nodes, on a backend that can wait and on one that is polled */
#include "tests/unit/store/fixture.h"

#include "base/thread.h"

static struct gw_store *other; /* a second node on the same repository */

static int setup_nodes(bool without_wait)
{
	open_store(0, without_wait);
	const struct gw_backend_type *type =
		gw_test_faulty(gw_test_backend("memory"), 0, without_wait);
	other = gw_store_open(type, NULL, &err);
	return 0;
}

static int setup_waiting(void **state)
{
	(void)state;
	return setup_nodes(false);
}

static int setup_polling(void **state)
{
	(void)state;
	return setup_nodes(true);
}

static int close_nodes(void **state)
{
	gw_store_close(&other);
	return teardown(state);
}

static void a_signal_wakes_the_other_node(void **state)
{
	(void)state;
	gw_store_signal(store);
	assert_true(gw_store_wait(other, 10000));
}

static void without_a_signal_waiting_ends(void **state)
{
	(void)state;
	assert_false(gw_store_wait(other, 20));
}

static void *wake_other(void *arg)
{
	gw_store_wake(other);
	return arg;
}

static void who_is_woken_returns(void **state)
{
	(void)state;
	pthread_t thread;
	assert_true(gw_thread_start(&thread, "wake", wake_other, NULL, &err));
	assert_false(gw_store_wait(other, 10000));
	pthread_join(thread, NULL);
}

static void many_signals_are_few_writes(void **state)
{
	(void)state;
	for (int i = 0; i < 10000; i++)
		gw_store_signal(store);
	assert_true(gw_store_wait(other, 10000));
	gw_store_close(&store);
	assert_true(gw_faults.calls[GW_FAULTY_WRITE] < 1000);
	assert_true(gw_faults.calls[GW_FAULTY_WRITE] > 0);
}

static void an_idle_node_asks_less_and_less(void **state)
{
	(void)state;
	for (int i = 0; i < 30; i++)
		assert_false(gw_store_wait(other, 10));
	/* 1, 2, 4 … ms between the questions, however often somebody waits */
	assert_true(gw_faults.calls[GW_FAULTY_GET] <= 10);
}

static void what_this_process_signals_is_noticed_without_asking(void **state)
{
	(void)state;
	while (gw_store_wait(store, 10))
		;
	gw_store_signal(store);
	unsigned asked = gw_faults.calls[GW_FAULTY_GET];
	assert_true(gw_store_wait(store, 10000));
	assert_true(gw_faults.calls[GW_FAULTY_GET] - asked <= 1);
}

#define WAITING(name) cmocka_unit_test_setup_teardown(name, setup_waiting, close_nodes)
#define POLLING(name)                                                     \
	{                                                                 \
		"polling: " #name, name, setup_polling, close_nodes, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WAITING(a_signal_wakes_the_other_node),
		WAITING(without_a_signal_waiting_ends),
		WAITING(who_is_woken_returns),
		WAITING(many_signals_are_few_writes),
		POLLING(a_signal_wakes_the_other_node),
		POLLING(without_a_signal_waiting_ends),
		POLLING(who_is_woken_returns),
		POLLING(an_idle_node_asks_less_and_less),
		POLLING(what_this_process_signals_is_noticed_without_asking),
	};
	return RUN(tests);
}
