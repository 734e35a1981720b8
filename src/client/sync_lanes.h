/*
 * The contents of one large folder over several sessions side by side, as one stream: where the way to the server is long, one session waits most of the time for
 * the next 256 KiB.  Each lane is a thread with a session of its own that fetches parts of the folder (client/sync_slices.h); what came is read by the
 * caller, message by message, from whichever lane has one.
 *
 * Only messages are given: what is gone, read states and the new state are asked for afterwards, in one session, by which also comes whatever a lane failed to
 * bring.
 */
#ifndef CLIENT_SYNC_LANES_H
#define CLIENT_SYNC_LANES_H

#include "client/sync_slices.h"
#include "rop/fasttransfer.h"

/* Servers let one person have some tens of sessions. */
#define SYNC_LANES_MOST 18u

struct sync_lanes;

struct sync_lanes_ask {
	uint64_t folder;          /* a GLOBCNT */
	struct bytes restriction; /* empty: everything */
	const struct sync_slices *slices;
	unsigned lanes; /* at most SYNC_LANES_MOST */
};

/* The remote is only looked at; it and what `ask` points to stand until the end. */
status sync_lanes_begin(const struct remote *r, const struct sync_lanes_ask *ask,
			struct sync_lanes **out, struct reason *why) MUST;
/*
 * The next element: an FT_INCR_SYNC_CHG begins a message, FT_MORE is the end.  ecServerBusy: nothing came for a second; call again.  What else fails is what a
 * lane failed with.
 */
status sync_lanes_next(struct sync_lanes *l, struct ft_event *e, struct reason *why) MUST;
uint64_t sync_lanes_bytes(const struct sync_lanes *l); /* that were read */
void sync_lanes_end(struct sync_lanes *l);             /* also in the middle; NULL is fine */

#endif
