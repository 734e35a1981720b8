/* What a condition of Where-Object or an expression of ForEach-Object makes of an object. */
#ifndef SHELL_EXPRESSION_H
#define SHELL_EXPRESSION_H

#include <regex.h>

#include "shell/parser.h"

/*
 * A pattern of -match (POSIX extended, \d too), compiled once and kept until another is asked for.  Patterns are
 * at most MATCHER_PATTERN_MAX bytes, their counts {n,m} multiply to at most MATCHER_REPEAT_MAX, and they have no
 * back references: each of these could otherwise take all time or memory.
 */
#define MATCHER_PATTERN_MAX 256u
#define MATCHER_REPEAT_MAX 1000u

struct matcher {
	char pattern[MATCHER_PATTERN_MAX + 1];
	bool ready, with_case;
	regex_t compiled;
};

void matcher_free(struct matcher *m);
status matcher_match(struct matcher *m, const char *pattern, const char *text, bool with_case, bool *found, struct reason *why) MUST;

struct evaluation {
	const struct value *item; /* $_ */
	struct arena *arena;      /* for lists that a comparison makes */
	struct matcher *matcher;
	struct reason *why;
};

status expression_evaluate(const struct evaluation *ev, const struct expression *e, struct value *out) MUST;
/* left compare right; a list on the left gives those of its items for which it holds. */
status expression_compare(const struct evaluation *ev, const struct value *left, const struct expression *how,
			  const struct value *right, struct value *out) MUST;
/* $_.name: a property of an object, of every object of a list, Length of text, Count of a list; else null. */
status value_member(struct arena *a, const struct value *v, const char *name, struct value *out) MUST;

#endif
