/* value.h - values of the configuration: what somebody wrote, converted to a key's type */
#ifndef GW_CONFIG_VALUE_H
#define GW_CONFIG_VALUE_H

#include "config/keys.h"

#include <jansson.h>

/* A new reference; NULL with GW_INVALID "'x' is no integer". Durations become ISO 8601, sizes stay
 * texts. */
json_t *gw_config_convert(const struct gw_key_info *info, const json_t *value,
	struct gw_error *err);

/* "PT5M", "5m", "1h", "100ms", "7d", as Micronaut reads them. */
GW_EXPORT bool gw_config_parse_duration(struct gw_slice text, int64_t *out_us,
	struct gw_error *err);
/* "10MB" (1 KB = 1024), "512"; */
GW_EXPORT bool gw_config_parse_size(struct gw_slice text, int64_t *out, struct gw_error *err);

/* Replaces ${NAME} and ${NAME:default} by variables of the environment; NAME may be a path such as
 * kestra.url. What has neither value nor default is GW_INVALID. */
bool gw_config_fill_placeholders(struct gw_slice text, struct gw_str *out, struct gw_error *err);

#endif
