/*
 * 128 bits that stand for a property, or for a whole item: equal content gives equal fingerprints however
 * it is cut into chunks and in whatever order properties, recipients and attachments come.
 */
#ifndef MAPI_FINGERPRINT_H
#define MAPI_FINGERPRINT_H

#include "mapi/item.h"

struct fingerprint {
	uint64_t lo, hi;
};

static inline bool fingerprint_equal(struct fingerprint a, struct fingerprint b)
{
	return a.lo == b.lo && a.hi == b.hi;
}

/* A sum of fingerprints does not depend on their order. */
static inline void fingerprint_add(struct fingerprint *sum, struct fingerprint f)
{
	sum->lo += f.lo;
	sum->hi += f.hi;
}

/* The sum of an object's parts, made into the fingerprint of the object: `kind` keeps kinds apart. */
struct fingerprint fingerprint_seal(struct fingerprint sum, char kind);

#define FINGERPRINT_BLOCK 4096

struct fingerprinter {
	struct fingerprint state;
	uint64_t length;
	size_t n;
	uint8_t block[FINGERPRINT_BLOCK];
};

void fingerprinter_start(struct fingerprinter *f);
void fingerprinter_add(struct fingerprinter *f, struct bytes data);
struct fingerprint fingerprinter_end(struct fingerprinter *f);

/*
 * The fingerprint of one property as it compares: by name when it is a named one, strings as text.  A
 * large value comes in pieces between _begin and _end; any other is whole in `p`.
 */
struct prop_fingerprint {
	struct fingerprinter f;
	uint32_t tag;
	unsigned codepage;
	size_t nuls;     /* trailing NUL code units held back */
	struct buf held; /* the end of a piece of 8-bit text that may be half a letter */
};

void prop_fingerprint_begin(struct prop_fingerprint *pf, const struct prop *p,
			    const struct name_map *names, unsigned codepage);
void prop_fingerprint_chunk(struct prop_fingerprint *pf, struct bytes chunk);
struct fingerprint prop_fingerprint_end(struct prop_fingerprint *pf);
void prop_fingerprint_free(struct prop_fingerprint *pf);

/* The whole of a property that is not large. */
struct fingerprint prop_fingerprint(struct prop_fingerprint *work, const struct prop *p,
				    const struct name_map *names, unsigned codepage);

#endif
