/*
 * A hash map keyed by bytes, or by a 64-bit number, to a 64-bit value.  Names and headers are chosen by
 * peers, so byte keys are hashed with SipHash-2-4 under a random key: nobody outside can make them collide.
 * Keys are copied.  Memory is bounded by `max` entries.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/bytes.h"
#include "base/status.h"

struct map_slot;

struct map {
	struct map_slot *slots;
	size_t n, cap, max;
	uint64_t key[2];
};

void map_init(struct map *m, size_t max);
void map_free(struct map *m);
/* Adds, or changes the value that is there. ecTooBig beyond the maximum, ecMemory without memory. */
status map_put(struct map *m, struct bytes key, uint64_t value) MUST;
status map_put_u64(struct map *m, uint64_t key, uint64_t value) MUST;
/* Where the value stands, to read or change, valid until the next put; NULL when there is none. */
uint64_t *map_get(const struct map *m, struct bytes key);
uint64_t *map_get_u64(const struct map *m, uint64_t key);
/* Steps through all entries in no order: start with *at = 0; false at the end. */
bool map_next(const struct map *m, size_t *at, struct bytes *key, uint64_t *value);

uint64_t siphash24(const uint64_t key[2], struct bytes data);
/* The same under two keys in one pass, which a processor does in little more than the time of one. */
void siphash24_pair(const uint64_t first[2], const uint64_t second[2], struct bytes data, uint64_t out[2]);

#define CLEANUP_MAP __attribute__((cleanup(map_free)))

#endif
