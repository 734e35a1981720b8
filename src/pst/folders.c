#include "pst/folders.h"

#include "mapi/item.h"

#include <stdlib.h>

void nid_tally_add(struct nid_tally *t, pst_nid nid)
{
	uint64_t x = (nid + 0x9E3779B97F4A7C15ull) * 0xBF58476D1CE4E5B9ull;

	t->count++;
	t->sum += x ^ x >> 29;
}

uint32_t pst_folders_find(const struct pst_folders *f, pst_nid nid)
{
	const uint64_t *i = map_get_u64(&f->by_nid, nid);

	return i ? (uint32_t)*i : FOLDER_NONE;
}

/* The record of a folder, made when it is named for the first time. NULL without memory. */
static struct pst_folder *record_of(struct pst_folders *f, pst_nid nid)
{
	uint32_t i = pst_folders_find(f, nid);

	if (i != FOLDER_NONE)
		return &f->v[i];
	if (f->n == f->cap) {
		uint32_t cap = f->cap ? f->cap * 2 : 64;
		struct pst_folder *v = cap > 2 * FOLDERS_MAX ? NULL : realloc(f->v, cap * sizeof *v);

		if (!v)
			return NULL;
		f->v = v;
		f->cap = cap;
	}
	if (map_put_u64(&f->by_nid, nid, f->n))
		return NULL;
	f->v[f->n] = (struct pst_folder){ .node = { .nid = nid }, .parent = FOLDER_NONE, .first_child = FOLDER_NONE,
					  .last_child = FOLDER_NONE, .next = FOLDER_NONE };
	return &f->v[f->n++];
}

static status see_node(struct pst_folders *f, const struct node_ref *n)
{
	unsigned type = nid_type(n->nid);
	struct pst_folder *folder = NULL;

	if (type == NID_TYPE_FOLDER || type == NID_TYPE_SEARCH_FOLDER) {
		folder = record_of(f, n->nid);
		if (folder) {
			folder->node = *n;
			folder->exists = true;
		}
	} else if (type == NID_TYPE_MESSAGE || type == NID_TYPE_ASSOC_MESSAGE) {
		folder = record_of(f, n->parent);
		if (folder)
			nid_tally_add(type == NID_TYPE_MESSAGE ? &folder->messages : &folder->associated, n->nid);
	} else {
		return ecNone;
	}
	return folder ? ecNone : ecMemory;
}

static void add_child(struct pst_folders *f, uint32_t parent, uint32_t child)
{
	struct pst_folder *p = &f->v[parent];

	if (p->last_child == FOLDER_NONE)
		p->first_child = child;
	else
		f->v[p->last_child].next = child;
	p->last_child = child;
}

/* A folder whose parent is gone hangs below the root. */
static void link_children(struct pst_folders *f)
{
	for (uint32_t i = 0; i < f->n; i++) {
		struct pst_folder *c = &f->v[i];

		if (!c->exists || i == f->root)
			continue;
		uint32_t parent = pst_folders_find(f, c->node.parent);
		c->parent = parent == FOLDER_NONE || parent == i || !f->v[parent].exists ? f->root : parent;
		add_child(f, c->parent, i);
	}
}

/* Marks what hangs below the root, depth first without recursion; deeper than the limit counts as not placed. */
static void mark_placed(struct pst_folders *f)
{
	uint32_t at = f->root;
	unsigned depth = 0;

	while (at != FOLDER_NONE) {
		f->v[at].placed = true;
		if (f->v[at].first_child != FOLDER_NONE && depth + 1 < ITEM_FOLDER_DEPTH_MAX) {
			at = f->v[at].first_child;
			depth++;
			continue;
		}
		while (at != f->root && f->v[at].next == FOLDER_NONE) {
			at = f->v[at].parent;
			depth--;
		}
		at = at == f->root ? FOLDER_NONE : f->v[at].next;
	}
}

status pst_folders_load(struct pst_folders *f, struct ndb *db)
{
	struct node_ref n;
	status s = ecNone;

	*f = (struct pst_folders){ .root = FOLDER_NONE };
	map_init(&f->by_nid, 2 * FOLDERS_MAX);
	for (uint64_t from = 0; !s; from = (uint64_t)n.nid + 1) {
		s = db->index->next_node(db, from, &n);
		if (!s) {
			f->nodes++;
			s = see_node(f, &n);
		}
	}
	if (s != ecNotFound)
		return s == ecMemory ? reason_set(&db->why, s, "too many folders") : s;
	struct pst_folder *root = record_of(f, NID_ROOT_FOLDER);
	if (!root)
		return reason_set(&db->why, ecMemory, "too many folders");
	root->exists = true; /* a root whose node is gone is still where all hangs */
	f->root = (uint32_t)(root - f->v);
	link_children(f);
	mark_placed(f);
	for (uint32_t i = 0; i < f->n; i++)
		if (!f->v[i].placed)
			f->lost_messages += f->v[i].messages.count + f->v[i].associated.count;
	return ecNone;
}

void pst_folders_free(struct pst_folders *f)
{
	free(f->v);
	map_free(&f->by_nid);
	*f = (struct pst_folders){ .root = FOLDER_NONE };
}
