/* Generations of the offline address book: all servers of a site number them alike, without gaps. */
#ifndef STORE_DIRECTORY_GENERATION_H
#define STORE_DIRECTORY_GENERATION_H

#include "store/directory.h"

/* Of so many it is known what they were. */
#define DIRECTORY_GENERATIONS 100u

/*
 * The number of the generation that has this hash, which is of what is in it and not of its number: the last one's when it is the last one,
 * else the next, from now on. The very first is `first`. It is no change of the directory.
 */
status directory_generation(struct directory *d, struct bytes hash, uint32_t first, uint32_t *out,
			    struct reason *why) MUST;

#endif
