#include "base/guid.h"

#include "base/hex.h"

#include <stdio.h>

/* Where the text's bytes stand in the wire form. */
static const uint8_t text_order[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };

static bool dash_before(unsigned i)
{
	return i == 4 || i == 6 || i == 8 || i == 10;
}

void guid_format(const struct guid *g, char out[static GUID_TEXT_SIZE])
{
	char *at = out;

	for (unsigned i = 0; i < 16; i++) {
		if (dash_before(i))
			*at++ = '-';
		at = hex_put(at, HEX_LOWER, g->b[text_order[i]]);
	}
	*at = '\0';
}

bool guid_parse(const char *text, struct guid *out)
{
	bool brace = *text == '{';
	struct guid g;

	text += brace;
	for (unsigned i = 0; i < 16; i++) {
		if (dash_before(i) && *text++ != '-')
			return false;
		int byte = hex_byte(text);

		if (byte < 0)
			return false;
		g.b[text_order[i]] = (uint8_t)byte;
		text += 2;
	}
	if (brace && *text++ != '}')
		return false;
	if (*text)
		return false;
	*out = g;
	return true;
}
