/*
 * What is done to a cache as a file: made smaller, moved to another folder, taken away.  Each waits its turn like cache_open, and nobody else has the cache
 * meanwhile; ecBusy says who has it.
 *
 *     FOLDER/cache.db        the cache, or a link to where it was moved to: an absolute path
 *     FOLDER/cache.old       while it is moved: the path of the file that will go
 *     PLACE/cache.part       a copy that is not whole yet
 *     PLACE/cache.moving     whose copy is about to be there: FOLDER
 *
 * A copy is whole, checked and on the disk before it takes the place of what was; the one step by which it does is a rename.  Interrupted anywhere, FOLDER
 * has one whole cache, and whoever opens it next takes away what is left of the other one.
 */
#ifndef CLIENT_CACHE_CARE_H
#define CLIENT_CACHE_CARE_H

#include "base/arena.h"
#include "client/cache.h"

struct cache_care {
	const struct clock *clock;
	unsigned patience_ms;
	/* `stage` is a word or two; of the bytes of this stage. May be NULL. */
	void (*progress)(void *context, const char *stage, uint64_t done, uint64_t of);
	void *context;
};

struct cache_care_result {
	uint64_t before, after; /* bytes */
};

/* Room, in bytes, that cache_compact needs for its time, and what there is. */
struct cache_room {
	uint64_t size, needed, there;
};

status cache_compact_room(const char *folder, const struct cache_care *how, struct cache_room *out, struct reason *why) MUST;
/* Merges the index of words and writes the file anew without what is free in it. ecDiskError when there is no room, before anything begins. */
status cache_compact(const char *folder, const struct cache_care *how, struct cache_care_result *out, struct reason *why) MUST;
/*
 * To another folder, which is made when it is not there; `folder` itself brings it back.  ecDuplicateName: there is another cache there, or it is there
 * already; ecDiskError: no room, which is said before anything begins.
 */
status cache_move(const char *folder, const char *to, const struct cache_care *how, struct cache_care_result *out, struct reason *why) MUST;
/* All files of it, wherever they are. ecNone: there was none. */
status cache_remove(const char *folder, unsigned patience_ms, struct reason *why) MUST;

#endif
