/* What a row has: made of columns, or as it is stored. */
#include "store/mailbox_copy.h"
#include "store/table_private.h"

#include "base/utf16.h"
#include "rop/xid.h"

/* The replica's own ids in a Folder or Message ID ([MS-OXCDATA] 2.2.1). */
#define REPLICA_ID 1u

/* tag_id as a constant. */
#define ID(tag) ((tag) >> 16)

/* Values ---------------------------------------------------------------------------------------------------------------- */

bool row_bytes(struct arena *a, uint32_t tag, struct bytes v, struct prop *out)
{
	const void *p = arena_memdup(a, v.n ? v.p : (const uint8_t *)"", v.n);

	*out = (struct prop){ .tag = tag, .count = 1, .size = v.n, .value = bytes_of(p, v.n) };
	return p != NULL;
}

bool row_long(struct arena *a, uint32_t tag, uint32_t v, struct prop *out)
{
	uint8_t le[4];

	put_le32(le, v);
	return row_bytes(a, tag, bytes_of(le, sizeof le), out);
}

bool row_long64(struct arena *a, uint32_t tag, uint64_t v, struct prop *out)
{
	uint8_t le[8];

	put_le64(le, v);
	return row_bytes(a, tag, bytes_of(le, sizeof le), out);
}

bool row_bool(struct arena *a, uint32_t tag, bool v, struct prop *out)
{
	uint8_t byte = v;

	return row_bytes(a, tag, bytes_of(&byte, 1), out);
}

bool row_text(struct arena *a, uint32_t tag, struct bytes utf8, struct prop *out)
{
	CLEANUP_BUF struct buf wide = BUF_MAX(utf8.n * 4 + 16);

	utf16_from_utf8(utf8, &wide);
	return !wide.failed && row_bytes(a, tag, buf_bytes(&wide), out);
}

uint64_t row_short_id(uint64_t id)
{
	struct short_term_id s = { .replica = REPLICA_ID };

	global_counter_set(s.counter, id);
	return short_term_id_get(&s);
}

uint64_t row_globcnt(uint64_t short_id)
{
	struct short_term_id s = short_term_id_of(short_id);

	return s.replica == REPLICA_ID ? global_counter_get(s.counter) : 0;
}

static struct long_term_id long_id(struct mailbox *m, uint64_t id)
{
	struct long_term_id l = { .id.replica = mailbox_identity(m)->replica };

	global_counter_set(l.id.counter, id);
	return l;
}

bool row_entryid(struct arena *a, uint32_t tag, struct mailbox *m, uint64_t folder, uint64_t message, struct prop *out)
{
	CLEANUP_BUF struct buf b = BUF_MAX(256);
	struct entryid id = { .kind = message ? ENTRYID_MESSAGE : ENTRYID_FOLDER };

	if (message)
		id.message = (struct message_entryid){ .provider = mailbox_identity(m)->mailbox,
						       .object = EITLT_PRIVATE_MESSAGE,
						       .folder = long_id(m, folder),
						       .message = long_id(m, message) };
	else
		id.folder = (struct folder_entryid){ .provider = mailbox_identity(m)->mailbox,
						     .object = EITLT_PRIVATE_FOLDER,
						     .folder = long_id(m, folder) };
	return !entryid_encode(&id, &b, NULL) && row_bytes(a, tag, buf_bytes(&b), out);
}

/* Change keys and source keys are both a namespace and a GLOBCNT ([MS-OXCFXICS] 2.2.2.1, 2.2.2.2). */
static bool row_key(struct arena *a, uint32_t tag, const struct guid *space, uint64_t number, struct prop *out)
{
	CLEANUP_BUF struct buf b = BUF_MAX(64);
	struct xid x = xid_of_globcnt(space, number);

	xid_encode(&x, &b);
	return !b.failed && row_bytes(a, tag, buf_bytes(&b), out);
}

bool row_source_key(struct arena *a, uint32_t tag, struct mailbox *m, uint64_t id, struct prop *out)
{
	return row_key(a, tag, &mailbox_identity(m)->replica, id, out);
}

bool row_change_key(struct arena *a, uint32_t tag, struct mailbox *m, struct bytes stored, uint64_t cn, struct prop *out)
{
	return stored.n ? row_bytes(a, tag, stored, out) : row_key(a, tag, mailbox_change_space(m), cn, out);
}

bool row_predecessors(struct arena *a, uint32_t tag, struct mailbox *m, struct bytes stored, struct bytes change_key, uint64_t cn,
		      struct prop *out)
{
	struct prop key;
	uint8_t *one;

	if (stored.n)
		return row_bytes(a, tag, stored, out);
	if (!row_change_key(a, tag, m, change_key, cn, &key) || key.value.n > UINT8_MAX)
		return false;
	one = arena_alloc(a, key.value.n + 1);
	if (!one)
		return false;
	one[0] = (uint8_t)key.value.n;
	memcpy(one + 1, key.value.p, key.value.n);
	*out = (struct prop){ .tag = tag, .count = 1, .size = key.value.n + 1, .value = bytes_of(one, key.value.n + 1) };
	return true;
}

/* Rows ------------------------------------------------------------------------------------------------------------------- */

static status object(struct restrict_row *row, uint32_t subobject, size_t i, const struct bag **out)
{
	struct table_row *r = (struct table_row *)row;
	bool recipients = tag_id(subobject) == tag_id(PidTagMessageRecipients);
	status s = ecNone;

	*out = NULL;
	if (!r->message || r->gone)
		return ecNone;
	if (!r->have_objects) {
		struct table_objects o = { .n_recipients = 0 };

		s = table_objects(r->m, r->id, r->arena, &o);
		r->have_objects = !s;
		r->recipients = o.recipients;
		r->n_recipients = o.n_recipients;
		r->attachments = o.attachments;
		r->n_attachments = o.n_attachments;
	}
	if (!s && i < (recipients ? r->n_recipients : r->n_attachments))
		*out = recipients ? &r->recipients[i] : &r->attachments[i];
	return s;
}

void table_row_init(struct table_row *r, struct mailbox *m, struct arena *arena)
{
	*r = (struct table_row){ .row = { .prop = table_row_prop, .object = object, .codepage = 1252 }, .m = m, .arena = arena };
	bag_init(&r->made, arena);
	bag_init(&r->body, arena);
}

static status need_body(struct table_row *r)
{
	status s = ecNone;

	if (r->have_body)
		return ecNone;
	if (r->gone) {
		s = ecNone;
	} else if (r->message) {
		s = message_props(r->m, r->id, &r->body);
		uint32_t codepage = bag_u32(&r->body, tag_id(PidTagMessageCodepage), 0);
		if (!s && codepage && codepage < UINT16_MAX)
			r->row.codepage = codepage;
	} else if (r->folder) {
		s = folder_props(r->m, r->id, &r->body);
	} else if (r->object) {
		r->body = *r->object;
	}
	r->have_body = !s;
	return s;
}

/* Those of a row as such, whatever it is a row of ([MS-OXCTABL] 2.2.1). */
static bool row_made(struct table_row *r, uint32_t tag, struct prop *out, bool *good)
{
	uint8_t key[12];

	switch (tag_id(tag)) {
	case ID(PidTagInstanceNum):
		*good = row_long(r->arena, PidTagInstanceNum, r->instance, out);
		return true;
	case ID(PidTagRowType):
		*good = row_long(r->arena, PidTagRowType, ROW_LEAF, out);
		return true;
	case ID(PidTagDepth):
		*good = row_long(r->arena, PidTagDepth, r->depth, out);
		return true;
	case ID(PidTagInstID):
		*good = row_long64(r->arena, PidTagInstID, r->object ? r->id : row_short_id(r->id), out);
		return true;
	case ID(PidTagInstanceKey):
		put_le64(key, r->id);
		put_le32(key + 8, r->instance);
		*good = row_bytes(r->arena, PidTagInstanceKey, bytes_of(key, sizeof key), out);
		return true;
	default:
		return false;
	}
}

/* Text and bytes that stand beside a message. */
static status large_value(struct table_row *r, const struct prop *p, const struct prop **out)
{
	struct prop value;
	status s;

	*out = NULL;
	if (!r->message || p->size > WHOLE_VALUE_MAX)
		return ecNone;
	s = message_value(r->m, r->id, prop_id(p), r->arena, &value);
	if (s == ecNotFound || s == ecMemory || s == ecTooBig)
		return ecNone;
	if (!s && !(*out = bag_append(&r->made, &value)))
		s = ecMemory;
	return s;
}

/* The one value of many that makes this row. */
static const struct prop *instance_of(struct table_row *r, const struct prop *p)
{
	struct prop one = { .tag = p->tag & ~(uint32_t)MV_FLAG, .count = 1 };
	size_t size = prop_type_fixed_size(prop_type(&one));

	if (!(prop_type(p) & MV_FLAG) || r->instance >= p->count)
		return p;
	if (prop_is_list(p->tag))
		one.value = p->values[r->instance];
	else if ((r->instance + 1) * size <= p->value.n)
		one.value = bytes_of(p->value.p + r->instance * size, size);
	one.size = one.value.n;
	return bag_append(&r->made, &one);
}

static status made_prop(struct table_row *r, uint32_t tag, const struct prop **out, bool *made)
{
	struct prop p = { .tag = 0 };
	bool good = true, there = true;
	status s = ecNone;

	*made = row_made(r, tag, &p, &good);
	if (!good)
		return ecMemory;
	if (!*made && r->message)
		s = message_row_made(r, tag, &p, made, &there);
	if (!s && !*made && r->folder)
		s = folder_row_made(r, tag, &p, made, &there);
	if (s || !*made)
		return s;
	*out = there ? bag_append(&r->made, &p) : NULL;
	return there && !*out ? ecMemory : ecNone;
}

/* A heading has what makes its category, and its counts ([MS-OXCTABL] 2.2.1). */
static bool heading_has(const struct table_row *r, uint32_t tag)
{
	for (unsigned i = 0; i <= r->heading->depth; i++)
		if (tag_id(r->t->sorts[i].tag) == tag_id(tag))
			return true;
	return false;
}

static status heading_prop(struct table_row *r, uint32_t tag, const struct prop **out)
{
	const struct table_heading *h = r->heading;
	struct prop p = { .tag = 0 };
	uint8_t key[12] = { 0 };
	bool good;

	put_le64(key, h->id);
	*out = NULL;
	switch (tag_id(tag)) {
	case ID(PidTagInstID):
		good = row_long64(r->arena, PidTagInstID, h->id, &p);
		break;
	case ID(PidTagInstanceNum):
		good = row_long(r->arena, PidTagInstanceNum, 0, &p);
		break;
	case ID(PidTagInstanceKey):
		good = row_bytes(r->arena, PidTagInstanceKey, bytes_of(key, sizeof key), &p);
		break;
	case ID(PidTagRowType):
		good = row_long(r->arena, PidTagRowType, h->expanded ? ROW_EXPANDED : ROW_COLLAPSED, &p);
		break;
	case ID(PidTagDepth):
		good = row_long(r->arena, PidTagDepth, h->depth, &p);
		break;
	case ID(PidTagContentCount):
		good = row_long(r->arena, PidTagContentCount, h->rows, &p);
		break;
	case ID(PidTagContentUnreadCount):
		good = row_long(r->arena, PidTagContentUnreadCount, h->unread, &p);
		break;
	default:
		return ecNone;
	}
	*out = good ? bag_append(&r->made, &p) : NULL;
	return *out ? ecNone : ecMemory;
}

static status find_prop(struct table_row *r, uint32_t tag, bool whole, const struct prop **out);

status table_row_prop(struct restrict_row *row, uint32_t tag, bool whole, const struct prop **out)
{
	struct table_row *r = (struct table_row *)row;

	if (!r->heading || heading_has(r, tag))
		return find_prop(r, tag, whole, out);
	return heading_prop(r, tag, out);
}

static status find_prop(struct table_row *r, uint32_t tag, bool whole, const struct prop **out)
{
	const struct prop *p = bag_find(&r->made, tag_id(tag));
	bool made = p != NULL;
	status s = made ? ecNone : made_prop(r, tag, &p, &made);

	if (!s && !made) {
		s = need_body(r);
		p = s ? NULL : bag_find(&r->body, tag_id(tag));
		if (p && whole && p->flags & PROP_LARGE)
			s = large_value(r, p, &p);
		if (p && r->instance_tag && tag_id(tag) == tag_id(r->instance_tag))
			p = instance_of(r, p);
	}
	if (!s)
		*out = p;
	return s;
}
