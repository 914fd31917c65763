/* show.h - what the server answered, for people or for programs */
#ifndef GW_CLI_SHOW_H
#define GW_CLI_SHOW_H

#include <jansson.h>

void gw_show_json(const json_t *doc);
/* "name      value"; nothing if the value is "". */
void gw_show_field(const char *name, const char *value);
/* The text of a member, "" if there is none. */
const char *gw_member(const json_t *doc, const char *name);

#endif
