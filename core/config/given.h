/* given.h - what a file and the environment give: values under their whole paths, before they meet
 * the table of keys */
#ifndef GW_CONFIG_GIVEN_H
#define GW_CONFIG_GIVEN_H

#include "config/keys.h"

#include <jansson.h>

struct gw_given {
	char *path; /* as the table spells it: "kestra.storage.local.base-path" */
	char *place; /* for people: "godwit.yml:12", "KESTRA_STORAGE_TYPE" */
	json_t *value;
	bool used;
};

struct gw_givens {
	struct gw_given *items;
	size_t n, cap;
};

void gw_givens_clear(struct gw_givens *givens);
#define gw_auto_givens __attribute__((cleanup(gw_givens_clear))) struct gw_givens

/* Owns value. */
void gw_givens_add(struct gw_givens *givens, const char *path, const char *place, json_t *value);
struct gw_given *gw_givens_find(const struct gw_givens *givens, const char *path);
/* The given that a key takes: under the strongest of its names. NULL = none. Marks all of them. */
struct gw_given *gw_givens_take(struct gw_givens *givens, const struct gw_key_info *info);

/* Adds what a source (a whole file) says; name is what people call it. */
bool gw_givens_read_source(struct gw_givens *givens, const char *name, struct gw_slice source,
	struct gw_error *err);
/* Adds what variables of the environment say about keys of the table; warns of GODWIT_… that say
 * nothing. */
void gw_givens_read_environment(struct gw_givens *givens, json_t *warnings);

#endif
