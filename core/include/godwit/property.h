/* property.h - settings as a table: one table drives validation, defaults, rendering, the JSON
 * Schema for editors, `plugins doc` and the reference */
#ifndef GODWIT_PROPERTY_H
#define GODWIT_PROPERTY_H

enum gw_property_flag {
	GW_REQUIRED = 1 << 0,
	GW_STATIC = 1 << 1, /* taken literally, never rendered */
	/* Travels unrendered; the task calls gw_run_render. A flowable gets it as written when it
	 * is planned first, rendered when planned again (a condition on its tasks' outputs). */
	GW_LATE = 1 << 2,
	GW_DEPRECATED = 1 << 3,
	GW_HIDDEN = 1 << 4, /* accepted, not documented */
};

/* Schemas, a small language:
 *   string integer number boolean duration datetime any object secret
 *   enum(A,B,C)   list<S>   map<S>   {name:S,other?:S}   S|S (the first that fits)
 *   task   trigger   condition   runner   input   (typed objects: they have a "type" of their own)
 *   dagtask   ({task, dependsOn}: what plan sees of it is {dependsOn}, disabled tasks left out)
 * Any value may also be given as an expression unless the property is GW_STATIC; the rendered text
 * is then converted: to a number, to true or false, to a list or a map if it is JSON. Durations and
 * dates stay texts that gw_duration_parse and gw_time_parse read. */
struct gw_property {
	const char *name;
	const char *schema;
	unsigned flags;
	const char *fallback; /* default as JSON text, rendered like a given one; NULL = none */
	const char *summary; /* one or more sentences for people, Markdown */
};

#endif
