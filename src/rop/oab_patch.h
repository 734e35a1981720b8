/*
 * The blocks that the files of an offline address book of version 4 come in ([MS-OXOAB] 2.10, 2.11): whole ones, and differential patch
 * files, which make the newer file out of the older one.
 */
#ifndef ROP_OAB_PATCH_H
#define ROP_OAB_PATCH_H

#include "base/buf.h"

/* 2.3.4: begins with ones and is not inverted at the end. */
uint32_t oab_crc(struct bytes b);

/* Appends the container of a whole file, its blocks as they are (2.11.2). */
void oab_store(struct bytes file, struct buf *out);
/* Appends the file that is in a container. ecCorruptData, ecTooBig, ecNotSupported: a kind of block that is not known. */
status oab_unpack(struct bytes container, struct buf *out, struct reason *why) MUST;

/* What a patch says of itself (2.10.1). */
struct oab_patch_head {
	uint32_t source_size, target_size, source_crc, target_crc;
};

/* Appends the patch. ecTooBig, ecMemory. */
status oab_patch_make(struct bytes source, struct bytes target, struct buf *out,
		      struct reason *why) MUST;
/* ecCorruptData: it is no patch. */
status oab_patch_read_head(struct bytes patch, struct oab_patch_head *out, struct reason *why) MUST;
/*
 * Appends the newer file, of which every byte is certain: ecNotFound when `source` is not what the patch was made for; ecCorruptData when it is
 * damaged, or makes another file than it says; ecTooBig.
 */
status oab_patch_apply(struct bytes patch, struct bytes source, struct buf *out,
		       struct reason *why) MUST;

#endif
