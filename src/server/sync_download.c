/* What both kinds of synchronisation put into their streams. */
#include "server/sync_download.h"

#include "rop/xid.h"
#include "store/mailbox.h"

#include <string.h>

#define REPLICA_OWN 1u
#define SETS_MAX ((size_t)64 << 20)

void sync_download_init(struct sync_download *d, uint64_t folder)
{
	*d = (struct sync_download){ .arena = ARENA_BUDGET((size_t)8 << 20), .folder = folder };
}

status sync_put_version(struct fast_stream *s, struct mailbox *m, struct bytes change_key, struct bytes predecessors, uint64_t cn)
{
	struct xid x = xid_of_globcnt(&mailbox_identity(m)->replica, cn);
	CLEANUP_BUF struct buf key = BUF_MAX(XID_SIZE_MAX), list = BUF_MAX(1 + UINT8_MAX);
	status st;

	if (!change_key.n) {
		xid_encode(&x, &key);
		change_key = buf_bytes(&key);
	}
	if (!predecessors.n) {
		buf_add_u8(&list, (uint8_t)change_key.n);
		buf_add(&list, change_key.p, change_key.n);
		predecessors = buf_bytes(&list);
	}
	st = fast_put_bytes(s, PidTagChangeKey, change_key);
	return st ? st : fast_put_bytes(s, PidTagPredecessorChangeList, predecessors);
}

status sync_put_source_key(struct fast_stream *s, struct mailbox *m, uint32_t tag, uint64_t id)
{
	struct xid x = xid_of_globcnt(&mailbox_identity(m)->replica, id);
	CLEANUP_BUF struct buf b = BUF_MAX(XID_SIZE_MAX);

	xid_encode(&x, &b);
	return fast_put_bytes(s, tag, buf_bytes(&b));
}

/* The one replica there is, by its id of this session. */
static status to_replid(void *context, const struct guid *from, struct guid *to)
{
	if (!guid_equal(from, context))
		return ecNotFound;
	*to = idset_replid(REPLICA_OWN);
	return ecNone;
}

status sync_put_idset(struct fast_stream *s, uint32_t tag, const struct idset *ids, const struct guid *replica)
{
	CLEANUP_IDSET struct idset named = { .max = IDSET_RANGES_MAX };
	CLEANUP_BUF struct buf b = BUF_MAX(SETS_MAX);
	struct guid own = *replica;
	status st;

	if (idset_is_empty(ids))
		return ecNone;
	st = idset_rename(ids, to_replid, &own, &named);
	if (!st)
		st = idset_encode(&named, IDSET_REPLID, &b);
	return st ? st : fast_put_bytes(s, tag, buf_bytes(&b));
}

status sync_put_end(struct fast_stream *s, const struct sync_state *state, bool hierarchy)
{
	CLEANUP_BUF struct buf b = BUF_MAX(SETS_MAX);
	const uint8_t *copy;
	status st = sync_state_encode(state, hierarchy, &b);

	if (st)
		return st;
	copy = arena_memdup(&s->arena, b.p, b.n);
	if (!copy)
		return ecMemory;
	/* The sets in it may be cut; the first properties are short and together. */
	st = fast_put(s, bytes_of(copy, b.n), b.n < 1024 ? b.n : 12);
	return st ? st : fast_put_marker(s, FT_INCR_SYNC_END);
}
