#include "shell/shell_private.h"

#include <stdlib.h>
#include <strings.h>

#include "shell/printable.h"

/* For the parsed text: some forty times its bytes in the worst case. */
#define PARSER_BUDGET ((size_t)64 << 20)

status shell_new(const struct cmdlet *const *const *tables, void *context, const struct shell_host *host, struct shell **out)
{
	struct shell *s = calloc(1, sizeof *s);

	if (!s)
		return ecMemory;
	s->tables = tables;
	s->context = context;
	s->host = *host;
	if (!s->host.memory)
		s->host.memory = SHELL_MEMORY_DEFAULT;
	*out = s;
	return ecNone;
}

void shell_free(struct shell *s)
{
	free(s);
}

void shell_cleanup(struct shell **s)
{
	shell_free(*s);
}

bool shell_is_done(const struct shell *s)
{
	return s->done;
}

void *shell_context(const struct shell *s)
{
	return s->context;
}

void shell_set_width(struct shell *s, unsigned width)
{
	s->host.width = width;
}

void shell_interrupt(struct shell *s)
{
	s->interrupted = 1;
}

/* Cmdlets ----------------------------------------------------------------------------------------------------- */

static const struct cmdlet *const *table_at(const struct shell *s, size_t i)
{
	size_t n = 0;

	while (s->tables && s->tables[n])
		n++;
	return i < n ? s->tables[i] : i == n ? builtin_cmdlets : NULL;
}

static bool is_named(const struct cmdlet *c, const char *name)
{
	if (strcasecmp(c->name, name) == 0)
		return true;
	for (size_t i = 0; c->aliases && c->aliases[i]; i++)
		if (strcasecmp(c->aliases[i], name) == 0)
			return true;
	return false;
}

const struct cmdlet *shell_find(const struct shell *s, const char *name)
{
	const struct cmdlet *const *table;

	for (size_t i = 0; (table = table_at(s, i)) != NULL; i++)
		for (; *table; table++)
			if (is_named(*table, name))
				return *table;
	return NULL;
}

const struct cmdlet *shell_cmdlet(const struct shell *s, size_t at)
{
	const struct cmdlet *const *table;

	for (size_t i = 0; (table = table_at(s, i)) != NULL; i++)
		for (; *table; table++)
			if (shell_find(s, (*table)->name) == *table && at-- == 0)
				return *table;
	return NULL;
}

/* Output ------------------------------------------------------------------------------------------------------ */

status shell_write(struct shell *s, const char *text, size_t n)
{
	return s->host.write(s->host.context, text, n);
}

void shell_message(struct shell *s, enum shell_message kind, status code, const char *text)
{
	CLEANUP_BUF struct buf out = BUF_MAX(4000);

	if (kind == SHELL_ERROR)
		s->last = code;
	printable_add(&out, text, true);
	s->host.message(s->host.context, kind, code, buf_cstr(&out));
}

/* Text -------------------------------------------------------------------------------------------------------- */

status shell_run(struct shell *s, const char *text, size_t n)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(PARSER_BUDGET);
	const struct statement *t = NULL;
	struct syntax_error error;
	bool stop = false;
	status rc = parse_script(text, n, &arena, &t, &error);

	s->last = ecNone;
	s->interrupted = 0;
	if (rc) {
		shell_message(s, SHELL_ERROR, rc, error.why.text);
		return rc;
	}
	for (; t && !stop && !s->done && !s->interrupted; t = t->next)
		/* What went wrong has been reported, or was to be silent. */
		(void)(pipeline_run(s, t, &stop) == ecNone);
	return s->last;
}

bool shell_is_incomplete(const char *text, size_t n)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(PARSER_BUDGET);
	const struct statement *t;
	struct syntax_error error;

	return parse_script(text, n, &arena, &t, &error) && error.incomplete;
}
