/*
 * The management shell: takes lines, finds the cmdlets in the tables it was given, runs their pipelines, and
 * hands text back.  It prints nothing itself and knows no terminal: the host does.
 */
#ifndef SHELL_SHELL_H
#define SHELL_SHELL_H

#include "shell/cmdlet.h"

enum shell_message { SHELL_ERROR, SHELL_WARNING, SHELL_VERBOSE, SHELL_WHAT_IF };
enum shell_answer { SHELL_YES, SHELL_YES_TO_ALL, SHELL_NO, SHELL_NO_TO_ALL };

#define SHELL_MEMORY_DEFAULT ((size_t)256 << 20)

/* Whoever runs the shell. All text is UTF-8 without control characters but line feeds and tabs. */
struct shell_host {
	void *context;
	/* What the pipelines show. A failure ends the pipeline. */
	status (*write)(void *context, const char *text, size_t n);
	/* One message, without a line feed at its end; `code` is 0 for all but errors. */
	void (*message)(void *context, enum shell_message kind, status code, const char *text);
	/* NULL: nobody can be asked. */
	enum shell_answer (*confirm)(void *context, const char *question);
	/*
	 * One line from a person, without its line feed; `hidden`: what is typed is not shown.  ecNotFound when there is
	 * no more input, ecUserCanceled.  NULL: nobody can be asked.
	 */
	status (*ask)(void *context, const char *prompt, bool hidden, struct buf *answer);
	unsigned width; /* columns of the terminal; 0: none, lines are as long as they must be */
	bool json;      /* objects as one JSON array, closed by shell_finish, instead of text */
	size_t memory;  /* what a pipeline may keep (sorting, grouping); 0: SHELL_MEMORY_DEFAULT */
};

/*
 * `tables`: NULL-terminated list of NULL-terminated tables of cmdlets, before the shell's own (so a cmdlet may be
 * replaced); NULL: none.  `context` is handed to the cmdlets.  All must outlive the shell; the host is copied.
 */
status shell_new(const struct cmdlet *const *const *tables, void *context, const struct shell_host *host, struct shell **out) MUST;
void shell_free(struct shell *s); /* NULL is fine */
void shell_cleanup(struct shell **s);
#define CLEANUP_SHELL __attribute__((cleanup(shell_cleanup)))

/*
 * Runs one or more statements.  All of it is parsed before any of it runs.  0, or the code of the last error that
 * was reported; errors silenced by -ErrorAction SilentlyContinue do not count.
 */
status shell_run(struct shell *s, const char *text, size_t n) MUST;
/* Ends the JSON array. Nothing runs after it. */
status shell_finish(struct shell *s) MUST;
/* Could more lines make it a statement (an open quote, brace or pipe)? */
bool shell_is_incomplete(const char *text, size_t n);
/* Was `exit` run? */
bool shell_is_done(const struct shell *s);
void *shell_context(const struct shell *s); /* as given to shell_new */
void shell_set_width(struct shell *s, unsigned width);
/* Ends the running pipeline at its next object; may be called in a signal handler. */
void shell_interrupt(struct shell *s);

/*
 * What the word that ends at `at` could become: cmdlets, parameters, words of a parameter, identities.  *start: where
 * the word begins, its quote included.  What would not stay one word is offered in quotes.
 */
void shell_complete(struct shell *s, const char *line, size_t at, size_t *start,
		    void (*add)(void *to, const char *word), void *to);

/* By name or alias, in any case; NULL when there is none. */
const struct cmdlet *shell_find(const struct shell *s, const char *name);
/* In the order of the tables; NULL behind the last. A cmdlet that an earlier table replaces is left out. */
const struct cmdlet *shell_cmdlet(const struct shell *s, size_t i);

#endif
