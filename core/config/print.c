/* print.c - the effective configuration as a file that can be read back, and the manual's page */
#include "config/config.h"

#include "base/json.h"
#include "base/mem.h"
#include "config/keys.h"

static bool sounds_secret(const char *name)
{
	static const char *const words[] = { "password", "secret", "token", "key", "credential" };
	for (size_t i = 0; i < GW_LEN(words); i++)
		if (strcasestr(name, words[i]))
			return true;
	return false;
}

/* Lists and maps may hold what is secret to others: their members are judged by name. */
static void hide_members(json_t *value)
{
	size_t i;
	const char *name;
	json_t *member;
	json_array_foreach (value, i, member)
		hide_members(member);
	json_object_foreach (value, name, member) {
		if (json_is_object(member) || json_is_array(member))
			hide_members(member);
		else if (sounds_secret(name))
			json_object_set_new(value, name, json_string("***"));
	}
}

static void print_value(struct gw_str *out, const struct gw_key_info *info, const json_t *value)
{
	json_auto_t *shown = json_deep_copy(value);
	if (info->flags & GW_KEY_SECRET) {
		json_decref(shown);
		shown = json_string("***");
	}
	hide_members(shown);
	gw_json_print(out, shown);
}

static void print_key(struct gw_str *out, const struct gw_config *config,
	const struct gw_key_info *info, const char *key)
{
	const json_t *value = gw_config_section(config, key);
	if (!value || !gw_config_place(config, key) || info->flags & GW_KEY_HIDDEN)
		return;
	size_t start = out->len;
	gw_str_printf(out, "  %s: ", key);
	print_value(out, info, value);
	int width = 60 - (int)(out->len - start);
	gw_str_printf(out, "%*s # %s\n", width > 0 ? width : 0, "", gw_config_place(config, key));
}

void gw_config_print(struct gw_str *out, const struct gw_config *config)
{
	gw_str_puts(out, "godwit:\n");
	for (const struct gw_key_info *info = gw_key_infos; info->key; info++)
		print_key(out, config, info, info->key);
	const char *type = gw_config_text(config, "repository.type");
	gw_auto_free char *section = gw_sprintf("repository.%s", type);
	const struct gw_key_info *info = gw_key_find(gw_slice_of(section));
	if (info)
		print_key(out, config, info, section);
}

/* ---- The manual ---- */

static const char page_head[] =
	"# Configuration\n\n"
	"`godwit server local` needs none. Everything else is told in a file (`--config FILE`), in "
	"the environment, or by options of the command line; what comes later in this sentence "
	"wins. `godwit config show` prints what is in force and where each value comes from, "
	"`godwit config check` reads a file and says what is wrong with it.\n\n"
	"```yaml\n"
	"godwit:\n"
	"  server:\n"
	"    port: 8080\n"
	"  repository:\n"
	"    type: postgres\n"
	"    postgres:\n"
	"      url: postgresql://localhost/godwit\n"
	"      username: godwit\n"
	"      password: ${DATABASE_PASSWORD}\n"
	"  storage:\n"
	"    local:\n"
	"      base-path: /var/lib/godwit/storage\n"
	"```\n\n"
	"- `${NAME}` and `${NAME:default}` are replaced by variables of the environment.\n"
	"- `basePath` is the same as `base-path`, and `storage.local.base-path:` in one line the "
	"same as three nested maps.\n"
	"- A variable of the environment sets a key: in capitals, `_` in place of dots and "
	"dashes: `GODWIT_STORAGE_LOCAL_BASE_PATH`. Lists and maps are written as YAML: "
	"`GODWIT_VARIABLES_GLOBALS='{team: data}'`.\n"
	"- `GODWIT_CONFIGURATION` holds a whole file.\n"
	"- Durations are written `30s`, `5m`, `1h`, `7d` or `PT30S`, sizes `512KB`, `10MB`, "
	"`1GB`.\n"
	"- An unknown key under `godwit:` is an error that names the nearest one.\n\n"
	"A configuration of Kestra is understood: `kestra:` in place of `godwit:`, the names in "
	"the "
	"second column, `KESTRA_CONFIGURATION`, and the variables made from these names. Keys of "
	"Kestra that have no counterpart are reported and left out.\n";

static void print_cell(struct gw_str *out, const char *text)
{
	gw_str_puts(out, " |");
	if (*text)
		gw_str_printf(out, " %s", text);
}

static void print_code(struct gw_str *out, const char *text)
{
	gw_auto_free char *code = text ? gw_sprintf("`%s`", text) : gw_strdup("");
	print_cell(out, code);
}

static void print_row(struct gw_str *out, const struct gw_key_info *info)
{
	gw_str_printf(out, "| `%s`", info->key);
	print_code(out, info->aliases);
	print_code(out, info->type);
	print_code(out, info->fallback);
	print_cell(out, info->summary);
	gw_str_puts(out, " |\n");
}

static bool same_section(const char *a, const char *b)
{
	size_t n = strcspn(a, ".") + 1;
	return strncmp(a, b, n) == 0;
}

void gw_config_reference(struct gw_str *out)
{
	const char *before = ".";
	gw_str_puts(out, page_head);
	for (const struct gw_key_info *info = gw_key_infos; info->key; info++) {
		if (info->flags & GW_KEY_HIDDEN)
			continue;
		if (!same_section(before, info->key))
			gw_str_printf(out,
				"\n## %.*s\n\n| Key | In Kestra | Type | Default | |\n"
				"|---|---|---|---|---|\n",
				(int)strcspn(info->key, "."), info->key);
		print_row(out, info);
		before = info->key;
	}
}
