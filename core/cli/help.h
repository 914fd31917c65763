/* help.h - texts made from the tables: help, completion, manual */
#ifndef GW_CLI_HELP_H
#define GW_CLI_HELP_H

#include "cli/args.h"

/* The commands of a group, "" = all. False if there are none. */
GW_EXPORT bool gw_help_group(struct gw_str *out, const char *group);
GW_EXPORT void gw_help_verb(struct gw_str *out, const struct gw_verb *verb);
GW_EXPORT void gw_help_bash(struct gw_str *out);
GW_EXPORT void gw_help_manual(struct gw_str *out);

#endif
