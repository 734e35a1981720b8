/* GUIDs in their wire form ([MS-DTYP] 2.3.4.2: the first three fields little-endian). */
#ifndef BASE_GUID_H
#define BASE_GUID_H

#include "base/bytes.h"

struct guid {
	uint8_t b[16];
};

#define GUID_TEXT_SIZE 37

static inline bool guid_equal(const struct guid *a, const struct guid *b)
{
	return memcmp(a->b, b->b, sizeof a->b) == 0;
}

static inline bool guid_is_zero(const struct guid *g)
{
	static const struct guid zero;

	return guid_equal(g, &zero);
}

/* "00062008-0000-0000-c000-000000000046", lower case, no braces. */
void guid_format(const struct guid *g, char out[static GUID_TEXT_SIZE]);
/* Takes the same, upper or lower case, with or without braces; false and untouched otherwise. */
bool guid_parse(const char *text, struct guid *out);

#endif
