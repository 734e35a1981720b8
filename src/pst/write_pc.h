/* Property contexts ([MS-PST] 2.3.3) and the form values take in a store. */
#ifndef PST_WRITE_PC_H
#define PST_WRITE_PC_H

#include "base/buf.h"
#include "mapi/prop.h"
#include "pst/write_heap.h"

/* One value in the form of a store: lists get their offsets, strings lose nothing. */
status value_encode(const struct prop *p, struct buf *out) MUST;

struct pc_record {
	uint16_t id, type;
	uint32_t hnid;
};

struct pc_writer {
	struct file_writer *file;
	struct heap_writer heap;
	uint32_t header; /* HID of the BTHHEADER */
	struct subnode_list subs; /* large values; the caller may add its own subnodes */
	struct pc_record *records;
	size_t n, cap;
	uint32_t next_value; /* index of the next subnode for a value */
	struct buf scratch;
};

status pc_writer_init(struct pc_writer *pc, struct file_writer *file) MUST;
void pc_writer_free(struct pc_writer *pc);
/*
 * A second property with an id that is there is left out, whichever way it comes.  PROP_LARGE ones are ignored: see
 * pc_writer_add_tree.  PT_OBJECT with bytes gets a subnode of its own.
 */
status pc_writer_add(struct pc_writer *pc, const struct prop *p) MUST;
status pc_writer_add_bag(struct pc_writer *pc, const struct bag *bag) MUST;
/* A value whose blocks are written already; `size` matters for PT_OBJECT only. */
status pc_writer_add_tree(struct pc_writer *pc, uint32_t tag, pst_bid root, uint64_t size) MUST;
/* PT_OBJECT: the subnode `nid`, which the caller adds, stands for it. Takes the place of a property with that id. */
status pc_writer_set_object(struct pc_writer *pc, uint32_t tag, pst_nid nid, uint64_t size) MUST;
bool pc_writer_has(const struct pc_writer *pc, uint16_t id);
/* A subnode id that no value of this context uses. */
pst_nid pc_writer_new_nid(struct pc_writer *pc);
status pc_writer_finish(struct pc_writer *pc, pst_bid *data, pst_bid *sub) MUST;

#endif
