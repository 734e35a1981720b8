/*
 * A change of a message that the server has, told property by property, on the message itself ([MS-OXCFXICS] 3.3.5.2.2; [MS-OXCMSG] 3.1.4.3): a flag of a message of
 * 10 MB costs a few KB, for an upload by ICS takes the whole message (2.2.3.2.4.2).
 *
 * It is done only where the server's version is the one that was changed here; what cannot be told so, and what somebody else changed too, is left to the upload of the
 * whole, which finds conflicts.  The version that the server makes of it becomes the one that is here.
 *
 * An answer that was not heard leaves it open whether the server made that version, and nothing in a version says who made it.  So what is told is written down before it
 * is.  When the server has these values the next time, there is nothing more to tell, and its version comes down as any other; else it is merged as any other, where
 * what we told is no change of theirs.
 */
#ifndef CLIENT_SYNC_CHANGE_H
#define CLIENT_SYNC_CHANGE_H

#include "client/sync_collector.h"

enum sync_change_outcome {
	CHANGE_NOT_SO, /* the whole message is to be told */
	CHANGE_TOLD,   /* it is done, and nothing of it is pending */
	CHANGE_RACED,  /* the server's version came to be another meanwhile: it is to be downloaded first */
};

/* What is pending of a message in the folder of the collector.  A status that is not 0: the run is over. */
status sync_change(struct sync_collector *c, const struct cache_pending *p, enum sync_change_outcome *out) MUST;

/* Before messages are downloaded: what was told, and it is not known whether the server heard. */
status sync_settle_changes(struct sync *s) MUST;

#endif
