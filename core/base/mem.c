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
