#include "server/object_ids.h"

#include "mapi/entryid.h"
#include "rop/xid.h"

static struct long_term_id long_id(const struct mailbox_identity *i, uint64_t counter)
{
	struct long_term_id id = { .id = { .replica = i->replica } };

	global_counter_set(id.id.counter, counter);
	return id;
}

static const struct guid *provider(const struct logon *l, const struct mailbox_identity *i)
{
	return l->public_store ? &entryid_uid_public_folders : &i->mailbox;
}

static status put_entryid(const struct entryid *id, uint32_t tag, struct bag *out)
{
	CLEANUP_BUF struct buf b = BUF_MAX(256);
	status s = entryid_encode(id, &b, NULL);

	return s ? s : bag_set_bytes(out, tag, buf_bytes(&b));
}

status object_put_folder_entryid(struct logon *l, uint64_t folder, uint32_t tag, struct bag *out)
{
	const struct mailbox_identity *i = mailbox_identity(logon_mailbox(l));
	struct entryid id = { .kind = ENTRYID_FOLDER };

	id.folder = (struct folder_entryid){ .provider = *provider(l, i),
					     .object = l->public_store ? EITLT_PUBLIC_FOLDER : EITLT_PRIVATE_FOLDER,
					     .folder = long_id(i, folder) };
	return put_entryid(&id, tag, out);
}

status object_put_message_entryid(struct logon *l, uint64_t folder, uint64_t message, uint32_t tag, struct bag *out)
{
	const struct mailbox_identity *i = mailbox_identity(logon_mailbox(l));
	struct entryid id = { .kind = ENTRYID_MESSAGE };

	id.message = (struct message_entryid){ .provider = *provider(l, i),
					       .object = l->public_store ? EITLT_PUBLIC_MESSAGE : EITLT_PRIVATE_MESSAGE,
					       .folder = long_id(i, folder),
					       .message = long_id(i, message) };
	return put_entryid(&id, tag, out);
}

static void key_of(struct logon *l, uint64_t counter, struct buf *out)
{
	struct xid x = xid_of_globcnt(&mailbox_identity(logon_mailbox(l))->replica, counter);

	xid_encode(&x, out);
}

status object_put_key(struct logon *l, uint64_t counter, uint32_t tag, struct bag *out)
{
	CLEANUP_BUF struct buf b = BUF_MAX(XID_SIZE_MAX);

	key_of(l, counter, &b);
	return b.failed ? ecMemory : bag_set_bytes(out, tag, buf_bytes(&b));
}

status object_put_predecessors(struct logon *l, struct bytes change_key, uint64_t cn, uint32_t tag, struct bag *out)
{
	CLEANUP_BUF struct buf key = BUF_MAX(XID_SIZE_MAX), list = BUF_MAX(2 * XID_SIZE_MAX);

	if (!change_key.n)
		key_of(l, cn, &key);
	if (!change_key.n)
		change_key = buf_bytes(&key);
	buf_add_u8(&list, (uint8_t)change_key.n);
	buf_add(&list, change_key.p, change_key.n);
	return key.failed || list.failed ? ecMemory : bag_set_bytes(out, tag, buf_bytes(&list));
}
