/* log.c - printing the server's own log */
#include "base/log.h"

#include "base/clock.h"
#include "base/json.h"

#include <stdatomic.h>
#include <strings.h>
#include <unistd.h>

static const char *const names[] = { "TRACE", "DEBUG", "INFO", "WARN", "ERROR" };
static _Atomic int least_level = GW_INFO;
static _Atomic bool json_lines;

void gw_log_setup(enum gw_level least, bool as_json)
{
	atomic_store(&least_level, (int)least);
	atomic_store(&json_lines, as_json);
}

bool gw_log_enabled(enum gw_level level)
{
	return (int)level >= atomic_load_explicit(&least_level, memory_order_relaxed);
}

const char *gw_level_name(enum gw_level level)
{
	return names[level];
}

bool gw_level_parse(struct gw_slice text, enum gw_level *out)
{
	for (int i = GW_TRACE; i <= GW_ERROR; i++) {
		if (strlen(names[i]) == text.len &&
			strncasecmp(names[i], text.data, text.len) == 0) {
			*out = (enum gw_level)i;
			return true;
		}
	}
	return false;
}

static void print_json(struct gw_str *line, enum gw_level level, const char *room,
	struct gw_slice message)
{
	gw_str_putc(line, '{');
	gw_json_time(line, "timestamp", gw_clock_now());
	gw_json_text(line, "level", gw_slice_of(names[level]));
	gw_json_text(line, "room", gw_slice_of(room));
	gw_json_text(line, "message", message);
	gw_str_puts(line, "}\n");
}

static void print_text(struct gw_str *line, enum gw_level level, const char *room,
	struct gw_slice message)
{
	gw_time_print(line, gw_clock_now() / GW_MILLISECOND * GW_MILLISECOND);
	gw_str_printf(line, " %-5s %-9s ", names[level], room);
	size_t start = line->len;
	gw_str_add(line, message.data, message.len);
	for (size_t i = start; i < line->len; i++)
		if ((unsigned char)line->data[i] < ' ')
			line->data[i] = ' ';
	gw_str_putc(line, '\n');
}

void gw_log(enum gw_level level, const char *room, const char *format, ...)
{
	if (!gw_log_enabled(level))
		return;
	gw_auto_str message = { 0 }, line = { 0 };
	va_list args;
	va_start(args, format);
	gw_str_vprintf(&message, format, args);
	va_end(args);
	if (atomic_load_explicit(&json_lines, memory_order_relaxed))
		print_json(&line, level, room, gw_str_slice(&message));
	else
		print_text(&line, level, room, gw_str_slice(&message));
	if (write(STDERR_FILENO, line.data, line.len) < 0)
		return; /* nobody left to tell */
}
