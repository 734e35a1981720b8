#include "shell/wildcard.h"

#include <ctype.h>
#include <string.h>

static bool same(char a, char b, bool with_case)
{
	return a == b || (!with_case && tolower((unsigned char)a) == tolower((unsigned char)b));
}

/* The bytes of the UTF-8 character at p, at least one. */
static size_t character(const char *p)
{
	size_t n = 1;

	while (n < 4 && (p[n] & 0xC0) == 0x80)
		n++;
	return n;
}

static bool in_range(char c, char low, char high, bool with_case)
{
	int upper = toupper((unsigned char)c), lower = tolower((unsigned char)c), plain = (unsigned char)c;
	int from = (unsigned char)low, to = (unsigned char)high;

	if (with_case)
		return plain >= from && plain <= to;
	return (upper >= from && upper <= to) || (lower >= from && lower <= to);
}

/* "[a-cx]" at *pattern against c; steps behind it. What is not closed stands for itself. */
static bool match_set(const char **pattern, char c, bool with_case)
{
	const char *p = *pattern + 1, *end = strchr(p, ']');
	bool found = false;

	if (!end || end == p) {
		(*pattern)++;
		return c == '[';
	}
	while (p < end) {
		bool range = p + 2 < end && p[1] == '-';

		found |= in_range(c, p[0], range ? p[2] : p[0], with_case);
		p += range ? 3 : 1;
	}
	*pattern = end + 1;
	return found;
}

/* One character of the pattern that is no star; steps both on when it fits. */
static bool match_one(const char **pattern, const char **text, bool with_case)
{
	const char *p = *pattern, *t = *text;

	if (*p == '?') {
		*pattern = p + 1;
		*text = t + character(t);
		return true;
	}
	if (*p == '[') {
		*text = t + 1;
		return match_set(pattern, *t, with_case);
	}
	p += *p == '`' && p[1];
	*pattern = p + 1;
	*text = t + 1;
	return same(*p, *t, with_case);
}

/* The last star is tried again one further on; never more work than pattern times text. */
bool wildcard_match(const char *pattern, const char *text, bool with_case)
{
	const char *star = NULL, *again = NULL;

	while (*text) {
		if (*pattern == '*') {
			star = ++pattern;
			again = text;
		} else if (!*pattern || !match_one(&pattern, &text, with_case)) {
			if (!star)
				return false;
			pattern = star;
			again += character(again);
			text = again;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

bool wildcard_has(const char *text)
{
	return strpbrk(text, "*?[") != NULL;
}
