ENGINE_TESTS = tests/unit/engine/test_gate tests/unit/engine/test_machine \
	tests/unit/engine/test_roles tests/unit/engine/test_schedule \
	tests/unit/engine/test_schedule_simulator tests/unit/engine/test_simulator \
	tests/unit/engine/test_stops
UNIT_TESTS += $(ENGINE_TESTS)
# A machine alone.
RIG_SOURCES = tests/unit/engine/rig.c tests/unit/engine/rig.h
# A scheduler whose clock the test moves.
TICKS_SOURCES = tests/unit/engine/ticks.c tests/unit/engine/ticks.h $(NODE_SOURCES)
NODE_LDADD = tests/lib/libtest.la $(UNIT_LDADD)
tests_unit_engine_test_gate_SOURCES = tests/unit/engine/test_gate.c tests/unit/test.h
tests_unit_engine_test_gate_LDADD = $(NODE_LDADD)
tests_unit_engine_test_machine_SOURCES = tests/unit/engine/test_machine.c $(RIG_SOURCES)
tests_unit_engine_test_roles_SOURCES = tests/unit/engine/test_roles.c $(NODE_SOURCES)
tests_unit_engine_test_roles_LDADD = $(NODE_LDADD)
tests_unit_engine_test_schedule_SOURCES = tests/unit/engine/test_schedule.c $(TICKS_SOURCES)
tests_unit_engine_test_schedule_LDADD = $(NODE_LDADD)
tests_unit_engine_test_schedule_simulator_SOURCES = \
	tests/unit/engine/test_schedule_simulator.c $(TICKS_SOURCES)
tests_unit_engine_test_schedule_simulator_LDADD = $(NODE_LDADD)
tests_unit_engine_test_simulator_SOURCES = tests/unit/engine/test_simulator.c $(RIG_SOURCES)
tests_unit_engine_test_stops_SOURCES = tests/unit/engine/test_stops.c $(NODE_SOURCES)
tests_unit_engine_test_stops_LDADD = $(NODE_LDADD)
