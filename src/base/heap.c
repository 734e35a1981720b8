#include "base/heap.h"

#include <malloc.h>

#define MAPPED_LEAST (1 << 20) /* a piece that has pages of its own */
#define KEPT         (2 << 20)

void heap_keep_much(void)
{
	(void)mallopt(M_MMAP_THRESHOLD, MAPPED_LEAST);
	(void)mallopt(M_TRIM_THRESHOLD, KEPT);
	(void)mallopt(M_TOP_PAD, KEPT / 4);
}

void heap_share(int arenas)
{
	(void)mallopt(M_ARENA_MAX, arenas);
}
