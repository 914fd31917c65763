/* events.c - server-sent events: fields "id" and "data", ended by an empty line */
#include "cli/events.h"

#include "base/mem.h"

void gw_events_clear(struct gw_events *events)
{
	gw_str_clear(&events->line);
	gw_str_clear(&events->id);
	gw_str_clear(&events->data);
}

static bool deliver(struct gw_events *events)
{
	bool more = true;
	if (events->has_data)
		more = events->listener->event(events->listener->arg, gw_str_slice(&events->id),
			gw_str_slice(&events->data));
	gw_str_reset(&events->id);
	gw_str_reset(&events->data);
	events->has_data = false;
	return more;
}

/* What stands behind "name:" and perhaps a space; data NULL = another field. */
static struct gw_slice field(struct gw_slice line, const char *name)
{
	size_t n = strlen(name);
	if (line.len < n || memcmp(line.data, name, n) != 0)
		return gw_slice(NULL, 0);
	n += n < line.len && line.data[n] == ' ';
	return gw_slice(line.data + n, line.len - n);
}

static bool take_line(struct gw_events *events, struct gw_slice line)
{
	if (line.len > 0 && line.data[line.len - 1] == '\r')
		line.len--;
	if (line.len == 0)
		return deliver(events);
	struct gw_slice data = field(line, "data:");
	struct gw_slice id = field(line, "id:");
	if (data.data) {
		if (events->has_data)
			gw_str_putc(&events->data, '\n');
		gw_str_add(&events->data, data.data, data.len);
		events->has_data = true;
	}
	if (id.data) {
		gw_str_reset(&events->id);
		gw_str_add(&events->id, id.data, id.len);
	}
	return true;
}

bool gw_events_feed(struct gw_events *events, struct gw_slice text)
{
	while (text.len > 0) {
		const char *end = memchr(text.data, '\n', text.len);
		size_t n = end ? (size_t)(end - text.data) : text.len;
		gw_str_add(&events->line, text.data, n);
		n += end != NULL;
		text = gw_slice(text.data + n, text.len - n);
		if (!end)
			break;
		if (!take_line(events, gw_str_slice(&events->line)))
			return false;
		gw_str_reset(&events->line);
	}
	return true;
}
