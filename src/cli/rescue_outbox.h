/* What an old cache had in its outbox goes into that of a new one, which has its messages already (store/import.h). */
#ifndef CLI_RESCUE_OUTBOX_H
#define CLI_RESCUE_OUTBOX_H

#include "client/cache.h"

struct rescued_outbox {
	uint64_t waiting;  /* are sent with the next run */
	uint64_t doubtful; /* the old server may have sent them: they are in the Outbox, and are not sent by themselves */
	uint64_t refused;  /* by the old server: they stay refused */
	uint64_t missing;  /* not found in the new cache's Outbox */
};

/* Once, also when it is done again. Neither cache may be in a transaction. */
status rescue_outbox(struct cache *from, struct cache *to, struct rescued_outbox *out, struct reason *why) MUST;

#endif
