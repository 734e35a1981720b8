/*
 * What changed since the client's state, as a stream: contentsSync and hierarchySync ([MS-OXCFXICS] 2.2.4.3.5, 2.2.4.3.12).
 */
#ifndef SERVER_SYNC_DOWNLOAD_H
#define SERVER_SYNC_DOWNLOAD_H

#include "server/fast_source.h"
#include "store/changes.h"

/* SynchronizationFlags [MS-OXCFXICS] 2.2.3.2.1.1.1 */
enum sync_flag {
	SYNC_UNICODE = 0x0001,
	SYNC_NO_DELETIONS = 0x0002,
	SYNC_IGNORE_NO_LONGER_IN_SCOPE = 0x0004,
	SYNC_READ_STATE = 0x0008,
	SYNC_FAI = 0x0010,
	SYNC_NORMAL = 0x0020,
	SYNC_ONLY_SPECIFIED_PROPERTIES = 0x0080,
	SYNC_NO_FOREIGN_IDENTIFIERS = 0x0100,
	SYNC_RESERVED = 0x1000,
	SYNC_BEST_BODY = 0x2000,
	SYNC_IGNORE_SPECIFIED_ON_FAI = 0x4000,
	SYNC_PROGRESS = 0x8000,
};

/* SynchronizationExtraFlags 2.2.3.2.1.1.1 */
enum sync_extra_flag { SYNC_EID = 1, SYNC_MESSAGE_SIZE = 2, SYNC_CN = 4, SYNC_ORDER_BY_DELIVERY_TIME = 8 };

struct sync_download {
	struct fast_source *source;
	struct arena arena;          /* of what follows */
	uint64_t folder;
	uint16_t flags;
	uint8_t send;
	uint32_t extra;
	unsigned codepage;
	struct fast_filter filter;
	struct restrict_node *scope; /* NULL: everything is in it */
};

void sync_download_init(struct sync_download *d, uint64_t folder);
/* Producers, and what frees their contexts. The contexts begin with `struct sync_download`. */
struct sync_contents;
struct sync_hierarchy;
struct sync_contents *sync_contents_new(void); /* NULL without memory */
struct sync_hierarchy *sync_hierarchy_new(void);
fast_producer sync_contents_more, sync_hierarchy_more;
void sync_contents_free(void *context);
void sync_hierarchy_free(void *context);

/* The versions of an object as properties: its change key and list of predecessors, stored or made of its change number. */
status sync_put_version(struct fast_stream *s, struct mailbox *m, struct bytes change_key, struct bytes predecessors, uint64_t cn) MUST;
/* A GID: the replica and the counter (2.2.1.3). */
status sync_put_source_key(struct fast_stream *s, struct mailbox *m, uint32_t tag, uint64_t id) MUST;
/* A set of ids as properties of deletions and read states have it: with the replica id. */
status sync_put_idset(struct fast_stream *s, uint32_t tag, const struct idset *ids, const struct guid *replica) MUST;
/* The state that the client has now, and the end. */
status sync_put_end(struct fast_stream *s, const struct sync_state *state, bool hierarchy) MUST;

#endif
