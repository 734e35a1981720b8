/* Messages opened, made, saved, and their states ([MS-OXCMSG] 2.2.3, 3.2.5). */
#include "rop/rops_message.h"

#include "server/folder_object.h"
#include "server/logon_object.h"
#include "server/message_header.h"
#include "server/message_part.h"
#include "server/message_rights.h"
#include "server/read_state.h"
#include "server/rop_call.h"
#include "store/folder.h"
#include "store/message.h"

#define ecSearchFolder 0x00000460u
/* CodePageId of a request: that of the logon. [MS-OXCMSG] 2.2.3.1.1 */
#define CODEPAGE_OF_LOGON 0x0FFFu

/* OpenModeFlags [MS-OXCMSG] 2.2.3.1.1 */
enum { OPEN_BEST_ACCESS = 3, OPEN_SOFT_DELETED = 4, OPEN_ACCESS_MASK = 3 };
/* SaveFlags [MS-OXCMSG] 2.2.3.3.1: it stays open as it was, also with KeepOpenReadOnly, which Exchange ignores since 2010 (<13>). */
#define SAVE_FORCE 4u

static status set_codepage(struct message_object *m, uint16_t asked)
{
	return asked == CODEPAGE_OF_LOGON ? ecNone : message_object_set_codepage(m, asked);
}

/* Opening -------------------------------------------------------------------------------------------------------------- */

/* The folder that it is in really: who asks may have found it in a search folder. */
static status place_of(struct rop_call *c, uint64_t asked, uint64_t id, bool deleted, uint64_t *folder)
{
	struct mailbox *m = logon_mailbox(c->logon);
	struct message_info info;
	struct folder f;
	status s = message_info(m, id, c->arena, &info);

	if (!s)
		s = folder_get(m, asked, c->arena, &f);
	if (s)
		return s;
	if ((info.folder != asked && !f.is_search) || (info.deleted && !deleted))
		return ecNotFound;
	*folder = info.folder;
	return ecNone;
}

static status open_message(struct rop_call *c)
{
	const struct rop_open_message_request *r = c->request;
	struct message_object *m;
	uint64_t folder, id, place = 0;
	bool writable = false, best;
	status s;

	if (!(c->object->kind & (OBJECT_FOLDER | OBJECT_LOGON)))
		return ecNullObject;
	if (!id_to_counter(r->folder_id, &folder) || !id_to_counter(r->message_id, &id))
		return ecNotFound;
	s = place_of(c, folder, id, r->open_mode_flags & OPEN_SOFT_DELETED, &place);
	if (!s)
		s = message_may_open(c->logon, place, id, r->open_mode_flags & OPEN_ACCESS_MASK, &writable);
	/* Best access is read/write also without the right, as in Exchange since 2010 (2.2.3.1.1 <12>); it is saving that fails. */
	best = (r->open_mode_flags & OPEN_ACCESS_MASK) == OPEN_BEST_ACCESS;
	if (!s)
		s = message_object_open(c->logon, NULL, place, id, writable || best, &m);
	if (s)
		return s;
	if (best && !writable)
		(void)message_object_spoil(m);
	rop_call_open(c, message_object_base(m));
	s = set_codepage(m, r->code_page_id);
	return s ? s : message_header_fill(c, m, c->response);
}

static status create_message(struct rop_call *c)
{
	const struct rop_create_message_request *r = c->request;
	struct mailbox *mb = logon_mailbox(c->logon);
	struct message_object *m;
	struct folder f;
	uint64_t folder;
	status s;

	if (!(c->object->kind & (OBJECT_FOLDER | OBJECT_LOGON)))
		return ecNullObject;
	if (!id_to_counter(r->folder_id, &folder))
		return ecNotFound;
	s = folder_get(mb, folder, c->arena, &f);
	if (!s && f.is_search)
		s = ecSearchFolder;
	/* Associated messages are how owners keep settings of a folder. [MS-OXCPERM] 2.2.7 */
	if (!s)
		s = logon_may(c->logon, folder, r->associated_flag ? RIGHT_OWNER : RIGHT_CREATE);
	if (!s)
		s = message_object_new(c->logon, folder, r->associated_flag, &m);
	if (s)
		return s;
	rop_call_open(c, message_object_base(m));
	return set_codepage(m, r->code_page_id);
}

static status reload(struct rop_call *c)
{
	struct rop_open_message_response header = { .has_named_properties = 0 };
	struct rop_reload_cached_information_response *a = c->response;
	status s;

	if (c->object->kind != OBJECT_MESSAGE)
		return ecNullObject;
	s = message_header_fill(c, message_object_of(c->object), &header);
	if (s)
		return s;
	a->has_named_properties = header.has_named_properties;
	a->subject_prefix = header.subject_prefix;
	a->normalized_subject = header.normalized_subject;
	a->recipient_count = header.recipient_count;
	a->recipient_columns.v = header.recipient_columns.v;
	a->recipient_columns.n = header.recipient_columns.n;
	a->recipient_rows.v = header.recipient_rows.v;
	a->recipient_rows.n = header.recipient_rows.n;
	return ecNone;
}

/* Saving --------------------------------------------------------------------------------------------------------------- */

/* [MS-OXORULE] 3.2.5.1: the condition of an extended rule has a limit. */
static bool rule_fits(const struct message_object *m)
{
	const struct held_prop *h = message_object_associated(m) ?
					    property_set_find(&message_object_part(m)->props, tag_id(PidTagExtendedRuleMessageCondition)) :
					    NULL;

	return !h || (h->big ? big_value_size(h->big) : h->p.size) <= EXTENDED_RULE_MOST;
}

static status save_changes(struct rop_call *c)
{
	const struct rop_save_changes_message_request *r = c->request;
	struct rop_save_changes_message_response *a = c->response;
	struct message_object *m;
	status s;

	if (c->object->kind != OBJECT_MESSAGE)
		return ecNotSupported;
	m = message_object_of(c->object);
	if (!message_object_writable(m) || message_object_spoilt(m))
		return ecError;
	if (!rule_fits(m))
		return ecTooBig;
	s = message_object_save(m, &(struct message_save){ .force = r->save_flags & SAVE_FORCE });
	if (s)
		return s;
	a->input_handle_index = c->asked->input_handle_index;
	a->message_id = message_object_id(m) ? id_from_counter(message_object_id(m)) : 0;
	return ecNone;
}

/* States --------------------------------------------------------------------------------------------------------------- */

/* A message of the folder that is asked; it is not opened. */
static status in_folder(struct rop_call *c, uint64_t wire_id, struct message_info *out)
{
	uint64_t id;
	status s;

	if (c->object->kind != OBJECT_FOLDER)
		return ecNullObject;
	if (!id_to_counter(wire_id, &id))
		return ecNotFound;
	s = message_info(logon_mailbox(c->logon), id, c->arena, out);
	if (!s && (out->folder != folder_object_id(c->object) || out->deleted))
		s = ecNotFound;
	return s;
}

static status status_of(struct rop_call *c, uint64_t id, uint32_t *out)
{
	struct prop p;
	status s = message_value(logon_mailbox(c->logon), id, tag_id(PidTagMessageStatus), c->arena, &p);

	*out = !s && p.tag == PidTagMessageStatus && p.value.n == 4 ? le32(p.value.p) : 0;
	return s == ecNotFound ? ecNone : s;
}

static status get_message_status(struct rop_call *c)
{
	const struct rop_get_message_status_request *r = c->request;
	struct rop_get_message_status_response *a = c->response;
	struct message_info info;
	status s = in_folder(c, r->message_id, &info);

	if (!s)
		s = logon_may(c->logon, info.folder, RIGHT_READ_ANY);
	return s ? s : status_of(c, info.id, &a->message_status_flags);
}

static status set_message_status(struct rop_call *c)
{
	const struct rop_set_message_status_request *r = c->request;
	struct rop_set_message_status_response *a = c->response;
	struct mailbox *mb = logon_mailbox(c->logon);
	uint32_t mask = r->message_status_mask, old = 0;
	struct message_info info;
	struct bag set;
	status s = in_folder(c, r->message_id, &info);

	if (!s)
		s = message_may_edit(c->logon, info.folder, info.id);
	if (!s)
		s = status_of(c, info.id, &old);
	bag_init(&set, c->arena);
	if (!s)
		s = bag_set_u32(&set, PidTagMessageStatus, (old & ~mask) | (r->message_status_flags & mask));
	if (!s)
		s = mailbox_begin(mb);
	if (s)
		return s;
	s = message_set_aside(mb, info.id, &set, NULL, 0);
	if (!s)
		s = mailbox_commit(mb);
	else
		mailbox_rollback(mb);
	a->message_status_flags = old;
	return s;
}

static status set_read_flags(struct rop_call *c)
{
	const struct rop_set_read_flags_request *r = c->request;
	struct rop_set_read_flags_response *a = c->response;
	bool partial = false;
	status s;

	if (c->object->kind != OBJECT_FOLDER)
		return ecNullObject;
	s = read_state_set(c->logon, folder_object_id(c->object), r->message_ids.v, r->message_ids.n, r->read_flags, &partial);
	a->partial_completion = partial;
	return s;
}

static status set_message_read_flag(struct rop_call *c)
{
	const struct rop_set_message_read_flag_request *r = c->request;
	struct rop_set_message_read_flag_response *a = c->response;
	const struct message_object *m;
	bool changed = false;
	status s;

	if (c->object->kind != OBJECT_MESSAGE)
		return ecNullObject;
	m = message_object_of(c->object);
	if (!message_object_id(m) || message_object_embedded(m))
		return ecNone; /* nobody else sees it yet */
	s = read_state_set_one(c->logon, message_object_id(m), r->read_flags, &changed);
	if (s || !changed || !c->logon->public_store)
		return s;
	a->read_status_changed = 1;
	a->logon_id = c->logon->id;
	memcpy(a->client_data, r->client_data.value, sizeof a->client_data);
	return ecNone;
}

const struct rop_entry rops_message[] = {
	{ ROP_OPEN_MESSAGE, OBJECT_ANY, open_message },
	{ ROP_CREATE_MESSAGE, OBJECT_ANY, create_message },
	{ ROP_SAVE_CHANGES_MESSAGE, OBJECT_ANY, save_changes },
	{ ROP_RELOAD_CACHED_INFORMATION, OBJECT_ANY, reload },
	{ ROP_SET_MESSAGE_STATUS, OBJECT_ANY, set_message_status },
	{ ROP_GET_MESSAGE_STATUS, OBJECT_ANY, get_message_status },
	{ ROP_SET_READ_FLAGS, OBJECT_ANY, set_read_flags },
	{ ROP_SET_MESSAGE_READ_FLAG, OBJECT_ANY, set_message_read_flag },
	{ 0, 0, NULL },
};
