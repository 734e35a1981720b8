/* A store as a source: its folders from the root down, and what no folder claims. */
#include "pst/pst_private.h"

#include "pst/names.h"

#include <stdio.h>
#include <stdlib.h>

/* Rows of a contents table against the nodes ---------------------------------------------------------- */

struct contents {
	struct nid_tally rows; /* as the table has them */
	bool readable;
};

static status tally_row(void *context, uint32_t row_id, uint32_t row)
{
	(void)row;
	nid_tally_add(&((struct contents *)context)->rows, row_id);
	return ecNone;
}

static status open_table(struct emitter *e, pst_nid nid, struct tc *t)
{
	struct node_ref node;
	status s = e->db->index->node(e->db, nid, &node);

	return s ? s : tc_open(t, e->db, &e->arena, &node);
}

static void count_contents(struct emitter *e, pst_nid table, struct contents *c)
{
	struct arena_mark mark = arena_mark(&e->arena);
	struct tc t;

	*c = (struct contents){ .readable = false };
	c->readable = !open_table(e, table, &t) && !tc_walk(&t, tally_row, c);
	arena_rewind(&e->arena, mark);
}

/* The messages of a folder --------------------------------------------------------------------------- */

struct message_walk {
	struct emitter *e;
	pst_nid folder;
	bool associated;
	bool by_parent; /* only nodes that name the folder as their parent */
};

static status emit_row(void *context, uint32_t row_id, uint32_t row)
{
	struct message_walk *w = context;
	struct node_ref node;

	(void)row;
	/* What the table names and the nodes lack is missing from what is emitted, which the ledger tells. */
	if (w->e->db->index->node(w->e->db, row_id, &node))
		return ecNone;
	if (w->by_parent && node.parent != w->folder)
		return ecNone;
	return emit_message(w->e, &node, w->associated, 100);
}

/* In the order of the table when it agrees with the nodes; in that of the nodes otherwise. */
static status emit_by_table(struct message_walk *w, pst_nid table)
{
	struct arena arena;
	struct node_ref node;
	struct tc t;

	arena_init(&arena, ITEM_ARENA_MAX);
	status s = w->e->db->index->node(w->e->db, table, &node);
	if (!s)
		s = tc_open(&t, w->e->db, &arena, &node);
	if (!s)
		s = tc_walk(&t, emit_row, w);
	arena_free(&arena);
	return s;
}

static status emit_by_nodes(struct message_walk *w)
{
	unsigned type = w->associated ? NID_TYPE_ASSOC_MESSAGE : NID_TYPE_MESSAGE;
	struct node_ref node;
	status s = ecNone;

	for (uint64_t from = 0; !s; from = (uint64_t)node.nid + 1) {
		s = w->e->db->index->next_node(w->e->db, from, &node);
		if (s)
			return s == ecNotFound ? ecNone : s;
		if (nid_type(node.nid) == type && node.parent == w->folder)
			s = emit_message(w->e, &node, w->associated, 100);
	}
	return s;
}

static status emit_contents(struct emitter *e, const struct pst_folder *f, bool associated, const struct contents *c)
{
	struct message_walk w = { .e = e, .folder = f->node.nid, .associated = associated, .by_parent = true };
	const struct nid_tally *nodes = associated ? &f->associated : &f->messages;
	pst_nid table = nid_sibling(f->node.nid, associated ? NID_TYPE_ASSOC_CONTENTS_TABLE : NID_TYPE_CONTENTS_TABLE);

	if (!nodes->count)
		return ecNone;
	if (c->readable && c->rows.count == nodes->count && c->rows.sum == nodes->sum)
		return emit_by_table(&w, table);
	return emit_by_nodes(&w);
}

/* Folders ----------------------------------------------------------------------------------------------- */

static enum folder_role role_of(const struct emitter *e, pst_nid nid)
{
	if (nid == NID_ROOT_FOLDER)
		return FOLDER_ROOT;
	if (nid_type(nid) == NID_TYPE_SEARCH_FOLDER)
		return FOLDER_SEARCH;
	if (nid == e->ipm_subtree)
		return FOLDER_IPM_SUBTREE;
	if (nid == e->wastebasket)
		return FOLDER_WASTEBASKET;
	return nid == e->finder ? FOLDER_FINDER : FOLDER_PLAIN;
}

static struct folder_expect expectations(const struct nid_tally *nodes, const struct contents *c, int64_t mid_map, int64_t stated)
{
	return (struct folder_expect){ .nodes = (int64_t)nodes->count, .table = c->readable ? (int64_t)c->rows.count : -1,
				       .mid_map = mid_map, .stated = stated };
}

static int64_t stated_count(const struct pc *pc, uint32_t tag)
{
	const struct prop *p = bag_find(&pc->bag, tag_id(tag));

	return p ? (int64_t)bag_u32(&pc->bag, tag_id(tag), 0) : -1;
}

/* What a folder is before its messages are emitted; lives in the emitter's arena until the folder ends. */
struct folder_state {
	struct pc pc, search;
	struct contents messages, associated;
	struct ost_sync sync;
	bool has_search;
};

static void read_sync_state(struct emitter *e, struct folder_state *st)
{
	const struct prop *p = bag_find(&st->pc.bag, tag_id(TAG_OST_SYNC_STATE));

	if (e->info->is_ost && p && prop_type(p) == PT_BINARY && !(p->flags & PROP_LARGE))
		(void)!ost_sync_decode(p->value, &e->arena, &st->sync, NULL);
}

static status load_folder(struct emitter *e, const struct pst_folder *f, struct folder_state *st)
{
	struct node_ref criteria;
	status s = pc_load(&st->pc, e->db, &e->arena, &f->node);

	if (nid_type(f->node.nid) == NID_TYPE_SEARCH_FOLDER &&
	    !e->db->index->node(e->db, nid_sibling(f->node.nid, NID_TYPE_SEARCH_CRITERIA), &criteria))
		st->has_search = !pc_load(&st->search, e->db, &e->arena, &criteria);
	if (f->messages.count || nid_type(f->node.nid) == NID_TYPE_FOLDER) {
		count_contents(e, nid_sibling(f->node.nid, NID_TYPE_CONTENTS_TABLE), &st->messages);
		count_contents(e, nid_sibling(f->node.nid, NID_TYPE_ASSOC_CONTENTS_TABLE), &st->associated);
	}
	read_sync_state(e, st);
	return s;
}

/* A folder whose own properties are lost keeps its place, under a name made from its id. */
static status nameless_folder(struct emitter *e, const struct pst_folder *f, struct folder_state *st)
{
	char name[40];

	(void)snprintf(name, sizeof name, "Folder %08x", f->node.nid);
	bag_init(&st->pc.bag, &e->arena);
	return bag_set_text(&st->pc.bag, PidTagDisplayName, name);
}

static status begin_folder(struct emitter *e, const struct pst_folder *f, struct folder_state *st)
{
	pst_nid nid = f->node.nid;
	status loaded = load_folder(e, f, st), s = ecNone;
	struct reason why = e->db->why;

	if (loaded)
		s = nameless_folder(e, f, st);
	if (s)
		return s;
	struct folder_event event = {
		.id = nid,
		.role = role_of(e, nid),
		.props = &st->pc.bag,
		.search = st->has_search ? &st->search.bag : NULL,
		.messages = expectations(&f->messages, &st->messages, ost_mid_map_count(e->db, nid, NID_TYPE_MID_MAP),
					 stated_count(&st->pc, PidTagContentCount)),
		.associated = expectations(&f->associated, &st->associated, ost_mid_map_count(e->db, nid, NID_TYPE_ASSOC_MID_MAP),
					   stated_count(&st->pc, PidTagAssociatedContentCount)),
	};
	s = item_folder_begin(e->sink, &event);
	if (!s && loaded)
		s = emit_problem(e, PROBLEM_FOLDER, nid, loaded, why.text);
	return s ? s : emit_properties(e, &st->pc, nid);
}

static status emit_folder_contents(struct emitter *e, const struct pst_folder *f)
{
	struct arena_mark mark = arena_mark(&e->arena);
	struct folder_state *st = arena_zalloc(&e->arena, sizeof *st);
	status s = st ? begin_folder(e, f, st) : ecMemory;

	e->sync = st && st->sync.known ? &st->sync : NULL;
	if (!s)
		s = emit_contents(e, f, false, &st->messages);
	if (!s)
		s = emit_contents(e, f, true, &st->associated);
	e->sync = NULL;
	arena_rewind(&e->arena, mark);
	return s;
}

/* What no folder claims ------------------------------------------------------------------------------- */

static bool is_lost(const struct emitter *e, const struct node_ref *node)
{
	uint32_t i = pst_folders_find(&e->folders, node->parent);

	return i == FOLDER_NONE || !e->folders.v[i].placed;
}

static status emit_lost_messages(struct emitter *e)
{
	struct node_ref node;
	status s = ecNone;

	for (uint64_t from = 0; !s; from = (uint64_t)node.nid + 1) {
		unsigned type;

		s = e->db->index->next_node(e->db, from, &node);
		if (s)
			return s == ecNotFound ? ecNone : s;
		type = nid_type(node.nid);
		if ((type == NID_TYPE_MESSAGE || type == NID_TYPE_ASSOC_MESSAGE) && is_lost(e, &node))
			s = emit_message(e, &node, type == NID_TYPE_ASSOC_MESSAGE, 100);
	}
	return s;
}

/* Items that only the rescue found: deleted ones, and ones pieced together from blocks. */
static status emit_extras(struct emitter *e)
{
	status s = ecNone;

	for (size_t i = 0; !s && i < e->extras.n; i++) {
		const struct extra_message *x = &e->extras.v[i];

		s = emit_message(e, &x->node, x->associated, x->confidence);
	}
	return s;
}

static void expect_recovered(const struct emitter *e, struct folder_event *event)
{
	for (uint32_t i = 0; i < e->folders.n; i++)
		if (!e->folders.v[i].placed) {
			event->messages.nodes += (int64_t)e->folders.v[i].messages.count;
			event->associated.nodes += (int64_t)e->folders.v[i].associated.count;
		}
	for (size_t i = 0; i < e->extras.n; i++)
		++*(e->extras.v[i].associated ? &event->associated.nodes : &event->messages.nodes);
}

static status emit_recovered(struct emitter *e)
{
	struct arena_mark mark = arena_mark(&e->arena);
	struct folder_expect expect = { 0, -1, -1, -1 };
	struct bag bag;

	if (!e->folders.lost_messages && !e->extras.n)
		return ecNone;
	bag_init(&bag, &e->arena);
	status s = bag_set_text(&bag, PidTagDisplayName, "Recovered");
	struct folder_event event = { .role = FOLDER_RECOVERED, .props = &bag, .messages = expect, .associated = expect };
	expect_recovered(e, &event);
	if (!s)
		s = item_folder_begin(e->sink, &event);
	arena_rewind(&e->arena, mark);
	if (!s && e->folders.lost_messages)
		s = emit_problem(e, PROBLEM_FLAGGED, 0, ecNotFound, "messages whose folder is gone were put into \"Recovered\"");
	if (!s)
		s = emit_lost_messages(e);
	if (!s)
		s = emit_extras(e);
	return s ? s : item_folder_end(e->sink);
}

/* The tree ------------------------------------------------------------------------------------------------ */

/* "Recovered" goes where people look: below the IPM subtree, else below the root. */
static bool takes_recovered(const struct emitter *e, uint32_t at)
{
	uint32_t ipm = pst_folders_find(&e->folders, e->ipm_subtree);
	bool has_ipm = ipm != FOLDER_NONE && e->folders.v[ipm].placed;

	return at == (has_ipm ? ipm : e->folders.root);
}

static status end_folder(struct emitter *e, uint32_t at)
{
	status s = takes_recovered(e, at) ? emit_recovered(e) : ecNone;

	return s ? s : item_folder_end(e->sink);
}

/* Depth first without recursion: into the first child, else to the next sibling, else up. */
static status emit_tree(struct emitter *e)
{
	uint32_t at = e->folders.root;
	status s = emit_folder_contents(e, &e->folders.v[at]);

	while (!s) {
		const struct pst_folder *f = &e->folders.v[at];

		if (f->first_child != FOLDER_NONE && e->folders.v[f->first_child].placed) {
			at = f->first_child;
			s = emit_folder_contents(e, &e->folders.v[at]);
			continue;
		}
		s = end_folder(e, at);
		while (!s && at != e->folders.root && e->folders.v[at].next == FOLDER_NONE) {
			at = e->folders.v[at].parent;
			s = end_folder(e, at);
		}
		if (s || at == e->folders.root)
			return s;
		at = e->folders.v[at].next;
		s = emit_folder_contents(e, &e->folders.v[at]);
	}
	return s;
}

/* The store ------------------------------------------------------------------------------------------------ */

/* The NID in an entry id of this store [MS-PST] 2.4.3.2; 0 when it is none. */
static pst_nid entry_id_nid(const struct pc *store, uint32_t tag)
{
	struct bytes b = bag_bytes(&store->bag, tag_id(tag));

	return b.n == 24 ? le32(b.p + 20) : 0;
}

static status load_store_object(struct emitter *e, struct pc *pc, struct reason *why)
{
	struct node_ref node;
	status s = e->db->index->node(e->db, NID_MESSAGE_STORE, &node);

	if (!s)
		s = pc_load(pc, e->db, &e->arena, &node);
	if (s) {
		*why = e->db->why;
		*pc = (struct pc){ .db = e->db, .arena = &e->arena };
		bag_init(&pc->bag, &e->arena);
	}
	e->ipm_subtree = entry_id_nid(pc, PidTagIpmSubTreeEntryId);
	e->wastebasket = entry_id_nid(pc, PidTagIpmWastebasketEntryId);
	e->finder = entry_id_nid(pc, PidTagFinderEntryId);
	return s;
}

static status begin_store(struct emitter *e)
{
	struct reason store_why = { "" };
	size_t bad_names = 0;
	struct pc pc;
	status store = load_store_object(e, &pc, &store_why);
	status names = pst_names_load(e->db, e->names, &bad_names);

	struct reason names_why = e->db->why;
	if (e->info->is_ost)
		ost_load_maps(e);
	e->codepage = 1252;
	struct store_event event = { .props = &pc.bag, .names = e->names, .codepage = e->codepage, .format = e->info->format };
	status s = item_store_begin(e->sink, &event);
	if (!s)
		s = emit_properties(e, &pc, NID_MESSAGE_STORE);
	if (!s && store)
		s = emit_problem(e, PROBLEM_FLAGGED, NID_MESSAGE_STORE, store, store_why.text);
	if (!s && names)
		s = emit_problem(e, PROBLEM_VALUE, NID_NAME_TO_ID_MAP, names, names_why.text);
	if (!s && bad_names)
		s = emit_problem(e, PROBLEM_FLAGGED, NID_NAME_TO_ID_MAP, ecCorruptData, "some names of properties are damaged or double");
	return s;
}

static status run(struct emitter *e)
{
	status s = pst_folders_load(&e->folders, e->db);

	if (s)
		return s;
	s = begin_store(e);
	if (!s)
		s = emit_tree(e);
	return s ? s : item_store_end(e->sink);
}

status emit_store(struct ndb *db, const struct pst_info *info, const struct extra_messages *extras, struct item_sink *sink,
		  struct reason *why)
{
	struct emitter e = { .db = db, .info = info, .sink = sink, .names = name_map_new() };

	if (extras)
		e.extras = *extras;

	if (!e.names)
		return reason_set(why, ecMemory, "out of memory");
	arena_init(&e.arena, ITEM_ARENA_MAX);
	db->why.text[0] = sink->why.text[0] = '\0';
	status s = run(&e);
	if (s && why)
		*why = sink->why.text[0] ? sink->why : db->why;
	pst_folders_free(&e.folders);
	name_map_free(e.names);
	arena_free(&e.arena);
	return s;
}
