/* What is the same in both directions of LZX DELTA ([MS-PATCH] 2.1 to 2.7). */
#ifndef ROP_LZX_DELTA_PRIVATE_H
#define ROP_LZX_DELTA_PRIVATE_H

#include "rop/lzx_delta.h"

enum lzx_block { LZX_VERBATIM = 1, LZX_ALIGNED = 2, LZX_UNCOMPRESSED = 3 };

#define LZX_LITERALS       256u
#define LZX_SLOTS_MOST     290u
#define LZX_MAIN_MOST      (LZX_LITERALS + 8 * LZX_SLOTS_MOST)
#define LZX_LENGTHS        249u /* symbols of the tree of lengths */
#define LZX_PRETREE        20u  /* symbols of the tree that lengths of codes are written with */
#define LZX_MATCH_LEAST    2u
#define LZX_LENGTH_IN_MAIN 7u   /* from here on the rest of a length is a symbol of its own */
#define LZX_MATCH_LONG     257u /* and from here on there is more of it */
#define LZX_CODE_MOST      16u  /* bits of a code */
#define LZX_REPEATED       3u   /* slots of offsets that were used last */

/* Offsets are in slots: the first of a slot (plus 2), and how many bits say which one of it. */
static inline unsigned lzx_slot_bits(unsigned slot)
{
	return slot < 4 ? 0 : slot < 36 ? slot / 2 - 1 : 17;
}

static inline uint32_t lzx_slot_base(unsigned slot)
{
	return slot < 4    ? slot
	       : slot < 36 ? (2u + (slot & 1u)) << (slot / 2 - 1)
			   : ((uint32_t)1 << 18) + (slot - 36u) * ((uint32_t)1 << 17);
}

/* Slots of the window that has room for both; 0: none has. */
static inline unsigned lzx_slots(size_t reference, size_t n)
{
	static const uint16_t slots[] = { 34, 36, 38, 42, 50, 66, 98, 162, 290 };

	if (reference > LZX_WINDOW_MOST || n > LZX_WINDOW_MOST)
		return 0;
	reference = (reference + LZX_FRAME - 1) / LZX_FRAME * LZX_FRAME;
	for (unsigned i = 0; i < sizeof slots / sizeof *slots; i++)
		if (reference + n <= (size_t)1 << (17 + i))
			return slots[i];
	return 0;
}

#endif
