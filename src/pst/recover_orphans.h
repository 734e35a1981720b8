/*
 * Messages that no live node names: deleted ones that old pages still know, and blocks of properties that
 * nothing at all refers to.  Each with a confidence in percent:
 *
 *   90  an old page of the node B-tree knows the node, and its blocks are whole
 *   60  no page knows it; its properties are whole, and its subnodes were found by what they must contain
 *   40  no page knows it; its properties are whole, recipients and attachments may be missing
 */
#ifndef PST_RECOVER_ORPHANS_H
#define PST_RECOVER_ORPHANS_H

#include "pst/pst_private.h"
#include "pst/recover_nodes.h"

#define CONFIDENCE_STALE_NODE 90
#define CONFIDENCE_PIECED 60
#define CONFIDENCE_PROPERTIES_ONLY 40

/* `db` reads through the found index. Adds to `extras`, whose memory is the caller's to free. */
status orphans_find(struct ndb *db, const struct scan *scan, const struct found_nodes *nodes, bool stale_nodes,
		    struct extra_messages *extras) MUST;

#endif
