/*
 * Parts of a large folder that can be downloaded side by side: ranges of change numbers, with about as many messages in each.  Whoever tells the server that it has
 * seen all changes but those of one range ([MS-OXCFXICS] 2.2.1.1.2) is sent that part alone.
 */
#ifndef CLIENT_SYNC_SLICES_H
#define CLIENT_SYNC_SLICES_H

#include "client/remote.h"
#include "rop/sync_state.h"

#define SYNC_SLICES_MOST 36u

/* Change numbers as GLOBCNTs: the i-th part is from first[i] to before first[i + 1], the last one without end; first[0] is 1. */
struct sync_slices {
	uint64_t first[SYNC_SLICES_MOST];
	size_t n; /* at most 1: the folder is too small, or the server cannot tell */
	uint64_t
		last; /* the server has given it out: whoever claims to have seen later ones comes from another future, and is sent all */
};

/* Of the folder with this GLOBCNT: three round trips. `last` is known of. Fails only when there is no answer. */
status sync_slices_find(struct remote *r, uint64_t folder, uint64_t last, struct sync_slices *out,
			struct reason *why) MUST;
/* What is to be told as the client's state for the i-th one. `state` is initialised and empty. */
status sync_slice_state(const struct sync_slices *v, size_t i, const struct guid *replica,
			struct sync_state *state) MUST;

#endif
