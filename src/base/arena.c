#include "base/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

#define CHUNK_MIN ((size_t)4096)
#define CHUNK_MAX ((size_t)1 << 18)
/* What is gathered again and again finds its room again, up to so much. */
#define KEPT_MOST ((size_t)1 << 16)
#define ALIGN alignof(max_align_t)

struct arena_chunk {
	struct arena_chunk *older;
	size_t size;
	alignas(ALIGN) uint8_t data[];
};

static _Thread_local unsigned fail_countdown;

void arena_fail_after(unsigned n)
{
	fail_countdown = n;
}

void arena_init(struct arena *a, size_t budget)
{
	*a = (struct arena){ .budget = budget };
}

static void use_chunk(struct arena *a, struct arena_chunk *c)
{
	a->chunk = c;
	a->at = c ? c->data : NULL;
	a->end = c ? c->data + c->size : NULL;
}

void arena_free(struct arena *a)
{
	for (struct arena_chunk *c = a->chunk, *older; c; c = older) {
		older = c->older;
		free(c);
	}
	use_chunk(a, NULL);
	a->used = 0;
}

void arena_reset(struct arena *a)
{
	struct arena_chunk *c = a->chunk, *kept = NULL;

	while (c) {
		struct arena_chunk *older = c->older;

		/* Newer ones are larger; of those that are too large the last is the first that there was. */
		if (!kept && (c->size <= KEPT_MOST || !older))
			kept = c;
		else
			free(c);
		c = older;
	}
	if (kept)
		kept->older = NULL;
	use_chunk(a, kept);
	a->used = 0;
}

static bool add_chunk(struct arena *a, size_t size)
{
	size_t want = a->chunk ? a->chunk->size * 2 : a->first ? a->first : CHUNK_MIN;

	if (want > CHUNK_MAX)
		want = CHUNK_MAX;
	if (want < size)
		want = size;
	struct arena_chunk *c = malloc(sizeof *c + want);
	if (!c)
		return false;
	c->older = a->chunk;
	c->size = want;
	use_chunk(a, c);
	return true;
}

void *arena_alloc(struct arena *a, size_t size)
{
	if (fail_countdown && --fail_countdown == 0)
		return NULL;
	if (size > a->budget - a->used)
		return NULL;
	/* No bytes are a place too: NULL always means that there is no memory. */
	size_t rounded = ((size ? size : 1) + ALIGN - 1) & ~(ALIGN - 1);
	if (rounded < size)
		return NULL;
	if (rounded > (size_t)(a->end - a->at) && !add_chunk(a, rounded))
		return NULL;
	void *p = a->at;
	a->at += rounded;
	a->used += size;
	return p;
}

void *arena_zalloc(struct arena *a, size_t size)
{
	void *p = arena_alloc(a, size);

	if (p)
		memset(p, 0, size);
	return p;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total))
		return NULL;
	return arena_zalloc(a, total);
}

void *arena_memdup(struct arena *a, const void *p, size_t n)
{
	void *copy = arena_alloc(a, n);

	if (copy && n)
		memcpy(copy, p, n);
	return copy;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *copy = arena_alloc(a, n + 1);

	if (copy) {
		memcpy(copy, s, n);
		copy[n] = '\0';
	}
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	int n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	char *s = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);
	if (s) {
		va_start(args, format);
		(void)vsnprintf(s, (size_t)n + 1, format, args);
		va_end(args);
	}
	return s;
}

struct arena_mark arena_mark(const struct arena *a)
{
	return (struct arena_mark){ a->chunk, a->at, a->used };
}

void arena_rewind(struct arena *a, struct arena_mark mark)
{
	while (a->chunk != mark.chunk) {
		struct arena_chunk *older = a->chunk->older;

		free(a->chunk);
		a->chunk = older;
	}
	use_chunk(a, a->chunk);
	a->at = mark.at;
	a->used = mark.used;
}
