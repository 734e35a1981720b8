#include "pst/pst.h"

#include "pst/pst_private.h"

#include <stdlib.h>

static status run_source(struct item_source *src, struct item_sink *sink, struct reason *why)
{
	struct pst *p = (struct pst *)((char *)src - offsetof(struct pst, source));

	return emit_store(&p->db, &p->info, NULL, sink, why);
}

static const char *format_name(const struct pst_info *i)
{
	if (i->is_4k)
		return "4K-page .ost";
	if (i->is_ansi)
		return i->is_ost ? "ANSI .ost" : "ANSI .pst";
	return i->is_ost ? "Unicode .ost" : "Unicode .pst";
}

void pst_info_fill(struct pst_info *info, struct ndb *db, struct arena *arena)
{
	struct arena_mark mark = arena_mark(arena);
	const struct pst_header *h = &db->header;
	struct node_ref node;
	struct pc pc;

	*info = (struct pst_info){ .version = h->version, .client_version = h->client_version, .encryption = h->encryption,
				   .file_size = db->in->size, .stated_size = h->root.file_eof, .display_name = "" };
	info->is_4k = db->format == &pst_format_4k;
	info->is_ansi = db->format == &pst_format_ansi;
	info->is_ost = h->client_version == 12 || info->is_4k;
	info->format = format_name(info);
	if (db->index->node(db, NID_MESSAGE_STORE, &node) || pc_load(&pc, db, arena, &node)) {
		arena_rewind(arena, mark);
		return;
	}
	char *name = bag_text(&pc.bag, tag_id(PidTagDisplayName), 1252, arena);
	struct bytes key = bag_bytes(&pc.bag, tag_id(PidTagRecordKey)), uid = bag_bytes(&pc.bag, tag_id(TAG_OST_STORE_UID));
	info->display_name = name ? name : "";
	info->password_crc = bag_u32(&pc.bag, 0x67FF, 0);
	info->password = info->password_crc != 0;
	if (key.n == sizeof info->record_key.b)
		memcpy(info->record_key.b, key.p, key.n);
	if (uid.n == sizeof info->store_uid.b)
		memcpy(info->store_uid.b, uid.p, uid.n);
}

static status read_header(struct input *in, struct pst_header *h, struct reason *why)
{
	uint8_t data[PST_HEADER_SIZE];

	if (in->size == 0)
		return reason_set(why, ecCorruptData, "%s is empty", in->name);
	if (in->size < sizeof data)
		return reason_set(why, ecCorruptData, "%s is not an Outlook store: it has only %llu bytes", in->name,
				  (unsigned long long)in->size);
	status s = input_read(in, 0, data, sizeof data);
	if (s)
		return reason_set(why, s, "%s cannot be read", in->name);
	bool magic = memcmp(data, "!BDN", 4) == 0;
	if (!magic && !pst_format_of_version(le16(data + 10)))
		return reason_set(why, ecCorruptData, "%s is not an Outlook store, or its header is destroyed", in->name);
	s = pst_header_decode(bytes_of(data, sizeof data), h, why);
	return s ? reason_prefix(why, s, "%s", in->name) : ecNone;
}

bool pst_recognize(struct input *in)
{
	uint8_t data[12];

	return !input_read(in, 0, data, sizeof data) && memcmp(data, "!BDN", 4) == 0;
}

static status check_roots(struct pst *p, struct reason *why)
{
	const struct pst_root *r = &p->db.header.root;
	struct btree_page page;
	status s = ndb_btree_page(&p->db, r->nbt_at, PAGE_NBT, r->nbt_bid, &page);

	if (!s)
		s = ndb_btree_page(&p->db, r->bbt_at, PAGE_BBT, r->bbt_bid, &page);
	return s ? reason_set(why, s, "%s is damaged: %s", p->db.in->name, p->db.why.text) : ecNone;
}

status pst_open(struct input *in, struct pst **out, struct reason *why)
{
	struct pst_header header;
	status s = read_header(in, &header, why);

	if (s)
		return s;
	struct pst *p = calloc(1, sizeof *p);
	if (!p || ndb_init(&p->db, in, &header)) {
		free(p);
		return reason_set(why, ecMemory, "out of memory");
	}
	arena_init(&p->arena, ITEM_ARENA_MAX);
	s = check_roots(p, why);
	if (s) {
		pst_close(p);
		return s;
	}
	p->source.run = run_source;
	pst_info_fill(&p->info, &p->db, &p->arena);
	*out = p;
	return ecNone;
}

void pst_close(struct pst *p)
{
	if (!p)
		return;
	ndb_free(&p->db);
	arena_free(&p->arena);
	free(p);
}

void pst_cleanup(struct pst **p)
{
	pst_close(*p);
}

const struct pst_info *pst_info(const struct pst *p)
{
	return &p->info;
}

struct item_source *pst_source(struct pst *p)
{
	return &p->source;
}
