/* form.h - inputs as multipart/form-data */
#ifndef GW_CLI_FORM_H
#define GW_CLI_FORM_H

#include <godwit/text.h>

struct gw_form {
	char boundary[40];
	struct gw_str type; /* the header's value */
	struct gw_str body;
};

GW_EXPORT void gw_form_init(struct gw_form *form);
/* "NAME=VALUE", or "NAME=@FILE" for a file's content. */
GW_EXPORT bool gw_form_add(struct gw_form *form, const char *input, struct gw_error *err);
GW_EXPORT void gw_form_end(struct gw_form *form);
GW_EXPORT void gw_form_clear(struct gw_form *form);
#define gw_auto_form __attribute__((cleanup(gw_form_clear))) struct gw_form

#endif
