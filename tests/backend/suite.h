/* suite.h - what a backend has to do, as cases run unchanged for each of them
 *
 * GW_TEST_BACKEND names it, GW_TEST_SETTINGS holds its settings as JSON; each case has a fresh
 * repository. Most cases go through core/store, as everything in Godwit does. */
#ifndef GW_TESTS_BACKEND_SUITE_H
#define GW_TESTS_BACKEND_SUITE_H

#include "tests/unit/test.h"

#include "base/json.h"
#include "model/kinds.h"
#include "store/store.h"
#include "tests/lib/backend.h"

/* What a case needs from a backend beyond the contract. */
enum suite_need {
	SUITE_ANY,
	SUITE_SHARED = 1, /* several processes can open one repository */
	SUITE_SERVER = 2, /* it is a server that can be cut off and restarted */
	SUITE_FILE = 4, /* it is a file of this machine, named by the setting "path" */
	SUITE_INDICES = 8, /* it is an Elasticsearch at $GW_TEST_URL */
	SUITE_MYSQL = 16, /* it speaks MySQL's protocol */
};

struct suite_case {
	const char *name;
	void (*run)(void **state);
	enum suite_need need;
};

#define CASE(name)                     \
	{                              \
#name, name, SUITE_ANY \
	}
#define SHARED_CASE(name)                 \
	{                                 \
#name, name, SUITE_SHARED \
	}
#define SERVER_CASE(name)                 \
	{                                 \
#name, name, SUITE_SERVER \
	}
#define INDICES_CASE(name)                 \
	{                                  \
#name, name, SUITE_INDICES \
	}
#define FILE_CASE(name)                 \
	{                               \
#name, name, SUITE_FILE \
	}

/* Ended by name NULL, one a file. */
extern const struct suite_case suite_write[], suite_read[], suite_filter[], suite_claim[],
	suite_migrate[], suite_threads[], suite_faults[], suite_indices[], suite_alike[],
	suite_mysql[];

/* ---- The repository of the case that is running ---- */

extern struct gw_store *store;
extern struct gw_error err;
extern const struct gw_backend_type *suite_type;
extern json_t *suite_settings;
extern char *suite_folder; /* of this case, for files */

struct gw_store *suite_open(void); /* another node on it */
void suite_make_newer(void); /* as if a newer Godwit had migrated it; no store may be open */
void suite_make_fresh(void); /* what is opened next is elsewhere: nobody has migrated it */
/* What is opened next is reached by a port, and given up after a while ("PT10S"). */
void suite_redirect(int port, const char *patience);

/* What can be seen in what a backend sends. */
enum suite_text { SUITE_COMMIT, SUITE_CREATE, SUITE_REPLACE, SUITE_DELETE, SUITE_TEXTS };
const char *suite_text(enum suite_text which); /* of a waiter */

const char *suite_place(void); /* the setting that tells repositories of a server apart */
const char *suite_single_write(void); /* what passes the wire when one operation is written */

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
