/* target.h - the backend that is tested, and the repository that cases work on */
#ifndef GW_TESTS_BACKEND_TARGET_H
#define GW_TESTS_BACKEND_TARGET_H

#include "tests/backend/suite.h"

/* As the environment says: GW_TEST_BACKEND; GW_TEST_MODULE and GW_TEST_PLACE if the suite is a
 * guest; GW_TEST_SETTINGS. */
bool target_choose(struct gw_error *e);
void target_free(void);
const char *target_place(void); /* NULL = it has none */
const char *target_rights(void); /* what the account needs to make it */

/* Whether a case is about a backend like this one. */
bool target_concerns(const struct suite_case *c);
/* Why a case that concerns it has to be left out here; NULL = it has not. */
const char *target_lacks(const struct suite_case *c);

/* ---- Judged like cases: each is to be called in a process of its own ---- */

void target_set_up(void); /* opens store */
void target_tear_down(void);
void target_try(void); /* makes the repository, and prints what it is */
void target_clean(void); /* after a case, however it ended */
void target_remove(void); /* leaves nothing behind */

#endif
