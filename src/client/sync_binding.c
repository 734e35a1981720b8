#include <string.h>

#include "client/sync.h"

static bool same(const struct guid *a, const struct guid *b)
{
	return memcmp(a->b, b->b, sizeof a->b) == 0;
}

enum sync_binding sync_compare_binding(const struct mailbox_identity *cache,
				       const struct remote_mailbox *server)
{
	if (!same(&cache->mailbox, &server->mailbox))
		return SYNC_OTHER_MAILBOX;
	if (!same(&cache->replica, &server->replica))
		return SYNC_OTHER_REPLICA;
	if (server->has_mapping_signature &&
	    !same(&cache->mapping_signature, &server->mapping_signature))
		return SYNC_REMAPPED;
	return SYNC_SAME;
}
