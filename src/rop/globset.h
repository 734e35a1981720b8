/*
 * Sets of GLOBCNTs: the 48-bit counters by which one replica numbers its objects and its changes
 * ([MS-OXCFXICS] 2.2.2.5), and their encoded form, the GLOBSET (2.2.2.6).
 *
 * A set is an owned array of ranges in rising order that neither overlap nor touch. Operations that
 * may need memory take the most ranges that there may be (ecTooBig beyond) and leave the set as it
 * was when they fail.
 */
#ifndef ROP_GLOBSET_H
#define ROP_GLOBSET_H

#include "base/buf.h"
#include "base/reader.h"

#define GLOBCNT_SIZE 6u
#define GLOBCNT_MAX  0xFFFFFFFFFFFFull

struct globcnt_range {
	uint64_t first, last; /* both belong to it; first <= last <= GLOBCNT_MAX */
};

struct globset {
	struct globcnt_range *v;
	size_t n, cap;
};

void globset_free(struct globset *s);
/* ecInvalidParam for a range that is none. */
status globset_add(struct globset *s, struct globcnt_range r, size_t max) MUST;
status globset_remove(struct globset *s, struct globcnt_range r, size_t max) MUST;
bool globset_contains(const struct globset *s, uint64_t id);
bool globset_equal(const struct globset *a, const struct globset *b);
uint64_t globset_count(const struct globset *s); /* ids, not ranges */

/* Into `out`, which is overwritten without being freed and is neither of the two. */
status globset_union(const struct globset *a, const struct globset *b, size_t max,
		     struct globset *out) MUST;
status globset_subtract(const struct globset *a, const struct globset *b, size_t max,
			struct globset *out) MUST;

/*
 * The commands of [MS-OXCFXICS] 3.1.5.4.3.1 with the End command. The same set always gives the
 * same bytes: common bytes are pushed, and bitmasks used, exactly where that is shorter.
 */
void globset_encode(const struct globset *s, struct buf *out);
/*
 * Reads up to and with the End command; what follows stays in `in`. Ranges may come in any order
 * and overlap. ecCorruptData: what [MS-OXCFXICS] 3.1.5.4.3.2 calls an error, in words with the
 * place in bytes from where `in` stood. `out` is overwritten without being freed, on success only.
 */
status globset_decode(struct reader *in, size_t max, struct globset *out, struct reason *why) MUST;

/* Fails the n-th allocation of this thread's sets from now on (0 = never), for tests. */
void globset_fail_after(unsigned n);
/* Room for n ranges in all; false without memory. For this room. */
bool globset_reserve(struct globset *s, size_t n);
/* realloc that the above can make fail. */
void *globset_realloc(void *p, size_t size);

#endif
