/* Nodes: what they refer to, their heaps and properties, tables against properties, counts three ways. */
#include "pst/check_private.h"
#include "pst/pst_private.h"

#include <stdio.h>
#include <stdlib.h>

#define DEPTH_MAX 80u

static void finding(struct checker *c, enum check_severity severity, enum check_area area, uint64_t id, const char *what)
{
	check_report(c, &(struct check_finding){ severity, area, UINT64_MAX, id, severity != CHECK_DAMAGE, what, "", c->db.why.text });
}

static void count_finding(struct checker *c, enum check_severity severity, enum check_area area, uint64_t id, const char *what,
			  uint64_t expected, uint64_t found)
{
	char e[CHECK_TEXT], f[CHECK_TEXT];

	(void)snprintf(e, sizeof e, "%llu", (unsigned long long)expected);
	(void)snprintf(f, sizeof f, "%llu", (unsigned long long)found);
	check_report(c, &(struct check_finding){ severity, area, UINT64_MAX, id, severity != CHECK_DAMAGE, what, e, f });
}

/* References --------------------------------------------------------------------------------------------- */

/* Counts one reference; true when it is the first. */
static bool refer(struct checker *c, pst_bid bid, uint64_t owner)
{
	uint64_t number;

	if (!check_block_number(c, bid, &number)) {
		(void)reason_set(&c->db.why, ecNotFound, "block 0x%llx", (unsigned long long)bid);
		finding(c, CHECK_DAMAGE, CHECK_REFERENCES, owner, "refers to a block that the block B-tree does not have");
		return false;
	}
	bool first = c->references[number] == 0;
	if (c->references[number] < 255)
		c->references[number]++;
	return first;
}

static void refer_data(struct checker *c, pst_bid data, uint64_t owner)
{
	struct data_tree tree;
	struct arena_mark mark = arena_mark(&c->arena);
	pst_bid bid;

	if (!data || !refer(c, data, owner) || !bid_internal(data))
		return;
	if (data_tree_open(&tree, &c->db, &c->arena, data)) {
		finding(c, CHECK_DAMAGE, CHECK_REFERENCES, owner, "its list of blocks cannot be read");
		return;
	}
	for (uint32_t i = 0; tree.level == 2 && i < tree.n_lists; i++)
		(void)refer(c, tree.lists[i], owner);
	for (uint32_t i = 0;; i++) {
		status s = data_tree_block(&tree, i, &bid);

		if (s == ecCorruptData)
			finding(c, CHECK_DAMAGE, CHECK_REFERENCES, owner, "a list of blocks below it cannot be read");
		if (s)
			break;
		(void)refer(c, bid, owner);
	}
	arena_rewind(&c->arena, mark);
}

static void refer_sub_lists(struct checker *c, pst_bid sub, uint64_t owner)
{
	const struct pst_format *f = c->db.format;
	struct bytes b;
	unsigned flags;

	if (ndb_block(&c->db, sub, &b, &flags) || b.n < f->sl_header || b.p[0] != BLOCK_TYPE_S || b.p[1] != 1)
		return;
	unsigned n = le16(b.p + 2);
	for (unsigned i = 0; i < n; i++) {
		/* refer() reads pages, not blocks: the bytes stay. */
		if (f->sl_header + (i + 1) * 2u * f->id_size > b.n)
			break;
		(void)refer(c, load_id(f, b.p + f->sl_header + i * 2u * f->id_size + f->id_size), owner);
	}
}

static void refer_node(struct checker *c, const struct node_ref *n, unsigned depth)
{
	struct node_ref sub;
	status s = ecNone;

	refer_data(c, n->data, n->nid);
	if (!n->sub || !refer(c, n->sub, n->nid))
		return;
	if (depth > DEPTH_MAX) {
		finding(c, CHECK_DAMAGE, CHECK_REFERENCES, n->nid, "subnodes nest deeper than anything real");
		return;
	}
	refer_sub_lists(c, n->sub, n->nid);
	for (uint64_t from = 0; !s; from = (uint64_t)sub.nid + 1) {
		s = subnode_next(&c->db, n->sub, from, &sub);
		if (!s)
			refer_node(c, &sub, depth + 1);
	}
	if (s != ecNotFound)
		finding(c, CHECK_DAMAGE, CHECK_REFERENCES, n->nid, "its subnodes cannot be read");
}

/* cRef counts the owners and the entry itself; Outlook does not keep it exact. A block nobody refers to is garbage. */
static void compare_references(struct checker *c)
{
	uint64_t orphans = 0, wrong = 0;

	for (size_t l = 0; l < c->n_leaves; l++) {
		struct btree_page page;

		if (ndb_btree_page(&c->db, c->leaves[l].at, PAGE_BBT, 0, &page))
			continue;
		for (unsigned i = 0; i < page.count; i++) {
			struct block_ref ref = bbt_entry(c->db.format, page.p + (size_t)i * page.entry_size);
			unsigned owners = c->references[c->leaves[l].number + i];

			orphans += owners == 0;
			wrong += owners && owners < 255 && ref.refs < owners + 1;
		}
	}
	if (orphans)
		count_finding(c, CHECK_NOTE, CHECK_REFERENCES, 0, "blocks in the block B-tree that nothing refers to", 0, orphans);
	if (wrong)
		count_finding(c, CHECK_WARNING, CHECK_REFERENCES, 0, "blocks with a reference count that is too low", 0, wrong);
}

/* Properties ------------------------------------------------------------------------------------------------- */

static bool holds_properties(unsigned type)
{
	return type == NID_TYPE_FOLDER || type == NID_TYPE_SEARCH_FOLDER || type == NID_TYPE_MESSAGE || type == NID_TYPE_ASSOC_MESSAGE;
}

static void check_flags(struct checker *c, unsigned flags, size_t damaged, pst_nid nid)
{
	if (damaged)
		count_finding(c, CHECK_DAMAGE, CHECK_HEAPS, nid, "property values that cannot be read", 0, damaged);
	else if (flags & NDB_BAD_CRC)
		finding(c, CHECK_DAMAGE, CHECK_HEAPS, nid, "a block of its properties has a wrong checksum");
}

static void check_attachments(struct checker *c, const struct node_ref *message, unsigned depth);

static void check_properties(struct checker *c, const struct node_ref *n, unsigned depth)
{
	struct arena_mark mark = arena_mark(&c->arena);
	struct pc pc;

	c->summary->heaps++;
	if (pc_load(&pc, &c->db, &c->arena, n))
		finding(c, CHECK_DAMAGE, CHECK_HEAPS, n->nid, "its properties cannot be read");
	else
		check_flags(c, pc.flags, pc.damaged, n->nid);
	arena_rewind(&c->arena, mark);
	if (nid_type(n->nid) == NID_TYPE_MESSAGE || nid_type(n->nid) == NID_TYPE_ASSOC_MESSAGE)
		check_attachments(c, n, depth);
}

/* Tables ------------------------------------------------------------------------------------------------------ */

struct table_walk {
	struct checker *c;
	struct tc *t;
	const struct node_ref *owner; /* of a subnode table; NULL for contents tables */
	uint64_t lost, unreadable;
};

static status check_row(void *context, uint32_t row_id, uint32_t row)
{
	struct table_walk *w = context;
	struct node_ref node;
	struct bytes bytes;

	if (tc_row(w->t, row, &bytes)) {
		w->unreadable++;
		return ecNone;
	}
	if (w->owner)
		w->lost += subnode_find(&w->c->db, w->owner->sub, row_id, &node) != ecNone;
	else
		w->lost += w->c->db.index->node(&w->c->db, row_id, &node) != ecNone;
	return ecNone;
}

/* `points`: whether the row ids name nodes. */
static void check_table(struct checker *c, const struct node_ref *n, const struct node_ref *owner, bool points)
{
	struct arena_mark mark = arena_mark(&c->arena);
	struct tc t;

	c->summary->tables++;
	if (tc_open(&t, &c->db, &c->arena, n)) {
		finding(c, CHECK_DAMAGE, CHECK_TABLES, owner ? owner->nid : n->nid, "a table cannot be read");
		arena_rewind(&c->arena, mark);
		return;
	}
	struct table_walk w = { c, &t, owner, 0, 0 };
	uint64_t id = owner ? owner->nid : n->nid;
	if (tc_walk(&t, check_row, &w))
		finding(c, CHECK_DAMAGE, CHECK_TABLES, id, "the row index of a table cannot be read");
	if (w.unreadable)
		count_finding(c, CHECK_DAMAGE, CHECK_TABLES, id, "rows of a table that cannot be read", 0, w.unreadable);
	if (w.lost && points)
		count_finding(c, CHECK_WARNING, CHECK_TABLES, id, "rows of a table that name items that are not there", 0, w.lost);
	arena_rewind(&c->arena, mark);
}

static void check_attachment(struct checker *c, const struct node_ref *n, unsigned depth)
{
	struct arena_mark mark = arena_mark(&c->arena);
	struct node_ref embedded;
	struct pc pc;

	if (pc_load(&pc, &c->db, &c->arena, n)) {
		finding(c, CHECK_DAMAGE, CHECK_HEAPS, n->nid, "the properties of an attachment cannot be read");
		return;
	}
	c->summary->heaps++;
	check_flags(c, pc.flags, pc.damaged, n->nid);
	bool nested = bag_u32(&pc.bag, tag_id(PidTagAttachMethod), 0) == ATTACH_EMBEDDED_MESSAGE &&
		      !pc_object(&pc, PidTagAttachDataObject, &embedded);
	arena_rewind(&c->arena, mark);
	if (nested && depth < ITEM_DEPTH_MAX) {
		embedded.nid = nid_sibling(embedded.nid, NID_TYPE_MESSAGE);
		check_properties(c, &embedded, depth + 1);
	}
}

static void check_attachments(struct checker *c, const struct node_ref *message, unsigned depth)
{
	struct node_ref n;
	status s = ecNone;

	for (uint64_t from = 0; message->sub && !s; from = (uint64_t)n.nid + 1) {
		s = subnode_next(&c->db, message->sub, from, &n);
		if (s)
			break;
		if (nid_type(n.nid) == NID_TYPE_ATTACHMENT)
			check_attachment(c, &n, depth);
		else if (n.nid == NID_RECIPIENT_TABLE || n.nid == NID_ATTACHMENT_TABLE)
			check_table(c, &n, message, n.nid == NID_ATTACHMENT_TABLE);
	}
}

static void check_node(struct checker *c, const struct node_ref *n)
{
	unsigned type = nid_type(n->nid);

	c->summary->nodes++;
	c->summary->folders += type == NID_TYPE_FOLDER || type == NID_TYPE_SEARCH_FOLDER;
	c->summary->messages += type == NID_TYPE_MESSAGE || type == NID_TYPE_ASSOC_MESSAGE;
	refer_node(c, n, 0);
	if (holds_properties(type))
		check_properties(c, n, 0);
	else if (n->data && (type == NID_TYPE_CONTENTS_TABLE || type == NID_TYPE_ASSOC_CONTENTS_TABLE || type == NID_TYPE_HIERARCHY_TABLE))
		check_table(c, n, NULL, true);
}

/* Counts ------------------------------------------------------------------------------------------------------- */

static status count_row(void *context, uint32_t row_id, uint32_t row)
{
	(void)row;
	nid_tally_add(context, row_id);
	return ecNone;
}

static void compare_counts(struct checker *c, const struct pst_folder *f, const struct nid_tally *nodes, unsigned table_type,
			   unsigned map_type)
{
	struct arena_mark mark = arena_mark(&c->arena);
	struct nid_tally rows = { 0, 0 };
	struct node_ref n;
	struct tc t;
	int64_t mids = ost_mid_map_count(&c->db, f->node.nid, map_type);

	if (c->db.index->node(&c->db, nid_sibling(f->node.nid, table_type), &n)) {
		if (nodes->count)
			count_finding(c, CHECK_WARNING, CHECK_COUNTS, f->node.nid, "a folder with items has no contents table", nodes->count, 0);
	} else if (!tc_open(&t, &c->db, &c->arena, &n) && !tc_walk(&t, count_row, &rows)) {
		if (rows.count != nodes->count)
			count_finding(c, CHECK_WARNING, CHECK_COUNTS, f->node.nid, "items of a folder: rows of its table against nodes",
				      nodes->count, rows.count);
		else if (rows.sum != nodes->sum)
			count_finding(c, CHECK_WARNING, CHECK_COUNTS, f->node.nid, "the table of a folder names other items than its nodes",
				      nodes->count, rows.count);
	}
	if (mids >= 0 && (uint64_t)mids > nodes->count)
		count_finding(c, CHECK_WARNING, CHECK_COUNTS, f->node.nid, "items of a folder: MID map against nodes", (uint64_t)mids, nodes->count);
	arena_rewind(&c->arena, mark);
}

static status check_counts(struct checker *c)
{
	struct pst_folders folders;
	status s = pst_folders_load(&folders, &c->db);

	for (uint32_t i = 0; !s && i < folders.n; i++) {
		const struct pst_folder *f = &folders.v[i];

		if (!f->exists) {
			count_finding(c, CHECK_WARNING, CHECK_COUNTS, f->node.nid, "items whose folder is not there", 0,
				      f->messages.count + f->associated.count);
			continue;
		}
		if (nid_type(f->node.nid) != NID_TYPE_FOLDER || !f->node.data)
			continue;
		compare_counts(c, f, &f->messages, NID_TYPE_CONTENTS_TABLE, NID_TYPE_MID_MAP);
		compare_counts(c, f, &f->associated, NID_TYPE_ASSOC_CONTENTS_TABLE, NID_TYPE_ASSOC_MID_MAP);
	}
	pst_folders_free(&folders);
	return s;
}

static void check_fixed_nodes(struct checker *c)
{
	static const struct {
		pst_nid nid;
		const char *what;
	} fixed[] = { { NID_MESSAGE_STORE, "the message store node is missing" },
		      { NID_NAME_TO_ID_MAP, "the map of named properties is missing" },
		      { NID_ROOT_FOLDER, "the root folder is missing" } };

	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
		struct arena_mark mark = arena_mark(&c->arena);
		struct node_ref n;
		struct pc pc;

		if (c->db.index->node(&c->db, fixed[i].nid, &n))
			finding(c, CHECK_DAMAGE, CHECK_HEAPS, fixed[i].nid, fixed[i].what);
		else if (fixed[i].nid != NID_ROOT_FOLDER && pc_load(&pc, &c->db, &c->arena, &n))
			finding(c, CHECK_DAMAGE, CHECK_HEAPS, fixed[i].nid, "its properties cannot be read");
		arena_rewind(&c->arena, mark);
	}
}

status check_nodes(struct checker *c)
{
	struct node_ref n;
	status s = ecNone;

	c->references = calloc(c->n_blocks ? c->n_blocks : 1, 1);
	if (!c->references)
		return ecMemory;
	for (uint64_t from = 0; !s; from = (uint64_t)n.nid + 1) {
		s = c->db.index->next_node(&c->db, from, &n);
		if (!s)
			check_node(c, &n);
	}
	if (s != ecNotFound)
		return s;
	compare_references(c);
	check_fixed_nodes(c);
	return check_counts(c);
}
