/* Statements, pipelines, invocations and their arguments. */
#include "shell/parser_private.h"

#include <stdio.h>
#include <strings.h>

status parser_step(struct parser *p)
{
	return lexer_next(&p->lexer, &p->token);
}

status parser_skip_newlines(struct parser *p)
{
	status rc = ecNone;

	while (!rc && p->token.kind == TOKEN_NEWLINE)
		rc = parser_step(p);
	return rc;
}

void *parser_alloc(struct parser *p, size_t n)
{
	void *out = arena_zalloc(p->lexer.arena, n);

	if (!out)
		reason_write(&p->lexer.error->why, "the text needs too much memory");
	return out;
}

const char *token_name(const struct token *t, char *out, size_t size)
{
	static const char *const signs[] = {
		[TOKEN_END] = "the end",       [TOKEN_NEWLINE] = "the end of the line", [TOKEN_PIPE] = "|",
		[TOKEN_COMMA] = "a comma",     [TOKEN_OPEN] = "(",			[TOKEN_CLOSE] = ")",
		[TOKEN_BLOCK_OPEN] = "{",      [TOKEN_BLOCK_CLOSE] = "}",		[TOKEN_LIST_OPEN] = "@(",
		[TOKEN_TABLE_OPEN] = "@{",     [TOKEN_EQUALS] = "=",			[TOKEN_NOT] = "!",
	};

	if (t->kind == TOKEN_PARAMETER)
		(void)snprintf(out, size, "-%s", t->text);
	else if (t->kind == TOKEN_VARIABLE)
		(void)snprintf(out, size, "$%s", t->text);
	else if (t->kind == TOKEN_WORD || t->kind == TOKEN_STRING)
		(void)snprintf(out, size, "'%s'", t->text);
	else
		(void)snprintf(out, size, "%s", t->kind == TOKEN_NEWLINE && t->string ? ";" : signs[t->kind]);
	return out;
}

status parser_expect(struct parser *p, enum token_kind kind, const char *what)
{
	char name[80];

	if (p->token.kind == kind)
		return parser_step(p);
	p->lexer.error->incomplete = p->token.kind == TOKEN_END;
	return parser_fail(p, "%s is missing before %s", what, token_name(&p->token, name, sizeof name));
}

static status parse_attached(struct parser *p, struct argument *a)
{
	char name[80];

	if (p->token.kind == TOKEN_BLOCK_OPEN)
		return parse_block(p, &a->block);
	if (!starts_literal(&p->token))
		return parser_fail(p, "-%s: needs a value, not %s", a->name, token_name(&p->token, name, sizeof name));
	return parse_literals(p, &a->items, &a->n, &a->list);
}

static status parse_parameter(struct parser *p, struct argument *a)
{
	status rc;

	a->kind = ARGUMENT_PARAMETER;
	a->name = p->token.text;
	a->colon = p->token.colon;
	rc = parser_step(p);
	return rc || !a->colon ? rc : parse_attached(p, a);
}

static status parse_argument(struct parser *p, struct argument *a)
{
	char name[80];

	a->at = p->token.at;
	if (p->token.kind == TOKEN_PARAMETER)
		return parse_parameter(p, a);
	if (p->token.kind == TOKEN_BLOCK_OPEN) {
		a->kind = ARGUMENT_BLOCK;
		return parse_block(p, &a->block);
	}
	if (starts_literal(&p->token)) {
		a->kind = ARGUMENT_VALUE;
		return parse_literals(p, &a->items, &a->n, &a->list);
	}
	return parser_fail(p, "%s cannot stand here", token_name(&p->token, name, sizeof name));
}

static bool ends_invocation(const struct parser *p)
{
	const struct token *t = &p->token;

	return t->kind == TOKEN_END || t->kind == TOKEN_NEWLINE || t->kind == TOKEN_PIPE || (t->kind == TOKEN_CLOSE && p->commands);
}

static status parse_arguments(struct parser *p, struct invocation *i)
{
	struct argument **last = &i->arguments;
	status rc = ecNone;

	for (unsigned n = 0; !rc && !ends_invocation(p); n++) {
		if (n == ARGUMENTS_MAX)
			return parser_fail(p, "more than %u arguments", ARGUMENTS_MAX);
		*last = parser_alloc(p, sizeof **last);
		if (!*last)
			return ecMemory;
		rc = parse_argument(p, *last);
		last = &(*last)->next;
	}
	return rc;
}

/* Does the pipeline begin with values ('a','b' | ...) rather than with a cmdlet? */
static bool is_value(const struct parser *p)
{
	struct value v;

	if (p->token.kind == TOKEN_WORD)
		return number_parse(p->token.text, &v);
	return p->token.kind == TOKEN_STRING || p->token.kind == TOKEN_LIST_OPEN || p->token.kind == TOKEN_TABLE_OPEN ||
	       (p->token.kind == TOKEN_VARIABLE && starts_literal(&p->token));
}

static status refuse_start(struct parser *p)
{
	char name[80];

	(void)token_name(&p->token, name, sizeof name);
	if (p->token.kind == TOKEN_VARIABLE)
		return parser_fail(p, "%s: variables are not known here, but $_ inside of { }, $true, $false and $null", name);
	if (p->token.kind == TOKEN_OPEN)
		return parser_fail(p, "a line cannot begin with a parenthesis; use a pipeline, as in "
				      "Get-X | Select-Object -ExpandProperty Name");
	p->lexer.error->incomplete = p->token.kind == TOKEN_END;
	return parser_fail(p, "a cmdlet is missing before %s", name);
}

static status parse_invocation(struct parser *p, bool first, struct invocation *i)
{
	status rc;

	i->at = p->token.at;
	if (first && is_value(p)) {
		i->name = "Write-Output";
		return parse_arguments(p, i);
	}
	if (p->token.kind != TOKEN_WORD)
		return refuse_start(p);
	i->name = p->token.text;
	rc = parser_step(p);
	return rc ? rc : parse_arguments(p, i);
}

status parse_pipeline(struct parser *p, struct statement *s)
{
	struct invocation **last = &s->stages;

	for (;;) {
		status rc;

		if (s->n++ == PIPELINE_STAGES_MAX)
			return parser_fail(p, "more than %u cmdlets in one pipeline", PIPELINE_STAGES_MAX);
		*last = parser_alloc(p, sizeof **last);
		if (!*last)
			return ecMemory;
		rc = parse_invocation(p, s->n == 1, *last);
		if (rc || p->token.kind != TOKEN_PIPE)
			return rc;
		last = &(*last)->next;
		rc = parser_step(p);
		while (!rc && p->token.kind == TOKEN_NEWLINE && !p->token.string)
			rc = parser_step(p);
		if (rc)
			return rc;
	}
}

static status parse_statements(struct parser *p, struct statement **first)
{
	struct statement **last = first;
	status rc = parser_step(p);

	for (;;) {
		if (!rc)
			rc = parser_skip_newlines(p);
		if (rc || p->token.kind == TOKEN_END)
			return rc;
		*last = parser_alloc(p, sizeof **last);
		if (!*last)
			return ecMemory;
		rc = parse_pipeline(p, *last);
		last = &(*last)->next;
	}
}

/* "line 2, character 7: " before the words. */
static void say_where(const char *text, size_t n, struct syntax_error *e)
{
	size_t line = 1, column = 1;

	for (size_t i = 0; i < e->at && i < n; i++) {
		if (text[i] == '\n') {
			line++;
			column = 1;
		} else if ((text[i] & 0xC0) != 0x80) {
			column++;
		}
	}
	if (line > 1)
		reason_put_before(&e->why, "line %zu, character %zu", line, column);
	else
		reason_put_before(&e->why, "character %zu", column);
}

status parse_script(const char *text, size_t n, struct arena *arena, const struct statement **out, struct syntax_error *error)
{
	struct parser p = { .lexer = { .text = text, .n = n, .arena = arena, .error = error } };
	struct statement *first = NULL;
	status rc;

	*error = (struct syntax_error){ 0 };
	if (n > SCRIPT_MAX)
		return reason_set(&error->why, ecTooBig, "the text is longer than %zu bytes", SCRIPT_MAX);
	rc = parse_statements(&p, &first);
	if (!rc)
		*out = first;
	else if (rc != ecMemory)
		say_where(text, n, error);
	return rc;
}
