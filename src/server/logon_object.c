/* Logons as objects, and what they say of their store. */
#include "server/logon_object.h"

#include "server/object_props.h"
#include "store/quota.h"
#include "store/replid.h"
#include "store/rule.h"

#include <stdlib.h>

#define LOGON_ARENA_MOST ((size_t)4 << 20)
/* PidTagMaximumSubmitMessageSize where nothing limits it. */
#define SUBMIT_KILOBYTES  153600u
#define OBJECT_TYPE_STORE 1u
/* Of strings that come and go as 8 bits, when the client did not say. */
#define CODEPAGE_USUAL 1252u

static struct logon *of(struct object *o)
{
	return (struct logon *)o;
}

/* Computed ------------------------------------------------------------------------------------------------------------ */

static status usage_of(struct object *o, struct quota_usage *u)
{
	return quota_usage(logon_mailbox(of(o)), u);
}

static status make_limit(struct object *o, uint32_t tag, struct bag *out)
{
	const struct quota *q = &of(o)->person.quota;

	switch (tag) {
	case PidTagExtendedRuleSizeLimit:
		return bag_set_u32(out, tag, EXTENDED_RULE_MOST);
	case PidTagMaximumSubmitMessageSize:
		return bag_set_u32(out, tag, of(o)->person.max_send / 1024 < SUBMIT_KILOBYTES ? (uint32_t)(of(o)->person.max_send / 1024) : SUBMIT_KILOBYTES);
	case PidTagProhibitReceiveQuota:
		return bag_set_u32(out, tag, (uint32_t)quota_kilobytes(q->prohibit_send_receive));
	case PidTagProhibitSendQuota:
		return bag_set_u32(out, tag, (uint32_t)quota_kilobytes(q->prohibit_send));
	default:
		return bag_set_u32(out, tag, (uint32_t)quota_kilobytes(q->warning));
	}
}

static status make_count(struct object *o, uint32_t tag, struct bag *out)
{
	struct quota_usage u;
	status s = usage_of(o, &u);

	if (s)
		return s;
	switch (tag) {
	case PidTagContentCount:
		return bag_set_u32(out, tag, u.items > INT32_MAX ? INT32_MAX : (uint32_t)u.items);
	case PidTagAssociatedContentCount:
		return bag_set_u32(out, tag,
				   u.associated > INT32_MAX ? INT32_MAX : (uint32_t)u.associated);
	case PidTagMessageSize:
		return bag_set_u32(out, tag, u.size > INT32_MAX ? INT32_MAX : (uint32_t)u.size);
	default:
		return bag_set_u64(out, tag, u.size);
	}
}

static status make_owner(struct object *o, uint32_t tag, struct bag *out)
{
	CLEANUP_BUF struct buf id = BUF_MAX(4096);
	status s;

	if (tag == PidTagMailboxOwnerName)
		return bag_set_text(out, tag, of(o)->person.display_name);
	s = person_entryid(tag == PidTagUserEntryId ? &o->session->user : &of(o)->person, &id);
	return s ? s : bag_set_bytes(out, tag, buf_bytes(&id));
}

static status make_name(struct object *o, uint32_t tag, struct bag *out)
{
	return bag_set_text(out, tag,
			    of(o)->public_store ? "Public Folders" : of(o)->person.display_name);
}

static status make_constant(struct object *o, uint32_t tag, struct bag *out)
{
	uint32_t codepage = o->session->client.codepage;

	switch (tag) {
	case PidTagStoreState:
		return bag_set_u32(out, tag, 0);
	case PidTagObjectType:
		return bag_set_u32(out, tag, OBJECT_TYPE_STORE);
	default:
		return bag_set_u32(out, tag, codepage ? codepage : CODEPAGE_USUAL);
	}
}

static status make_false(struct object *o, uint32_t tag, struct bag *out)
{
	(void)o;
	return bag_set_bool(out, tag, false);
}

static status make_identity(struct object *o, uint32_t tag, struct bag *out)
{
	const struct mailbox_identity *i = mailbox_identity(logon_mailbox(of(o)));
	const struct guid *g = tag == PidTagMappingSignature ? &i->mapping_signature : &i->mailbox;

	return bag_set_bytes(out, tag, bytes_of(g->b, sizeof g->b));
}

/* [MS-OXCSTOR] 2.2.2.1.1.14: pairs of REPLID and REPLGUID. */
static status make_replids(struct object *o, uint32_t tag, struct bag *out)
{
	CLEANUP_BUF struct buf b = BUF_MAX((REPLID_MAX + 1) * 18);
	struct replid *list = NULL;
	size_t n = 0;
	status s = replid_list(logon_mailbox(of(o)), out->arena, &list, &n);

	for (size_t i = 0; i < n && !s; i++) {
		buf_add_u16(&b, list[i].replid);
		buf_add(&b, list[i].guid.b, sizeof list[i].guid.b);
	}
	if (!s)
		s = buf_status(&b);
	return s ? s : bag_set_bytes(out, tag, buf_bytes(&b));
}

static const struct computed_property private_props[] = {
	{ PidTagExtendedRuleSizeLimit, make_limit, false, false },
	{ PidTagMaximumSubmitMessageSize, make_limit, false, false },
	{ PidTagProhibitReceiveQuota, make_limit, false, false },
	{ PidTagProhibitSendQuota, make_limit, false, false },
	{ PidTagStoreState, make_constant, false, false },
	{ PidTagObjectType, make_constant, false, false },
	{ PidTagCodePageId, make_constant, false, false },
	{ PidTagContentCount, make_count, false, false },
	{ PidTagAssociatedContentCount, make_count, false, false },
	{ PidTagMessageSize, make_count, false, false },
	{ PidTagMessageSizeExtended, make_count, false, false },
	{ PidTagMailboxOwnerEntryId, make_owner, false, false },
	{ PidTagMailboxOwnerName, make_owner, false, false },
	{ PidTagUserEntryId, make_owner, false, false },
	{ PidTagSerializedReplidGuidMap, make_replids, false, true },
	{ PidTagRecordKey, make_identity, false, false },
	{ PidTagMappingSignature, make_identity, false, false },
	{ PidTagDisplayName, make_name, true, false },
	{ PidTagOutOfOfficeState, make_false, true, false },
};

/* What is private to a mailbox is not said of the public folders. PidTagAddressBookMessageId: there is no such folder. */
static const struct computed_property public_props[] = {
	{ PidTagObjectType, make_constant, false, false },
	{ PidTagCodePageId, make_constant, false, false },
	{ PidTagUserEntryId, make_owner, false, false },
	{ PidTagSerializedReplidGuidMap, make_replids, false, true },
	{ PidTagRecordKey, make_identity, false, false },
	{ PidTagMappingSignature, make_identity, false, false },
	{ PidTagAddressBookMessageId, NULL, false, true },
	{ PidTagDisplayName, make_name, true, false },
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct computed_property *table_of(const struct object *o, size_t *n)
{
	const struct logon *l = (const struct logon *)o;

	*n = l->public_store ? COUNT(public_props) : COUNT(private_props);
	return l->public_store ? public_props : private_props;
}

/* The class ------------------------------------------------------------------------------------------------------------ */

static status props_of(struct object *o, struct bag *stored, struct object_props *out)
{
	size_t n;
	const struct computed_property *t = table_of(o, &n);

	*out = (struct object_props){ o, t, n, stored };
	return mailbox_props(logon_mailbox(of(o)), stored);
}

static status logon_get(struct object *o, const uint32_t *tags, size_t n, size_t most,
			struct bag *out)
{
	struct object_props p;
	struct bag stored;
	status s;

	bag_init(&stored, out->arena);
	s = props_of(o, &stored, &p);
	return s ? s : object_props_get(&p, tags, n, most, out);
}

static status logon_list(struct object *o, struct arena *arena, uint32_t **tags, size_t *n)
{
	struct object_props p;
	struct bag stored;
	status s;

	bag_init(&stored, arena);
	s = props_of(o, &stored, &p);
	return s ? s : object_props_list(&p, arena, tags, n);
}

static status logon_value(struct object *o, uint32_t tag, struct arena *arena, struct prop *out)
{
	struct object_props p;
	struct bag stored;
	status s;

	bag_init(&stored, arena);
	s = props_of(o, &stored, &p);
	return s ? s : object_props_value(&p, tag, arena, out);
}

/* What clients of a mailbox must not set, though it is not computed ([MS-OXCSTOR] 2.2.2.1.2, <14> to <16>). */
static bool is_kept(const struct logon *l, uint32_t tag)
{
	static const uint32_t kept[] = { PidTagComment, PidTagDeleteAfterSubmit,
					 PidTagDisplayName };

	for (size_t i = 0; i < COUNT(kept) && !l->public_store; i++)
		if (tag_id(kept[i]) == tag_id(tag))
			return true;
	return false;
}

/* It is always true or false: there is nothing to remove ([MS-OXCSTOR] 2.2.2.1.2.4, 2.2.2.1.2). */
static bool is_state(const struct logon *l, uint32_t tag)
{
	return !l->public_store && tag_id(tag) == tag_id(PidTagOutOfOfficeState);
}

/* Which of them may be set or removed; the others are problems. */
static status sift(struct object *o, const uint32_t *tags, size_t n, bool set, bool *allowed,
		   struct property_problems *problems)
{
	size_t count;
	const struct computed_property *t = table_of(o, &count);
	status s = ecNone;

	for (size_t i = 0; i < n && !s; i++) {
		allowed[i] = of(o)->owner && !(set ? is_kept(of(o), tags[i]) : is_state(of(o), tags[i])) &&
			     !computed_read_only(t, count, tags[i]);
		if (!allowed[i])
			s = property_problems_add(problems, i, tags[i], ecAccessDenied);
	}
	return s;
}

static status change(struct object *o, const struct bag *set, const uint16_t *remove, size_t n)
{
	struct mailbox *m = logon_mailbox(of(o));
	status s = mailbox_begin(m);

	if (!s)
		s = mailbox_set(m, set, remove, n);
	/* [MS-OXCSTOR] 2.2.2.1.2.4: whatever the value, everybody hears out-of-office rules once again. */
	if (!s && bag_find(set, tag_id(PidTagOutOfOfficeState)))
		s = rule_forget_told(m);
	if (!s)
		return mailbox_commit(m);
	mailbox_rollback(m);
	return s;
}

static status logon_set(struct object *o, const struct bag *set, struct property_problems *problems)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(LOGON_ARENA_MOST);
	uint32_t *tags = arena_array(&scratch, set->n + 1, sizeof *tags);
	bool *allowed = arena_array(&scratch, set->n + 1, sizeof *allowed);
	struct bag good;
	status s = tags && allowed ? ecNone : ecMemory;

	bag_init(&good, &scratch);
	for (size_t i = 0; i < set->n && !s; i++)
		tags[i] = set->v[i].tag;
	if (!s)
		s = sift(o, tags, set->n, true, allowed, problems);
	for (size_t i = 0; i < set->n && !s; i++)
		if (allowed[i] && !bag_append(&good, &set->v[i]))
			s = ecMemory;
	return s || !good.n ? s : change(o, &good, NULL, 0);
}

static status logon_remove(struct object *o, const uint32_t *tags, size_t n,
			   struct property_problems *problems)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(LOGON_ARENA_MOST);
	uint16_t *ids = arena_array(&scratch, n + 1, sizeof *ids);
	bool *allowed = arena_array(&scratch, n + 1, sizeof *allowed);
	size_t count = 0;
	struct bag none;
	status s = ids && allowed ? sift(o, tags, n, false, allowed, problems) : ecMemory;

	bag_init(&none, &scratch);
	for (size_t i = 0; i < n && !s; i++)
		if (allowed[i])
			ids[count++] = tag_id(tags[i]);
	return s || !count ? s : change(o, &none, ids, count);
}

static void logon_free(struct object *o)
{
	struct logon *l = of(o);

	if (session_logon(o->session, l->id) == l)
		(void)!session_set_logon(o->session, l->id, NULL);
	host_mailbox_release(l->store);
	buf_free(&l->upload.data);
	arena_free(&l->arena);
	free(l);
}

static const struct object_class class = {
	.name = "logon",
	.free = logon_free,
	.get = logon_get,
	.list = logon_list,
	.value = logon_value,
	.set = logon_set,
	.remove = logon_remove,
};

status logon_object_new(struct session *s, uint8_t id, struct shared_mailbox *store,
			struct logon **out)
{
	struct logon *l = calloc(1, sizeof *l);

	if (!l) {
		host_mailbox_release(store);
		return ecMemory;
	}
	object_init(&l->object, OBJECT_LOGON, &class, NULL, NULL);
	l->object.session = s;
	l->id = id;
	l->store = store;
	l->arena = (struct arena){ .budget = LOGON_ARENA_MOST, .first = SESSION_PERSON_BYTES };
	buf_init(&l->upload.data, PER_USER_DATA_MAX);
	*out = l;
	return ecNone;
}
