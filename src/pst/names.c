#include "pst/names.h"

#include "mapi/propset.h"
#include "pst/ltp.h"

#define STREAM_GUIDS 0x0002
#define STREAM_ENTRIES 0x0003
#define STREAM_STRINGS 0x0004
#define STREAM_MAX ((size_t)16 << 20)
#define ENTRY_SIZE 8

struct streams {
	struct bytes guids, entries, strings;
};

static status append(void *context, struct bytes chunk)
{
	buf_add(context, chunk.p, chunk.n);
	return buf_status(context);
}

/* A stream of the map, wherever it stands. */
static status stream_of(struct pc *pc, uint16_t id, struct bytes *out)
{
	const struct prop *p = bag_find(&pc->bag, id);
	CLEANUP_BUF struct buf b = BUF_MAX(STREAM_MAX);
	struct node_ref node;
	unsigned flags = 0;

	if (!p || prop_is_list(p->tag)) {
		*out = bytes_of(NULL, 0);
		return ecNone;
	}
	if (!(p->flags & PROP_LARGE)) {
		*out = p->value;
		return ecNone;
	}
	status s = pc_object(pc, p->tag, &node);
	if (!s)
		s = value_stream(pc->db, pc->arena, node.data, append, &b, &flags);
	if (s)
		return s;
	*out = bytes_of(arena_memdup(pc->arena, b.p, b.n), b.n);
	return out->p ? ecNone : ecMemory;
}

static bool set_of(const struct streams *st, unsigned index, struct guid *out)
{
	static const struct guid none;

	if (index == 0)
		*out = none;
	else if (index == 1)
		*out = PS_MAPI;
	else if (index == 2)
		*out = PS_PUBLIC_STRINGS;
	else if ((index - 2u) * sizeof out->b <= st->guids.n)
		memcpy(out->b, st->guids.p + (index - 3u) * sizeof out->b, sizeof out->b);
	else
		return false;
	return true;
}

static bool string_at(const struct streams *st, uint32_t at, struct bytes *out)
{
	if (at > st->strings.n || st->strings.n - at < 4)
		return false;
	uint32_t n = le32(st->strings.p + at);
	if (n > st->strings.n - at - 4)
		return false;
	*out = bytes_of(st->strings.p + at + 4, n);
	return true;
}

/* NAMEID [MS-PST] 2.4.7.1 */
static bool decode_entry(const struct streams *st, const uint8_t *e, uint16_t *id, struct prop_name *name)
{
	uint16_t guid = le16(e + 4);

	*name = (struct prop_name){ .by_string = guid & 1, .lid = le32(e) };
	*id = (uint16_t)(NAMED_ID_FIRST + le16(e + 6));
	if (*id < NAMED_ID_FIRST || *id > NAMED_ID_LAST || !set_of(st, guid >> 1, &name->set))
		return false;
	return !name->by_string || string_at(st, name->lid, &name->string);
}

static status load_entries(const struct streams *st, struct name_map *map, size_t *bad)
{
	for (size_t i = 0; i + ENTRY_SIZE <= st->entries.n; i += ENTRY_SIZE) {
		struct prop_name name;
		uint16_t id;
		status s = decode_entry(st, st->entries.p + i, &id, &name) ? name_map_add(map, id, &name) : ecDuplicateName;

		if (s && s != ecDuplicateName)
			return s;
		*bad += s != ecNone;
	}
	return ecNone;
}

status pst_names_load(struct ndb *db, struct name_map *map, size_t *bad)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(4 * STREAM_MAX);
	struct streams st = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
	struct node_ref node;
	struct pc pc;

	*bad = 0;
	status s = db->index->node(db, NID_NAME_TO_ID_MAP, &node);
	if (!s)
		s = pc_load(&pc, db, &arena, &node);
	if (!s)
		s = stream_of(&pc, STREAM_GUIDS, &st.guids);
	if (!s)
		s = stream_of(&pc, STREAM_ENTRIES, &st.entries);
	if (!s)
		s = stream_of(&pc, STREAM_STRINGS, &st.strings);
	return s ? s : load_entries(&st, map, bad);
}
