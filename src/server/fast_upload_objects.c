/* What markers of an uploaded stream open and close. */
#include "server/fast_message.h"
#include "server/fast_upload_private.h"
#include "server/folder_object.h"
#include "server/message_private.h"
#include "store/folder.h"

static struct upload_frame *top(struct fast_upload *u)
{
	return &u->frames[u->depth - 1];
}

static status misplaced(struct fast_upload *u, uint32_t marker)
{
	return reason_set(&u->lexer.why, ecCorruptData, "%s where none can be", ft_marker_name(marker));
}

static status push(struct fast_upload *u, const struct upload_frame *f)
{
	if (u->depth == sizeof u->frames / sizeof *u->frames)
		return ecTooComplex;
	u->frames[u->depth++] = *f;
	return ecNone;
}

/* Messages ----------------------------------------------------------------------------------------------------------------- */

static uint32_t next_row(const struct message_part *p)
{
	return p->n_recipients ? p->recipients[p->n_recipients - 1].row_id + 1 : 0;
}

static status push_message(struct fast_upload *u, struct message_object *m, bool made)
{
	struct message_part *part;
	status s = message_object_change(m, true, &part);

	if (s)
		return s;
	return push(u, &(struct upload_frame){
			       .kind = IN_MESSAGE, .props = &part->props, .message = part, .object = m, .made = made, .row_id = next_row(part) });
}

status upload_begin(struct fast_upload *u)
{
	struct attachment_part *part;
	status s;

	switch (u->target->kind) {
	case OBJECT_MESSAGE:
		s = push_message(u, message_object_of(u->target), false);
		if (!s)
			u->into_message = message_part_ref(u->frames[0].message);
		return s;
	case OBJECT_ATTACHMENT:
		s = attachment_object_change(attachment_object_of(u->target), &part);
		if (s)
			return s;
		part->references++;
		u->into_attachment = part;
		return push(u, &(struct upload_frame){ .kind = IN_ATTACHMENT, .props = &part->props, .attachment = part });
	default:
		break;
	}
	return push(u, &(struct upload_frame){ .kind = u->root == UPLOAD_CONTENT ? IN_FOLDER : IN_LIST, .folder = folder_object_id(u->target) });
}

bool upload_holds(const struct fast_upload *u)
{
	if (u->into_message)
		return message_object_part(message_object_of(u->target)) == u->into_message;
	return !u->into_attachment || attachment_object_part(attachment_object_of(u->target)) == u->into_attachment;
}

void upload_let_go(struct fast_upload *u)
{
	message_part_unref(u->into_message);
	attachment_part_unref(u->into_attachment);
	u->into_message = NULL;
	u->into_attachment = NULL;
}

static status start_message(struct fast_upload *u, uint32_t marker)
{
	struct upload_frame *f = top(u);
	struct message_object *m;
	status s;

	if (f->kind != IN_FOLDER && (f->kind != IN_LIST || u->root != UPLOAD_MESSAGE_LIST))
		return misplaced(u, marker);
	s = f->folder ? logon_may(u->logon, f->folder, RIGHT_CREATE) : misplaced(u, marker);
	if (!s)
		s = message_object_new(u->logon, f->folder, marker == FT_START_FAI_MESSAGE, &m);
	if (s)
		return s;
	s = push_message(u, m, true);
	if (s)
		object_unref(message_object_base(m));
	return s;
}

static status end_message(struct fast_upload *u, uint32_t marker)
{
	struct upload_frame *f = top(u);
	status s;

	if (f->kind != IN_MESSAGE || !f->made)
		return misplaced(u, marker);
	s = message_object_changed(f->object);
	if (!s)
		s = message_object_save(f->object, &(struct message_save){ .force = true });
	upload_abandon(u);
	return s;
}

/* Parts of messages ----------------------------------------------------------------------------------------------------------- */

static status start_recipient(struct fast_upload *u, uint32_t marker)
{
	struct upload_frame *f = top(u);
	struct recipient *r;
	status s;

	if (f->kind != IN_MESSAGE && f->kind != IN_EMBEDDED)
		return misplaced(u, marker);
	s = message_part_set_recipient(f->message, f->row_id++, &r);
	return s ? s : push(u, &(struct upload_frame){ .kind = IN_RECIPIENT, .props = &r->props });
}

static status start_attachment(struct fast_upload *u, uint32_t marker)
{
	struct upload_frame *f = top(u);
	struct attachment_part *a;
	status s;

	if (f->kind != IN_MESSAGE && f->kind != IN_EMBEDDED)
		return misplaced(u, marker);
	if (f->message->n_attachments >= MESSAGE_ATTACHMENTS_MAX)
		return ecMaxAttachmentExceeded;
	s = attachment_part_new(f->message->next_number, &a);
	if (s)
		return s;
	s = message_part_put_attachment(f->message, a);
	if (!s)
		s = push(u, &(struct upload_frame){ .kind = IN_ATTACHMENT, .props = &a->props, .attachment = a });
	/* The message has a reference of its own, and nobody else has it. */
	attachment_part_unref(a);
	return s;
}

static status start_embedded(struct fast_upload *u, uint32_t marker)
{
	struct upload_frame *f = top(u);
	struct message_part *p;
	status s;

	if (f->kind != IN_ATTACHMENT)
		return misplaced(u, marker);
	s = message_part_new(&p);
	if (s)
		return s;
	message_part_unref(f->attachment->embedded);
	f->attachment->embedded = p;
	return push(u, &(struct upload_frame){ .kind = IN_EMBEDDED, .props = &p->props, .message = p });
}

static status end_part(struct fast_upload *u, uint32_t marker, enum upload_kind kind)
{
	if (top(u)->kind != kind || u->depth < 2)
		return misplaced(u, marker);
	u->depth--;
	return ecNone;
}

/* Folders ----------------------------------------------------------------------------------------------------------------------- */

static status start_folder(struct fast_upload *u, uint32_t marker)
{
	struct upload_frame *f = top(u), new = { .kind = IN_FOLDER, .parent = f->folder };
	bool right = marker == FT_START_TOP_FOLDER ? f->kind == IN_LIST && u->root == UPLOAD_TOP_FOLDER : f->kind == IN_FOLDER;

	if (!right || !f->folder)
		return misplaced(u, marker);
	/* The top folder is the one that the client made for it. */
	if (marker == FT_START_TOP_FOLDER)
		new.folder = f->folder;
	bag_init(&new.bag, &u->folder_arena);
	return push(u, &new);
}

/* The properties of a folder are there: it is made, or becomes so. */
static status make_folder(struct fast_upload *u, struct upload_frame *f)
{
	struct mailbox *m = logon_mailbox(u->logon);
	struct folder_options o = { .is_search = false };
	char *name = bag_text(&f->bag, tag_id(PidTagDisplayName), 1252, &u->folder_arena);
	status s = ecNone;

	if (!f->folder) {
		o.class_name = bag_text(&f->bag, tag_id(PidTagContainerClass), 1252, &u->folder_arena);
		if (!name || !*name)
			return reason_set(&u->lexer.why, ecCorruptData, "a folder without a name");
		s = logon_may(u->logon, f->parent, RIGHT_CREATE_SUBFOLDER);
		if (!s)
			s = folder_create(m, f->parent, name, &o, &f->folder);
		if (s == ecDuplicateName)
			s = folder_by_name(m, f->parent, name, &f->folder);
	}
	bag_remove(&f->bag, tag_id(PidTagDisplayName));
	if (!s && f->bag.n)
		s = folder_set(m, f->folder, &f->bag, NULL, 0);
	f->bag.n = 0;
	return s;
}

static status end_folder(struct fast_upload *u, uint32_t marker)
{
	if (top(u)->kind != IN_FOLDER || u->depth < 2)
		return misplaced(u, marker);
	u->depth--;
	return ecNone;
}

/* Markers ------------------------------------------------------------------------------------------------------------------------ */

static status on_marker(struct fast_upload *u, uint32_t marker)
{
	switch (marker) {
	case FT_START_MESSAGE:
	case FT_START_FAI_MESSAGE:
		return start_message(u, marker);
	case FT_END_MESSAGE:
		return end_message(u, marker);
	case FT_START_RECIP:
		return start_recipient(u, marker);
	case FT_END_TO_RECIP:
		return end_part(u, marker, IN_RECIPIENT);
	case FT_NEW_ATTACH:
		return start_attachment(u, marker);
	case FT_END_ATTACH:
		return end_part(u, marker, IN_ATTACHMENT);
	case FT_START_EMBED:
		return start_embedded(u, marker);
	case FT_END_EMBED:
		return end_part(u, marker, IN_EMBEDDED);
	case FT_START_TOP_FOLDER:
	case FT_START_SUB_FOLDER:
		return start_folder(u, marker);
	case FT_END_FOLDER:
		return end_folder(u, marker);
	default:
		return misplaced(u, marker);
	}
}

status upload_marker(struct fast_upload *u, uint32_t marker)
{
	struct upload_frame *f = u->depth ? top(u) : NULL;
	status s = ecNone;

	if (!f)
		return misplaced(u, marker);
	if (f->kind == IN_FOLDER && (f->bag.n || !f->folder))
		s = make_folder(u, f);
	return s ? s : on_marker(u, marker);
}

void upload_abandon(struct fast_upload *u)
{
	struct upload_frame *f = top(u);

	if (f->made)
		object_unref(message_object_base(f->object));
	u->depth--;
}

/* Properties -------------------------------------------------------------------------------------------------------------------- */

#define MetaTagDnPrefix 0x4008001Eu
#define MetaTagIncrementalSyncMessagePartial 0x407A0003u

bool upload_is_meta(uint32_t tag)
{
	return tag_id(tag) == tag_id(MetaTagFXDelProp) || tag_id(tag) == tag_id(MetaTagEcWarning) || tag_id(tag) == tag_id(MetaTagNewFXFolder) ||
	       tag_id(tag) == tag_id(MetaTagDnPrefix) || tag_id(tag) == tag_id(MetaTagIncrementalSyncMessagePartial);
}

/* MetaTagFXDelProp: what follows replaces what there is (2.2.4.1.5.1). The others tell nothing that is kept. */
status upload_meta(struct fast_upload *u, const struct prop *p)
{
	struct upload_frame *f = u->depth ? top(u) : NULL;
	uint32_t what = p->value.n == 4 ? le32(p->value.p) : 0;

	if (!f || p->tag != MetaTagFXDelProp)
		return f ? ecNone : ecCorruptData;
	if (f->kind == IN_FOLDER && (f->bag.n || !f->folder))
		return make_folder(u, f);
	if (f->kind != IN_MESSAGE && f->kind != IN_EMBEDDED)
		return ecNone;
	if (tag_id(what) == tag_id(PidTagMessageRecipients)) {
		message_part_remove_recipients(f->message);
		f->row_id = 0;
	}
	while (tag_id(what) == tag_id(PidTagMessageAttachments) && f->message->n_attachments)
		(void)message_part_remove_attachment(f->message, f->message->attachments[f->message->n_attachments - 1]->number);
	return ecNone;
}

/* Ids and versions are the mailbox's to give, and what follows from others is not set. */
static bool is_ours(const struct upload_frame *f, uint32_t tag)
{
	static const uint32_t ours[] = { PidTagMid, PidTagFolderId, PidTagParentFolderId, PidTagChangeNumber, PidTagSourceKey,
					 PidTagParentSourceKey, PidTagChangeKey, PidTagPredecessorChangeList, PidTagMessageSize, PidTagHasAttachments, PidTagAccess,
					 PidTagAccessLevel };

	if (f->kind == IN_ATTACHMENT)
		return tag == PidTagAttachNumber;
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		if (tag_id(ours[i]) == tag_id(tag))
			return true;
	return message_tag_is_internal(tag);
}

static status touched(struct upload_frame *f, uint32_t tag)
{
	return f->kind == IN_MESSAGE ? message_touch(f->object, tag_id(tag)) : ecNone;
}

status upload_put(struct fast_upload *u, const struct prop *p)
{
	struct upload_frame *f = u->depth ? top(u) : NULL;
	status s;

	if (!f || f->kind == IN_LIST)
		return reason_set(&u->lexer.why, ecCorruptData, "a property where none can be");
	if (is_ours(f, p->tag))
		return ecNone;
	if (f->kind == IN_FOLDER) {
		struct prop *copy;

		s = bag_copy(&f->bag, p);
		copy = s ? NULL : &f->bag.v[f->bag.n - 1];
		return s || !copy ? s : ecNone;
	}
	if (f->kind == IN_RECIPIENT && tag_id(p->tag) == tag_id(PidTagRowid))
		return ecNone;
	s = touched(f, p->tag);
	return s ? s : property_set_put(f->props, p);
}

status upload_put_big(struct fast_upload *u, uint32_t tag, struct big_value *v)
{
	struct upload_frame *f = u->depth ? top(u) : NULL;
	status s = f && f->props ? touched(f, tag) : ecTooBig;

	if (s) {
		big_value_unref(v);
		return s;
	}
	return property_set_put_big(f->props, tag, v);
}

/* The root and every message of the list are charged with what they hold by now. */
status upload_settle(struct fast_upload *u)
{
	status s = ecNone;

	for (unsigned i = 0; !s && i < u->depth; i++)
		if (u->frames[i].kind == IN_MESSAGE)
			s = message_object_changed(u->frames[i].object);
	if (!s && u->target->kind == OBJECT_ATTACHMENT)
		s = attachment_object_changed(attachment_object_of(u->target));
	return s;
}
