#include "rop/sync_state.h"

#include "mapi/tag.h"
#include "rop/fasttransfer.h"

/* Type and value of it disagree: a PtypBinary that is announced as PtypInteger32. [MS-OXCFXICS] 2.2.1.1.1 */
#define IDSET_GIVEN_AS_BINARY tag_make(tag_id(MetaTagIdsetGiven), PT_BINARY)

static const struct part {
	uint32_t tag;
	size_t offset;
	bool in_hierarchy;
} parts[] = {
	{ MetaTagIdsetGiven, offsetof(struct sync_state, given), true },
	{ MetaTagCnsetSeen, offsetof(struct sync_state, seen), true },
	{ MetaTagCnsetSeenFAI, offsetof(struct sync_state, seen_associated), false },
	{ MetaTagCnsetRead, offsetof(struct sync_state, read), false },
};

#define PARTS (sizeof parts / sizeof *parts)

static struct idset *part_of(struct sync_state *s, size_t i)
{
	return (struct idset *)((char *)s + parts[i].offset);
}

static const struct idset *const_part_of(const struct sync_state *s, size_t i)
{
	return (const struct idset *)((const char *)s + parts[i].offset);
}

void sync_state_init(struct sync_state *s, size_t max_ranges)
{
	for (size_t i = 0; i < PARTS; i++)
		idset_init(part_of(s, i), max_ranges);
}

void sync_state_free(struct sync_state *s)
{
	for (size_t i = 0; i < PARTS; i++)
		idset_free(part_of(s, i));
}

bool sync_state_equal(const struct sync_state *a, const struct sync_state *b)
{
	for (size_t i = 0; i < PARTS; i++)
		if (!idset_equal(const_part_of(a, i), const_part_of(b, i)))
			return false;
	return true;
}

static void take(struct sync_state *to, struct sync_state *from)
{
	struct sync_state old = *to;

	*to = *from;
	*from = old;
}

status sync_state_copy(const struct sync_state *from, struct sync_state *to)
{
	CLEANUP_SYNC_STATE struct sync_state copy = SYNC_STATE_MAX(0);
	status s = ecNone;

	for (size_t i = 0; !s && i < PARTS; i++) {
		part_of(&copy, i)->max = const_part_of(to, i)->max;
		s = idset_union(part_of(&copy, i), const_part_of(from, i));
	}
	if (!s)
		take(to, &copy);
	return s;
}

struct idset *sync_state_find(struct sync_state *s, uint32_t tag)
{
	for (size_t i = 0; i < PARTS; i++)
		if (parts[i].tag == tag || (i == 0 && tag == IDSET_GIVEN_AS_BINARY))
			return part_of(s, i);
	return NULL;
}

status sync_state_set(struct sync_state *s, uint32_t tag, struct bytes value, struct reason *why)
{
	struct idset *set = sync_state_find(s, tag);

	if (!set)
		return reason_set(why, ecInvalidParam, "0x%08x is no property of a synchronisation state", tag);
	return idset_decode(value, IDSET_REPLGUID, set, why);
}

/* Bytes ------------------------------------------------------------------------------------------------------------ */

static status put_part(const struct idset *set, uint32_t tag, struct buf *out)
{
	size_t start;
	status s;

	buf_add_u32(out, tag);
	start = out->n;
	buf_add_u32(out, 0);
	s = idset_encode(set, IDSET_REPLGUID, out);
	if (!s && !out->failed)
		put_le32(out->p + start, (uint32_t)(out->n - start - 4));
	return s;
}

status sync_state_encode(const struct sync_state *s, bool hierarchy, struct buf *out)
{
	size_t start = out->n;
	status st = ecNone;

	buf_add_u32(out, FT_INCR_SYNC_STATE_BEGIN);
	for (size_t i = 0; !st && i < PARTS; i++)
		if (parts[i].in_hierarchy || !hierarchy)
			st = put_part(const_part_of(s, i), parts[i].tag, out);
	buf_add_u32(out, FT_INCR_SYNC_STATE_END);
	if (!st)
		st = buf_status(out);
	if (st)
		buf_truncate(out, start);
	return st;
}

static status read_part(struct reader *in, uint32_t tag, struct sync_state *s, unsigned *seen, struct reason *why)
{
	struct idset *set = sync_state_find(s, tag);
	struct bytes value = reader_bytes(in, reader_u32(in));
	unsigned bit = 0;

	if (!set)
		return reason_set(why, ecCorruptData, "a synchronisation state with a property that is none of it: 0x%08x", tag);
	if (in->failed)
		return reason_set(why, ecCorruptData, "a synchronisation state ends within property 0x%08x", tag);
	for (size_t i = 0; i < PARTS; i++)
		bit |= part_of(s, i) == set ? 1u << i : 0;
	if (*seen & bit)
		return reason_set(why, ecCorruptData, "a synchronisation state with property 0x%08x twice", tag);
	*seen |= bit;
	return idset_decode(value, IDSET_REPLGUID, set, why);
}

status sync_state_decode(struct bytes data, struct sync_state *out, struct reason *why)
{
	CLEANUP_SYNC_STATE struct sync_state s = SYNC_STATE_MAX(0);
	struct reader in = reader_of(data);
	unsigned seen = 0;
	uint32_t tag;

	for (size_t i = 0; i < PARTS; i++)
		part_of(&s, i)->max = part_of(out, i)->max;
	if (reader_u32(&in) != FT_INCR_SYNC_STATE_BEGIN)
		return reason_set(why, ecCorruptData, "this is no synchronisation state: it does not begin as one");
	while ((tag = reader_u32(&in)) != FT_INCR_SYNC_STATE_END) {
		status st = in.failed ? reason_set(why, ecCorruptData, "a synchronisation state without its end") :
					read_part(&in, tag, &s, &seen, why);

		if (st)
			return st;
	}
	if (!reader_done(&in))
		return reason_set(why, ecCorruptData, "a synchronisation state with %zu bytes after its end", reader_left(&in));
	take(out, &s);
	return ecNone;
}
