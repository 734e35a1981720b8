/*
 * A content as it stands in the database.  Most of a message is text in UTF-16 of which every second byte is zero: those runs are kept as their other bytes, and all
 * else as it is.
 *
 *     0          four bytes that no FastTransfer stream begins with: a body without them stands as it is
 *     size       of the body, 32 bits
 *     run ...    bytes as they are, then pairs: of each a length of 32 bits and so many bytes; of pairs only the first byte of each, the second is zero
 *
 * Who reads gets the body; nobody but content_read.c and content_write.c sees the difference.
 */
#ifndef STORE_CONTENT_PACK_H
#define STORE_CONTENT_PACK_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"

/* What stands for the body: `room`, which is written anew, or the body itself where packing saves little, or there is no memory. */
struct bytes content_pack(struct bytes body, struct buf *room);
/*
 * The body, in `arena`, of what stands for it.  *whole false: it is damaged, and *body is what can be read of it.  ecTooBig: it says that it has more than `most` bytes;
 * ecMemory.
 */
status content_unpack(struct bytes stored, size_t most, struct arena *arena, struct bytes *body,
		      bool *whole) MUST;

#endif
