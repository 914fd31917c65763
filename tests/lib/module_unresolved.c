/* module_unresolved.c - a module that calls a function that nobody has */
#include <godwit/module.h>

bool gw_nobody_has_this(enum gw_place place, struct gw_error *err);

const struct gw_module gw_module = {
	GW_MODULE_HEAD,
	.name = "unresolved",
	.init = gw_nobody_has_this,
};
