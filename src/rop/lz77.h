/*
 * The plain LZ77 of [MS-XCA] 2.4, which [MS-OXCRPC] 3.1.4.1.1.2 calls LZ77 with DIRECT2: matches of 3 bytes
 * and more, at most 8192 bytes back.
 */
#ifndef ROP_LZ77_H
#define ROP_LZ77_H

#include "base/bytes.h"
#include "base/status.h"

/*
 * Writes at most `room` bytes to `out` and returns how many; 0 when they would be more (then what is in `out` is of
 * no use), or when there is nothing to compress.  `out` must not overlap.  Takes time in proportion to the input.
 */
size_t lz77_compress(struct bytes plain, uint8_t *out, size_t room) MUST;

/*
 * Writes exactly n bytes to `out`; `out` must not overlap.  ecCorruptData when the data hold more or less,
 * or point before their beginning.
 */
status lz77_decompress(struct bytes packed, uint8_t *out, size_t n, struct reason *why) MUST;

#endif
