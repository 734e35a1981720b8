/* What the files of the room share about a shell and a running pipeline. */
#ifndef SHELL_SHELL_PRIVATE_H
#define SHELL_SHELL_PRIVATE_H

#include <signal.h>

#include "shell/bind.h"
#include "shell/expression.h"
#include "shell/shell.h"

struct shell {
	const struct cmdlet *const *const *tables;
	void *context;
	struct shell_host host;
	volatile sig_atomic_t interrupted;
	bool done;        /* exit */
	bool json_open;   /* the array has begun */
	status last;      /* the code of the last error that was reported */
};

enum error_action { ERROR_CONTINUE, ERROR_SILENT, ERROR_STOP };

struct stage {
	struct call call;
	struct binding binding;
	struct arena_mark mark; /* of run->item, when the function that runs was entered */
	enum error_action error_action;
	bool begun, quiet_warnings, verbose, what_if, confirm;
};

struct display;

/* What a pipeline in parentheses gives. */
struct collected {
	struct value *items; /* in the arena `keep` of the pipeline it is an argument of */
	size_t n, cap;
};

struct run {
	struct shell *shell;
	struct arena *keep; /* of the outermost pipeline */
	struct arena item;
	struct collected *collected; /* NULL: what comes out is shown */
	struct matcher matcher;
	struct stage *stages;
	size_t n;
	size_t finished; /* stages before this one have nobody left who wants their output */
	struct display *display;
	bool yes_to_all, no_to_all;
	bool stopped; /* -ErrorAction Stop ended it */
};

/* pipeline.c. *stop: the statements behind it are not to run. */
status pipeline_run(struct shell *s, const struct statement *text, bool *stop) MUST;
struct stage *call_stage(const struct call *c);
/* The same in parentheses: nothing is shown, what comes out is added to `out`, all in `keep`. */
status pipeline_collect(struct shell *s, const struct statement *text, struct arena *keep, struct collected *out, bool *stop) MUST;

/*
 * subcommand.c: the invocation with what its pipelines in parentheses gave in their place; the same one when it has
 * none.  A failure has been reported.
 */
status invocation_expand(struct shell *s, const struct invocation *text, struct arena *keep, const struct invocation **out,
			 bool *stop) MUST;

/* shell.c */
status shell_write(struct shell *s, const char *text, size_t n) MUST;
/* To the host, made harmless; an error counts. */
void shell_message(struct shell *s, enum shell_message kind, status code, const char *text);

/* display.c: what comes out of the last cmdlet, as text or JSON. NULL without memory. */
struct display *display_new(struct run *r);
status display_value(struct display *d, const struct value *v) MUST;
status display_end(struct display *d) MUST;

/* The shell's own cmdlets. */
extern const struct cmdlet *const builtin_cmdlets[];

#endif
