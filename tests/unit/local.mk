# One program per module of core; the folders mirror core/, each lists its own in its local.mk:
#   UNIT_TESTS += tests/unit/base/test_map
#   tests_unit_base_test_map_SOURCES = tests/unit/base/test_map.c
# A test links UNIT_LDADD unless it says otherwise.
UNIT_TESTS =
UNIT_LDADD = core/libgodwit.la $(CMOCKA_LIBS) $(JANSSON_LIBS)
LDADD = $(UNIT_LDADD)
include tests/unit/base/local.mk
include tests/unit/time/local.mk
include tests/unit/yaml/local.mk
include tests/unit/expr/local.mk
include tests/unit/model/local.mk
include tests/unit/check/local.mk
include tests/unit/module/local.mk
include tests/unit/sql/local.mk
include tests/unit/store/local.mk
include tests/unit/storage/local.mk
include tests/unit/s3/local.mk
include tests/unit/config/local.mk
include tests/unit/metrics/local.mk
include tests/unit/run/local.mk
include tests/unit/engine/local.mk
include tests/unit/backup/local.mk
include tests/unit/api/local.mk
include tests/unit/cli/local.mk
if HAVE_CMOCKA
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
endif
