/* Parts of a store written without a sink, and read back: for tests of the layers below it. */
#ifndef TESTS_PST_WRITING_H
#define TESTS_PST_WRITING_H

#include "support.h"

#include "pst/pst_private.h"
#include "pst/write_nodes.h"

struct writing {
	struct output *out;
	struct file_writer file;
	struct node_writer nodes;
	char path[512];
	/* once it is read back */
	struct input *in;
	struct pst *pst;
	struct ndb *db;
	struct arena arena;
};

static inline void writing_begin(struct writing *w, unsigned encryption)
{
	struct reason why = { "" };

	*w = (struct writing){ .out = NULL };
	(void)snprintf(w->path, sizeof w->path, "%s", scratch_path("writing.pst"));
	assert_int_equal(output_create(w->path, true, &w->out, &why), 0);
	assert_int_equal(file_writer_init(&w->file, w->out, encryption), 0);
	assert_int_equal(node_writer_init(&w->nodes, &w->file, w->path), 0);
}

/* A node, so that the blocks below it can be found. */
static inline void writing_node(struct writing *w, pst_nid nid, pst_bid data, pst_bid sub)
{
	assert_int_equal(node_writer_add(&w->nodes, nid, data, sub, 0), 0);
}

static inline void writing_read(struct writing *w)
{
	struct reason why = { "" };
	struct file_root nbt = { 0 };
	uint32_t next[32];

	assert_int_equal(node_writer_finish(&w->nodes, &nbt, next), 0);
	assert_int_equal(file_writer_finish(&w->file, &nbt, next, false), 0);
	assert_int_equal(output_commit(w->out, &why), 0);
	assert_int_equal(input_open_file(w->path, &w->in, &why), 0);
	if (pst_open(w->in, &w->pst, &why))
		fail_msg("%s", why.text);
	w->db = &w->pst->db;
	arena_init(&w->arena, (size_t)256 << 20);
}

static inline struct node_ref writing_find(struct writing *w, pst_nid nid)
{
	struct node_ref node;

	assert_int_equal(w->db->index->node(w->db, nid, &node), 0);
	return node;
}

static inline void writing_end(struct writing *w)
{
	pst_close(w->pst);
	input_close(w->in);
	arena_free(&w->arena);
	node_writer_free(&w->nodes);
	output_close(w->out);
	(void)unlink(w->path);
}

/* Bytes that tell where they are. */
static inline uint8_t pattern(uint64_t i)
{
	return (uint8_t)(i * 131 + (i >> 8) * 17 + (i >> 16));
}

static inline uint8_t *pattern_new(size_t n)
{
	uint8_t *p = malloc(n ? n : 1);

	assert_non_null(p);
	for (size_t i = 0; i < n; i++)
		p[i] = pattern(i);
	return p;
}

/* The same numbers every time. */
static inline uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

#endif
