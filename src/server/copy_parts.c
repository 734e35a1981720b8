#include "server/copy_parts.h"

#include "server/copy_message.h"
#include "server/folder_object.h"
#include "server/message_object.h"
#include "server/message_part.h"
#include "store/folder.h"

bool copy_is_identity(uint32_t tag)
{
	static const uint32_t tags[] = { PidTagSearchKey, PidTagDisplayName, PidTagMessageFlags, PidTagLastModificationTime, PidTagLocalCommitTime,
					 PidTagLastModifierName, PidTagLastModifierEntryId, PidTagNativeBody, PidTagRtfInSync };

	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (tag_id(tags[i]) == tag_id(tag))
			return true;
	return false;
}

static bool is_within(struct mailbox *m, uint64_t folder, uint64_t around)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct folder f;

	for (unsigned depth = 0; depth < FOLDER_DEPTH_MAX; depth++) {
		if (folder == around)
			return true;
		if (folder_get(m, folder, &arena, &f) || f.parent == folder)
			return false;
		folder = f.parent;
		arena_reset(&arena);
	}
	return true;
}

status copy_no_cycle(const struct object *from, const struct object *to)
{
	if (from->kind == OBJECT_FOLDER) {
		if (from->logon->store != to->logon->store)
			return ecNone;
		return folder_object_id(from) != folder_object_id(to) &&
				       is_within(logon_mailbox(to->logon), folder_object_id(to), folder_object_id(from)) ?
			       ecFolderCycle :
			       ecNone;
	}
	for (const struct object *at = to->parent; at; at = at->parent)
		if (at == from)
			return ecMessageCycle;
	return ecNone;
}

status copy_named_tag(struct logon *from, struct logon *to, uint32_t tag)
{
	struct prop p = { .tag = tag };

	return copy_named(from, to, &p);
}

status copy_named(struct logon *from, struct logon *to, struct prop *p)
{
	const struct prop_name *name;
	struct mailbox *m = logon_mailbox(to);
	bool mine = !mailbox_in_transaction(m);
	uint16_t id = 0;
	status s;

	if (from->store == to->store || prop_id(p) < NAMED_ID_FIRST)
		return ecNone;
	name = name_map_name(mailbox_names(logon_mailbox(from)), prop_id(p));
	if (!name)
		return ecNotFound;
	s = mine ? mailbox_begin(m) : ecNone;
	if (!s)
		s = mailbox_name_id(m, name, &id);
	if (!s && mine)
		s = mailbox_commit(m);
	if (s)
		return s;
	p->tag = tag_make(id, prop_type(p));
	return ecNone;
}

/* Parts are shared within a mailbox; to another they go as copies, with its names and without values that stand in the first. */
static status copy_set(struct logon *from, struct logon *to, const struct property_set *set, struct property_set *out)
{
	status s = ecNone;

	if (from->store == to->store)
		return property_set_copy(out, set);
	property_set_free(out);
	for (size_t i = 0; !s && i < set->n; i++) {
		struct prop p = set->v[i].p;

		s = copy_named(from, to, &p);
		if (!s && !set->v[i].big) {
			s = property_set_put(out, &p);
		} else if (!s) {
			struct big_value *v = big_value_ref(set->v[i].big);

			s = big_value_own(&v, logon_mailbox(from), 0);
			if (s)
				big_value_unref(v);
			else
				s = property_set_put_big(out, p.tag, v);
		}
		if (s == ecNotFound)
			s = ecNone;
	}
	return s;
}

static status copy_rows(struct logon *from, struct logon *to, const struct message_part *source, struct message_part *target)
{
	status s = ecNone;

	message_part_remove_recipients(target);
	for (size_t i = 0; !s && i < source->n_recipients; i++) {
		struct recipient *r;

		s = message_part_set_recipient(target, source->recipients[i].row_id, &r);
		if (!s)
			s = copy_set(from, to, &source->recipients[i].props, &r->props);
	}
	return s;
}

static status copy_part(struct logon *from, struct logon *to, const struct message_part *source, unsigned depth, struct message_part **out);

static status copy_attachment(struct logon *from, struct logon *to, const struct attachment_part *source, unsigned depth,
			      struct message_part *target)
{
	struct attachment_part *a;
	status s = attachment_part_new(source->number, &a);

	if (s)
		return s;
	s = copy_set(from, to, &source->props, &a->props);
	if (!s && source->embedded)
		s = copy_part(from, to, source->embedded, depth + 1, &a->embedded);
	if (!s)
		s = message_part_put_attachment(target, a);
	attachment_part_unref(a);
	return s;
}

static status copy_list(struct logon *from, struct logon *to, const struct message_part *source, unsigned depth, struct message_part *target)
{
	status s = ecNone;

	for (size_t i = 0; !s && i < source->n_attachments; i++)
		s = copy_attachment(from, to, source->attachments[i], depth, target);
	return s;
}

static status copy_part(struct logon *from, struct logon *to, const struct message_part *source, unsigned depth, struct message_part **out)
{
	struct message_part *p;
	status s = depth > ITEM_DEPTH_MAX ? ecTooComplex : message_part_new(&p);

	if (s)
		return s;
	s = copy_set(from, to, &source->props, &p->props);
	if (!s)
		s = copy_rows(from, to, source, p);
	if (!s)
		s = copy_list(from, to, source, depth, p);
	if (s)
		message_part_unref(p);
	else
		*out = p;
	return s;
}

status copy_recipients_of(struct object *from, struct object *to)
{
	struct message_object *target = message_object_of(to);
	struct message_part *part;
	status s = message_object_change(target, true, &part);

	if (!s)
		s = copy_rows(from->logon, to->logon, message_object_part(message_object_of(from)), part);
	if (!s)
		s = message_display_settle(target);
	return s ? s : message_object_changed(target);
}

status copy_attachments_of(struct object *from, struct object *to)
{
	struct message_object *target = message_object_of(to);
	struct message_part *part;
	status s = message_object_change(target, true, &part);

	if (s)
		return s;
	while (part->n_attachments)
		(void)message_part_remove_attachment(part, part->attachments[0]->number);
	s = copy_list(from->logon, to->logon, message_object_part(message_object_of(from)), 0, part);
	return s ? s : message_object_changed(target);
}

status copy_embedded_of(struct object *from, struct object *to)
{
	const struct attachment_part *source = attachment_object_part(attachment_object_of(from));
	struct message_part *embedded = NULL;
	struct attachment_part *part;
	status s = attachment_object_change(attachment_object_of(to), &part);

	if (!s && source->embedded)
		s = copy_part(from->logon, to->logon, source->embedded, 1, &embedded);
	if (s)
		return s;
	message_part_unref(part->embedded);
	part->embedded = embedded;
	return attachment_object_changed(attachment_object_of(to));
}

/* Folders ------------------------------------------------------------------------------------------------------------------- */

static status copy_kind(struct object *from, struct object *to, bool associated)
{
	struct mailbox *m = logon_mailbox(from->logon);
	uint64_t id = 0;
	status s;

	while (!(s = message_next(m, folder_object_id(from), associated, false, id, &id)) && id) {
		s = copy_message(from->logon, to->logon, folder_object_id(to), id);
		if (s)
			break;
	}
	return s;
}

static status copy_children(struct object *from, struct object *to)
{
	struct mailbox *m = logon_mailbox(from->logon);
	uint64_t child = 0, copy;
	status s;

	while (!(s = folder_next_child(m, folder_object_id(from), child, &child)) && child) {
		s = child == folder_object_id(to) ? ecNone : folder_copy(m, child, folder_object_id(to), NULL, true, &copy);
		if (s)
			break;
	}
	return s;
}

status copy_folder_contents(struct object *from, struct object *to, bool contents, bool associated, bool subfolders)
{
	struct mailbox *m = logon_mailbox(from->logon);
	status s = from->logon->store == to->logon->store && folder_object_id(from) != folder_object_id(to) ? mailbox_begin(m) : ecNotSupported;

	if (s)
		return s;
	if (contents)
		s = copy_kind(from, to, false);
	if (!s && associated)
		s = copy_kind(from, to, true);
	if (!s && subfolders)
		s = copy_children(from, to);
	if (!s)
		return mailbox_commit(m);
	mailbox_rollback(m);
	return s;
}
