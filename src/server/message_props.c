/* Properties of open messages: what was set, and what follows from the message ([MS-OXCMSG] 2.2.1, [MS-OXCPRPT] 2.2.1). */
#include "server/message_private.h"

#include "base/utf16.h"
#include "mapi/entryid.h"
#include "rop/xid.h"
#include "server/object_ids.h"

#define ecReadOnlyProperty ecComputed

#define ACCESS_MODIFY       0x1u
#define ACCESS_READ         0x2u
#define ACCESS_DELETE       0x4u
#define OBJECT_TYPE_MESSAGE 5u

static struct message_object *of(struct object *o)
{
	return message_object_of(o);
}

static status long_value(struct bag *out, uint32_t tag, uint32_t v)
{
	return bag_set_u32(out, tag, v);
}

/* Without a version or place of its own: embedded, or not saved. */
static bool unborn(const struct message_object *m)
{
	return !m->id || m->object.parent;
}

static status info_of(struct object *o, struct bag *out, struct message_info *info)
{
	return unborn(of(o)) ? ecNotFound
			     : message_info(logon_mailbox(o->logon), of(o)->id, out->arena, info);
}

/* Numbers -------------------------------------------------------------------------------------------------------------- */

static status make_access(struct object *o, uint32_t tag, struct bag *out)
{
	uint32_t rights = 0, access = ACCESS_READ | (of(o)->writable ? ACCESS_MODIFY : 0);

	/* What one is making one may drop too, as in Exchange since 2013 ([MS-OXCMSG] 3.2.5.2, <23>). */
	if (unborn(of(o)) ||
	    (!logon_rights(o->logon, of(o)->folder, &rights) && rights_may_delete(rights, false)))
		access |= ACCESS_DELETE;
	return long_value(out, tag, access);
}

static status make_access_level(struct object *o, uint32_t tag, struct bag *out)
{
	return long_value(out, tag, of(o)->writable);
}

static status make_type(struct object *o, uint32_t tag, struct bag *out)
{
	(void)o;
	return long_value(out, tag, OBJECT_TYPE_MESSAGE);
}

static uint64_t size_of(struct object *o, struct bag *out)
{
	struct message_info info;

	if (!of(o)->changed && !info_of(o, out, &info))
		return info.size;
	return message_part_size(of(o)->part); /* about what it will be */
}

static status make_size(struct object *o, uint32_t tag, struct bag *out)
{
	uint64_t n = size_of(o, out);

	if (tag == PidTagMessageSizeExtended)
		return bag_set_u64(out, tag, n);
	return long_value(out, tag, n > INT32_MAX ? INT32_MAX : (uint32_t)n);
}

uint32_t message_flags_now(const struct message_object *m, uint32_t flags)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct message_info info;

	/* Somebody may have read it meanwhile. */
	if (!unborn(m) && !message_info(logon_mailbox(m->object.logon), m->id, &arena, &info)) {
		flags &= ~(MSGFLAG_READ | MSGFLAG_EVER_READ);
		flags |= info.flags & (MSGFLAG_READ | MSGFLAG_EVER_READ);
	}
	flags &= ~(MSGFLAG_HASATTACH | MSGFLAG_ASSOCIATED);
	if (flags & MSGFLAG_READ)
		flags |= MSGFLAG_EVER_READ;
	return flags | (message_part_has_attachments(m->part) ? MSGFLAG_HASATTACH : 0) |
	       (m->associated ? MSGFLAG_ASSOCIATED : 0);
}

static uint32_t flags_of(struct object *o)
{
	const struct message_object *m = of(o);

	return message_flags_now(
		m, property_set_u32(&m->part->props, tag_id(PidTagMessageFlags), MSGFLAG_READ));
}

static status make_flags(struct object *o, uint32_t tag, struct bag *out)
{
	return long_value(out, tag, flags_of(o));
}

static status make_read(struct object *o, uint32_t tag, struct bag *out)
{
	return bag_set_bool(out, tag, flags_of(o) & MSGFLAG_READ);
}

static status make_has_attachments(struct object *o, uint32_t tag, struct bag *out)
{
	return bag_set_bool(out, tag, message_part_has_attachments(of(o)->part));
}

static status make_associated(struct object *o, uint32_t tag, struct bag *out)
{
	return bag_set_bool(out, tag, of(o)->associated);
}

bool message_has_named(const struct message_object *m)
{
	for (size_t i = 0; i < m->part->props.n; i++)
		if (prop_id(&m->part->props.v[i].p) >= NAMED_ID_FIRST)
			return true;
	return false;
}

static status make_has_named(struct object *o, uint32_t tag, struct bag *out)
{
	return bag_set_bool(out, tag, message_has_named(of(o)));
}

static status make_native_body(struct object *o, uint32_t tag, struct bag *out)
{
	return long_value(out, tag, message_native_body(&of(o)->part->props));
}

static status make_in_sync(struct object *o, uint32_t tag, struct bag *out)
{
	return message_native_body(&of(o)->part->props) ? bag_set_bool(out, tag, true) : ecNotFound;
}

static status make_status(struct object *o, uint32_t tag, struct bag *out)
{
	(void)o;
	return long_value(out, tag, 0);
}

/* Ids ------------------------------------------------------------------------------------------------------------------ */

static status make_mid(struct object *o, uint32_t tag, struct bag *out)
{
	return unborn(of(o)) ? ecNotFound : bag_set_u64(out, tag, id_from_counter(of(o)->id));
}

static status make_folder_id(struct object *o, uint32_t tag, struct bag *out)
{
	return of(o)->object.parent ? ecNotFound
				    : bag_set_u64(out, tag, id_from_counter(of(o)->folder));
}

static status make_zero(struct object *o, uint32_t tag, struct bag *out)
{
	return unborn(of(o)) ? ecNotFound : long_value(out, tag, 0);
}

/* Of messages there is none since Exchange 2010 ([MS-OXCMSG] 2.2.1.1, <3>), and none can be set. */
static status make_no_record_key(struct object *o, uint32_t tag, struct bag *out)
{
	(void)o;
	(void)tag;
	(void)out;
	return ecNotFound;
}

static status make_entryid(struct object *o, uint32_t tag, struct bag *out)
{
	const struct message_object *m = of(o);

	return unborn(m) ? ecNotFound
			 : object_put_message_entryid(o->logon, m->folder, m->id, tag, out);
}

static status make_parent_entryid(struct object *o, uint32_t tag, struct bag *out)
{
	return of(o)->object.parent ? ecNotFound
				    : object_put_folder_entryid(o->logon, of(o)->folder, tag, out);
}

static status make_source_key(struct object *o, uint32_t tag, struct bag *out)
{
	const struct message_object *m = of(o);
	bool parent = tag == PidTagParentSourceKey;

	if (m->object.parent || (!parent && !m->id))
		return ecNotFound;
	return object_put_key(o->logon, parent ? m->folder : m->id, tag, out);
}

static status make_version(struct object *o, uint32_t tag, struct bag *out)
{
	struct message_info info;
	status s = info_of(o, out, &info);

	if (s)
		return s;
	if (tag == PidTagChangeNumber)
		return bag_set_u64(out, tag, id_from_counter(info.cn));
	if (tag == PidTagChangeKey)
		return info.change_key.n ? bag_set_bytes(out, tag, info.change_key)
					 : object_put_key(o->logon, info.cn, tag, out);
	if (info.predecessors.n)
		return bag_set_bytes(out, tag, info.predecessors);
	return object_put_predecessors(o->logon, info.change_key, info.cn, tag, out);
}

static status make_signature(struct object *o, uint32_t tag, struct bag *out)
{
	const struct mailbox_identity *i = mailbox_identity(logon_mailbox(o->logon));
	const struct guid *g = tag == PidTagMappingSignature ? &i->mapping_signature : &i->mailbox;

	return bag_set_bytes(out, tag, bytes_of(g, sizeof *g));
}

static status make_conversation(struct object *o, uint32_t tag, struct bag *out)
{
	struct message_info info;
	status s = info_of(o, out, &info);

	if (s)
		return s;
	return info.conversation.n ? bag_set_bytes(out, tag, info.conversation) : ecNotFound;
}

static status make_deleted_on(struct object *o, uint32_t tag, struct bag *out)
{
	return of(o)->deleted ? bag_set_u64(out, tag, of(o)->deleted) : ecNotFound;
}

/* Texts ---------------------------------------------------------------------------------------------------------------- */

static status make_subject(struct object *o, uint32_t tag, struct bag *out)
{
	struct subject u = { .there = false };
	struct bytes text;
	status s = message_subject(&of(o)->part->props, object_codepage(o), out->arena, &u);

	if (s)
		return s;
	if (!u.there)
		return ecNotFound;
	text = tag_id(tag) == tag_id(PidTagSubject)         ? u.whole
	       : tag_id(tag) == tag_id(PidTagSubjectPrefix) ? u.prefix
							    : u.normalized;
	return bag_set_bytes(out, tag, text);
}

static status make_display(struct object *o, uint32_t tag, struct bag *out)
{
	uint32_t type = tag == PidTagDisplayTo ? 1 : tag == PidTagDisplayCc ? 2 : 3;
	CLEANUP_BUF struct buf b = BUF_MAX((size_t)16 << 20);
	status s = message_part_display(of(o)->part, type, &b);

	return s ? s : bag_set_bytes(out, tag, buf_bytes(&b));
}

static const struct computed_property computed[] = {
	{ PidTagAccess, make_access, false, false },
	{ PidTagAccessLevel, make_access_level, false, false },
	{ PidTagObjectType, make_type, false, false },
	{ PidTagMessageSize, make_size, false, false },
	{ PidTagMessageSizeExtended, make_size, false, true },
	{ PidTagMessageFlags, make_flags, false, false },
	{ PidTagRead, make_read, false, false },
	{ PidTagHasAttachments, make_has_attachments, false, false },
	{ PidTagAssociated, make_associated, false, false },
	{ PidTagHasNamedProperties, make_has_named, false, false },
	{ PidTagMessageStatus, make_status, true, false },
	{ PidTagMid, make_mid, false, false },
	{ PidTagInstID, make_mid, false, true },
	{ PidTagInstanceNum, make_zero, false, true },
	{ PidTagFolderId, make_folder_id, false, true },
	{ PidTagParentFolderId, make_folder_id, false, false },
	{ PidTagEntryId, make_entryid, false, false },
	{ PidTagParentEntryId, make_parent_entryid, false, false },
	{ PidTagSourceKey, make_source_key, false, false },
	{ PidTagParentSourceKey, make_source_key, false, false },
	{ PidTagChangeNumber, make_version, false, false },
	{ PidTagChangeKey, make_version, false, false },
	{ PidTagPredecessorChangeList, make_version, false, false },
	{ PidTagMappingSignature, make_signature, false, false },
	{ PidTagRecordKey, make_no_record_key, false, false },
	{ PidTagStoreRecordKey, make_signature, false, false },
	{ PidTagConversationId, make_conversation, true, false },
	{ PidTagDeletedOn, make_deleted_on, false, false },
	{ PidTagNativeBody, make_native_body, true, false },
	{ PidTagRtfInSync, make_in_sync, true, false },
	{ PidTagSubject, make_subject, false, false },
	{ PidTagSubjectPrefix, make_subject, false, false },
	{ PidTagNormalizedSubject, make_subject, false, false },
	{ PidTagDisplayTo, make_display, true, false },
	{ PidTagDisplayCc, make_display, true, false },
	{ PidTagDisplayBcc, make_display, true, false },
	{ PidTagBody, message_body_make, true, true },
	{ PidTagBodyHtml, message_body_make, true, true },
	{ PidTagHtml, message_body_make, true, true },
	{ PidTagRtfCompressed, message_body_make, true, true },
};
#define COMPUTED (sizeof computed / sizeof *computed)

/* The class ------------------------------------------------------------------------------------------------------------ */

static status props_of(struct object *o, struct bag *stored, struct object_props *out)
{
	*out = (struct object_props){ o, computed, COMPUTED, stored };
	return property_set_bag(&of(o)->part->props, stored);
}

/* HTML is kept as one type and asked for as another. */
static bool html_as_other_type(struct object *o, uint32_t tag)
{
	const struct held_prop *h = property_set_find(&of(o)->part->props, tag_id(PidTagHtml));

	return h && tag_id(tag) == tag_id(PidTagHtml) && tag_type(tag) != PT_UNSPECIFIED &&
	       (tag_type(tag) == PT_BINARY) != (prop_type(&h->p) == PT_BINARY);
}

static status get_some(struct object *o, const struct object_props *p, const uint32_t *tags,
		       size_t n, size_t most, struct bag *out)
{
	status s = ecNone;

	for (size_t i = 0; !s && i < n; i++) {
		size_t at = out->n;

		if (!html_as_other_type(o, tags[i])) {
			s = object_props_get(p, &tags[i], 1, most, out);
			continue;
		}
		s = message_body_make(o, tags[i], out);
		if (!s && out->v[at].value.n > most)
			out->v[at].flags |= PROP_LARGE;
	}
	return s;
}

static status message_get(struct object *o, const uint32_t *tags, size_t n, size_t most,
			  struct bag *out)
{
	struct object_props p;
	struct bag stored;
	status s;

	bag_init(&stored, out->arena);
	s = props_of(o, &stored, &p);
	if (s)
		return s;
	return n ? get_some(o, &p, tags, n, most, out) : object_props_get(&p, NULL, 0, most, out);
}

static status message_list(struct object *o, struct arena *arena, uint32_t **tags, size_t *n)
{
	struct object_props p;
	struct bag stored;
	status s;

	bag_init(&stored, arena);
	s = props_of(o, &stored, &p);
	return s ? s : object_props_list(&p, arena, tags, n);
}

static status message_get_value(struct object *o, uint32_t tag, struct arena *arena,
				struct prop *out)
{
	struct bag bag;
	status s;

	if (property_set_find(&of(o)->part->props, tag_id(tag)) && !html_as_other_type(o, tag) &&
	    !computed_read_only(computed, COMPUTED, tag))
		return property_set_value(&of(o)->part->props, tag_id(tag), logon_mailbox(o->logon),
					  arena, out);
	bag_init(&bag, arena);
	s = message_get(o, &tag, 1, SIZE_MAX, &bag);
	if (s || !bag.n)
		return s ? s : ecNotFound;
	*out = bag.v[0];
	return ecNone;
}

/* Changes -------------------------------------------------------------------------------------------------------------- */

/* A client says these before the first save, and never after. [MS-OXCMSG] 2.2.1.6 */
#define CLIENT_FLAGS (MSGFLAG_READ | MSGFLAG_UNSENT | MSGFLAG_RESEND)

static status set_flags(struct message_object *m, const struct prop *v, status *problem)
{
	uint32_t old = property_set_u32(&m->part->props, tag_id(PidTagMessageFlags), 0), new;

	if (m->id || v->tag != PidTagMessageFlags || v->value.n != 4) {
		*problem = ecReadOnlyProperty;
		return ecNone;
	}
	new = (old & ~(CLIENT_FLAGS | MSGFLAG_EVER_READ)) | (le32(v->value.p) & CLIENT_FLAGS);
	return property_set_put_u32(&m->part->props, PidTagMessageFlags,
				    new | (new &MSGFLAG_READ ? MSGFLAG_EVER_READ : 0));
}

/* The other forms of a body that was there before say something else now; those set in this session stay. */
static void drop_other_bodies(struct message_object *m, uint16_t id)
{
	static const uint32_t bodies[] = { PidTagBody, PidTagHtml, PidTagRtfCompressed,
					   PidTagNativeBody, PidTagRtfInSync };

	if (message_touched(m, id))
		return;
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
		if (tag_id(bodies[i]) != id && !message_touched(m, tag_id(bodies[i])) &&
		    property_set_remove(&m->part->props, tag_id(bodies[i])))
			(void)!message_touch(m, tag_id(bodies[i]));
}

static bool fixed_for_clients(uint32_t tag)
{
	return (computed_read_only(computed, COMPUTED, tag) && !message_subject_bit(tag_id(tag))) ||
	       tag_id(tag) == tag_id(PidTagSearchKey) ||
	       tag_id(tag) == tag_id(PidTagMessageStatus) ||
	       tag_id(tag) == tag_id(PidTagDisplayTo) || tag_id(tag) == tag_id(PidTagDisplayCc) ||
	       tag_id(tag) == tag_id(PidTagDisplayBcc);
}

static status set_one(struct message_object *m, const struct prop *v, status *problem)
{
	uint16_t id = prop_id(v);

	if (id == tag_id(PidTagMessageFlags))
		return set_flags(m, v, problem);
	if (fixed_for_clients(v->tag)) {
		*problem = ecReadOnlyProperty;
		return ecNone;
	}
	if (!prop_type_known(prop_type(v)) || prop_type(v) == PT_ERROR || prop_type(v) == PT_NULL) {
		*problem = ecInvalidParam;
		return ecNone;
	}
	if (message_body_tag(v->tag))
		drop_other_bodies(m, id);
	return property_set_put(&m->part->props, v);
}

/* Who made it ([MS-OXCMSG] 2.2.1.31, 2.2.1.51), and when: what is its own, follows from that. */
static bool stays_of_old(uint32_t tag)
{
	return tag_id(tag) == tag_id(PidTagMessageFlags) || tag_id(tag) == tag_id(PidTagCreationTime) ||
	       tag_id(tag) == tag_id(PidTagCreatorName) || tag_id(tag) == tag_id(PidTagCreatorEntryId);
}

/* From the end, for what is removed is gone from its place. */
static void purge_props(struct property_set *props)
{
	for (size_t i = props->n; i-- > 0;) {
		uint32_t tag = props->v[i].p.tag;

		if (!fixed_for_clients(tag) && !stays_of_old(tag))
			(void)property_set_remove(props, tag_id(tag));
	}
}

status message_object_purge(struct message_object *m)
{
	struct message_part *part;
	status s = message_object_change(m, true, &part);

	if (s)
		return s;
	purge_props(&part->props);
	message_part_remove_recipients(part);
	while (part->n_attachments)
		(void)message_part_remove_attachment(
			part, part->attachments[part->n_attachments - 1]->number);
	/* Those that come are numbered as in a new one. */
	part->next_number = 0;
	s = message_begin_again(m, &part->props);
	return s ? s : message_object_changed(m);
}

static status message_set_props(struct object *o, const struct bag *set,
				struct property_problems *problems)
{
	struct message_object *m = of(o);
	struct message_part *part;
	unsigned subject = 0;
	status s = message_object_change(m, false, &part);

	for (size_t i = 0; !s && i < set->n; i++) {
		status problem = ecNone;

		s = set_one(m, &set->v[i], &problem);
		if (!s && problem)
			s = property_problems_add(problems, i, set->v[i].tag, problem);
		else if (!s)
			s = message_touch(m, prop_id(&set->v[i]));
		if (!problem)
			subject |= message_subject_bit(prop_id(&set->v[i]));
	}
	if (!s && subject)
		s = message_touch_subject(m, subject);
	return s ? s : message_object_changed(m);
}

status message_put_big(struct message_object *m, uint32_t tag, struct big_value *v)
{
	struct message_part *part;
	status s = fixed_for_clients(tag) || tag_id(tag) == tag_id(PidTagMessageFlags)
			   ? ecAccessDenied
			   : message_object_change(m, false, &part);

	if (s)
		return s;
	if (message_body_tag(tag))
		drop_other_bodies(m, tag_id(tag));
	s = property_set_put_big(&part->props, tag, big_value_ref(v));
	if (!s)
		s = message_touch(m, tag_id(tag));
	if (!s && message_subject_bit(tag_id(tag)))
		s = message_touch_subject(m, message_subject_bit(tag_id(tag)));
	return s ? s : message_object_changed(m);
}

static status message_remove_props(struct object *o, const uint32_t *tags, size_t n,
				   struct property_problems *problems)
{
	struct message_object *m = of(o);
	struct message_part *part;
	bool subject = false;
	status s = message_object_change(m, false, &part);

	for (size_t i = 0; !s && i < n; i++) {
		uint16_t id = tag_id(tags[i]);

		if (fixed_for_clients(tags[i]) || id == tag_id(PidTagMessageFlags)) {
			s = property_problems_add(problems, i, tags[i], ecReadOnlyProperty);
			continue;
		}
		(void)property_set_remove(&part->props, id);
		if (id == tag_id(PidTagSubject)) {
			(void)property_set_remove(&part->props, tag_id(PidTagSubjectPrefix));
			(void)property_set_remove(&part->props, tag_id(PidTagNormalizedSubject));
		}
		subject = subject || message_subject_bit(id);
		s = message_touch(m, id);
	}
	if (!s && subject)
		s = message_touch_subject(m, 0);
	return s ? s : message_object_changed(m);
}

status message_touch_subject(struct message_object *m, unsigned set)
{
	static const uint32_t all[] = { PidTagSubject, PidTagSubjectPrefix,
					PidTagNormalizedSubject };
	struct property_set *p = &m->part->props;
	status s = ecNone;

	if (set || property_set_find(p, tag_id(PidTagSubjectPrefix)) ||
	    property_set_find(p, tag_id(PidTagNormalizedSubject)))
		s = message_subject_settle(p, set, object_codepage(&m->object));
	for (size_t i = 0; !s && i < sizeof all / sizeof *all; i++)
		s = message_touch(m, tag_id(all[i]));
	return s;
}

const struct object_class message_class = {
	.name = "message",
	.free = message_object_free,
	.get = message_get,
	.list = message_list,
	.value = message_get_value,
	.set = message_set_props,
	.remove = message_remove_props,
};
