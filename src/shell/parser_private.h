/* What the parts of the parser share. */
#ifndef SHELL_PARSER_PRIVATE_H
#define SHELL_PARSER_PRIVATE_H

#include "shell/parser.h"

struct parser {
	struct lexer lexer;
	struct token token; /* the one looked at */
	unsigned depth;
	unsigned commands; /* parentheses with a pipeline in them that are open */
};

status parser_step(struct parser *p) MUST; /* to the next token */
status parser_skip_newlines(struct parser *p) MUST;
void *parser_alloc(struct parser *p, size_t n); /* cleared; leaves the reason when it is NULL */
/* The token of that kind, and one step on; else the words. */
status parser_expect(struct parser *p, enum token_kind kind, const char *what) MUST;
/* "'abc'", "the end of the line": for errors. */
const char *token_name(const struct token *t, char *out, size_t size);

/* One value or a list of them with commas, @( ) or ( ) around. */
status parse_literals(struct parser *p, struct literal **items, size_t *n, bool *list) MUST;
/* Cmdlets joined by pipes, up to the end of the line or the parenthesis they stand in. */
status parse_pipeline(struct parser *p, struct statement *s) MUST;
/* { expression }, at its brace. */
status parse_block(struct parser *p, const struct expression **out) MUST;
/* Does a value begin here? */
bool starts_literal(const struct token *t);

#define parser_fail(p, ...) lexer_fail(&(p)->lexer, (p)->token.at, __VA_ARGS__)

#endif
