/* types.h - small task, trigger and condition types to check flows against */
#ifndef GW_TESTS_UNIT_CHECK_TYPES_H
#define GW_TESTS_UNIT_CHECK_TYPES_H

#include "module/registry.h"

struct gw_registry *test_registry(void);

#endif
