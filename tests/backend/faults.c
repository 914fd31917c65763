/* faults.c - cases: a server that goes away, slowly or at once */
#include "tests/backend/suite.h"

const struct suite_case suite_faults[] = {
	{ 0 },
};
