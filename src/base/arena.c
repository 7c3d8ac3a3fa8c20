/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A chunk with its header stays below a page; most requests need only one. */
#define CHUNK_DATA ((size_t)2048 - sizeof(struct arena_chunk))

struct arena_chunk {
	struct arena_chunk *next;
	size_t size, used; /* of data */
	alignas(max_align_t) unsigned char data[];
};

static void __attribute__((noreturn)) out_of_memory(size_t n)
{
	fprintf(stderr, "out of memory: %zu bytes could not be allocated\n", n);
	abort();
}

void
arena_init(struct arena *a)
{
	a->chunks = NULL;
	a->used = 0;
}

void
arena_clear(struct arena *a)
{
	struct arena_chunk *c, *next;

	for (c = a->chunks; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
	arena_init(a);
}

static struct arena_chunk *
chunk_new(size_t size)
{
	struct arena_chunk *c;

	if (size > SIZE_MAX - sizeof(*c) || (c = malloc(sizeof(*c) + size)) == NULL)
		out_of_memory(size);
	c->size = size;
	c->used = 0;
	return c;
}

/* What would fill most of a chunk gets one of its own behind the first, whose rest stays in use. */
static void *
alloc_apart(struct arena *a, size_t n)
{
	struct arena_chunk *c = chunk_new(n);

	c->used = n;
	if (a->chunks == NULL) {
		c->next = NULL;
		a->chunks = c;
	} else {
		c->next = a->chunks->next;
		a->chunks->next = c;
	}
	return c->data;
}

void *
arena_alloc_raw(struct arena *a, size_t n)
{
	const size_t mask = alignof(max_align_t) - 1;
	struct arena_chunk *c = a->chunks;
	void *p;

	if (n > SIZE_MAX - mask)
		out_of_memory(n);
	n = (n + mask) & ~mask;
	a->used += n;
	if (c == NULL || n > c->size - c->used) {
		if (n > CHUNK_DATA / 2)
			return alloc_apart(a, n);
		c = chunk_new(CHUNK_DATA);
		c->next = a->chunks;
		a->chunks = c;
	}
	p = c->data + c->used;
	c->used += n;
	return p;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	void *p = arena_alloc_raw(a, n);

	memset(p, 0, n);
	return p;
}

void *
arena_memdup(struct arena *a, const void *p, size_t n)
{
	void *copy = arena_alloc_raw(a, n);

	if (n != 0)
		memcpy(copy, p, n);
	return copy;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return arena_memdup(a, s, strlen(s) + 1);
}

char *
arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *copy;

	n = strnlen(s, n);
	copy = arena_alloc_raw(a, n + 1);
	memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list args;
	size_t size;
	char *s;
	int n;

	va_start(args, fmt);
	n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (n < 0)
		return arena_strdup(a, "");
	size = (size_t)n + 1;
	s = arena_alloc_raw(a, size);
	va_start(args, fmt);
	vsnprintf(s, size, fmt, args);
	va_end(args);
	return s;
}

void *
xcalloc(size_t n, size_t size)
{
	void *p = calloc(n != 0 ? n : 1, size != 0 ? size : 1);

	if (p == NULL)
		out_of_memory(size);
	return p;
}

void *
xrealloc(void *p, size_t n)
{
	p = realloc(p, n != 0 ? n : 1);
	if (p == NULL)
		out_of_memory(n);
	return p;
}

char *
xstrdup(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(xrealloc(NULL, n), s, n);
}
