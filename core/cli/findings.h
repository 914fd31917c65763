/* findings.h - what a check found out, and what to do about it */
#ifndef GW_CLI_FINDINGS_H
#define GW_CLI_FINDINGS_H

#include <godwit/task.h>

#include <jansson.h>

enum gw_verdict { GW_FINE, GW_WORTH_KNOWING, GW_PROBLEM };

struct gw_findings {
	json_t *items; /* {name, verdict, message, remedy} */
	bool has_problem;
};

void gw_findings_clear(struct gw_findings *found);
#define gw_auto_findings __attribute__((cleanup(gw_findings_clear))) struct gw_findings
void gw_findings_add(struct gw_findings *found, enum gw_verdict verdict, const char *name,
	const char *format, ...) GW_PRINTF(4, 5);
/* A problem, with the advice for messages like this one. */
void gw_findings_fail(struct gw_findings *found, const char *name, const struct gw_error *err);
void gw_findings_advise(struct gw_findings *found, const char *remedy); /* to the last one */
void gw_findings_print(const struct gw_findings *found, bool as_json);

#endif
