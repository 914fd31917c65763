/* test_gate.c - places under a limit while the repository answers, and while it does not */
#include "tests/unit/test.h"

#include "base/json.h"
#include "engine/gate.h"
#include "model/kinds.h"
#include "tests/lib/backend.h"

static struct gw_engine engine;

static int open_store(void **state)
{
	struct gw_error err;
	(void)state;
	json_auto_t *settings = json_object();
	engine.store =
		gw_store_open(gw_test_faulty(gw_test_backend("memory"), 0, true), settings, &err);
	return engine.store ? 0 : -1;
}

static int close_store(void **state)
{
	(void)state;
	gw_store_close(&engine.store);
	return 0;
}

static void put(const struct gw_kind *kind, const char *key, struct gw_value *fields,
	const char *doc)
{
	struct gw_error err;
	struct gw_op op = { .type = GW_PUT,
		.record = { .kind = kind,
			.tenant = gw_slice_of("main"),
			.key = gw_slice_of(key),
			.due = GW_NEVER,
			.fields = fields,
			.doc = gw_slice_of(doc) } };
	if (!gw_store_write_one(engine.store, &op, &err))
		fail_msg("%s", err.message);
}

static json_int_t head_of_queue(void)
{
	struct gw_error err;
	struct gw_record record;
	gw_auto_free void *hold = NULL;
	const struct gw_key at = { gw_slice_of("main"), gw_slice_of("a.b/f") };
	assert_true(gw_store_get(engine.store, &gw_kind_gate, at, &record, &hold, &err));
	json_auto_t *doc = gw_json_parse(record.doc, &err);
	assert_int_equal(json_object_size(json_object_get(doc, "inside")), 0);
	return json_integer_value(json_object_get(doc, "head"));
}

/* One is inside and leaves, one waits. */
static void a_waiter_that_cannot_be_read_keeps_its_turn(void **state)
{
	(void)state;
	struct gw_value fields[GW_WAITER_N] = { [GW_WAITER_GATE] = gw_value_string("a.b/f") };
	struct gw_flow flow = { .concurrency = 1 };
	char tenant[] = "main", gate[] = "a.b/f";
	struct gw_execution exec = {
		.tenant = tenant, .gate = gate, .flow = &flow, .id = { "leaver" }
	};
	put(&gw_kind_gate, "a.b/f", NULL, "{\"inside\":{\"leaver\":1},\"head\":0,\"tail\":1}");
	put(&gw_kind_waiter, "a.b/f/00000000000000000000", fields, "{\"execution\":\"waiter\"}");
	gw_faults = (struct gw_faults){ .call = GW_FAULTY_GET,
		.fault = GW_FAULT_BEFORE,
		.skip = 1, /* the gate */
		.times = 1 };
	gw_gate_leave(&engine, &exec);
	assert_int_equal(gw_faults.times, 0);
	assert_int_equal(head_of_queue(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_waiter_that_cannot_be_read_keeps_its_turn,
			open_store, close_store),
	};
	return RUN(tests);
}
