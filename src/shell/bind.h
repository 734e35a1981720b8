/*
 * From what was written to the parameters of a cmdlet: names or their unique beginnings, positions, types.  What
 * does not fit is said with the cmdlet, the parameter and what to write instead.
 */
#ifndef SHELL_BIND_H
#define SHELL_BIND_H

#include "shell/cmdlet.h"
#include "shell/parser.h"

enum bound_how { BOUND_NOT, BOUND_BY_LINE, BOUND_BY_PIPE };

struct bound {
	const struct parameter *parameter;
	enum bound_how how;
	struct value value;
	const struct expression *block;
};

/* The parameters of the cmdlet in the order of its table, then those that all cmdlets have. */
struct binding {
	const struct cmdlet *cmdlet;
	struct bound *items;
	size_t n;
};

/* `piped`: something comes through the pipe, which may give what is not on the line. */
status bind_line(const struct cmdlet *cmdlet, const struct invocation *text, bool piped, struct arena *a,
		 struct binding *out, struct reason *why) MUST;
/* Takes what a value through the pipe gives; it lives in the arena until bind_forget. */
status bind_pipe(struct binding *b, const struct value *in, struct arena *a, struct reason *why) MUST;
void bind_forget(struct binding *b);

/* The parameters all cmdlets have, with those of -WhatIf where the cmdlet has them; NULL behind the last. */
const struct parameter *binding_parameter(const struct cmdlet *cmdlet, size_t i);
/* By its name, its alias, or a unique beginning of a name; NULL with the words when there is none. */
const struct parameter *binding_find(const struct cmdlet *cmdlet, const char *name, struct reason *why);
const struct bound *binding_get(const struct binding *b, const char *name);

/* bind_convert.c: the value as the parameter takes it; false when it cannot be. `raw` as in struct literal. */
bool parameter_convert(const struct parameter *p, const struct literal *from, struct arena *a, struct value *out);
/* "an integer, such as 10". */
void parameter_describe(const struct parameter *p, struct buf *out);
const char *parameter_type_name(const struct parameter *p); /* "Integer" */

#endif
