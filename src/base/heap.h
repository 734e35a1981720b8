/* What the allocator keeps of memory that was given back. */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

/*
 * For programs that answer or ask with hundreds of kilobytes again and again: so much is kept of what was freed, in each arena of the allocator, for the next time.
 * Left to itself it gives large pieces back to the system at once, and each page of the next one is fetched, and cleared, anew: half of what a server does.
 */
void heap_keep_much(void);

/* So many arenas for all threads: each has holes of its own. For programs with many threads that wait more than they allocate. */
void heap_share(int arenas);

#endif
