/* What was changed here, brought to a folder there ([MS-OXCFXICS] 3.3.5.8: a collector), with the state that says what both sides have. */
#ifndef CLIENT_SYNC_COLLECTOR_H
#define CLIENT_SYNC_COLLECTOR_H

#include "client/sync_private.h"

struct sync_collector {
	struct sync *sync;
	uint64_t folder;  /* here; CACHE_HIERARCHY: of folders */
	unsigned slot, folder_slot; /* REMOTE_NO_SLOT: none is open */
	bool used;        /* something was brought */
	struct idset saved; /* change numbers of messages (not associated ones) that were saved beside it, by us: the server does not count them as seen */
};

void sync_collector_init(struct sync_collector *c, struct sync *s);
/* The collector of this folder; the one that was open is ended. */
status sync_collector_of(struct sync_collector *c, uint64_t folder) MUST;
/* The state that both sides have now is kept; in no transaction. */
status sync_collector_end(struct sync_collector *c) MUST;
/* Without a word: after a failure. */
void sync_collector_drop(struct sync_collector *c);

/* What was saved beside the collector, in its folder: we have that version. */
status sync_collector_saved(struct sync_collector *c, uint64_t cn) MUST;

/*
 * One message as it is here, into the folder of the collector: what the server said of it, in *verdict (0, SYNC_E_*, or another code of the server); a
 * status that is not 0: the run is over.
 */
status sync_upload_message(struct sync_collector *c, uint64_t message, bool associated, status *verdict) MUST;

/* Is it a failure of one object, and not of the connection? Then *verdict is it, and 0 comes back. */
status sync_verdict(struct sync *s, status st, status *verdict) MUST;

#endif
