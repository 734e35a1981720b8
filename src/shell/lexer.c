#include "shell/lexer.h"

#include <ctype.h>

#include "base/buf.h"

#define PATH_MAX_NAMES 8

static char peek(const struct lexer *l, size_t ahead)
{
	return l->at + ahead < l->n ? l->text[l->at + ahead] : '\0';
}

static bool ends_line(char c)
{
	return c == '\n' || c == '\r';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

/* U+00A0, which texts copied from a page have in place of blanks. */
static bool is_wide_blank(const struct lexer *l)
{
	return (uint8_t)peek(l, 0) == 0xC2 && (uint8_t)peek(l, 1) == 0xA0;
}

/* How many bytes the dash at this place has: - or one of U+2013 to U+2015, which editors make of it. */
static size_t dash(const struct lexer *l)
{
	if (peek(l, 0) == '-')
		return 1;
	if ((uint8_t)peek(l, 0) == 0xE2 && (uint8_t)peek(l, 1) == 0x80 && (uint8_t)peek(l, 2) >= 0x93 && (uint8_t)peek(l, 2) <= 0x95)
		return 3;
	return 0;
}

static status skip_comment(struct lexer *l)
{
	size_t start = l->at;

	if (peek(l, 0) == '#') {
		while (l->at < l->n && !ends_line(l->text[l->at]))
			l->at++;
		return ecNone;
	}
	for (l->at += 2; l->at < l->n; l->at++)
		if (peek(l, 0) == '#' && peek(l, 1) == '>') {
			l->at += 2;
			return ecNone;
		}
	l->error->incomplete = true;
	return lexer_fail(l, start, "the comment <# has no #>");
}

static status skip_blanks(struct lexer *l)
{
	for (;;) {
		if (l->at < l->n && is_blank(l->text[l->at])) {
			l->at++;
		} else if (is_wide_blank(l)) {
			l->at += 2;
		} else if (peek(l, 0) == '`' && ends_line(peek(l, 1))) {
			l->at += peek(l, 1) == '\r' && peek(l, 2) == '\n' ? 3 : 2;
		} else if (peek(l, 0) == '#' || (peek(l, 0) == '<' && peek(l, 1) == '#')) {
			status rc = skip_comment(l);

			if (rc)
				return rc;
		} else {
			return ecNone;
		}
	}
}

/* What stands for a character behind a backtick. */
static char escaped(char c)
{
	switch (c) {
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case 'r':
		return '\r';
	default:
		return c;
	}
}

/* The inside of a string, up to behind its closing quote. */
static status read_string(struct lexer *l, struct buf *out)
{
	size_t start = l->at;
	char quote = l->text[l->at++];

	while (l->at < l->n) {
		char c = l->text[l->at++];

		if (c == quote && peek(l, 0) != quote)
			return ecNone;
		if (c == quote)
			l->at++;
		else if (c == '`' && quote == '"' && l->at < l->n)
			c = escaped(l->text[l->at++]);
		if (!c)
			return lexer_fail(l, l->at - 1, "a NUL byte cannot stand in text");
		buf_add_u8(out, (uint8_t)c);
	}
	l->error->incomplete = true;
	return lexer_fail(l, start, "the text that begins here has no closing %c", quote);
}

static bool ends_word(const struct lexer *l)
{
	char c = peek(l, 0);

	return l->at >= l->n || is_blank(c) || ends_line(c) || strchr("|;,(){}", c) || (l->equals && c == '=') ||
	       (c == '`' && ends_line(peek(l, 1))) || is_wide_blank(l);
}

/* Bare characters, with quoted pieces in them: a'b c'd is one word. */
static status read_word(struct lexer *l, struct buf *out)
{
	while (!ends_word(l)) {
		char c = peek(l, 0);

		if (c == '\'' || c == '"') {
			status rc = read_string(l, out);

			if (rc)
				return rc;
			continue;
		}
		if (c == '`' && l->at + 1 < l->n) {
			l->at++;
			c = escaped(peek(l, 0));
		}
		if ((uint8_t)c < 0x20)
			return lexer_fail(l, l->at, "a control character stands in a word");
		buf_add_u8(out, (uint8_t)c);
		l->at++;
	}
	return ecNone;
}

static status keep_text(struct lexer *l, const struct buf *text, struct token *t)
{
	t->text = text->failed ? NULL : arena_strndup(l->arena, text->p ? (const char *)text->p : "", text->n);
	return t->text ? ecNone : reason_set(&l->error->why, ecMemory, "the text needs too much memory");
}

static bool name_character(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static status keep_name(struct lexer *l, const char **out)
{
	size_t start = l->at;

	while (name_character(peek(l, 0)) && !is_wide_blank(l))
		l->at++;
	*out = arena_strndup(l->arena, l->text + start, l->at - start);
	return *out ? ecNone : reason_set(&l->error->why, ecMemory, "the text needs too much memory");
}

/* One name behind a dot, plain or quoted. */
static status read_member(struct lexer *l, const char **out)
{
	CLEANUP_BUF struct buf text = BUF_MAX(SCRIPT_MAX);
	struct token t = { .text = NULL };
	status rc;

	if (name_character(peek(l, 0)))
		return keep_name(l, out);
	if (peek(l, 0) != '\'' && peek(l, 0) != '"')
		return lexer_fail(l, l->at, "a property name is missing behind the dot");
	rc = read_string(l, &text);
	if (!rc)
		rc = keep_text(l, &text, &t);
	if (!rc)
		*out = t.text;
	return rc;
}

static status read_path(struct lexer *l, struct token *t)
{
	const char **path = arena_array(l->arena, PATH_MAX_NAMES, sizeof *path);

	if (!path)
		return reason_set(&l->error->why, ecMemory, "the text needs too much memory");
	while (peek(l, 0) == '.') {
		status rc;

		l->at++;
		if (t->path_n == PATH_MAX_NAMES)
			return lexer_fail(l, l->at, "more than %d properties of properties", PATH_MAX_NAMES);
		rc = read_member(l, &path[t->path_n++]);
		if (rc)
			return rc;
	}
	if (peek(l, 0) == '(' || peek(l, 0) == '[')
		return lexer_fail(l, l->at, "methods and indexes are not known here, only properties: $_.Name");
	t->path = path;
	return ecNone;
}

static status read_variable(struct lexer *l, struct token *t)
{
	status rc;

	t->kind = TOKEN_VARIABLE;
	l->at++;
	rc = keep_name(l, &t->text);
	if (rc || strcmp(t->text, "_") != 0)
		return rc;
	return read_path(l, t);
}

static status read_parameter(struct lexer *l, size_t dashes, struct token *t)
{
	status rc = ecNone;

	t->kind = TOKEN_PARAMETER;
	l->at += dashes;
	if (peek(l, 0) == '?') {
		l->at++;
		t->text = "?";
	} else {
		rc = keep_name(l, &t->text);
	}
	if (!rc && peek(l, 0) == ':') {
		l->at++;
		t->colon = true;
	}
	return rc;
}

/* The signs that are tokens by themselves. */
static size_t sign(const struct lexer *l, struct token *t)
{
	static const struct {
		char text[3];
		enum token_kind kind;
	} signs[] = {
		{ "@(", TOKEN_LIST_OPEN },  { "@{", TOKEN_TABLE_OPEN }, { "\r\n", TOKEN_NEWLINE },   { "\n", TOKEN_NEWLINE },
		{ "\r", TOKEN_NEWLINE },    { ";", TOKEN_NEWLINE },     { "|", TOKEN_PIPE },         { ",", TOKEN_COMMA },
		{ "(", TOKEN_OPEN },        { ")", TOKEN_CLOSE },       { "{", TOKEN_BLOCK_OPEN },   { "}", TOKEN_BLOCK_CLOSE },
		{ "!", TOKEN_NOT },
	};

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		size_t n = strlen(signs[i].text);

		if (l->n - l->at >= n && memcmp(l->text + l->at, signs[i].text, n) == 0) {
			t->kind = signs[i].kind;
			t->string = *signs[i].text == ';';
			return n;
		}
	}
	return 0;
}

static status read_text(struct lexer *l, struct token *t)
{
	CLEANUP_BUF struct buf text = BUF_MAX(SCRIPT_MAX);
	bool quoted = peek(l, 0) == '\'' || peek(l, 0) == '"';
	status rc = quoted ? read_string(l, &text) : read_word(l, &text);

	t->kind = quoted ? TOKEN_STRING : TOKEN_WORD;
	return rc ? rc : keep_text(l, &text, t);
}

static status refuse(struct lexer *l)
{
	char c = peek(l, 0);

	if (c == '>' || c == '<')
		return lexer_fail(l, l->at, "redirection is not known here; a pipe into Export-Csv -Path FILE writes a file");
	if (c == '&')
		return lexer_fail(l, l->at, "& is not known here; quote it when it is text: '&'");
	if (!c)
		return lexer_fail(l, l->at, "a NUL byte cannot stand in a line");
	return ecNone;
}

status lexer_next(struct lexer *l, struct token *out)
{
	status rc = skip_blanks(l);
	struct token t = { .kind = TOKEN_END, .at = l->at };
	size_t n;

	if (rc)
		return rc;
	if (l->at < l->n) {
		n = sign(l, &t);
		if (n)
			l->at += n;
		else if (l->equals && peek(l, 0) == '=')
			t.kind = TOKEN_EQUALS, l->at++;
		else if ((n = dash(l)) && (isalpha((unsigned char)peek(l, n)) || peek(l, n) == '_' || peek(l, n) == '?'))
			rc = read_parameter(l, n, &t);
		else if (peek(l, 0) == '$')
			rc = read_variable(l, &t);
		else
			(void)((rc = refuse(l)) || (rc = read_text(l, &t)));
	}
	if (!rc)
		*out = t;
	return rc;
}
