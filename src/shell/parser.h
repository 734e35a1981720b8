/*
 * From text to statements: pipelines of invocations with their arguments, and the conditions of Where-Object.
 * An argument may be what a pipeline in parentheses gives: -Password (Read-Host -AsSecureString).
 * Everything lives in the arena.  What PowerShell knows and this language does not (variables, redirection,
 * methods) is refused by name.
 */
#ifndef SHELL_PARSER_H
#define SHELL_PARSER_H

#include "shell/lexer.h"
#include "shell/value.h"

#define PARSER_DEPTH_MAX 32u      /* parentheses and blocks in each other */
#define PIPELINE_STAGES_MAX 64u   /* cmdlets in one pipeline */
#define ARGUMENTS_MAX 1024u       /* of one cmdlet */
#define LITERALS_MAX 65536u       /* in one list */

enum expression_kind {
	EXPRESSION_VALUE,    /* value */
	EXPRESSION_PROPERTY, /* $_ and the path behind it */
	EXPRESSION_NOT,      /* left */
	EXPRESSION_AND,
	EXPRESSION_OR,
	EXPRESSION_XOR,
	EXPRESSION_COMPARE, /* left compare right */
};

enum comparison {
	COMPARE_EQ,
	COMPARE_NE,
	COMPARE_GT,
	COMPARE_GE,
	COMPARE_LT,
	COMPARE_LE,
	COMPARE_LIKE,
	COMPARE_NOTLIKE,
	COMPARE_MATCH,
	COMPARE_NOTMATCH,
	COMPARE_CONTAINS,
	COMPARE_NOTCONTAINS,
	COMPARE_IN,
	COMPARE_NOTIN,
};

#define COMPARISONS (COMPARE_NOTIN + 1)

struct expression {
	enum expression_kind kind;
	enum comparison compare;
	bool with_case; /* -ceq and its like */
	struct value value;
	const char *const *path;
	size_t path_n;
	const struct expression *left, *right;
};

/* A value as it was written. */
struct literal {
	struct value value;
	const char *raw; /* the unquoted text; NULL when it was quoted */
	const struct statement *command; /* ( ): what this pipeline gives is the value; NULL for all else */
};

enum argument_kind {
	ARGUMENT_PARAMETER, /* -Name, perhaps with :value */
	ARGUMENT_VALUE,
	ARGUMENT_BLOCK,     /* { expression } */
};

struct argument {
	struct argument *next;
	enum argument_kind kind;
	size_t at;
	const char *name;      /* of a parameter */
	bool colon;            /* a value is attached to the parameter */
	struct literal *items; /* of a value, or attached */
	size_t n;
	bool list;             /* written as a list, even of one */
	const struct expression *block;
};

struct invocation {
	struct invocation *next;
	const char *name;
	size_t at;
	struct argument *arguments;
};

struct statement {
	struct statement *next;
	struct invocation *stages;
	size_t n;
};

/* *out: the first statement, NULL when there is none. */
status parse_script(const char *text, size_t n, struct arena *arena, const struct statement **out,
		    struct syntax_error *error) MUST;
/* A condition alone, as it stands inside of { }: "Department -eq 'Sales'". */
status parse_condition(const char *text, struct arena *arena, const struct expression **out, struct syntax_error *error) MUST;
/* One value, or the list that they are. */
status literals_value(struct arena *a, const struct literal *items, size_t n, bool list, struct value *out) MUST;
/* "gt", "ilike", "cmatch" ...; false when it is no comparison. */
bool comparison_by_name(const char *name, enum comparison *out, bool *with_case);
const char *comparison_name(enum comparison c); /* "gt" */

#endif
