/* flows.h - between flows.c (cases and their files), steps.c (what is done) and view.c (what is
 * printed) */
#ifndef GW_TESTS_FLOWS_H
#define GW_TESTS_FLOWS_H

#include "tests/lib/node.h"

#include "base/fd.h"

/* Where a case has come to. */
struct play {
	struct node *node;
	struct gw_slice flows; /* documents not saved yet */
	size_t flows_at;
	char *execution; /* the one that steps are about; owned, NULL = none yet */
	json_t *labels; /* for the next start */
	struct gw_str *out;
};

/* Does what the steps say; *out gets them with what they print. */
void steps_run(struct node *node, struct gw_slice flows, const char *steps, struct gw_str *out);

/* view.c: prints something of the execution, true = there is such a view. */
bool view(struct play *p, const char *name, const char *argument);
/* Ids and dates print as <id> and <date>. */
void view_text(struct play *p, const char *text);
void view_tree(struct play *p, const json_t *execution);

#endif
