/* chain.h - an archive with those it is based on, read as one */
#ifndef GW_BACKUP_CHAIN_H
#define GW_BACKUP_CHAIN_H

#include "backup/backup.h"

#define GW_CHAIN_MAX 12 /* archives; each takes 4 MiB of memory */

struct gw_chain;

/* The archive and, if it is incremental, its bases. All have to be there, with the same key. */
struct gw_chain *gw_chain_open(struct gw_storage *storage, const char *uri, const char *key,
	struct gw_error *err);
void gw_chain_free(struct gw_chain **chain);
#define gw_auto_chain __attribute__((cleanup(gw_chain_free))) struct gw_chain

/* Of the archive itself. */
const json_t *gw_chain_header(const struct gw_chain *chain);
/* As of the moment of the archive itself: what is gone is left out, GW_ARCHIVE_DELETED does not
 * come. GW_ARCHIVE_DONE: all archives were read to their end and are whole. */
enum gw_archive_next gw_chain_next(struct gw_chain *chain, struct gw_archive_item *out,
	struct gw_error *err);
const struct gw_tallies *gw_chain_read(const struct gw_chain *chain); /* of what came */
uint64_t gw_chain_position(const struct gw_chain *chain); /* bytes of all archives so far */
size_t gw_chain_length(const struct gw_chain *chain); /* archives */

/* Where an archive's records stand: by kind as they are written, tenant, key. */
int gw_chain_order(const struct gw_record *a, const struct gw_record *b);

/* What the header of an archive says that is based on this one. A new reference. */
json_t *gw_chain_base(const struct gw_chain *chain, const char *uri);

#endif
