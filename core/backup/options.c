/* options.c - reading the options of jobs: what is not known is an error */
#include "backup/options.h"
#include "backup/place.h"

#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"

#include <strings.h>

static const char *const create_names[] = { "type", "tenant", "includeData", "includeFiles",
	"resources", "namespace", "flow", "since", "until", "maxRate", "encryptionKey",
	"encryption", "incrementalFrom", NULL };
static const char *const restore_names[] = { "uri", "toTenant", "createTenant", "resources",
	"namespace", "flow", "onConflict", "triggers", "running", "dryRun", "encryptionKey", NULL };

static const char *const conflicts[] = { "overwrite", "skip", "fail", "newer", NULL };
static const char *const triggers[] = { "keep", "pause", "recover", NULL };
static const char *const runnings[] = { "killed", "resume", NULL };

static bool check_names(json_t *options, const char *const *names, struct gw_error *err)
{
	const char *name;
	json_t *value;
	json_object_foreach (options, name, value) {
		size_t i = 0;
		while (names[i] && strcmp(names[i], name) != 0)
			i++;
		if (!names[i])
			return gw_fail(err, GW_BAD_REQUEST, "there is no option '%s'", name);
	}
	return json_is_object(options) ||
	       gw_fail(err, GW_BAD_REQUEST, "the options must be an object");
}

static bool read_choice(json_t *options, const char *name, const char *const *choices, int *out,
	struct gw_error *err)
{
	const char *text = gw_json_string(options, name);
	*out = 0;
	if (!json_object_get(options, name))
		return true;
	for (int i = 0; text && choices[i]; i++) {
		if (strcmp(choices[i], text) == 0) {
			*out = i;
			return true;
		}
	}
	return gw_fail(err, GW_BAD_REQUEST, "%s: there is no '%s'", name, text ? text : "");
}

static bool read_date(json_t *options, const char *name, gw_time *out, struct gw_error *err)
{
	const char *text = gw_json_string(options, name);
	*out = GW_NEVER;
	if (!text || gw_time_parse(gw_slice_of(text), gw_zone_utc(), out, err))
		return true;
	err->code = GW_BAD_REQUEST;
	return gw_explain(err, "%s", name);
}

static bool read_selection(json_t *options, struct gw_selection *out, struct gw_error *err)
{
	size_t i;
	json_t *item, *list = json_object_get(options, "resources");
	*out = (struct gw_selection){ .namespace = gw_json_string(options, "namespace"),
		.flow = gw_json_string(options, "flow") };
	if (list && !json_is_array(list))
		return gw_fail(err, GW_BAD_REQUEST, "resources: must be a list");
	json_array_foreach (list, i, item) {
		const char *name = json_string_value(item);
		if (!gw_contents_parse(name ? name : "?", &out->resources, err))
			return false;
	}
	return read_date(options, "since", &out->since, err) &&
	       read_date(options, "until", &out->until, err);
}

static bool read_type(json_t *options, struct gw_backup_request *out, struct gw_error *err)
{
	const char *type = gw_json_string(options, "type");
	const char *tenant = gw_json_string(options, "tenant");
	if (type && strcasecmp(type, "TENANT") == 0)
		out->tenant = tenant ? tenant : "main";
	else if (!type || strcasecmp(type, "FULL") != 0)
		return gw_fail(err, GW_BAD_REQUEST, "type: must be FULL or TENANT");
	return out->tenant || !tenant ||
	       gw_fail(err, GW_BAD_REQUEST, "tenant: is for TENANT backups");
}

bool gw_create_options(json_t *options, const char *key, struct gw_backup_request *out,
	struct gw_error *err)
{
	const json_t *rate = json_object_get(options, "maxRate");
	const char *own = gw_json_string(options, "encryptionKey");
	bool plain = json_is_false(json_object_get(options, "encryption"));
	*out = (struct gw_backup_request){ .data = gw_json_true(options, "includeData"),
		.files = gw_json_true(options, "includeFiles"),
		.base = gw_json_string(options, "incrementalFrom"),
		.max_rate = json_integer_value(rate),
		.key = plain ? NULL
		       : own ? own
			     : key };
	if (!check_names(options, create_names, err) || !read_type(options, out, err) ||
		!read_selection(options, &out->selection, err))
		return false;
	if (rate && out->max_rate <= 0)
		return gw_fail(err, GW_BAD_REQUEST, "maxRate: must be a number of bytes");
	return plain || out->key ||
	       gw_fail(err, GW_BAD_REQUEST,
		       "there is no key to encrypt the backup with: set encryption.secret-key, "
		       "give encryptionKey, or encryption: false");
}

const char *gw_uri_option(json_t *options, struct gw_error *err)
{
	const char *uri = gw_json_string(options, "uri");
	if (uri && gw_backup_path(uri))
		return uri;
	gw_fail(err, GW_BAD_REQUEST, "uri: must be a backup under " GW_BACKUPS_URI "/");
	return NULL;
}

bool gw_restore_options(json_t *options, const char *key, struct gw_restore_request *out,
	struct gw_error *err)
{
	int conflict, trigger, running;
	const char *own = gw_json_string(options, "encryptionKey");
	*out = (struct gw_restore_request){ .key = own ? own : key,
		.to_tenant = gw_json_string(options, "toTenant"),
		.create_tenant = gw_json_true(options, "createTenant"),
		.dry_run = gw_json_true(options, "dryRun") };
	if (!check_names(options, restore_names, err) || !gw_uri_option(options, err) ||
		!read_selection(options, &out->selection, err) ||
		!read_choice(options, "onConflict", conflicts, &conflict, err) ||
		!read_choice(options, "triggers", triggers, &trigger, err) ||
		!read_choice(options, "running", runnings, &running, err))
		return false;
	out->on_conflict = (enum gw_on_conflict)conflict;
	out->triggers = (enum gw_restore_triggers)trigger;
	out->running = (enum gw_restore_running)running;
	return true;
}
