#include "pst/write_nodes.h"

#include <stdlib.h>

#define ENTRY 32u
#define RUN_ENTRIES ((size_t)1 << 17) /* 4 MiB */
#define INDEX_BITS 27
#define PAGE_BITS 15

/* The ids taken, as bits: nodes of folders, messages and associated items have index spaces of their own. */
enum nid_space { SPACE_FOLDERS, SPACE_MESSAGES, SPACE_ASSOCIATED, SPACES };

struct nid_set {
	uint8_t *pages[SPACES][1 << (INDEX_BITS - PAGE_BITS)];
};

static enum nid_space space_of(unsigned type)
{
	return type == NID_TYPE_MESSAGE ? SPACE_MESSAGES : type == NID_TYPE_ASSOC_MESSAGE ? SPACE_ASSOCIATED : SPACE_FOLDERS;
}

/* 0 when it was free, 1 when it was taken, -1 without memory. */
static int take(struct nid_set *set, pst_nid nid)
{
	uint32_t index = nid_index(nid), bit = index & ((1u << PAGE_BITS) - 1);
	uint8_t **page = &set->pages[space_of(nid_type(nid))][index >> PAGE_BITS];

	if (!*page && !(*page = calloc(1, (1u << PAGE_BITS) / 8)))
		return -1;
	if ((*page)[bit / 8] >> bit % 8 & 1)
		return 1;
	(*page)[bit / 8] |= (uint8_t)(1 << bit % 8);
	return 0;
}

status node_writer_init(struct node_writer *n, struct file_writer *file, const char *scratch_path)
{
	*n = (struct node_writer){ .file = file, .scratch_path = scratch_path };
	/* Where Outlook starts counting. */
	for (unsigned i = 0; i < 32; i++)
		n->next_index[i] = 0x400;
	n->next_index[NID_TYPE_FOLDER] = 0x404; /* behind 0x8022, 0x8042, 0x8062: see folder_nid */
	n->next_index[NID_TYPE_SEARCH_FOLDER] = 0x4000;
	n->next_index[NID_TYPE_MESSAGE] = 0x10000;
	n->next_index[NID_TYPE_ASSOC_MESSAGE] = 0x8000;
	n->entries = malloc(RUN_ENTRIES * ENTRY);
	n->used = calloc(1, sizeof *n->used);
	if (n->entries && n->used)
		return ecNone;
	node_writer_free(n);
	return ecMemory;
}

void node_writer_free(struct node_writer *n)
{
	for (unsigned s = 0; n->used && s < SPACES; s++)
		for (unsigned i = 0; i < 1u << (INDEX_BITS - PAGE_BITS); i++)
			free(n->used->pages[s][i]);
	free(n->used);
	free(n->entries);
	free(n->runs);
	output_close(n->scratch);
	*n = (struct node_writer){ 0 };
}

bool node_writer_reserve(struct node_writer *n, pst_nid nid)
{
	if (nid_index(nid) >= n->next_index[nid_type(nid)])
		n->next_index[nid_type(nid)] = nid_index(nid) + 1;
	return take(n->used, nid) == 0;
}

status node_writer_take(struct node_writer *n, unsigned type, pst_nid wanted, pst_nid *nid)
{
	/* Very high ones are not kept: new ids are counted from the highest. */
	if (wanted && nid_type(wanted) == type && nid_index(wanted) < 1u << (INDEX_BITS - 1) && node_writer_reserve(n, wanted)) {
		*nid = wanted;
		return ecNone;
	}
	while (n->next_index[type] < (1u << INDEX_BITS) - 1) {
		pst_nid fresh = nid_make(type, n->next_index[type]++);
		int r = take(n->used, fresh);

		if (r < 0)
			return ecMemory;
		if (!r) {
			*nid = fresh;
			return ecNone;
		}
	}
	return reason_set(&n->file->why, ecTooBig, "more items than a .pst can number");
}

/* Sorting --------------------------------------------------------------------------------------------------- */

static int by_nid(const void *a, const void *b)
{
	uint32_t x = le32(a), y = le32(b);

	return x < y ? -1 : x > y;
}

static status end_run(struct node_writer *n)
{
	uint64_t *runs = realloc(n->runs, (n->n_runs + 1) * sizeof *runs);
	status s = ecNone;

	if (!runs)
		return ecMemory;
	n->runs = runs;
	if (!n->scratch)
		s = output_scratch(n->scratch_path, &n->scratch, &n->file->why);
	qsort(n->entries, n->n, ENTRY, by_nid);
	if (!s)
		s = output_append(n->scratch, n->entries, n->n * ENTRY);
	n->runs[n->n_runs++] = n->n;
	n->n = 0;
	return s;
}

status node_writer_add(struct node_writer *n, pst_nid nid, pst_bid data, pst_bid sub, pst_nid parent)
{
	status s = n->n == RUN_ENTRIES ? end_run(n) : ecNone;
	uint8_t *e = n->entries + n->n * ENTRY;

	if (s)
		return s;
	if (nid_index(nid) >= n->next_index[nid_type(nid)] && nid_type(nid) < 32)
		n->next_index[nid_type(nid)] = nid_index(nid) + 1;
	memset(e, 0, ENTRY);
	put_le64(e, nid);
	put_le64(e + 8, data);
	put_le64(e + 16, sub);
	put_le32(e + 24, parent);
	n->n++;
	return ecNone;
}

void node_writer_undo(struct node_writer *n)
{
	n->n--;
}

/* One run on disk, read through a small buffer. */
struct cursor {
	uint64_t at, left; /* entries of it not yet read into the buffer */
	uint8_t buffer[128 * ENTRY];
	size_t n, next;
};

static status refill(struct node_writer *n, struct cursor *c)
{
	size_t want = c->left < 128 ? (size_t)c->left : 128;

	c->n = c->next = 0;
	if (!want)
		return ecNone;
	status s = output_read_at(n->scratch, c->at, c->buffer, want * ENTRY);
	c->at += want * ENTRY;
	c->left -= want;
	c->n = want;
	return s;
}

static struct cursor *smallest(struct cursor *c, size_t n)
{
	struct cursor *best = NULL;

	for (size_t i = 0; i < n; i++)
		if (c[i].next < c[i].n && (!best || le32(c[i].buffer + c[i].next * ENTRY) < le32(best->buffer + best->next * ENTRY)))
			best = &c[i];
	return best;
}

static status merge_runs(struct node_writer *n, struct btree_writer *tree)
{
	struct cursor *c = calloc(n->n_runs, sizeof *c), *next;
	uint64_t at = 0;
	status s = c ? ecNone : ecMemory;

	for (size_t i = 0; !s && i < n->n_runs; i++) {
		c[i].at = at;
		c[i].left = n->runs[i];
		at += n->runs[i] * ENTRY;
		s = refill(n, &c[i]);
	}
	while (!s && (next = smallest(c, n->n_runs))) {
		s = btree_writer_add(tree, next->buffer + next->next++ * ENTRY);
		if (!s && next->next == next->n)
			s = refill(n, next);
	}
	free(c);
	return s;
}

static status write_tree(struct node_writer *n, struct btree_writer *tree)
{
	status s = ecNone;

	if (n->n_runs) {
		s = n->n ? end_run(n) : ecNone;
		return s ? s : merge_runs(n, tree);
	}
	qsort(n->entries, n->n, ENTRY, by_nid);
	for (size_t i = 0; !s && i < n->n; i++)
		s = btree_writer_add(tree, n->entries + i * ENTRY);
	return s;
}

status node_writer_finish(struct node_writer *n, struct file_root *root, uint32_t next_nid[32])
{
	struct btree_writer *tree = malloc(sizeof *tree);

	if (!tree)
		return ecMemory;
	btree_writer_init(tree, n->file, PAGE_NBT, ENTRY);
	status s = write_tree(n, tree);
	if (!s)
		s = btree_writer_finish(tree, root);
	free(tree);
	for (unsigned i = 0; i < 32; i++)
		next_nid[i] = n->next_index[i];
	return s;
}
