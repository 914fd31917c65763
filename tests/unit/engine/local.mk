UNIT_TESTS += tests/unit/engine/test_machine tests/unit/engine/test_simulator
tests_unit_engine_test_machine_SOURCES = tests/unit/engine/test_machine.c tests/unit/engine/rig.c \
	tests/unit/engine/rig.h
tests_unit_engine_test_simulator_SOURCES = tests/unit/engine/test_simulator.c \
	tests/unit/engine/rig.c tests/unit/engine/rig.h
