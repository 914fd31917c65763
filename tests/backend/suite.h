/* suite.h - what a backend has to do, as cases run unchanged for each of them
 *
 * GW_TEST_BACKEND names it, GW_TEST_SETTINGS holds its settings as JSON; each case is a process of
 * its own with a fresh repository. Most cases go through core/store, as everything in Godwit does.
 *
 * Two start it: tests/backend/NAME.test with a server of its own, which cases may restart and set
 * up as they like, and "godwit backends test" as the guest of somebody's server. */
#ifndef GW_TESTS_BACKEND_SUITE_H
#define GW_TESTS_BACKEND_SUITE_H

#include "base/json.h"
#include "base/mem.h"
#include "model/kinds.h"
#include "store/store.h"
#include "tests/lib/backend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a case needs beyond the contract: of the backend, or of the server that it runs on. */
enum suite_need {
	SUITE_ANY,
	SUITE_SHARED = 1, /* several processes can open one repository */
	SUITE_SERVER = 2, /* it is a server that can be cut off and restarted */
	SUITE_FILE = 4, /* it is a file of this machine, named by the setting "path" */
	SUITE_INDICES = 8, /* it is an Elasticsearch */
	SUITE_MYSQL = 16, /* it speaks MySQL's protocol */
	SUITE_NEWER = 32, /* it can be made to look as if a newer Godwit had migrated it */
	SUITE_OWN = 64, /* no guest: the server is the suite's own, at $GW_TEST_URL or its like */
};

struct suite_case {
	const char *name;
	void (*run)(void);
	unsigned need;
};

#define CASE_THAT_NEEDS(name, need) \
	{                           \
#name, name, need   \
	}
#define CASE(name) CASE_THAT_NEEDS(name, SUITE_ANY)
#define SHARED_CASE(name) CASE_THAT_NEEDS(name, SUITE_SHARED)
#define SERVER_CASE(name) CASE_THAT_NEEDS(name, SUITE_SERVER | SUITE_OWN)
#define FILE_CASE(name) CASE_THAT_NEEDS(name, SUITE_FILE)

/* Ended by name NULL, one a file. */
extern const struct suite_case suite_write[], suite_read[], suite_filter[], suite_claim[],
	suite_migrate[], suite_threads[], suite_faults[], suite_indices[], suite_alike[],
	suite_mysql[];

/* ---- Judging: what does not hold ends the case, in whatever thread or process of it ---- */

void suite_judge(bool holds, const char *what, const char *file, int line);
void suite_compare(intmax_t a, intmax_t b, const char *what, const char *file, int line);
void suite_compare_text(const char *a, const char *b, const char *file, int line);

#define assert_true(c) suite_judge((c) ? true : false, #c, __FILE__, __LINE__)
#define assert_false(c) suite_judge((c) ? false : true, "not " #c, __FILE__, __LINE__)
#define assert_null(p) suite_judge((p) == NULL, #p " is NULL", __FILE__, __LINE__)
#define assert_non_null(p) suite_judge((p) != NULL, #p " is not NULL", __FILE__, __LINE__)
#define assert_ptr_equal(a, b) suite_judge((a) == (b), #a " is " #b, __FILE__, __LINE__)
#define assert_int_equal(a, b) \
	suite_compare((intmax_t)(a), (intmax_t)(b), #a " is " #b, __FILE__, __LINE__)
#define assert_string_equal(a, b) suite_compare_text(a, b, __FILE__, __LINE__)

/* A line to be read if the case fails. */
void print_error(const char *format, ...) GW_PRINTF(1, 2);

/* ---- The repository of the case that is running ---- */

extern struct gw_store *store;
extern struct gw_error err;
extern const struct gw_backend_type *suite_type;
extern json_t *suite_settings;
extern char *suite_folder; /* of the suite, for files */

struct gw_store *suite_open(void); /* another node on it */
void suite_make_newer(void); /* as if a newer Godwit had migrated it; no store may be open */
void suite_make_fresh(void); /* what is opened next is elsewhere: nobody has migrated it */
/* What is opened next is reached by a port, and given up after a while ("PT10S"). */
void suite_redirect(int port, const char *patience);

/* What can be seen in what a backend sends. */
enum suite_text { SUITE_COMMIT, SUITE_CREATE, SUITE_REPLACE, SUITE_DELETE, SUITE_TEXTS };
const char *suite_text(enum suite_text which); /* of a waiter */

/* ---- Records ---- */

struct gw_op suite_op(enum gw_op_type type, const char *key, const char *doc); /* of kind gate */
struct gw_op suite_next(const struct gw_op *before, const char *doc); /* NULL = delete */
void must_write(struct gw_op *op);
void must_miss(struct gw_op *op);
struct gw_key suite_key(const char *key);
void assert_doc(const char *key, const char *doc); /* NULL = there is none */
void assert_same(const struct gw_record *a, const struct gw_record *b); /* but for the version */

/* The keys that a query finds, in its order, separated by blanks. */
char *suite_keys(struct gw_store *s, const struct gw_query *query);
void assert_keys(const struct gw_query *query, const char *keys);
uint64_t suite_count(const struct gw_query *query);

/* Numbers that are the same in each run. */
uint64_t suite_random(uint64_t *seed, uint64_t below);

#endif
