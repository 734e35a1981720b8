/*
 * Synchronisation contexts, for download and upload alike: the state that the client brings along ([MS-OXCFXICS] 3.2.5.9.1),
 * property by property, before it begins.
 */
#ifndef SERVER_SYNC_CONTEXT_H
#define SERVER_SYNC_CONTEXT_H

#include "rop/sync_state.h"
#include "server/rop_call.h"

/* Of one uploaded property. */
#define SYNC_STATE_PROPERTY_MAX ((size_t)16 << 20)

struct sync_context {
	uint64_t folder;       /* whose contents, or what is below it */
	bool contents;         /* else the hierarchy */
	struct sync_state state;
	uint32_t uploading;    /* the property that is being uploaded; 0: none */
	struct buf uploaded;
	bool begun;            /* no more state is taken */
};

void sync_context_init(struct sync_context *c, uint64_t folder, bool contents);
void sync_context_free(struct sync_context *c);
/* Of an OBJECT_COLLECTOR. */
struct sync_context *collector_context(struct object *o);
/* The context of a download or of a collector; ecNotSupported: the object has none. */
status sync_context_of(struct object *o, struct sync_context **out) MUST;

#endif
