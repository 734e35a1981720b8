/*
 * Compressed RTF [MS-OXRTFCP]: property PidTagRtfCompressed.  A header of 16 bytes (COMPSIZE, RAWSIZE, COMPTYPE,
 * CRC), then LZFu (a 4 KiB dictionary that begins with words common in RTF) or MELA (as it is).
 */
#ifndef MAPI_RTF_COMPRESSED_H
#define MAPI_RTF_COMPRESSED_H

#include "base/buf.h"
#include "base/status.h"

enum rtf_flag {
	RTF_BAD_CRC = 1,  /* the checksum does not fit; what was decoded is given */
	RTF_BAD_SIZE = 2, /* COMPSIZE or RAWSIZE does not fit; what was decoded is given */
};

/* Appends the RTF, at most `max` bytes (ecTooBig beyond). ecCorruptData only when nothing can be decoded. */
status rtf_decompress(struct bytes in, size_t max, struct buf *out, unsigned *flags, struct reason *why) MUST;
/* Appends LZFu; the same input gives the same bytes. */
status rtf_compress(struct bytes rtf, struct buf *out) MUST;

#endif
