#include "base/crc32.h"

#include <libdeflate.h>

uint32_t crc32_pst(uint32_t crc, struct bytes data)
{
	/* libdeflate inverts before and after; undo both. */
	return data.n ? ~libdeflate_crc32(~crc, data.p, data.n) : crc;
}

uint32_t crc32_pst_plain(uint32_t crc, struct bytes data)
{
	for (size_t i = 0; i < data.n; i++) {
		crc ^= data.p[i];
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (0xEDB88320u & (0u - (crc & 1)));
	}
	return crc;
}
