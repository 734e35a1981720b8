/*
 * Entry ids that point from one object of a store to another: a special folder, the folder for sent mail, a member of a
 * distribution list.  They carry the key of their store, so they are found by it wherever they stand:
 *
 *   alone                     PidTagIpmDraftsEntryId, PidTagSentMailEntryId, PidTagWlinkEntryId, an element of a list
 *   wrapped                   PidLidDistributionListMembers   [MS-OXOCNTC] 2.2.2.4.1
 *   in blocks                 PidTagAdditionalRenEntryIdsEx   [MS-OXOSFLD] 2.2.4
 *   in a FlatEntryList        scopes of searches              [MS-OXCDATA] 2.3.3
 *
 * When an object moves to another store they must be written anew; when two stores are compared they count as the same.
 */
#ifndef MAPI_OWN_IDS_H
#define MAPI_OWN_IDS_H

#include "mapi/fingerprint.h"

/* Values longer than this are not searched (elements of a list each by itself). */
#define OWN_IDS_VALUE_MAX ((size_t)16 << 10)

/*
 * Told every id of the store; `id` is whole.  Appends what stands for it elsewhere and returns true, or returns false
 * and it stays.
 */
typedef bool own_id_writer(void *context, struct bytes id, struct buf *out);

/* The key of a store: its PidTagRecordKey; false when it has none. */
bool own_ids_key(const struct bag *store, struct guid *key);
/* Might there be one? Quick, and right when it says no. */
bool own_ids_maybe(const struct prop *p, const struct guid *key);
/*
 * The property with its ids written anew, in `arena`; *n is how many were. The same property when none was, also when the
 * value has another form than those above.
 */
status own_ids_rewrite(const struct prop *p, const struct guid *key, own_id_writer *writer, void *context,
		       struct arena *arena, struct prop *out, unsigned *n) MUST;

/*
 * The fingerprint of a property that is not large, in which of its ids only the kind counts of what they point to: the
 * same object has another id in another store.
 */
struct fingerprint own_ids_fingerprint(const struct guid *const *keys, size_t n_keys, struct prop_fingerprint *work,
				       const struct prop *p, const struct name_map *names, unsigned codepage);

#endif
