/* form.c - inputs as multipart/form-data */
#include "cli/form.h"

#include "base/fd.h"
#include "base/id.h"

#include <stdio.h>

#define LARGEST_FILE ((size_t)900 << 20)

void gw_form_init(struct gw_form *form)
{
	uint64_t random[2];
	gw_random(random, sizeof(random));
	*form = (struct gw_form){ 0 };
	snprintf(form->boundary, sizeof(form->boundary), "%016llx%016llx",
		(unsigned long long)random[0], (unsigned long long)random[1]);
	gw_str_printf(&form->type, "multipart/form-data; boundary=%s", form->boundary);
}

/* Quotes and line ends cannot stand in a quoted name: as browsers do it. */
static void add_quoted(struct gw_str *out, struct gw_slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];
		if (c == '"' || c == '\r' || c == '\n')
			gw_str_printf(out, "%%%02X", c);
		else
			gw_str_putc(out, c);
	}
}

static void begin_part(struct gw_form *form, struct gw_slice name)
{
	gw_str_printf(&form->body, "--%s\r\nContent-Disposition: form-data; name=\"",
		form->boundary);
	add_quoted(&form->body, name);
	gw_str_putc(&form->body, '"');
}

static bool add_file(struct gw_form *form, struct gw_slice name, const char *path,
	struct gw_error *err)
{
	const char *slash = strrchr(path, '/');
	begin_part(form, name);
	gw_str_puts(&form->body, "; filename=\"");
	add_quoted(&form->body, gw_slice_of(slash ? slash + 1 : path));
	gw_str_puts(&form->body, "\"\r\nContent-Type: application/octet-stream\r\n\r\n");
	if (!gw_file_read(path, LARGEST_FILE, &form->body, err))
		return false;
	gw_str_puts(&form->body, "\r\n");
	return true;
}

bool gw_form_add(struct gw_form *form, const char *input, struct gw_error *err)
{
	struct gw_slice name = { input, strcspn(input, "=") };
	const char *value = input + name.len + 1;
	if (name.len == 0 || input[name.len] != '=')
		return gw_fail(err, GW_BAD_REQUEST,
			"an input is NAME=VALUE or NAME=@FILE, not '%s'", input);
	if (*value == '@')
		return add_file(form, name, value + 1, err);
	begin_part(form, name);
	gw_str_printf(&form->body, "\r\n\r\n%s\r\n", value);
	return true;
}

void gw_form_end(struct gw_form *form)
{
	gw_str_printf(&form->body, "--%s--\r\n", form->boundary);
}

void gw_form_clear(struct gw_form *form)
{
	gw_str_clear(&form->type);
	gw_str_clear(&form->body);
}
