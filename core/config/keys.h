/* keys.h - the table of all keys: it drives checking, defaults, the environment, `config show` and
 * docs/configuration.md */
#ifndef GW_CONFIG_KEYS_H
#define GW_CONFIG_KEYS_H

#include <godwit/text.h>

enum gw_key_flag {
	GW_KEY_SECRET = 1 << 0, /* shown as *** */
	GW_KEY_HIDDEN = 1 << 1, /* accepted, not documented */
};

struct gw_key_info {
	const char *key; /* "server.port"; a last segment * stands for any that is not listed */
	/* text, integer, integer(MIN,MAX), boolean, duration, size, list, map, enum(A,B) */
	const char *type;
	const char *fallback; /* default as text; NULL = none */
	const char *aliases; /* whole paths in Kestra's files beside kestra.KEY, by spaces */
	unsigned flags;
	const char *summary;
};

extern GW_EXPORT const struct gw_key_info gw_key_infos[]; /* ended by a NULL key */

GW_EXPORT const struct gw_key_info *gw_key_find(struct gw_slice key); /* NULL = unknown */
/* A key below the given section exists. */
bool gw_key_is_section(struct gw_slice section);
/* The names of a key in files, the strongest first: "godwit.KEY", "kestra.KEY", its aliases; i
 * counts from 0. False when there are no more. */
bool gw_key_name(const struct gw_key_info *info, unsigned i, struct gw_str *out);
/* The same as the name of an environment variable: upper case, other characters as "_". */
void gw_key_variable(struct gw_str *out, struct gw_slice name);
/* The key that resembles most what somebody wrote; NULL if none does. */
const char *gw_key_nearest(struct gw_slice written);

#endif
