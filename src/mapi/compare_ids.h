/*
 * Inside mapi/compare: ids with which objects of a store point at each other.  The same object has another id in another
 * store, so only the kind of what it points to counts; that holds for ids of either store, because what points to
 * nothing is carried over as it is.
 */
#ifndef MAPI_COMPARE_IDS_H
#define MAPI_COMPARE_IDS_H

#include "mapi/fingerprint.h"

struct compare_ids {
	struct guid key[2];
	bool has_key[2];
};

/* Runs the source as far as its first event, for the key of its ids. */
void compare_ids_learn(struct compare_ids *ids, unsigned side, struct item_source *source);
/* Of a property that is not large. */
struct fingerprint compare_ids_fingerprint(const struct compare_ids *ids, struct prop_fingerprint *work, const struct prop *p,
					   const struct name_map *names, unsigned codepage);

#endif
