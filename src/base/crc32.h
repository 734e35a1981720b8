/*
 * The CRC of [MS-PST] 5.3 and [MS-OXRTFCP] 3.1.3.2: polynomial EDB88320, starting at 0, not inverted.
 * Computed by libdeflate with what the processor has (carry-less multiplication where there is any).
 */
#ifndef BASE_CRC32_H
#define BASE_CRC32_H

#include "base/bytes.h"

uint32_t crc32_pst(uint32_t crc, struct bytes data); /* start with crc = 0; may be continued */
/* The same, byte by byte in plain C: what the fast one is tested against. */
uint32_t crc32_pst_plain(uint32_t crc, struct bytes data);

#endif
