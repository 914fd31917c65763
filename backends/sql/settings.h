/* settings.h - a backend's settings, read by a table */
#ifndef GW_BACKENDS_SQL_SETTINGS_H
#define GW_BACKENDS_SQL_SETTINGS_H

#include <godwit/time.h>

#include <jansson.h>

enum gw_setting_type {
	GW_SETTING_TEXT, /* char *, owned; NULL = not given */
	GW_SETTING_NUMBER, /* int64_t */
	GW_SETTING_DURATION, /* int64_t, us; given as "PT10S" */
	GW_SETTING_BOOL, /* int64_t, 0 or 1 */
	GW_SETTING_CHOICE, /* int64_t, which of the choices */
};

struct gw_setting {
	const char *name;
	enum gw_setting_type type;
	size_t offset; /* in the struct that is filled in */
	const char *fallback; /* as text; NULL = none (TEXT only) */
	int64_t least, most; /* NUMBER, DURATION (us) */
	const char *const *choices; /* ended by NULL */
};

/* Fills in a zeroed struct by a table of n settings; where names the section in messages. */
bool gw_settings_read(const json_t *given, const struct gw_setting *table, size_t n, void *out,
	const char *where, struct gw_error *err);
void gw_settings_clear(const struct gw_setting *table, size_t n, void *settings);

#endif
