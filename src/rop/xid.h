/*
 * Versions of objects: a change key is an XID ([MS-OXCFXICS] 2.2.2.2), the change that made this
 * version, and a PredecessorChangeList (2.2.2.3) is, per namespace, the last change that is in it.
 *
 * A namespace is a replica's REPLGUID, whose local ids are GLOBCNTs, or a GUID of a client's own with
 * local ids of another length. Local ids are numbers, the high byte first, and only ever rise.
 */
#ifndef ROP_XID_H
#define ROP_XID_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/guid.h"

#define XID_LOCAL_MAX 8u
#define XID_SIZE_MIN  17u
#define XID_SIZE_MAX  24u

struct xid {
	struct guid space;
	uint8_t n; /* bytes of the local id, 1 .. XID_LOCAL_MAX */
	uint8_t local[XID_LOCAL_MAX];
};

/* All of the bytes, 17 to 24 of them. */
status xid_decode(struct bytes data, struct xid *out, struct reason *why) MUST;
void xid_encode(const struct xid *x, struct buf *out);
struct xid xid_of_globcnt(const struct guid *replica, uint64_t id);
/* False when its local id is no GLOBCNT, by its length. */
bool xid_globcnt(const struct xid *x, uint64_t *id);
/* As numbers; the namespaces are the caller's business. Below, at or above 0. */
int xid_compare(const struct xid *a, const struct xid *b);

/* By rising namespace, each once. */
struct pcl {
	struct xid *v;
	size_t n, cap;
};

/* Sorted while it is read; of two XIDs of a namespace the higher one counts. */
status pcl_decode(struct bytes data, struct arena *arena, struct pcl *out,
		  struct reason *why) MUST;
void pcl_encode(const struct pcl *l, struct buf *out);
/* Raises the entry of its namespace, or makes one; never lowers it. */
status pcl_add(struct pcl *l, const struct xid *x, struct arena *arena) MUST;
/* Everything that is in either. As it was after a failure. */
status pcl_merge(struct pcl *l, const struct pcl *other, struct arena *arena) MUST;
/* Is this change in it? */
bool pcl_contains(const struct pcl *l, const struct xid *x);

enum pcl_relation {
	PCL_SAME,
	PCL_INCLUDES,     /* the first is the newer version */
	PCL_INCLUDED,     /* the second is the newer version */
	PCL_CONFLICT,     /* neither includes the other: both were changed. [MS-OXCFXICS] 3.1.5.6.1 */
};

enum pcl_relation pcl_compare(const struct pcl *a, const struct pcl *b);

#endif
