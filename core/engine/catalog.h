/* catalog.h - between catalog.c and save.c */
#ifndef GW_ENGINE_CATALOG_H
#define GW_ENGINE_CATALOG_H

#include "engine/internal.h"

/* This flow was changed here: what is the latest is looked up again. */
void gw_catalog_forget(struct gw_catalog *c, const char *tenant, const char *namespace,
	const char *id);

#endif
