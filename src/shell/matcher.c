#include "shell/expression.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/buf.h"

void matcher_free(struct matcher *m)
{
	if (m->ready)
		regfree(&m->compiled);
	m->ready = false;
}

/* The largest number in "{2,5}" at p; 0 when there is no count. */
static unsigned long repeat_count(const char *p)
{
	char *end;
	unsigned long least, most;

	if (!isdigit((unsigned char)p[1]))
		return 0;
	least = most = strtoul(p + 1, &end, 10);
	if (*end == ',' && isdigit((unsigned char)end[1]))
		most = strtoul(end + 1, &end, 10);
	return most > least ? most : least;
}

static status check_pattern(const char *pattern, struct reason *why)
{
	unsigned long product = 1;

	if (strlen(pattern) > MATCHER_PATTERN_MAX)
		return reason_set(why, ecTooBig, "the pattern is longer than %u bytes", MATCHER_PATTERN_MAX);
	for (const char *p = pattern; *p; p++) {
		unsigned long n = *p == '{' ? repeat_count(p) : 0;

		if (*p == '\\' && isdigit((unsigned char)p[1]))
			return reason_set(why, ecNotSupported, "the pattern '%s' has a back reference, which is not known here", pattern);
		if (n > MATCHER_REPEAT_MAX || (n && (product *= n) > MATCHER_REPEAT_MAX))
			return reason_set(why, ecTooComplex, "the counts in the pattern '%s' are above %u", pattern, MATCHER_REPEAT_MAX);
		p += *p == '\\' && p[1];
	}
	return ecNone;
}

/* \d and \D are what other dialects call them; POSIX has no name that short. */
static void add_escape(char c, bool in_set, struct buf *out)
{
	if (c == 'd')
		buf_add_str(out, in_set ? "0-9" : "[0-9]");
	else if (c == 'D' && !in_set)
		buf_add_str(out, "[^0-9]");
	else
		buf_printf(out, in_set ? "%c" : "\\%c", c);
}

static void translate(const char *pattern, struct buf *out)
{
	bool in_set = false;

	for (const char *p = pattern; *p; p++) {
		if (*p == '\\' && p[1]) {
			add_escape(*++p, in_set, out);
			continue;
		}
		if (*p == '[' && !in_set) {
			in_set = true;
			buf_add_u8(out, '[');
			/* A ] right behind [ or [^ stands for itself. */
			if (p[1] == '^')
				buf_add_u8(out, (uint8_t)*++p);
			if (p[1] == ']')
				buf_add_u8(out, (uint8_t)*++p);
			continue;
		}
		in_set = in_set && *p != ']';
		buf_add_u8(out, (uint8_t)*p);
	}
}

static status compile(struct matcher *m, const char *pattern, bool with_case, struct reason *why)
{
	CLEANUP_BUF struct buf text = BUF_MAX((size_t)8 * MATCHER_PATTERN_MAX);
	char words[128];
	status rc = check_pattern(pattern, why);
	int code;

	if (rc)
		return rc;
	matcher_free(m);
	translate(pattern, &text);
	code = regcomp(&m->compiled, buf_cstr(&text), REG_EXTENDED | REG_NOSUB | (with_case ? 0 : REG_ICASE));
	if (code || text.failed) {
		(void)regerror(code, &m->compiled, words, sizeof words);
		return reason_set(why, ecInvalidParam, "'%s' is no pattern for -match: %s", pattern, words);
	}
	memcpy(m->pattern, pattern, strlen(pattern) + 1);
	m->with_case = with_case;
	m->ready = true;
	return ecNone;
}

status matcher_match(struct matcher *m, const char *pattern, const char *text, bool with_case, bool *found, struct reason *why)
{
	if (!m->ready || m->with_case != with_case || strcmp(m->pattern, pattern) != 0) {
		status rc = compile(m, pattern, with_case, why);

		if (rc)
			return rc;
	}
	*found = regexec(&m->compiled, text, 0, NULL, 0) == 0;
	return ecNone;
}
