/* connections.h - checking what a configuration connects to, without making anything */
#ifndef GW_CLI_CONNECTIONS_H
#define GW_CLI_CONNECTIONS_H

#include "cli/findings.h"
#include "cli/setup.h"

/* setup has its configuration and its modules. */
void gw_check_connections(struct gw_setup *setup, struct gw_findings *found);

#endif
