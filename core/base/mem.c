/* mem.c - allocation that aborts instead of failing */
#include "base/mem.h"

#include <stdio.h>
#include <unistd.h>

static _Noreturn void out_of_memory(size_t size)
{
	char text[100];
	int n = snprintf(text, sizeof(text), "godwit: out of memory (%zu bytes wanted)\n", size);
	if (write(STDERR_FILENO, text, n) < 0)
		abort();
	abort();
}

void *gw_alloc(size_t size)
{
	void *p = malloc(size ? size : 1);
	if (!p)
		out_of_memory(size);
	return p;
}

void *gw_zalloc(size_t size)
{
	void *p = calloc(1, size ? size : 1);
	if (!p)
		out_of_memory(size);
	return p;
}

void *gw_realloc(void *p, size_t size)
{
	p = realloc(p, size ? size : 1);
	if (!p)
		out_of_memory(size);
	return p;
}

char *gw_strndup(const char *data, size_t len)
{
	char *copy = gw_alloc(len + 1);
	if (len)
		memcpy(copy, data, len);
	copy[len] = '\0';
	return copy;
}

char *gw_strdup(const char *text)
{
	return text ? gw_strndup(text, strlen(text)) : NULL;
}

char *gw_slice_dup(struct gw_slice s)
{
	return s.data ? gw_strndup(s.data, s.len) : NULL;
}

char *gw_sprintf(const char *format, ...)
{
	struct gw_str s = { 0 };
	va_list args;
	va_start(args, format);
	gw_str_vprintf(&s, format, args);
	va_end(args);
	return gw_str_steal(&s);
}

void *gw_grow_bytes(void *items, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return items;
	*cap = *cap ? *cap * 2 : 8;
	return gw_realloc(items, *cap * size);
}

void gw_free_p(void *p)
{
	void *memory;
	memcpy(&memory, p, sizeof(memory));
	free(memory);
}

/* ---- Arenas ---- */

#define CHUNK_SIZE ((size_t)64 << 10)

struct gw_arena_chunk {
	struct gw_arena_chunk *next;
	size_t size;
	_Alignas(16) char data[];
};

void *gw_arena_alloc(struct gw_arena *arena, size_t size)
{
	size = (size + 15) & ~(size_t)15;
	if (!arena->chunks || arena->used + size > arena->chunks->size) {
		size_t least = arena->chunk_size ? arena->chunk_size : CHUNK_SIZE;
		size_t room = size > least ? size : least;
		struct gw_arena_chunk *chunk = gw_alloc(sizeof(*chunk) + room);
		chunk->next = arena->chunks;
		chunk->size = room;
		arena->chunks = chunk;
		arena->used = 0;
	}
	void *p = arena->chunks->data + arena->used;
	arena->used += size;
	return p;
}

struct gw_slice gw_arena_copy(struct gw_arena *arena, struct gw_slice text)
{
	if (!text.data)
		return text;
	char *copy = gw_arena_alloc(arena, text.len + 1);
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	return gw_slice(copy, text.len);
}

static void free_chunks(struct gw_arena_chunk *chunk)
{
	while (chunk) {
		struct gw_arena_chunk *next = chunk->next;
		free(chunk);
		chunk = next;
	}
}

void gw_arena_reset(struct gw_arena *arena)
{
	struct gw_arena_chunk *last = arena->chunks;
	arena->used = 0;
	if (!last)
		return;
	free_chunks(last->next);
	last->next = NULL;
}

void gw_arena_clear(struct gw_arena *arena)
{
	free_chunks(arena->chunks);
	*arena = (struct gw_arena){ 0 };
}
