/* mem.h - memory that cannot run out (the program aborts with a message), freed by scope */
#ifndef GODWIT_MEM_H
#define GODWIT_MEM_H

#include <godwit/text.h>

#include <stdlib.h>

GW_EXPORT void *gw_alloc(size_t size);
GW_EXPORT void *gw_zalloc(size_t size);
GW_EXPORT void *gw_realloc(void *p, size_t size);
GW_EXPORT char *gw_strdup(const char *text); /* NULL stays NULL */
GW_EXPORT char *gw_strndup(const char *data, size_t len);
GW_EXPORT char *gw_slice_dup(struct gw_slice s); /* data NULL stays NULL */
GW_EXPORT char *gw_sprintf(const char *format, ...) GW_PRINTF(1, 2);

#define gw_new(type) ((type *)gw_zalloc(sizeof(type)))
#define gw_new_array(type, n) ((type *)gw_zalloc((size_t)(n) * sizeof(type)))

/* Makes room for one more item: items = gw_grow(items, n, &cap). Capacity doubles. */
#define gw_grow(items, n, cap) ((__typeof__(items))gw_grow_bytes(items, n, cap, sizeof(*(items))))
GW_EXPORT void *gw_grow_bytes(void *items, size_t n, size_t *cap, size_t size);

GW_EXPORT void gw_free_p(void *p); /* for gw_auto_free */
#define gw_auto_free __attribute__((cleanup(gw_free_p)))

/* Hands over: returns what p points to and sets it NULL. */
#define gw_steal(p)                              \
	__extension__({                          \
		__typeof__(*(p)) stolen_ = *(p); \
		*(p) = NULL;                     \
		stolen_;                         \
	})

#define GW_LEN(array) (sizeof(array) / sizeof((array)[0]))

#endif
