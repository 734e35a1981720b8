#include "pst/write_names.h"

#include "base/crc32.h"
#include "mapi/propset.h"
#include "mapi/tag.h"

#include <stdlib.h>

#define BUCKETS 251u /* what Outlook uses, always */
#define STREAM_MAX ((size_t)64 << 20)

struct streams {
	struct buf guids, entries, strings;
	struct buf *buckets;
};

static void streams_free(struct streams *st)
{
	buf_free(&st->guids);
	buf_free(&st->entries);
	buf_free(&st->strings);
	for (unsigned i = 0; st->buckets && i < BUCKETS; i++)
		buf_free(&st->buckets[i]);
	free(st->buckets);
}

/* 0 none, 1 PS_MAPI, 2 PS_PUBLIC_STRINGS, then the GUID stream. */
static uint16_t guid_index(struct streams *st, const struct guid *g)
{
	if (guid_is_zero(g))
		return 0;
	if (guid_equal(g, &PS_MAPI))
		return 1;
	if (guid_equal(g, &PS_PUBLIC_STRINGS))
		return 2;
	for (size_t i = 0; i < st->guids.n; i += sizeof g->b)
		if (memcmp(st->guids.p + i, g->b, sizeof g->b) == 0)
			return (uint16_t)(3 + i / sizeof g->b);
	buf_add(&st->guids, g->b, sizeof g->b);
	return (uint16_t)(2 + st->guids.n / sizeof g->b);
}

static uint32_t add_string(struct streams *st, struct bytes s)
{
	uint32_t at = (uint32_t)st->strings.n;

	buf_add_u32(&st->strings, (uint32_t)s.n);
	buf_add(&st->strings, s.p, s.n);
	buf_add_zeros(&st->strings, (4 - st->strings.n % 4) % 4);
	return at;
}

static void add_name(struct streams *st, uint16_t id, const struct prop_name *name)
{
	uint16_t guid = (uint16_t)(guid_index(st, &name->set) << 1 | name->by_string);
	uint32_t hash = name->by_string ? crc32_pst(0, name->string) : name->lid;
	struct buf *bucket = &st->buckets[(hash ^ guid) % BUCKETS];

	buf_add_u32(&st->entries, name->by_string ? add_string(st, name->string) : name->lid);
	buf_add_u16(&st->entries, guid);
	buf_add_u16(&st->entries, (uint16_t)(id - NAMED_ID_FIRST));
	buf_add_u32(bucket, hash);
	buf_add_u16(bucket, guid);
	buf_add_u16(bucket, (uint16_t)(id - NAMED_ID_FIRST));
}

/*
 * libpff, and what is built on it, opens no store whose list of property sets is empty.  Outlook's never are, so a
 * store without such names gets one that does no harm.
 */
static void add_some_name(struct streams *st, const struct name_map *names)
{
	struct prop_name reminder = { .set = PSETID_Common, .lid = PidLidReminderSet };
	uint32_t id = NAMED_ID_FIRST + 1;

	while (id <= NAMED_ID_LAST && name_map_name(names, (uint16_t)id))
		id++;
	if (id <= NAMED_ID_LAST)
		add_name(st, (uint16_t)id, &reminder);
}

static status add_stream(struct pc_writer *pc, uint16_t id, const struct buf *b)
{
	struct prop p = { .tag = tag_make(id, PT_BINARY), .count = 1, .size = b->n, .value = buf_bytes(b) };

	return b->failed ? ecTooBig : pc_writer_add(pc, &p);
}

static status fill(struct pc_writer *pc, const struct streams *st)
{
	uint8_t count[4];
	struct prop p = { .tag = tag_make(1, PT_LONG), .count = 1, .size = 4, .value = bytes_of(count, 4) };

	put_le32(count, BUCKETS);
	status s = pc_writer_add(pc, &p);
	if (!s)
		s = add_stream(pc, 2, &st->guids);
	if (!s)
		s = add_stream(pc, 3, &st->entries);
	if (!s)
		s = add_stream(pc, 4, &st->strings);
	for (uint16_t i = 0; !s && i < BUCKETS; i++)
		if (st->buckets[i].n)
			s = add_stream(pc, (uint16_t)(0x1000 + i), &st->buckets[i]);
	return s;
}

status names_write(const struct name_map *names, struct file_writer *file, pst_bid *data, pst_bid *sub)
{
	struct streams st = { .buckets = calloc(BUCKETS, sizeof(struct buf)) };
	struct pc_writer pc;
	status s = st.buckets ? pc_writer_init(&pc, file) : ecMemory;

	if (s) {
		streams_free(&st);
		return s;
	}
	st.guids.max = st.entries.max = st.strings.max = STREAM_MAX;
	for (unsigned i = 0; i < BUCKETS; i++)
		st.buckets[i].max = STREAM_MAX;
	for (uint32_t id = NAMED_ID_FIRST; (id = name_map_next(names, id)) != 0; id++)
		add_name(&st, (uint16_t)id, name_map_name(names, (uint16_t)id));
	if (!st.guids.n)
		add_some_name(&st, names);
	s = fill(&pc, &st);
	if (!s)
		s = pc_writer_finish(&pc, data, sub);
	pc_writer_free(&pc);
	streams_free(&st);
	return s;
}
