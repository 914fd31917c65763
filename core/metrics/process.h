/* process.h - the process's own figures */
#ifndef GW_METRICS_PROCESS_H
#define GW_METRICS_PROCESS_H

#include <godwit/text.h>

void gw_metrics_print_process(struct gw_str *out);

#endif
