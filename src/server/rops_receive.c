/* Where messages of a class are delivered ([MS-OXCSTOR] 2.2.1.2 to 2.2.1.4, 3.2.5.2 to 3.2.5.4). */
#include "rop/property_row.h"
#include "rop/rops_logon.h"

#include "server/rop_call.h"
#include "store/folder.h"
#include "store/receive.h"

#define ecNoReceiveFolder 0x00000463u

/* NULL: it is no class. */
static const char *class_of(struct rop_call *c, struct bytes b)
{
	const char *text = !b.n ? "" : b.n <= RECEIVE_CLASS_MAX ? arena_strndup(c->arena, (const char *)b.p, b.n) : NULL;

	return text && receive_class_valid(text) ? text : NULL;
}

/* Public folders have none. */
static bool is_private(const struct rop_call *c)
{
	return !c->logon->public_store;
}

static status get_receive_folder(struct rop_call *c)
{
	const struct rop_get_receive_folder_request *r = c->request;
	struct rop_get_receive_folder_response *a = c->response;
	const char *class_name = class_of(c, r->message_class);
	struct receive_folder found;
	status s;

	if (!is_private(c))
		return ecNotSupported;
	if (!class_name)
		return ecInvalidParam;
	s = receive_folder_find(logon_mailbox(c->logon), class_name, c->arena, &found);
	if (s)
		return s;
	a->folder_id = id_from_counter(found.folder);
	a->explicit_message_class = bytes_of(found.class_name, strlen(found.class_name));
	return ecNone;
}

static status set_receive_folder(struct rop_call *c)
{
	const struct rop_set_receive_folder_request *r = c->request;
	const char *class_name = class_of(c, r->message_class);
	struct mailbox *m = logon_mailbox(c->logon);
	uint64_t folder = 0;
	status s;

	if (!is_private(c))
		return ecNotSupported;
	if (!class_name)
		return ecInvalidParam;
	if (!c->logon->owner)
		return ecAccessDenied;
	if (r->folder_id && !id_to_counter(r->folder_id, &folder))
		return ecNotFound;
	s = mailbox_begin(m);
	if (!s)
		s = receive_folder_set(m, class_name, folder);
	return s ? s : mailbox_commit(m);
}

static const uint32_t columns[] = { PidTagFolderId, (PidTagMessageClass & 0xFFFF0000u) | PT_STRING8, PidTagLastModificationTime };

static status put_row(struct rop_call *c, const struct receive_folder *f, uint64_t since, struct buf *out)
{
	struct bag row;
	status s;

	bag_init(&row, c->arena);
	s = bag_set_u64(&row, columns[0], id_from_counter(f->folder));
	if (!s)
		s = bag_set_bytes(&row, columns[1], bytes_of(f->class_name, strlen(f->class_name)));
	/* Those that every mailbox has are as old as it is. */
	if (!s)
		s = bag_set_u64(&row, columns[2], f->modified ? f->modified : since);
	return s ? s : property_row_put(out, columns, sizeof columns / sizeof *columns, &row, NULL);
}

static status created_when(struct rop_call *c, uint64_t *when)
{
	struct mailbox *m = logon_mailbox(c->logon);
	struct folder root = { .id = 0 };
	uint64_t id;
	status s = folder_by_role(m, MAILBOX_ROOT, &id);

	if (!s)
		s = folder_get(m, id, c->arena, &root);
	if (!s)
		*when = root.created;
	return s;
}

static status get_receive_folder_table(struct rop_call *c)
{
	struct rop_get_receive_folder_table_response *a = c->response;
	struct receive_folder *list = NULL;
	struct buf *rows = rop_call_buffer(c);
	uint64_t since = 0;
	size_t n = 0;
	status s;

	if (!is_private(c))
		return ecNotSupported;
	if (!rows)
		return ecMemory;
	s = receive_folder_list(logon_mailbox(c->logon), c->arena, &list, &n);
	if (!s && !n)
		return ecNoReceiveFolder;
	if (!s)
		s = created_when(c, &since);
	for (size_t i = 0; i < n && !s; i++)
		s = put_row(c, &list[i], since, rows);
	if (s)
		return s == ecTooBig ? ecBufferTooSmall : s;
	a->rows.count = (uint32_t)n;
	a->rows.data = buf_bytes(rows);
	return ecNone;
}

const struct rop_entry rops_receive[] = {
	{ ROP_GET_RECEIVE_FOLDER, OBJECT_LOGON, get_receive_folder },
	{ ROP_SET_RECEIVE_FOLDER, OBJECT_LOGON, set_receive_folder },
	{ ROP_GET_RECEIVE_FOLDER_TABLE, OBJECT_LOGON, get_receive_folder_table },
	{ 0, 0, NULL },
};
