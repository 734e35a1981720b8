/* What the word before the cursor could become. */
#include "shell/shell_private.h"

#include <stdio.h>
#include <strings.h>

/* Of one cmdlet; what stands before them does not matter. */
#define TOKENS_MAX 64

struct completion {
	struct shell *shell;
	const char *prefix; /* without its quote */
	char quote;         /* the quote that is open; 0: none */
	void (*add)(void *to, const char *word);
	void *to;
};

/* The tokens of the cmdlet the cursor is in; the last one is the word when the cursor touches it. */
struct context {
	struct token tokens[TOKENS_MAX];
	size_t n;
};

static void offer(const struct completion *c, const char *word)
{
	if (!c->quote && strncasecmp(word, c->prefix, strlen(c->prefix)) == 0)
		c->add(c->to, word);
}

/* Would the lexer take it for one word and nothing else? */
static bool is_bare(const char *word)
{
	return *word && !strpbrk(word, " \t`'\"|;,(){}") && !strchr("-$@#!&<>", *word);
}

/* An identity, quoted where it must be or where a quote is open. */
static void offer_identity(void *to, const char *word)
{
	const struct completion *c = to;
	CLEANUP_BUF struct buf text = BUF_MAX(4096);
	char quote = c->quote ? c->quote : '\'';

	if (strncasecmp(word, c->prefix, strlen(c->prefix)) != 0)
		return;
	if (!c->quote && is_bare(word)) {
		c->add(c->to, word);
		return;
	}
	buf_add_u8(&text, (uint8_t)quote);
	for (; *word; word++) {
		if (*word == quote || (*word == '`' && quote == '"'))
			buf_add_u8(&text, (uint8_t)(*word == '`' ? '`' : quote));
		buf_add_u8(&text, (uint8_t)*word);
	}
	buf_add_u8(&text, (uint8_t)quote);
	if (!text.failed)
		c->add(c->to, buf_cstr(&text));
}

static void offer_cmdlets(const struct completion *c)
{
	const struct cmdlet *cmdlet;

	for (size_t i = 0; (cmdlet = shell_cmdlet(c->shell, i)) != NULL; i++)
		offer(c, cmdlet->name);
}

static void offer_parameters(const struct completion *c, const struct cmdlet *cmdlet)
{
	const struct parameter *p;
	char name[80];

	for (size_t i = 0; (p = binding_parameter(cmdlet, i)) != NULL; i++) {
		(void)snprintf(name, sizeof name, "-%s", p->name);
		offer(c, name);
	}
}

static bool offer_words(const struct completion *c, const struct parameter *p)
{
	if (p->type == PARAMETER_BOOL || p->type == PARAMETER_SWITCH) {
		offer(c, "$true");
		offer(c, "$false");
		return true;
	}
	for (size_t i = 0; p->type == PARAMETER_WORD && p->words[i]; i++)
		offer(c, p->words[i]);
	if (p->complete)
		p->complete(c->shell, p, c->prefix, offer_identity, (void *)(uintptr_t)c);
	return p->complete || p->type == PARAMETER_WORD;
}

static bool starts_over(enum token_kind kind)
{
	return kind == TOKEN_NEWLINE || kind == TOKEN_PIPE || kind == TOKEN_OPEN || kind == TOKEN_LIST_OPEN;
}

/* What cannot be cut into words has no completion; *quote: where a string begins that is still open. */
static bool read_tokens(const char *line, size_t at, struct arena *arena, struct context *out, const char **quote)
{
	struct syntax_error error = { 0 };
	struct lexer l = { .text = line, .n = at, .arena = arena, .error = &error };

	for (;;) {
		struct token t;

		if (lexer_next(&l, &t)) {
			if (error.incomplete && strchr("'\"", line[error.at]))
				*quote = line + error.at;
			return *quote != NULL;
		}
		if (t.kind == TOKEN_END)
			return true;
		if (starts_over(t.kind))
			out->n = 0;
		else if (out->n < TOKENS_MAX)
			out->tokens[out->n++] = t;
		else
			return false;
	}
}

static bool is_word(const struct token *t)
{
	return t->kind == TOKEN_WORD || t->kind == TOKEN_VARIABLE || (t->kind == TOKEN_PARAMETER && !t->colon);
}

/* The parameter that the next positional value would be; NULL when there is none. */
static const struct parameter *next_positional(const struct cmdlet *cmdlet, const struct context *x)
{
	unsigned position = 1;
	const struct parameter *p;

	for (size_t i = 1; i < x->n; i++) {
		if (x->tokens[i].kind != TOKEN_PARAMETER) {
			position++;
			continue;
		}
		p = binding_find(cmdlet, x->tokens[i].text, NULL);
		i += p && p->type != PARAMETER_SWITCH;
	}
	for (size_t i = 0; (p = binding_parameter(cmdlet, i)) != NULL; i++)
		if (p->position == position || (p->flags & PARAMETER_REST && p->position && p->position < position))
			return p;
	return NULL;
}

/* The parameter whose value stands at the end of the tokens; NULL when none waits for one. */
static const struct parameter *waiting(const struct cmdlet *cmdlet, const struct context *x)
{
	size_t i = x->n;
	const struct parameter *p;

	/* Back over a list: -Name a,b, */
	while (i >= 2 && x->tokens[i - 1].kind == TOKEN_COMMA && x->tokens[i - 2].kind != TOKEN_PARAMETER)
		i -= 2;
	if (i < 2 || x->tokens[i - 1].kind != TOKEN_PARAMETER)
		return NULL;
	p = binding_find(cmdlet, x->tokens[i - 1].text, NULL);
	return p && (p->type != PARAMETER_SWITCH || x->tokens[i - 1].colon) ? p : NULL;
}

static void complete_argument(const struct completion *c, const struct context *x, bool parameter)
{
	const struct cmdlet *cmdlet = x->tokens[0].kind == TOKEN_WORD ? shell_find(c->shell, x->tokens[0].text) : NULL;
	const struct parameter *p;

	if (!cmdlet)
		return;
	if (parameter) {
		offer_parameters(c, cmdlet);
		return;
	}
	p = waiting(cmdlet, x);
	if (p) {
		(void)offer_words(c, p);
		return;
	}
	p = next_positional(cmdlet, x);
	if ((!p || !offer_words(c, p)) && !*c->prefix)
		offer_parameters(c, cmdlet);
}

void shell_complete(struct shell *s, const char *line, size_t at, size_t *start, void (*add)(void *to, const char *word), void *to)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	struct completion c = { .shell = s, .prefix = "", .add = add, .to = to };
	struct context x = { .n = 0 };
	const char *quote = NULL, *prefix;
	bool parameter = false;

	*start = at;
	if (at > SCRIPT_MAX || !read_tokens(line, at, &arena, &x, &quote))
		return;
	/* The last token is the word that is written, when nothing stands between it and the cursor. */
	if (quote) {
		*start = (size_t)(quote - line);
		c.quote = *quote;
	} else if (x.n && is_word(&x.tokens[x.n - 1]) && !strchr(" \t", line[at - 1])) {
		x.n--;
		*start = x.tokens[x.n].at;
		parameter = line[*start] == '-';
	}
	prefix = arena_strndup(&arena, line + *start + (quote != NULL), at - *start - (quote != NULL));
	if (!prefix)
		return;
	c.prefix = prefix;
	if (x.n)
		complete_argument(&c, &x, parameter);
	else
		offer_cmdlets(&c);
}
