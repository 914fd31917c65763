/* stored.h - files of the sources that are made from tables */
#ifndef GW_TESTS_UNIT_STORED_H
#define GW_TESTS_UNIT_STORED_H

#include "tests/unit/test.h"

#include "base/fd.h"

/* The file, named from the top of the sources, says just this. With GW_REWRITE in the environment
 * it is made so. */
static inline void assert_stored(const char *file, const struct gw_str *text)
{
	struct gw_error err;
	gw_auto_str stored = { 0 };
	gw_auto_free char *path = gw_sprintf("%s/%s", getenv("GW_SOURCE"), file);
	if (getenv("GW_REWRITE") && !gw_file_replace(path, gw_str_slice(text), &err))
		fail_msg("%s", err.message);
	assert_true(gw_file_read(path, 1 << 20, &stored, &err));
	assert_string_equal(gw_str_text(&stored), gw_str_text(text));
}

#endif
