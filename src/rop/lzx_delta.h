/*
 * LZX DELTA ([MS-PATCH] 2): what is packed may copy from a reference that both sides have, as if it stood right before it.  The blocks of
 * offline address books come so, those of differences with the older file as the reference, those of whole files without one
 * ([MS-OXOAB] 2.10.2, 2.11.2).
 */
#ifndef ROP_LZX_DELTA_H
#define ROP_LZX_DELTA_H

#include "base/buf.h"

/* The reference, rounded up to LZX_FRAME, and what is made of it are no longer than the largest window. */
#define LZX_WINDOW_MOST ((size_t)1 << 25)
#define LZX_FRAME       ((size_t)1 << 15)

/*
 * Appends exactly n bytes.  What is behind them in `packed` is not looked at.  ecCorruptData; ecTooBig: `out` may not have so
 * many, or the window is too small for them.
 */
status lzx_delta_unpack(struct bytes packed, struct bytes reference, size_t n, struct buf *out,
			struct reason *why) MUST;

/* Appends what unpacks to `plain`, of which there is a byte at least. ecTooBig, ecMemory. Takes time in proportion to both. */
status lzx_delta_pack(struct bytes plain, struct bytes reference, struct buf *out) MUST;

#endif
