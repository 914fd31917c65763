/* error.c - filling in errors, and the table of codes */
#include "base/error.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct gw_code_info codes[] = {
	[GW_OK] = { "OK", 200, 0, false },
	[GW_INVALID] = { "INVALID", 422, 1, false },
	[GW_BAD_REQUEST] = { "BAD_REQUEST", 400, 2, false },
	[GW_DENIED] = { "DENIED", 403, 4, false },
	[GW_NOT_FOUND] = { "NOT_FOUND", 404, 1, false },
	[GW_CONFLICT] = { "CONFLICT", 409, 1, false },
	[GW_BUSY] = { "BUSY", 429, 3, true },
	[GW_UNAVAILABLE] = { "UNAVAILABLE", 503, 3, true },
	[GW_INTERNAL] = { "INTERNAL", 500, 70, false },
};

const struct gw_code_info *gw_code_info(enum gw_code code)
{
	return &codes[code];
}

const char *gw_errno_text(int number)
{
	const char *text = strerrordesc_np(number);
	return text ? text : "unknown error";
}

static void set_message(struct gw_error *err, const char *text)
{
	size_t len = gw_utf8_cut(text, strlen(text), sizeof(err->message) - 1);
	memcpy(err->message, text, len);
	err->message[len] = '\0';
}

bool gw_fail(struct gw_error *err, enum gw_code code, const char *format, ...)
{
	char text[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	err->code = code;
	set_message(err, text);
	return false;
}

bool gw_explain(struct gw_error *err, const char *format, ...)
{
	char text[1024];
	va_list args;
	va_start(args, format);
	int n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (n < 0 || n >= (int)sizeof(text))
		n = sizeof(text) - 1;
	snprintf(text + n, sizeof(text) - n, ": %s", err->message);
	set_message(err, text);
	return false;
}

bool gw_fail_errno(struct gw_error *err, int number, const char *format, ...)
{
	char text[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return gw_fail(err, GW_INTERNAL, "%s: %s", text, gw_errno_text(number));
}
