/*
 * ICS state ([MS-OXCFXICS] 2.2.1.1): what a client has of a folder, in four sets of ids.  The server makes it at the end
 * of a synchronisation, the client keeps it and brings it along next time; nothing of it is kept by the server.
 *
 *   MetaTagIdsetGiven      the messages (or folders) it was given and has not been told to delete
 *   MetaTagCnsetSeen       the changes of messages (or folders) it has
 *   MetaTagCnsetSeenFAI    the changes of associated messages
 *   MetaTagCnsetRead       the changes of read states
 *
 * A hierarchy has the first two only.  In bytes a state is IncrSyncStateBegin, the properties, IncrSyncStateEnd
 * (2.2.4.2), with replicas by their REPLGUID.
 */
#ifndef ROP_SYNC_STATE_H
#define ROP_SYNC_STATE_H

#include "rop/idset.h"

struct sync_state {
	struct idset given, seen, seen_associated, read;
};

/* The most ranges each of the sets may have. */
void sync_state_init(struct sync_state *s, size_t max_ranges);
void sync_state_free(struct sync_state *s); /* empty afterwards, to be used again */
bool sync_state_equal(const struct sync_state *a, const struct sync_state *b);
/* `to` must be initialised; it is as it was after a failure. */
status sync_state_copy(const struct sync_state *from, struct sync_state *to) MUST;

/* The set that is this property, as RopSynchronizationUploadStateStreamBegin names it; NULL when it is none. */
struct idset *sync_state_find(struct sync_state *s, uint32_t tag);
/* Its value from bytes, of PtypBinary; ecInvalidParam: no property of a state. */
status sync_state_set(struct sync_state *s, uint32_t tag, struct bytes value, struct reason *why) MUST;

/* Appends. `hierarchy`: the first two only. */
status sync_state_encode(const struct sync_state *s, bool hierarchy, struct buf *out) MUST;
/*
 * All of the bytes; the properties in any order, each once at most, one that is missing is an empty set.  `out` must be
 * initialised; what was in it is replaced on success only.
 */
status sync_state_decode(struct bytes data, struct sync_state *out, struct reason *why) MUST;

#define CLEANUP_SYNC_STATE __attribute__((cleanup(sync_state_free)))

/* For declarations. */
#define SYNC_STATE_MAX(most)                                                \
	{                                                                   \
		.given = { .max = (most) }, .seen = { .max = (most) },      \
		.seen_associated = { .max = (most) }, .read = { .max = (most) } \
	}

#endif
