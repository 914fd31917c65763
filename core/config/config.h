/* config.h - the configuration: defaults, file, environment, in this order
 *
 * config may use: base, yaml. Keys are written as paths: "server.port". */
#ifndef GW_CONFIG_CONFIG_H
#define GW_CONFIG_CONFIG_H

#include <godwit/text.h>

#include <jansson.h>

struct gw_config;

/* path NULL = GODWIT_CONFIGURATION / KESTRA_CONFIGURATION (a whole file), else only defaults. A
 * Kestra application.yml is understood. Unknown keys of ours are an error that names the nearest;
 * unknown keys of others become warnings (a list of texts). */
GW_EXPORT struct gw_config *gw_config_load(const char *path, struct gw_error *err);
/* For options given on the command line: beats everything else. */
GW_EXPORT bool gw_config_set(struct gw_config *config, const char *key, const char *value,
	struct gw_error *err);
GW_EXPORT void gw_config_free(struct gw_config *config);
GW_EXPORT const json_t *gw_config_warnings(const struct gw_config *config);

/* The key must be one of the table in config/keys.c (an assertion). */
GW_EXPORT const char *gw_config_text(const struct gw_config *config, const char *key); /* or NULL */
GW_EXPORT int64_t gw_config_int(const struct gw_config *config, const char *key);
GW_EXPORT bool gw_config_bool(const struct gw_config *config, const char *key);
GW_EXPORT int64_t gw_config_duration(const struct gw_config *config, const char *key); /* us */
GW_EXPORT int64_t gw_config_size(const struct gw_config *config, const char *key); /* bytes */
/* A whole section as it stands, borrowed; NULL = not given. */
GW_EXPORT const json_t *gw_config_section(const struct gw_config *config, const char *key);
/* Where a value comes from: "default", "godwit.yml:12", "GODWIT_SERVER_PORT"; NULL = no value. */
GW_EXPORT const char *gw_config_place(const struct gw_config *config, const char *key);
/* The effective configuration, secrets replaced by "***", each key with where it comes from. */
GW_EXPORT void gw_config_print(struct gw_str *out, const struct gw_config *config);
/* The manual's page of all keys, Markdown: docs/configuration.md. */
GW_EXPORT void gw_config_reference(struct gw_str *out);

#endif
