#include "server/fast_message.h"

#include "mapi/string_kind.h"

#include <string.h>

/* [MS-OXCFXICS] 2.2.4.1.5.1 */
#define MetaTagFXDelProp 0x40160003u
#define NESTING 64u

/* Which properties -------------------------------------------------------------------------------------------------------- */

static status add_name(struct fast_filter *f, const struct prop_name *name, struct arena *arena)
{
	struct prop_name copy = *name;

	if (name->by_string) {
		copy.string = bytes_of(arena_memdup(arena, name->string.p, name->string.n), name->string.n);
		if (!copy.string.p && name->string.n)
			return ecMemory;
	}
	f->names[f->n_names++] = copy;
	return ecNone;
}

status fast_filter_set(struct fast_filter *f, bool only, const uint32_t *tags, size_t n, const struct name_map *names, struct arena *arena)
{
	status s = ecNone;

	memset(f, 0, sizeof *f);
	f->only = only;
	f->any = n > 0;
	f->names = arena_array(arena, n + 1, sizeof *f->names);
	if (!f->names)
		return ecMemory;
	for (size_t i = 0; !s && i < n; i++) {
		uint16_t id = tag_id(tags[i]);
		const struct prop_name *name = id >= NAMED_ID_FIRST ? name_map_name(names, id) : NULL;

		if (id < NAMED_ID_FIRST)
			f->ids[id / 8] |= (uint8_t)(1u << id % 8);
		else if (name)
			s = add_name(f, name, arena);
	}
	return s;
}

static bool same_name(const struct prop_name *a, const struct prop_name *b)
{
	if (a->by_string != b->by_string || !guid_equal(&a->set, &b->set))
		return false;
	return a->by_string ? bytes_equal(a->string, b->string) : a->lid == b->lid;
}

bool fast_filter_passes(const struct fast_filter *f, uint32_t tag, const struct prop_name *name)
{
	uint16_t id = tag_id(tag);
	bool listed = false;

	if (id < NAMED_ID_FIRST)
		listed = f->ids[id / 8] & 1u << id % 8;
	for (size_t i = 0; name && !listed && i < f->n_names; i++)
		listed = same_name(&f->names[i], name);
	return listed == f->only;
}

/* Texts ------------------------------------------------------------------------------------------------------------------- */

/* [MS-OXCFXICS] 2.2.4.1.1.1: this bit and a code page are a type. */
#define CODEPAGE_TYPE 0x8000u
#define CODEPAGE_UTF16 1200u

static bool is_text(uint16_t type)
{
	return type == PT_UNICODE || type == PT_STRING8 || type == PT_MV_UNICODE || type == PT_MV_STRING8;
}

enum fast_text fast_text_of(uint8_t send_options)
{
	bool force = send_options & SEND_FORCE_UNICODE;

	if (send_options & SEND_USE_CPID)
		return force ? TEXT_CPID_UNICODE : TEXT_CPID;
	if (force)
		return TEXT_UNICODE;
	return send_options & SEND_UNICODE ? TEXT_AS_STORED : TEXT_CODEPAGE;
}

/* PT_UNICODE or PT_STRING8: what a text of this type is converted to. */
static uint16_t wanted_kind(uint16_t type, enum fast_text text)
{
	uint16_t kind = (uint16_t)(type & ~MV_FLAG);

	if (text == TEXT_CODEPAGE)
		return PT_STRING8;
	return text == TEXT_UNICODE || text == TEXT_CPID_UNICODE ? PT_UNICODE : kind;
}

/* The type that stands before the value. There are none of lists that name a code page. */
static uint16_t type_as(uint16_t kind, bool list, enum fast_text text, unsigned codepage)
{
	if (text >= TEXT_CPID && !list)
		return (uint16_t)(CODEPAGE_TYPE | (kind == PT_UNICODE ? CODEPAGE_UTF16 : codepage));
	return list ? kind | MV_FLAG : kind;
}

status fast_put_as(struct fast_stream *s, const struct prop *p, const struct name_map *names, enum fast_text text, unsigned codepage)
{
	CLEANUP_BUF struct buf b = BUF_MAX(MESSAGE_BODY_MAX);
	struct prop as = *p;
	uint16_t type = prop_type(p);
	const uint8_t *copy;
	status st;

	if (!is_text(type))
		return fast_put_prop(s, p, names);
	st = string_kind_set(&as, wanted_kind(type, text), codepage, &s->arena);
	if (st || text < TEXT_CPID || !ft_can_say(&as, names))
		return st ? st : fast_put_prop(s, &as, names);
	ft_put_prop(&b, &as, names);
	if (b.failed)
		return ecMemory;
	put_le16(b.p, type_as((uint16_t)(prop_type(&as) & ~MV_FLAG), type & MV_FLAG, text, codepage));
	copy = arena_memdup(&s->arena, b.p, b.n);
	return copy ? fast_put(s, bytes_of(copy, b.n), b.n - (type & MV_FLAG || as.value.n > b.n ? 0 : as.value.n)) : ecMemory;
}

/* One message -------------------------------------------------------------------------------------------------------------- */

struct making {
	struct fast_stream *s;
	const struct fast_message *how;
	const struct message_info *info;
	struct arena *arena;
	const struct name_map *names; /* the ids at rest are the mailbox's */
	uint32_t skip_until;    /* the marker that ends what is left out; 0: nothing is */
	bool flags_put, recipients_begun, attachments_begun;
	uint32_t numbers[NESTING]; /* of the next attachment, by depth */
	/* Of a partial change: what this pass gives, and whether there was any of it. */
	enum message_group group;
	bool group_begun, group_put;
};

/* In the pass of partial changes that comes after those of the groups: recipients and attachments. */
#define CHILDREN GROUPS_ALL

static bool in_groups(const struct making *k)
{
	return k->how->groups && k->group != CHILDREN;
}

static status begin_recipients(struct making *k)
{
	if (k->recipients_begun)
		return ecNone;
	k->recipients_begun = true;
	if (!k->flags_put && (!k->how->filter || fast_filter_passes(k->how->filter, PidTagMessageFlags, NULL))) {
		status s = fast_put_u32(k->s, PidTagMessageFlags, k->info->flags);

		if (s)
			return s;
	}
	return k->how->del_props && !k->how->no_recipients ? fast_put_u32(k->s, MetaTagFXDelProp, PidTagMessageRecipients) : ecNone;
}

static status begin_attachments(struct making *k)
{
	status s = begin_recipients(k);

	if (s || k->attachments_begun)
		return s;
	k->attachments_begun = true;
	return k->how->del_props && !k->how->no_attachments ? fast_put_u32(k->s, MetaTagFXDelProp, PidTagMessageAttachments) : ecNone;
}

/* PidTagAttachNumber stands first in an attachment (2.2.4.3.1); those of imported messages may have none. */
static status put_number(struct making *k, unsigned depth)
{
	if (k->info->plain || depth >= NESTING)
		return ecNone;
	if (depth + 1 < NESTING)
		k->numbers[depth + 1] = 0;
	return fast_put_u32(k->s, PidTagAttachNumber, k->numbers[depth]++);
}

static status on_marker(struct making *k, const struct message_token *t)
{
	status s = ecNone;

	if (in_groups(k))
		return ecNone;
	if (t->depth == 0 && t->marker == FT_START_RECIP) {
		s = begin_recipients(k);
		k->skip_until = k->how->no_recipients ? FT_END_TO_RECIP : 0;
	} else if (t->depth == 0 && t->marker == FT_NEW_ATTACH) {
		s = begin_attachments(k);
		k->skip_until = k->how->no_attachments ? FT_END_ATTACH : 0;
	}
	if (s || k->skip_until)
		return s;
	s = fast_put(k->s, t->raw, t->raw.n);
	return s || t->marker != FT_NEW_ATTACH ? s : put_number(k, t->depth);
}

/* PidTagMessageFlags as the mailbox knows them now. */
static uint32_t flags_now(const struct making *k, const struct prop *p)
{
	const uint32_t kept = MSGFLAG_READ | MSGFLAG_EVER_READ;

	return p->value.n == 4 ? (le32(p->value.p) & ~kept) | (k->info->flags & kept) : k->info->flags;
}

/* Types that are stored as they are asked for are copied, large ones too; the type alone may be another. */
static status put_text(struct making *k, const struct message_token *t)
{
	uint16_t type = prop_type(&t->prop), kind = (uint16_t)(type & ~MV_FLAG);
	uint8_t *head;
	status s;

	if (!t->large && wanted_kind(type, k->how->text) != kind)
		return fast_put_as(k->s, &t->prop, k->names, k->how->text, k->how->codepage);
	head = arena_alloc(&k->s->arena, 2);
	if (!head)
		return ecMemory;
	put_le16(head, type_as(kind, type & MV_FLAG, k->how->text, k->how->codepage));
	s = fast_put(k->s, bytes_of(head, 2), 2);
	if (!s)
		s = fast_put(k->s, bytes_of(t->raw.p + 2, t->raw.n - 2), t->firm > 2 ? t->firm - 2 : 0);
	if (!s && t->large)
		s = fast_put_large(k->s, t->large);
	return s ? s : fast_put(k->s, t->tail, t->tail.n);
}

/* The index of the group, before the first of its properties ([MS-OXCFXICS] 2.2.4.1.5.5). */
static status begin_group(struct making *k)
{
	status s = k->group_begun ? ecNone :
				    fast_put_u32(k->s, PROPERTY_GROUP_INDEX_TAG, k->group == GROUP_OTHER ? PROPERTY_GROUP_NONE : (uint32_t)k->group);

	k->group_begun = k->group_put = true;
	return s;
}

/* What is in the group, when the pass is one of a group. */
static status in_pass(struct making *k, const struct message_token *t, bool *yes)
{
	*yes = in_groups(k) ? !t->depth && message_group_of(t->prop.tag, t->named ? &t->name : NULL) == k->group : !k->how->groups || t->depth;
	return *yes && in_groups(k) ? begin_group(k) : ecNone;
}

static status on_property(struct making *k, const struct message_token *t)
{
	bool top = t->depth == 0, yes = false;
	status s;

	if (t->escaped || message_tag_is_internal(t->prop.tag) || (top && k->how->no_identity && message_tag_is_identity(t->prop.tag)))
		return ecNone;
	if (top && k->how->filter && !fast_filter_passes(k->how->filter, t->prop.tag, t->named ? &t->name : NULL))
		return ecNone;
	s = in_pass(k, t, &yes);
	if (s || !yes)
		return s;
	if (top && t->prop.tag == PidTagMessageFlags) {
		k->flags_put = true;
		return fast_put_u32(k->s, PidTagMessageFlags, flags_now(k, &t->prop));
	}
	if (!k->info->plain && !top && t->prop.tag == PidTagAttachNumber)
		return ecNone;
	if (is_text(prop_type(&t->prop)) && k->how->text != TEXT_AS_STORED)
		return put_text(k, t);
	s = fast_put(k->s, t->raw, t->firm);
	if (!s && t->large)
		s = fast_put_large(k->s, t->large);
	return s ? s : fast_put(k->s, t->tail, t->tail.n);
}

static status on_token(void *context, const struct message_token *t)
{
	struct making *k = context;

	if (k->skip_until) {
		if (t->depth == 0 && t->marker == k->skip_until)
			k->skip_until = 0;
		return ecNone;
	}
	return t->marker ? on_marker(k, t) : on_property(k, t);
}

/* Partial changes ([MS-OXCFXICS] 2.2.4.3.15) --------------------------------------------------------------------------- */

/* What is in no group comes first, recipients and attachments last. */
static const enum message_group passes[] = {
	GROUP_OTHER,	   GROUP_STATE, GROUP_FLAG, GROUP_CATEGORIES, GROUP_IMPORTANCE, GROUP_SUBJECT, GROUP_BODY, GROUP_RECIPIENTS,
	GROUP_ATTACHMENTS, CHILDREN,
};
#define PASSES (sizeof passes / sizeof *passes)
#define WITH_CHILDREN (1u << GROUP_RECIPIENTS | 1u << GROUP_ATTACHMENTS)

static bool is_asked(const struct making *k, enum message_group g)
{
	return g == CHILDREN ? k->how->groups & WITH_CHILDREN : k->how->groups & 1u << g;
}

/* The next pass that has something to give; false: there is none. */
static bool next_pass(struct making *k, size_t from)
{
	for (size_t i = from; i < PASSES; i++)
		if (is_asked(k, passes[i])) {
			k->group = passes[i];
			k->group_begun = k->group_put = false;
			return true;
		}
	return false;
}

/* Of the flags there is always something to say, also when they stand nowhere. */
static status end_group(struct making *k)
{
	status s = ecNone;

	if (k->group == GROUP_STATE && !k->flags_put && (!k->how->filter || fast_filter_passes(k->how->filter, PidTagMessageFlags, NULL))) {
		s = begin_group(k);
		k->flags_put = true;
		if (!s)
			s = fast_put_u32(k->s, PidTagMessageFlags, k->info->flags);
	}
	if (s || k->group_put || k->group == GROUP_OTHER)
		return s;
	s = begin_group(k);
	return s ? s : fast_put_u32(k->s, PROPERTY_GROUP_EMPTY_TAG, 0);
}

/* Those of the two that are not asked for are left out, and so stay what they are. */
static status end_children(struct making *k)
{
	status s = ecNone;

	if (k->how->groups & 1u << GROUP_RECIPIENTS)
		s = begin_recipients(k);
	return !s && k->how->groups & 1u << GROUP_ATTACHMENTS ? begin_attachments(k) : s;
}

static status on_pass(void *context, bool *again)
{
	struct making *k = context;
	size_t at = 0;
	status s = k->group == CHILDREN ? end_children(k) : end_group(k);

	while (passes[at] != k->group)
		at++;
	*again = !s && next_pass(k, at + 1);
	return s;
}

/* What it is made of when only groups are wanted. */
static struct fast_message of_groups(const struct fast_message *asked)
{
	struct fast_message how = *asked;

	how.no_recipients = how.no_recipients || !(how.groups & 1u << GROUP_RECIPIENTS);
	how.no_attachments = how.no_attachments || !(how.groups & 1u << GROUP_ATTACHMENTS);
	return how;
}

static status on_begin(void *context)
{
	struct making *k = context;

	return k->how->begin ? k->how->begin(k->how->context, k->info) : ecNone;
}

status fast_put_message(struct fast_stream *s, struct mailbox *m, uint64_t id, const struct fast_message *how, struct message_info *info)
{
	struct making k = { .s = s, .how = how, .info = info, .arena = &s->arena, .names = mailbox_names(m) };
	const struct fast_message groups = of_groups(how);
	status st;

	if (how->groups) {
		k.how = &groups;
		return next_pass(&k, 0) ? message_tokens(m, id, &s->arena, info, &(struct message_tokens_fns){ on_begin, on_token, on_pass }, &k) : ecNone;
	}
	st = message_tokens(m, id, &s->arena, info, &(struct message_tokens_fns){ on_begin, on_token, NULL }, &k);
	return st ? st : begin_attachments(&k);
}
