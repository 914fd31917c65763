/* moment.c - reading and printing instants in expressions */
#include "expr/moment.h"

#include "base/mem.h"
#include "expr/value.h"
#include "time/pattern.h"

#define SECONDS_MAX INT64_C(8000000000000)

const struct gw_zone *gw_moment_zone(struct gw_call *call, int i)
{
	struct gw_slice name = gw_slice(NULL, 0);
	struct gw_error err;
	if (!gw_arg_text(call, i, &name))
		return NULL;
	if (!name.data)
		return gw_zone_local();
	const struct gw_zone *zone = gw_zone_find(name.data, &err);
	if (!zone)
		gw_call_fail(call, "%s", err.message);
	return zone;
}

/* The text's own offset, if it has one: what is local in it, minus the instant. */
static void find_offset(struct gw_slice text, struct gw_moment *moment)
{
	struct gw_error err;
	gw_time local;
	size_t n = 0;
	while (n < text.len && (n < 11 || !strchr("Zz+-[", text.data[n])))
		n++;
	if (n == text.len || text.data[n] == '[' || memchr(text.data, '[', text.len))
		return;
	if (!gw_time_parse(gw_slice(text.data, n), gw_zone_utc(), &local, &err))
		return;
	moment->zone = NULL;
	moment->offset_s = (int)((local - moment->at) / GW_SECOND);
}

/* "…[Europe/Paris]" names its zone. */
static void find_zone(struct gw_slice text, struct gw_moment *moment)
{
	struct gw_error err;
	const char *open = memchr(text.data, '[', text.len);
	if (!open)
		return;
	size_t start = (size_t)(open - text.data) + 1;
	gw_auto_free char *name = gw_strndup(text.data + start, text.len - start - 1);
	const struct gw_zone *zone = gw_zone_find(name, &err);
	moment->zone = zone ? zone : moment->zone;
}

static bool read_text(struct gw_call *call, int format_arg, struct gw_moment *out)
{
	struct gw_slice format = gw_slice(NULL, 0), text = gw_value_slice(call->input);
	struct gw_error err;
	if (!gw_arg_text(call, format_arg, &format))
		return false;
	bool ok = format.data ? gw_pattern_parse(text, format.data, out->zone, &out->at, &err)
			      : gw_time_parse(text, out->zone, &out->at, &err);
	if (!ok)
		return gw_eval_fail(call->ev, "%s", err.message);
	if (!format.data) {
		find_offset(text, out);
		find_zone(text, out);
	}
	return true;
}

bool gw_moment_read(struct gw_call *call, int format_arg, const struct gw_zone *zone,
	struct gw_moment *out)
{
	const json_t *input = call->input;
	json_int_t seconds = json_integer_value(input);
	*out = (struct gw_moment){ .zone = zone };
	if (json_is_string(input))
		return read_text(call, format_arg, out);
	if (!json_is_integer(input))
		return gw_eval_fail(call->ev, "A date is a text or a number of seconds, not %s",
			gw_value_type(input));
	if (seconds < -SECONDS_MAX || seconds > SECONDS_MAX)
		return gw_eval_fail(call->ev, "%lld seconds since 1970 are no date",
			(long long)seconds);
	out->at = seconds * GW_SECOND;
	return true;
}

json_t *gw_moment_print(struct gw_call *call, int i, gw_time at, const struct gw_zone *zone)
{
	struct gw_slice pattern = gw_slice_of("iso");
	struct gw_error err;
	gw_auto_str out = { 0 };
	if (!gw_arg_text(call, i, &pattern))
		return NULL;
	if (!gw_pattern_format(&out, pattern.data, at, zone, &err))
		return gw_call_fail(call, "%s", err.message);
	return gw_call_text(call, &out);
}
