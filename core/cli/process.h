/* process.h - what a server process does to itself, and what it tells its starter */
#ifndef GW_CLI_PROCESS_H
#define GW_CLI_PROCESS_H

#include <godwit/text.h>

/* Memory, umask, no dumps; warns if it runs as root without a user for tasks. */
void gw_process_prepare(bool has_task_user);
/* As many descriptors as allowed. After the engine's start: tasks get what was there before. */
void gw_process_raise_descriptors(void);
/* "READY=1", "STOPPING=1" to whoever started it and listens (systemd). */
GW_EXPORT void gw_process_notify(const char *state);

/* TERM, INT and HUP are then taken only by gw_process_wait, also in threads started from now on. */
void gw_process_block_signals(void);

enum gw_request_from_outside { GW_STOP, GW_RELOAD };

/* Waits for one; gives memory back to the system meanwhile. */
enum gw_request_from_outside gw_process_wait(void);
/* The program begins anew in this process, as it was started, and takes the signals that came
 * meanwhile; ends the process if it cannot. */
_Noreturn void gw_process_start_again(void);
/* From now on a further TERM or INT ends the process at once. */
void gw_process_stop_at_once_on_signal(void);

#endif
