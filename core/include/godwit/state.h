/* state.h - states of executions and task runs, and levels of log lines */
#ifndef GODWIT_STATE_H
#define GODWIT_STATE_H

#include <godwit/text.h>

/* States of executions and task runs, in Kestra's words. */
enum gw_state {
	GW_CREATED,
	GW_RUNNING,
	GW_PAUSED,
	GW_RESTARTED,
	GW_KILLING,
	GW_SUCCESS,
	GW_WARNING,
	GW_FAILED,
	GW_KILLED,
	GW_CANCELLED,
	GW_QUEUED,
	GW_RETRYING,
	GW_RETRIED,
	GW_SKIPPED,
	GW_BREAKPOINT,
	GW_SUBMITTED,
	GW_RESUBMITTED,
};

enum gw_level { GW_TRACE, GW_DEBUG, GW_INFO, GW_WARN, GW_ERROR };

/* Their names, for schemas: "enum(" GW_STATES ")". */
#define GW_STATES                                                                                  \
	"CREATED,RUNNING,PAUSED,RESTARTED,KILLING,SUCCESS,WARNING,FAILED,KILLED,CANCELLED,QUEUED," \
	"RETRYING,RETRIED,SKIPPED,BREAKPOINT,SUBMITTED,RESUBMITTED"
#define GW_LEVELS "TRACE,DEBUG,INFO,WARN,ERROR"

GW_EXPORT const char *gw_state_name(enum gw_state state);
GW_EXPORT bool gw_state_parse(struct gw_slice text, enum gw_state *out);

GW_EXPORT const char *gw_level_name(enum gw_level level);
GW_EXPORT bool gw_level_parse(struct gw_slice text, enum gw_level *out); /* any case */

#endif
