# Every test is a program that speaks TAP.
include tests/lib/local.mk
include tests/unit/local.mk
include tests/backend/local.mk
include tests/storage/local.mk
include tests/plugin/local.mk
include tests/api/local.mk
include tests/cli/local.mk
include tests/backup/local.mk
include tests/flows/local.mk
include tests/chaos/local.mk
include tests/fuzz/local.mk
include tests/headers/local.mk
include tests/bench/local.mk

# Scripts called NAME.test speak TAP too.
TEST_LOG_DRIVER = $(LOG_DRIVER)
