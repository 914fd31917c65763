/* fuzz.h - what every fuzz target includes */
#ifndef GW_TESTS_FUZZ_H
#define GW_TESTS_FUZZ_H

#include <godwit/text.h>

#include "base/mem.h"

/* Feeds one input; always returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold for every input. */
#define MUST(condition)           \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

static inline struct gw_slice fuzz_slice(const uint8_t *data, size_t size)
{
	return gw_slice((const char *)data, size);
}

/* The input as a string, up to its first NUL; free it. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	return gw_strndup((const char *)data, size);
}

#endif
