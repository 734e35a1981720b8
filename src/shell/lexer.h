/*
 * The words of a line, as PowerShell cuts them: bare words, strings in '...' ('' is one ') and "..." ("" and `
 * escapes; variables in them are not replaced), -Parameters, $variables, signs.  Comments, blanks and a ` at the
 * end of a line are stepped over.
 */
#ifndef SHELL_LEXER_H
#define SHELL_LEXER_H

#include "base/arena.h"

/* The longest text that is taken. */
#define SCRIPT_MAX ((size_t)1 << 20)

enum token_kind {
	TOKEN_END,
	TOKEN_NEWLINE, /* or ; */
	TOKEN_PIPE,
	TOKEN_COMMA,
	TOKEN_OPEN,        /* ( */
	TOKEN_CLOSE,       /* ) */
	TOKEN_BLOCK_OPEN,  /* { */
	TOKEN_BLOCK_CLOSE, /* } */
	TOKEN_LIST_OPEN,   /* @( */
	TOKEN_TABLE_OPEN,  /* @{ */
	TOKEN_EQUALS,      /* = where the lexer was told to look for it */
	TOKEN_NOT,         /* ! */
	TOKEN_PARAMETER,   /* -Name: text is the name */
	TOKEN_WORD,        /* unquoted */
	TOKEN_STRING,      /* quoted */
	TOKEN_VARIABLE,    /* $name: text is the name; `path` for $_.A.B */
};

/* Why a text is no script, and where. */
struct syntax_error {
	size_t at;       /* bytes from its beginning */
	bool incomplete; /* more text could make it one: an open string, brace or pipe */
	struct reason why;
};

struct token {
	enum token_kind kind;
	size_t at;
	const char *text;
	const char *const *path; /* of a variable: the names behind the dots */
	size_t path_n;
	bool colon;  /* of a parameter: a : stands right behind it */
	bool string; /* of a NEWLINE: it is a ; */
};

struct lexer {
	const char *text;
	size_t n, at;
	bool equals; /* cut words at = : in @{ } */
	struct arena *arena;
	struct syntax_error *error;
};

/* The token at l->at; steps behind it. */
status lexer_next(struct lexer *l, struct token *out) MUST;
/* Fails with the words, at a place. */
#define lexer_fail(l, where, ...) ((l)->error->at = (where), reason_set(&(l)->error->why, ecInvalidParam, __VA_ARGS__))

#endif
