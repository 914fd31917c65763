/* map.h - a hash table from text to pointer */
#ifndef GW_BASE_MAP_H
#define GW_BASE_MAP_H

#include <godwit/text.h>

struct gw_map_entry {
	char *key; /* owned, terminated; NULL = free slot */
	size_t len;
	uint64_t hash;
	void *value;
};

/* Zero-initialised it is empty. Not safe for concurrent use. */
struct gw_map {
	struct gw_map_entry *entries;
	size_t n;
	size_t cap; /* a power of two, or 0 */
};

GW_EXPORT void *gw_map_get(const struct gw_map *map, struct gw_slice key); /* NULL = absent */
GW_EXPORT void *gw_map_find(const struct gw_map *map, const char *key);
/* Returns the value that was there before, NULL if none. */
GW_EXPORT void *gw_map_put(struct gw_map *map, struct gw_slice key, void *value);
GW_EXPORT void *gw_map_remove(struct gw_map *map, struct gw_slice key); /* returns the value */
GW_EXPORT void gw_map_clear(struct gw_map *map, void (*free_value)(void *)); /* may be NULL */
/* Iteration in no particular order; the map must not change: for (e = NULL; (e = next(m, e));) */
GW_EXPORT struct gw_map_entry *gw_map_next(const struct gw_map *map, struct gw_map_entry *entry);

GW_EXPORT uint64_t gw_hash(const void *data, size_t len);

#endif
