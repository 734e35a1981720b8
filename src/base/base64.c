#include "base/base64.h"

static int digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(const char *text, size_t length, uint8_t *out, size_t room, size_t *n)
{
	size_t padding = 0, used = 0;
	uint32_t bits = 0;
	unsigned have = 0;

	if (length % 4)
		return false;
	while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
		padding++;
	for (size_t i = 0; i < length - padding; i++) {
		int d = digit(text[i]);

		if (d < 0)
			return false;
		bits = bits << 6 | (uint32_t)d;
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		if (used == room)
			return false;
		out[used++] = (uint8_t)(bits >> have);
		bits &= (1u << have) - 1;
	}
	if (bits)
		return false;
	*n = used;
	return true;
}

void base64_encode(struct bytes data, struct buf *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < data.n; i += 3) {
		size_t left = data.n - i;
		uint32_t bits = (uint32_t)data.p[i] << 16 | (left > 1 ? (uint32_t)data.p[i + 1] << 8 : 0) | (left > 2 ? data.p[i + 2] : 0);
		char four[4] = { digits[bits >> 18], digits[bits >> 12 & 63], left > 1 ? digits[bits >> 6 & 63] : '=', left > 2 ? digits[bits & 63] : '=' };

		buf_add(out, four, sizeof four);
	}
}
