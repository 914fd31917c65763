/* repo.h - for tests: a repository for several engines, each of which can be cut off from it */
#ifndef GW_TESTS_LIB_REPO_H
#define GW_TESTS_LIB_REPO_H

#include "tests/unit/test.h"

#include "store/store.h"

struct repo;

/* "memory", "sqlite", or the backend of the server that with.sh started. */
struct repo *repo_open(const char *backend);
void repo_close(struct repo *repo);
const char *repo_folder(const struct repo *repo); /* for all that engines keep */

/* One engine's way to it; *handle is for repo_cut, NULL = a server's, which cannot be cut. */
struct gw_store *repo_store(struct repo *repo, struct gw_backend **handle);
/* From now on nothing of it gets through. */
void repo_cut(struct gw_backend *handle);
/* What happens once in the moment between a decision to write executions and that write. Only where
 * one thread writes. */
void repo_before_execution(struct gw_backend *handle, void (*act)(void *arg), void *arg);
/* Once, before records of the kind are fetched the next time. */
void repo_hook_get(struct gw_backend *handle, const struct gw_kind *kind, void (*hook)(void *arg),
	void *arg);
/* Stores that are opened from now on have no transactions: operations are written one by one. */
void repo_forget_transactions(struct repo *repo);
/* Without transactions: nothing gets through after n more operations on flows, executions, triggers
 * and what belongs to them. */
void repo_cut_after(struct gw_backend *handle, int n);
bool repo_is_cut(struct gw_backend *handle);

#endif
