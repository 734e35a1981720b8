/*
 * A Unicode .pst written from scratch as items arrive, in one pass and in memory that does not grow with
 * the file: blocks, allocation maps and B-tree pages go out as they fill, the header last.  [MS-PST]
 *
 * The same input gives the same bytes: nothing is taken from the clock or from chance (the record key of a
 * source without one is derived from what is written).
 */
#ifndef PST_WRITER_H
#define PST_WRITER_H

#include "base/output.h"
#include "mapi/item.h"
#include "pst/pst.h"

struct pst_writer_options {
	enum pst_encryption encryption; /* PST_ENCRYPT_PERMUTE is what Outlook does */
	const char *display_name;       /* of the store where the source has none; NULL: "Postern" */
	bool keep_ids;                  /* use the source's NIDs where they are valid and free (entry ids stay true) */
	bool as_ost;                    /* for samples: client version 12, magic "SO" */
};

struct pst_writer;

/*
 * The sink.  A message that the format cannot hold (a value of 4 GiB, more subnodes or recipient properties than fit)
 * is OUTCOME_FAILED with the reason, and nothing refers to it; any other failure is an error of the event.  Folders
 * that every store has are made where the source has none; where it knows no root, its folders stand below the IPM
 * subtree.
 *
 * The output stays the caller's, who commits it after pst_writer_finish and closes it in any case.
 */
status pst_writer_new(struct output *out, const struct pst_writer_options *options, struct pst_writer **w,
		      struct reason *why) MUST;
struct item_sink *pst_writer_sink(struct pst_writer *w);
/* After store_end: B-trees, maps and header. Without it the file is not a store. */
status pst_writer_finish(struct pst_writer *w, struct reason *why) MUST;
void pst_writer_free(struct pst_writer *w);

#endif
