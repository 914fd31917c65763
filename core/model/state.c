/* state.c - the table of states, and histories of them */
#include "model/state.h"

#include "base/json.h"
#include "base/mem.h"

static const struct {
	const char *name;
	bool is_terminal;
} states[] = {
	[GW_CREATED] = { "CREATED", false },
	[GW_RUNNING] = { "RUNNING", false },
	[GW_PAUSED] = { "PAUSED", false },
	[GW_RESTARTED] = { "RESTARTED", false },
	[GW_KILLING] = { "KILLING", false },
	[GW_SUCCESS] = { "SUCCESS", true },
	[GW_WARNING] = { "WARNING", true },
	[GW_FAILED] = { "FAILED", true },
	[GW_KILLED] = { "KILLED", true },
	[GW_CANCELLED] = { "CANCELLED", true },
	[GW_QUEUED] = { "QUEUED", false },
	[GW_RETRYING] = { "RETRYING", false },
	[GW_RETRIED] = { "RETRIED", true },
	[GW_SKIPPED] = { "SKIPPED", true },
	[GW_BREAKPOINT] = { "BREAKPOINT", false },
	[GW_SUBMITTED] = { "SUBMITTED", false },
	[GW_RESUBMITTED] = { "RESUBMITTED", true },
};

const char *gw_state_name(enum gw_state state)
{
	return states[state].name;
}

bool gw_state_parse(struct gw_slice text, enum gw_state *out)
{
	for (size_t i = 0; i < GW_LEN(states); i++) {
		if (gw_slice_is(text, states[i].name)) {
			*out = (enum gw_state)i;
			return true;
		}
	}
	return false;
}

bool gw_state_is_terminal(enum gw_state state)
{
	return states[state].is_terminal;
}

void gw_history_add(struct gw_history *h, enum gw_state state, gw_time at)
{
	h->moments = gw_grow(h->moments, h->n, &h->cap);
	h->moments[h->n++] = (struct gw_moment){ state, at };
}

void gw_history_copy(struct gw_history *to, const struct gw_history *from)
{
	gw_history_clear(to);
	for (size_t i = 0; i < from->n; i++)
		gw_history_add(to, from->moments[i].state, from->moments[i].at);
}

void gw_history_clear(struct gw_history *h)
{
	free(h->moments);
	*h = (struct gw_history){ 0 };
}

gw_time gw_history_start(const struct gw_history *h)
{
	return h->n ? h->moments[0].at : GW_NEVER;
}

gw_time gw_history_end(const struct gw_history *h)
{
	enum gw_state state = gw_history_state(h);
	bool has_end = h->n && (gw_state_is_terminal(state) || state == GW_PAUSED);
	return has_end ? h->moments[h->n - 1].at : GW_NEVER;
}

int64_t gw_history_duration(const struct gw_history *h)
{
	return h->n ? h->moments[h->n - 1].at - h->moments[0].at : 0;
}

void gw_history_print(struct gw_str *out, const struct gw_history *h)
{
	gw_str_putc(out, '{');
	gw_json_text(out, "current", gw_slice_of(gw_state_name(gw_history_state(h))));
	gw_json_key(out, "histories");
	gw_str_putc(out, '[');
	for (size_t i = 0; i < h->n; i++) {
		gw_json_comma(out);
		gw_str_putc(out, '{');
		gw_json_text(out, "state", gw_slice_of(gw_state_name(h->moments[i].state)));
		gw_json_time(out, "date", h->moments[i].at);
		gw_str_putc(out, '}');
	}
	gw_str_putc(out, ']');
	gw_json_key(out, "duration");
	gw_str_putc(out, '"');
	gw_duration_print(out, gw_history_duration(h));
	gw_str_putc(out, '"');
	if (h->n)
		gw_json_time(out, "startDate", gw_history_start(h));
	if (gw_history_end(h) != GW_NEVER)
		gw_json_time(out, "endDate", gw_history_end(h));
	gw_str_putc(out, '}');
}

bool gw_history_read(const json_t *state, struct gw_history *out, struct gw_error *err)
{
	size_t i;
	json_t *moment;
	json_array_foreach (json_object_get(state, "histories"), i, moment) {
		enum gw_state s;
		gw_time at;
		const char *name = gw_json_string(moment, "state");
		const char *date = gw_json_string(moment, "date");
		if (!name || !date || !gw_state_parse(gw_slice_of(name), &s))
			return gw_fail(err, GW_INTERNAL, "history %zu is not readable", i);
		if (!gw_time_parse(gw_slice_of(date), gw_zone_utc(), &at, err))
			return gw_explain(err, "history %zu", i);
		gw_history_add(out, s, at);
	}
	return true;
}
