/*
 * What a client downloads: a copy of something (RopFastTransferSourceCopy...), or what changed (RopSynchronizationConfigure).
 * The object of OBJECT_FAST_SOURCE.
 */
#ifndef SERVER_FAST_SOURCE_H
#define SERVER_FAST_SOURCE_H

#include "server/fast_message.h"
#include "server/sync_context.h"

struct fast_source {
	struct object object;
	struct fast_stream stream;
	struct sync_context *sync; /* NULL: a copy */
	/* For InProgressCount and TotalStepCount. */
	uint32_t steps, total;
	void *producer;                /* context of the stream */
	void (*free)(void *producer);
};

/* Takes over the producer's context, also when it fails. `parent` is what is downloaded from. */
status fast_source_new(struct object *parent, fast_producer *more, void *producer, void (*free)(void *), struct fast_source **out) MUST;

#endif
