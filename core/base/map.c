/* map.c - open addressing with linear probing; removal shifts the cluster back */
#include "base/map.h"

#include "base/mem.h"

uint64_t gw_hash(const void *data, size_t len)
{
	const unsigned char *p = data;
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ len;
	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * UINT64_C(0x100000001b3);
	h ^= h >> 32;
	h *= UINT64_C(0xd6e8feb86659fd93);
	return h ^ h >> 32;
}

/* The slot that holds the key, or the free one where it belongs. */
static struct gw_map_entry *slot_of(const struct gw_map *map, struct gw_slice key, uint64_t hash)
{
	size_t i = hash & (map->cap - 1);
	for (;; i = (i + 1) & (map->cap - 1)) {
		struct gw_map_entry *e = &map->entries[i];
		if (!e->key)
			return e;
		if (e->hash == hash && e->len == key.len && memcmp(e->key, key.data, key.len) == 0)
			return e;
	}
}

void *gw_map_get(const struct gw_map *map, struct gw_slice key)
{
	if (map->n == 0)
		return NULL;
	return slot_of(map, key, gw_hash(key.data, key.len))->value;
}

void *gw_map_find(const struct gw_map *map, const char *key)
{
	return gw_map_get(map, gw_slice_of(key));
}

static void enlarge(struct gw_map *map)
{
	struct gw_map bigger = { .cap = map->cap ? map->cap * 2 : 16, .n = map->n };
	bigger.entries = gw_new_array(struct gw_map_entry, bigger.cap);
	for (size_t i = 0; i < map->cap; i++) {
		struct gw_map_entry *e = &map->entries[i];
		if (e->key)
			*slot_of(&bigger, gw_slice(e->key, e->len), e->hash) = *e;
	}
	free(map->entries);
	*map = bigger;
}

void *gw_map_put(struct gw_map *map, struct gw_slice key, void *value)
{
	if ((map->n + 1) * 4 > map->cap * 3)
		enlarge(map);
	uint64_t hash = gw_hash(key.data, key.len);
	struct gw_map_entry *e = slot_of(map, key, hash);
	void *old = e->value;
	if (!e->key) {
		*e = (struct gw_map_entry){ gw_strndup(key.data, key.len), key.len, hash, NULL };
		map->n++;
	}
	e->value = value;
	return old;
}

void *gw_map_remove(struct gw_map *map, struct gw_slice key)
{
	if (map->n == 0)
		return NULL;
	struct gw_map_entry *e = slot_of(map, key, gw_hash(key.data, key.len));
	if (!e->key)
		return NULL;
	void *value = e->value;
	free(e->key);
	map->n--;
	size_t mask = map->cap - 1, hole = (size_t)(e - map->entries);
	for (size_t i = (hole + 1) & mask; map->entries[i].key; i = (i + 1) & mask) {
		size_t home = map->entries[i].hash & mask;
		if (((i - home) & mask) >= ((i - hole) & mask)) {
			map->entries[hole] = map->entries[i];
			hole = i;
		}
	}
	map->entries[hole] = (struct gw_map_entry){ 0 };
	return value;
}

struct gw_map_entry *gw_map_next(const struct gw_map *map, struct gw_map_entry *entry)
{
	size_t i = entry ? (size_t)(entry - map->entries) + 1 : 0;
	for (; i < map->cap; i++)
		if (map->entries[i].key)
			return &map->entries[i];
	return NULL;
}

void gw_map_clear(struct gw_map *map, void (*free_value)(void *))
{
	for (struct gw_map_entry *e = NULL; (e = gw_map_next(map, e));) {
		free(e->key);
		if (free_value)
			free_value(e->value);
	}
	free(map->entries);
	*map = (struct gw_map){ 0 };
}
