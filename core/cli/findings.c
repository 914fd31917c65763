/* findings.c - what a check found out, and what to do about it */
#include "cli/findings.h"

#include "base/mem.h"
#include "cli/show.h"
#include "cli/terminal.h"

static const struct {
	const char *name, *sign;
	enum gw_colour colour;
} verdicts[] = {
	[GW_FINE] = { "fine", "✓", GW_GREEN },
	[GW_WORTH_KNOWING] = { "warning", "⚠", GW_YELLOW },
	[GW_PROBLEM] = { "problem", "✗", GW_RED },
};

#define LOGIN "Correct username and password, and let that account in from this machine"
#define RIGHTS                                                                                     \
	"Give the account (of the database, or of this process) the rights that docs/backends.md " \
	"lists"
#define TLS \
	"Correct the TLS settings: the CA that is trusted, and a host name as in the certificate"
#define HOST "Correct the host: its name is not known here"
#define REACH                                                                                    \
	"Correct host and port; see that the server runs, listens on that address, and that no " \
	"firewall is between"
#define READ_ONLY                                                                                \
	"Make it writable: the disk or file may be mounted or marked read-only, the server may " \
	"be "                                                                                    \
	"a standby"
#define SPACE "Free some space on that disk"

/* By a part of the message, without regard to case; the first that fits. */
static const struct {
	const char *part, *remedy;
} remedies[] = {
	{ "newer godwit", "Run that version of Godwit, or name another database" },
	{ "there is no backend",
		"Correct repository.type, or install the module with that backend" },
	{ "readonly", READ_ONLY },
	{ "read-only", READ_ONLY },
	{ "read only", READ_ONLY },
	{ "no space", SPACE },
	{ "disk is full", SPACE },
	{ "password", LOGIN },
	{ "pg_hba.conf", LOGIN },
	{ "access denied for user", LOGIN },
	{ "status 401", LOGIN },
	{ "denied", RIGHTS },
	{ "status 403", RIGHTS },
	{ "not permitted", RIGHTS },
	{ "certificate", TLS },
	{ "host name", HOST },
	{ "resolve", HOST },
	{ "unknown server host", HOST },
	{ "unknown mysql server host", HOST },
	{ "refused", REACH },
	{ "can't connect", REACH },
	{ "could not connect", REACH },
	{ "couldn't connect", REACH },
	{ "timeout", REACH },
	{ "timed out", REACH },
	{ "unreachable", REACH },
	{ "no route", REACH },
	{ "ssl", TLS },
	{ "tls", TLS },
	{ "does not exist", "Create it first: docs/backends.md shows how" },
	{ "unknown database", "Create it first: docs/backends.md shows how" },
	{ "not a database", "Correct the path: that file is something else" },
	{ "", "See docs/backends.md" },
};

void gw_findings_clear(struct gw_findings *found)
{
	json_decref(found->items);
	found->items = NULL;
}

void gw_findings_add(struct gw_findings *found, enum gw_verdict verdict, const char *name,
	const char *format, ...)
{
	gw_auto_str message = { 0 };
	va_list args;
	va_start(args, format);
	gw_str_vprintf(&message, format, args);
	va_end(args);
	json_t *item = json_object();
	json_object_set_new(item, "name", json_string(name));
	json_object_set_new(item, "verdict", json_string(verdicts[verdict].name));
	json_object_set_new(item, "message",
		json_stringn_nocheck(gw_str_text(&message), message.len));
	if (!found->items)
		found->items = json_array();
	json_array_append_new(found->items, item);
	found->has_problem |= verdict == GW_PROBLEM;
}

void gw_findings_fail(struct gw_findings *found, const char *name, const struct gw_error *err)
{
	size_t i = 0;
	while (!strcasestr(err->message, remedies[i].part))
		i++;
	gw_findings_add(found, GW_PROBLEM, name, "%s", err->message);
	gw_findings_advise(found, remedies[i].remedy);
}

void gw_findings_advise(struct gw_findings *found, const char *remedy)
{
	json_t *last = json_array_get(found->items, json_array_size(found->items) - 1);
	json_object_set_new(last, "remedy", json_string(remedy));
}

static void print_finding(const json_t *item)
{
	const char *remedy = gw_member(item, "remedy");
	size_t i = 0;
	while (strcmp(verdicts[i].name, gw_member(item, "verdict")) != 0)
		i++;
	gw_print(stdout, verdicts[i].colour, "%s", verdicts[i].sign);
	gw_print(stdout, GW_PLAIN, " - %s: ", gw_member(item, "name"));
	gw_print_foreign(stdout, gw_slice_of(gw_member(item, "message")));
	gw_print(stdout, GW_PLAIN, *remedy ? "\n    %s\n" : "%s\n", remedy);
}

void gw_findings_print(const struct gw_findings *found, bool as_json)
{
	size_t i;
	json_t *item;
	if (as_json) {
		json_auto_t *doc = json_object();
		json_object_set_new(doc, "ok", json_boolean(!found->has_problem));
		json_object_set(doc, "findings", found->items);
		gw_show_json(doc);
		return;
	}
	json_array_foreach (found->items, i, item)
		print_finding(item);
}
