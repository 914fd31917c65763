/* log.h - the server's own log: one line an event, on standard error */
#ifndef GW_BASE_LOG_H
#define GW_BASE_LOG_H

#include <godwit/state.h>

/* "2024-12-20T10:00:00.123Z INFO  engine    message"; as_json: one object a line. */
GW_EXPORT void gw_log_setup(enum gw_level least, bool as_json);
GW_EXPORT bool gw_log_enabled(enum gw_level level);
/* room is the folder that speaks: "engine", "api" … Line breaks in the message become spaces. */
GW_EXPORT void gw_log(enum gw_level level, const char *room, const char *format, ...)
	GW_PRINTF(3, 4);

#endif
