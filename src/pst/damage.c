/* Damage of each kind, as it happens to stores: a header, a root or a leaf page gone, sectors zeroed, the end cut off. */
#include "base/output.h"
#include "pst/format.h"
#include "pst/ndb.h"
#include "pst/sample.h"

#include <stdlib.h>
#include <string.h>

/* A run of bytes to be changed. */
struct wound {
	uint64_t at, n;
	uint8_t flip; /* xor; 0: zero instead */
};

struct damaging {
	struct ndb db;
	uint64_t seed, size;
	struct wound wounds[64];
	unsigned n;
};

static void wound(struct damaging *d, uint64_t at, uint64_t n, uint8_t flip)
{
	if (d->n < sizeof d->wounds / sizeof *d->wounds)
		d->wounds[d->n++] = (struct wound){ at, n, flip };
}

static uint64_t random_below(struct damaging *d, uint64_t below)
{
	d->seed = d->seed * 6364136223846793005ull + 1442695040888963407ull;
	return below ? (d->seed >> 20) % below : 0;
}

/* A leaf page in the middle of a tree; 0 when the root cannot be read. */
static uint64_t middle_leaf(struct damaging *d, unsigned type)
{
	const struct pst_root *r = &d->db.header.root;
	uint64_t at = type == PAGE_NBT ? r->nbt_at : r->bbt_at;
	struct btree_page page;

	for (unsigned depth = 0; depth < 16; depth++) {
		if (ndb_btree_page(&d->db, at, type, 0, &page) || !page.count)
			return 0;
		if (!page.level)
			return at;
		at = load_id(d->db.format, page.p + (size_t)(page.count / 2) * page.entry_size + 2 * d->db.format->id_size);
	}
	return 0;
}

static void node_block(struct damaging *d, pst_nid nid)
{
	struct node_ref n;
	struct block_ref b;

	if (!d->db.index->node(&d->db, nid, &n) && !d->db.index->block(&d->db, n.data, &b))
		wound(d, b.at, b.size, 0);
}

static void header_crc(struct damaging *d)
{
	wound(d, 4, 4, 0xA5);
}

static void header_zero(struct damaging *d)
{
	wound(d, 0, 512, 0);
}

static void nbt_root(struct damaging *d)
{
	wound(d, d->db.header.root.nbt_at, d->db.format->page_size, 0);
}

static void bbt_root(struct damaging *d)
{
	wound(d, d->db.header.root.bbt_at, d->db.format->page_size, 0);
}

static void page_crc(struct damaging *d)
{
	wound(d, d->db.header.root.nbt_at + d->db.format->page_trailer + (d->db.format->wide ? 4 : 8), 1, 0xFF);
}

static void page_signature(struct damaging *d)
{
	wound(d, d->db.header.root.nbt_at + d->db.format->page_trailer + 2, 1, 0xFF);
}

static void nbt_leaf(struct damaging *d)
{
	wound(d, middle_leaf(d, PAGE_NBT), d->db.format->page_size, 0);
}

static void bbt_leaf(struct damaging *d)
{
	wound(d, middle_leaf(d, PAGE_BBT), d->db.format->page_size, 0);
}

static void all_roots(struct damaging *d)
{
	header_zero(d);
	nbt_root(d);
	bbt_root(d);
}

static void truncate_75(struct damaging *d)
{
	d->size = d->size / 4 * 3;
}

static void truncate_50(struct damaging *d)
{
	d->size /= 2;
}

static void sectors_20(struct damaging *d)
{
	for (unsigned i = 0; i < 20; i++)
		wound(d, (0x4400 + random_below(d, d->size > 0x4600 ? d->size - 0x4600 : 1)) / 512 * 512, 512, 0);
}

static void store_pc(struct damaging *d)
{
	node_block(d, NID_MESSAGE_STORE);
}

static void root_folder_pc(struct damaging *d)
{
	node_block(d, NID_ROOT_FOLDER);
}

static void name_map(struct damaging *d)
{
	node_block(d, NID_NAME_TO_ID_MAP);
}

static void maps(struct damaging *d)
{
	for (uint64_t i = 0; i < 60; i++)
		wound(d, d->db.format->amap_first + i * amap_span(d->db.format), d->db.format->page_size, 0);
}

static const struct damage_kind kinds[] = {
	{ "header-crc", "a wrong checksum in the header" },
	{ "header-zero", "512 bytes of the header are gone" },
	{ "nbt-root-zero", "the root page of the node B-tree is gone" },
	{ "bbt-root-zero", "the root page of the block B-tree is gone" },
	{ "page-crc", "a page with a wrong checksum" },
	{ "page-signature", "a page with a wrong signature" },
	{ "nbt-leaf-zero", "a leaf page of the node B-tree is gone" },
	{ "bbt-leaf-zero", "a leaf page of the block B-tree is gone" },
	{ "roots-zero", "header and both roots are gone" },
	{ "truncate-75", "the last quarter of the file is gone" },
	{ "truncate-50", "the second half of the file is gone" },
	{ "sectors-20", "20 sectors anywhere are gone" },
	{ "store-zero", "the properties of the store are gone" },
	{ "root-folder-zero", "the properties of the root folder are gone" },
	{ "names-zero", "the map of named properties is gone" },
	{ "maps-zero", "the allocation maps are gone" },
};

static void (*const inflict[])(struct damaging *) = { header_crc, header_zero, nbt_root,    bbt_root,	  page_crc,	  page_signature,
						      nbt_leaf,	  bbt_leaf,    all_roots,   truncate_75,  truncate_50,	  sectors_20,
						      store_pc,	  root_folder_pc, name_map, maps };

_Static_assert(sizeof inflict / sizeof *inflict == sizeof kinds / sizeof *kinds, "a function for each kind");

const struct damage_kind *damage_kinds(size_t *n)
{
	*n = sizeof kinds / sizeof *kinds;
	return kinds;
}

static void apply(const struct damaging *d, uint8_t *p, uint64_t at, size_t n)
{
	for (unsigned i = 0; i < d->n; i++) {
		const struct wound *w = &d->wounds[i];
		uint64_t from = w->at > at ? w->at : at, to = w->at + w->n < at + n ? w->at + w->n : at + n;

		for (uint64_t k = from; k < to; k++)
			p[k - at] = w->flip ? p[k - at] ^ w->flip : 0;
	}
}

static status copy(struct damaging *d, struct input *in, struct output *out)
{
	const size_t chunk = (size_t)1 << 20;
	uint8_t *p = malloc(chunk);
	status s = p ? ecNone : ecMemory;

	for (uint64_t at = 0; !s && at < d->size;) {
		size_t n = d->size - at < chunk ? (size_t)(d->size - at) : chunk;

		s = input_read(in, at, p, n);
		if (!s) {
			apply(d, p, at, n);
			s = output_append(out, p, n);
		}
		at += n;
	}
	free(p);
	return s;
}

static status open_source(struct damaging *d, struct input *in, struct reason *why)
{
	uint8_t data[PST_HEADER_SIZE];
	struct pst_header h;

	if (input_read(in, 0, data, sizeof data))
		return reason_set(why, ecCorruptData, "%s is not an Outlook store", in->name);
	status s = pst_header_decode(bytes_of(data, sizeof data), &h, why);
	if (!s && ndb_init(&d->db, in, &h))
		s = reason_set(why, ecMemory, "out of memory");
	return s;
}

static status write_copy(struct damaging *d, struct input *in, const char *path, struct reason *why)
{
	CLEANUP_OUTPUT struct output *out = NULL;
	status s = output_create(path, true, &out, why);

	if (!s && (s = copy(d, in, out)) != ecNone)
		(void)reason_set(why, s, "cannot copy %s to %s", in->name, path);
	return s ? s : output_commit(out, why);
}

status damage_copy(struct input *in, const char *kind, uint64_t seed, const char *path, struct reason *why)
{
	struct damaging d = { .seed = seed, .size = in->size };
	size_t n, i = 0;

	(void)damage_kinds(&n);
	while (i < n && strcmp(kinds[i].name, kind) != 0)
		i++;
	if (i == n)
		return reason_set(why, ecInvalidParam, "no kind of damage is called %s", kind);
	status s = open_source(&d, in, why);
	if (s)
		return s;
	inflict[i](&d);
	s = write_copy(&d, in, path, why);
	ndb_free(&d.db);
	return s;
}
