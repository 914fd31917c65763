/* test.h - what every unit test includes: cmocka, in the order it wants */
#ifndef GW_TESTS_UNIT_TEST_H
#define GW_TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

#define RUN(tests) cmocka_run_group_tests(tests, NULL, NULL)

#endif
