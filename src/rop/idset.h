/*
 * Sets of ids of several replicas ([MS-OXCFXICS] 2.2.2.4 IDSET): which objects a client has been
 * given, which changes it has seen. For each replica a set of GLOBCNTs (rop/globset.h).
 *
 * A replica is named by its REPLGUID, or, in what is said within one session only, by its REPLID;
 * nothing in the bytes says which. In memory a REPLID stands in a GUID (idset_replid), so that one
 * kind of set serves both.
 *
 * The memory is the set's own and is bounded by the most ranges it may have. Operations that fail
 * leave the set as it was.
 */
#ifndef ROP_IDSET_H
#define ROP_IDSET_H

#include "base/guid.h"
#include "rop/globset.h"

#define IDSET_REPLICAS_MAX 4096u
#define IDSET_RANGES_MAX   ((size_t)1 << 20) /* enough for a folder; 16 MiB */

enum idset_form {
	IDSET_REPLGUID, /* of state that is kept: [MS-OXCFXICS] 2.2.2.4.2 */
	IDSET_REPLID,   /* of one session: 2.2.2.4.1 */
};

struct idset_replica {
	struct guid key;
	struct globset ids; /* never empty */
};

struct idset {
	struct idset_replica *v; /* by rising key */
	size_t n, cap;
	size_t ranges, max; /* of all replicas; the most there may be */
};

void idset_init(struct idset *s, size_t max_ranges);
void idset_free(struct idset *s); /* empty afterwards, to be used again */

struct guid idset_replid(uint16_t replid);
/* False for a GUID that is no REPLID's. */
bool idset_replid_of(const struct guid *key, uint16_t *replid);

/* All ids from `first` to `last`. ecTooBig beyond the most ranges or replicas. */
status idset_add(struct idset *s, const struct guid *replica, uint64_t first, uint64_t last) MUST;
/* May need one range more: a hole in a range makes two. */
status idset_remove(struct idset *s, const struct guid *replica, uint64_t first,
		    uint64_t last) MUST;
bool idset_contains(const struct idset *s, const struct guid *replica, uint64_t id);
/* The ids of one replica, valid until the set changes; NULL when there are none. */
const struct globset *idset_find(const struct idset *s, const struct guid *replica);
status idset_union(struct idset *s, const struct idset *other) MUST;
status idset_subtract(struct idset *s, const struct idset *other) MUST;
bool idset_equal(const struct idset *a, const struct idset *b);
uint64_t idset_count(const struct idset *s); /* ids, not ranges */

static inline bool idset_is_empty(const struct idset *s)
{
	return !s->n;
}

struct idset_at {
	size_t replica, range;
};

/* Steps through all ranges, replicas by rising key: start with zeros; false at the end. */
bool idset_next(const struct idset *s, struct idset_at *at, struct guid *replica,
		struct globcnt_range *r);

/*
 * The same ids under the keys that `map` gives; two keys may become one. Any error `map` returns
 * comes back. `out` must be initialised and not be `s`.
 */
status idset_rename(const struct idset *s,
		    status (*map)(void *context, const struct guid *from, struct guid *to),
		    void *context, struct idset *out) MUST;

/* An empty set is no bytes. ecInvalidParam: IDSET_REPLID and a key that is none; then nothing is appended. */
status idset_encode(const struct idset *s, enum idset_form form, struct buf *out) MUST;
/*
 * All of the bytes. The replicas may come in any order, each once. `out` must be initialised; what
 * was in it is replaced on success only.
 */
status idset_decode(struct bytes data, enum idset_form form, struct idset *out,
		    struct reason *why) MUST;

#define CLEANUP_IDSET __attribute__((cleanup(idset_free)))

#endif
