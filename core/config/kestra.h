/* kestra.h - what a configuration of Kestra has beside what the table of keys knows */
#ifndef GW_CONFIG_KESTRA_H
#define GW_CONFIG_KESTRA_H

#include <stdbool.h>

/* Whether a path has no counterpart here and can be left out without a word. */
bool gw_kestra_is_harmless(const char *path);

#endif
