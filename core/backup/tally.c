/* tally.c - counting records and adding up their hashes */
#include "backup/tally.h"

#include "base/json.h"
#include "base/mem.h"

#include <endian.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>

struct gw_tally *gw_tally_of(struct gw_tallies *tallies, struct gw_slice name)
{
	for (size_t i = 0; i < tallies->n; i++)
		if (gw_slice_is(name, tallies->items[i].name))
			return &tallies->items[i];
	struct gw_tally *tally = &tallies->items[tallies->n];
	if (tallies->n == GW_TALLIES_MAX || name.len >= sizeof(tally->name))
		return NULL;
	*tally = (struct gw_tally){ 0 };
	memcpy(tally->name, name.data, name.len);
	tallies->n++;
	return tally;
}

const struct gw_tally *gw_tally_find(const struct gw_tallies *tallies, const char *name)
{
	for (size_t i = 0; i < tallies->n; i++)
		if (strcmp(tallies->items[i].name, name) == 0)
			return &tallies->items[i];
	return NULL;
}

static void add_part(crypto_generichash_state *state, struct gw_slice part)
{
	unsigned char len[8];
	for (int i = 0; i < 8; i++)
		len[i] = (unsigned char)((uint64_t)part.len >> (8 * i));
	crypto_generichash_update(state, len, sizeof(len));
	crypto_generichash_update(state, (const unsigned char *)part.data, part.len);
}

void gw_tally_add(struct gw_tally *tally, struct gw_slice tenant, struct gw_slice key,
	struct gw_slice doc)
{
	crypto_generichash_state state;
	unsigned char hash[32];
	crypto_generichash_init(&state, NULL, 0, sizeof(hash));
	add_part(&state, tenant);
	add_part(&state, key);
	add_part(&state, doc);
	crypto_generichash_final(&state, hash, sizeof(hash));
	for (size_t i = 0; i < GW_LEN(tally->digest.lanes); i++) {
		uint64_t lane;
		memcpy(&lane, hash + i * sizeof(lane), sizeof(lane));
		tally->digest.lanes[i] += le64toh(lane);
	}
	tally->n++;
	tally->bytes += key.len + doc.len;
}

bool gw_tally_equal(const struct gw_tally *a, const struct gw_tally *b)
{
	return a->n == b->n && memcmp(&a->digest, &b->digest, sizeof(a->digest)) == 0;
}

/* ---- JSON ---- */

void gw_tallies_print(struct gw_str *out, const struct gw_tallies *tallies)
{
	gw_str_putc(out, '[');
	for (size_t i = 0; i < tallies->n; i++) {
		const struct gw_tally *t = &tallies->items[i];
		gw_str_puts(out, i ? ",{" : "{");
		gw_json_text(out, "kind", gw_slice_of(t->name));
		gw_json_int(out, "records", (int64_t)t->n);
		gw_json_int(out, "bytes", (int64_t)t->bytes);
		gw_json_key(out, "digest");
		gw_str_printf(out, "\"%016" PRIx64 "%016" PRIx64 "%016" PRIx64 "%016" PRIx64 "\"}",
			t->digest.lanes[0], t->digest.lanes[1], t->digest.lanes[2],
			t->digest.lanes[3]);
	}
	gw_str_putc(out, ']');
}

static bool read_tally(const json_t *item, struct gw_tallies *out)
{
	const char *name = json_string_value(json_object_get(item, "kind"));
	const char *digest = json_string_value(json_object_get(item, "digest"));
	struct gw_tally *t = name ? gw_tally_of(out, gw_slice_of(name)) : NULL;
	if (!t || !digest)
		return false;
	t->n = (uint64_t)json_integer_value(json_object_get(item, "records"));
	t->bytes = (uint64_t)json_integer_value(json_object_get(item, "bytes"));
	uint64_t *lanes = t->digest.lanes;
	return sscanf(digest, "%16" SCNx64 "%16" SCNx64 "%16" SCNx64 "%16" SCNx64, &lanes[0],
		       &lanes[1], &lanes[2], &lanes[3]) == 4;
}

bool gw_tallies_read(const json_t *list, struct gw_tallies *out)
{
	size_t i;
	json_t *item;
	*out = (struct gw_tallies){ 0 };
	json_array_foreach (list, i, item)
		if (!read_tally(item, out))
			return false;
	return json_is_array(list);
}
