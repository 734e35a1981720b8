/*
 * Synchronisation upload: the object of OBJECT_COLLECTOR, to which a client brings what it changed ([MS-OXCFXICS] 3.2.5.9.4).
 */
#ifndef SERVER_COLLECTOR_H
#define SERVER_COLLECTOR_H

#include "server/sync_context.h"
#include "store/changes_import.h"

struct collector {
	struct object object;
	struct sync_context context;
};

/*
 * An id from a client: a GID of the mailbox's own replica (2.2.1.3).  ecInvalidParam: no GID at all; SYNC_E_OBJECT_DELETED: of
 * another replica, so that there is no such object here.
 */
status collector_id(const struct collector *c, struct bytes gid, uint64_t *id) MUST;
/* PidTagChangeKey, PidTagPredecessorChangeList and PidTagLastModificationTime among the properties of an import; ecInvalidParam: one is missing. */
status collector_version(const struct bag *props, struct import_version *out) MUST;
/* The tagged values of a request as a bag. */
struct tagged_value;
status collector_bag(struct rop_call *c, const struct tagged_value *v, uint32_t n, struct bag *out) MUST;

#endif
