#include "mime/names.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* Bytes of the character at `s`: 0 for bytes that begin none. */
static size_t character(const unsigned char *s)
{
	size_t n = s[0] < 0x80 ? 1 : s[0] < 0xC2 ? 0 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : s[0] < 0xF5 ? 4 : 0;

	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xC0) != 0x80)
			return 0;
	return n;
}

/* Characters that change the direction or the order of others, or are not seen at all, could make a name lie. */
static bool is_deceptive(const unsigned char *s, size_t n)
{
	if (n == 2)
		return s[0] == 0xC2 && s[1] < 0xA0; /* C1 controls */
	if (n != 3 || s[0] != 0xE2)
		return n == 3 && s[0] == 0xEF && s[1] == 0xBB && s[2] == 0xBF;
	return (s[1] == 0x80 && (s[2] >= 0x8B && s[2] <= 0x8F)) || (s[1] == 0x80 && s[2] >= 0xA8 && s[2] <= 0xAE) ||
	       (s[1] == 0x81 && s[2] >= 0xA0 && s[2] <= 0xAF);
}

static bool is_plain(const unsigned char *s, size_t n)
{
	if (n == 1)
		return s[0] >= 32 && s[0] < 127 && !strchr("/\\:*?\"<>|", s[0]);
	return n && !is_deceptive(s, n);
}

static bool is_device(const char *s)
{
	static const char *const names[] = { "CON", "PRN", "AUX", "NUL" };
	size_t n = strcspn(s, ".");

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (n == 3 && strncasecmp(s, names[i], 3) == 0)
			return true;
	return n == 4 && (strncasecmp(s, "COM", 3) == 0 || strncasecmp(s, "LPT", 3) == 0) && s[3] >= '0' && s[3] <= '9';
}

void safe_name(const char *utf8, const char *fallback, size_t max, char out[static NAME_SIZE])
{
	const unsigned char *s = (const unsigned char *)utf8;
	size_t at = 0;

	if (max > NAME_SIZE - 2)
		max = NAME_SIZE - 2;
	while (*s) {
		size_t n = character(s);
		bool plain = is_plain(s, n), edge = at == 0 && (*s == ' ' || *s == '.');

		if (at + (plain ? n : 1) > max)
			break;
		if (plain && !edge) {
			memcpy(out + at, s, n);
			at += n;
		} else if (!edge && !(at && out[at - 1] == '_')) {
			out[at++] = '_';
		}
		s += n ? n : 1;
	}
	while (at && (out[at - 1] == ' ' || out[at - 1] == '.'))
		at--;
	out[at] = '\0';
	if (!at) {
		memcpy(out, fallback, strlen(fallback) + 1);
	} else if (is_device(out)) {
		memmove(out + 1, out, at + 1);
		out[0] = '_';
	}
}
