/*
 * What an .ost tells beyond a .pst: which of its items the server knew.  The format is not documented; the
 * facts come from files of Outlook 2010 to 2016.
 *
 * Folder property 0x6614 is a container ("F5FV", u32 3, nine pairs of u32 offset and length) with the state of the
 * last synchronisation: [2] and [3] are CNSETs of changes seen, [4] the IDSET of items the server has given
 * (IdsetGiven), [7] the CNSET of read states; sets are serialised with REPLGUIDs ([MS-OXCFXICS] 2.2.2.4).
 */
#ifndef PST_OST_H
#define PST_OST_H

#include "base/arena.h"
#include "base/guid.h"
#include "mapi/prop.h"

#define TAG_OST_SYNC_STATE 0x66140102u
#define TAG_OST_STORE_UID 0x66150048u
#define TAG_OST_MID 0x67F40014u /* of items: REPLID (little-endian), then the counter (big-endian) */

/* A range of GLOBCNT values, both ends included. */
struct id_range {
	uint64_t first, last;
};

struct id_set {
	struct guid replica;
	struct id_range *ranges;
	size_t n;
};

struct ost_sync {
	bool known;
	struct id_set *given; /* one per replica */
	size_t n_given;
};

/* Decodes a GLOBSET [MS-OXCFXICS] 2.2.2.6 after its REPLGUID; advances the reader. Memory from the arena. */
status id_set_decode(struct bytes data, struct arena *arena, struct id_set **sets, size_t *n, struct reason *why) MUST;
status ost_sync_decode(struct bytes blob, struct arena *arena, struct ost_sync *out, struct reason *why) MUST;
/* Were items with this counter of this replica given by the server? */
bool ost_sync_has(const struct ost_sync *s, const struct guid *replica, uint64_t counter);

#endif
