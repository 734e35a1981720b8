/*
 * Memory with one owner.  A request, a message or a table has an arena with a budget; what is decoded
 * lives in it and goes with it.  Nothing is freed singly.  A hostile count fails at the budget:
 * arena_alloc returns NULL and the caller answers ecMemory (or ecTooBig).
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/bytes.h"
#include "base/status.h"

struct arena_chunk;

struct arena {
	struct arena_chunk *chunk; /* the newest; older ones hang behind it */
	uint8_t *at, *end;
	size_t used, budget; /* bytes given out, and the most there may be */
	size_t first;        /* bytes of its first chunk, of one that holds little for long; 0: 4096 */
};

/* A point to go back to: everything allocated after it is forgotten by arena_rewind. */
struct arena_mark {
	struct arena_chunk *chunk;
	uint8_t *at;
	size_t used;
};

void arena_init(struct arena *a, size_t budget);
void arena_free(struct arena *a);  /* gives all memory back; the arena may be used again */
void arena_reset(struct arena *a); /* forgets all, keeps one chunk for the next use */

void *arena_alloc(struct arena *a, size_t size);      /* aligned for any type, not cleared */
void *arena_zalloc(struct arena *a, size_t size);     /* cleared */
void *arena_array(struct arena *a, size_t n, size_t size); /* cleared; NULL on overflow of n * size */
void *arena_memdup(struct arena *a, const void *p, size_t n);
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *format, ...) PRINTF(2, 3);

struct arena_mark arena_mark(const struct arena *a);
void arena_rewind(struct arena *a, struct arena_mark mark);

/* Fails the n-th allocation from now on (0 = never), for tests of every failure path. */
void arena_fail_after(unsigned n);

#define ARENA_BUDGET(most) { .budget = (most) }

#define CLEANUP_ARENA __attribute__((cleanup(arena_free)))

#endif
