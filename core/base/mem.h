/* mem.h - the public header, by the name that core uses */
#ifndef GW_BASE_MEM_H
#define GW_BASE_MEM_H

#include <godwit/mem.h>

/* Memory that is freed all at once. Zero-initialised it is empty. */
struct gw_arena {
	struct gw_arena_chunk *chunks; /* the current one first */
	size_t used; /* of the current one */
	size_t chunk_size; /* bytes of each; 0 = 64 KiB */
};

GW_EXPORT void *gw_arena_alloc(struct gw_arena *arena, size_t size); /* not zeroed */
GW_EXPORT struct gw_slice gw_arena_copy(struct gw_arena *arena, struct gw_slice text);
GW_EXPORT void gw_arena_reset(struct gw_arena *arena); /* keeps one chunk */
GW_EXPORT void gw_arena_clear(struct gw_arena *arena);

#endif
