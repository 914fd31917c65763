/* state.h - states, their names, and histories of them
 *
 * model may use: base, time. It knows what things are, not what they do. */
#ifndef GW_MODEL_STATE_H
#define GW_MODEL_STATE_H

#include <godwit/json.h>
#include <godwit/state.h>
#include <godwit/time.h>

GW_EXPORT bool gw_state_is_terminal(enum gw_state state);

struct gw_moment {
	enum gw_state state;
	gw_time at;
};

/* A current state and how it came about; the last moment is the current one. */
struct gw_history {
	struct gw_moment *moments;
	size_t n, cap;
};

static inline enum gw_state gw_history_state(const struct gw_history *h)
{
	return h->n ? h->moments[h->n - 1].state : GW_CREATED;
}

GW_EXPORT void gw_history_add(struct gw_history *h, enum gw_state state, gw_time at);
GW_EXPORT void gw_history_copy(struct gw_history *to, const struct gw_history *from);
GW_EXPORT void gw_history_clear(struct gw_history *h);
GW_EXPORT gw_time gw_history_start(const struct gw_history *h); /* GW_NEVER while empty */
GW_EXPORT gw_time
gw_history_end(const struct gw_history *h); /* GW_NEVER unless terminal or PAUSED */
GW_EXPORT int64_t gw_history_duration(const struct gw_history *h); /* us, last moment - first */
/* {"current":…,"histories":[…],"duration":…,"startDate":…,"endDate":…} */
GW_EXPORT void gw_history_print(struct gw_str *out, const struct gw_history *h);
GW_EXPORT bool gw_history_read(const json_t *state, struct gw_history *out, struct gw_error *err);

#endif
