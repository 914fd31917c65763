/* answer.h - what tasks ask about backups */
#ifndef GW_BACKUP_ANSWER_H
#define GW_BACKUP_ANSWER_H

#include "backup/backup.h"

struct gw_backup_answers {
	struct gw_site site;
	const char *key; /* of encryption.secret-key; NULL = there is none */
};

/* "backup.create", "backup.verify", "backup.prune" with the properties of the tasks of that name;
 * a new reference. arg: struct gw_backup_answers. */
GW_EXPORT json_t *gw_backup_answer(void *arg, const char *question, const json_t *arguments,
	struct gw_error *err);

#endif
