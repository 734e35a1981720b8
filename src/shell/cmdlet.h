/*
 * A cmdlet is a row of a table: its name, its parameters and three functions.  Binding, help, completion and
 * what is said about wrong usage come from the row.
 *
 *     static status process(struct call *c, const struct value *in)
 *     {
 *             struct object *o = object_new(c->item, &mailbox_type);
 *
 *             object_set(o, "Name", value_text(call_text(c, "Identity")));
 *             return call_emit_object(c, o);
 *     }
 *
 *     static const struct parameter parameters[] = {
 *             { .name = "Identity", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_MANDATORY, .help = "..." },
 *             { .name = NULL },
 *     };
 *     static const struct cmdlet get_mailbox = { .name = "Get-Mailbox", .parameters = parameters, .process = process, ... };
 *     static const struct cmdlet *const rows[] = { &get_mailbox, NULL };
 */
#ifndef SHELL_CMDLET_H
#define SHELL_CMDLET_H

#include "shell/object.h"

struct call;
struct expression;
struct shell;

enum parameter_type {
	PARAMETER_TEXT,
	PARAMETER_INTEGER,
	PARAMETER_BOOL,   /* $true or $false */
	PARAMETER_SWITCH, /* -X, or -X:$false */
	PARAMETER_SIZE,   /* 10MB, Unlimited */
	PARAMETER_TIME,   /* 2026-11-24, 2026-11-24T10:00:00Z */
	PARAMETER_GUID,
	PARAMETER_WORD,   /* one of `words` */
	PARAMETER_ANY,    /* the value as it is */
	PARAMETER_BLOCK,  /* { $_.Name -like 'a*' } */
	PARAMETER_SECRET, /* a password: VALUE_SECRET, never text */
};

enum parameter_flag {
	PARAMETER_MANDATORY = 1,
	PARAMETER_LIST = 2,     /* takes several; the value is then always a list */
	PARAMETER_REST = 4,     /* with PARAMETER_LIST and a position: takes all positional values that are left */
	PARAMETER_BY_VALUE = 8, /* takes what comes through the pipe; as text, an object gives its Identity or Name */
	PARAMETER_BY_NAME = 16, /* takes the property of its name of what comes through the pipe */
	PARAMETER_NULLABLE = 32, /* takes $null: bound, with the value null. Text always does. */
	PARAMETER_CHANGES = 64, /* with PARAMETER_LIST: takes @{Add='a','b'; Remove='c'} too; the value is then that object */
};

struct parameter;
/* Calls `add` for each word that may stand for the parameter, for completion; those that do not begin so are left out. */
typedef void parameter_words(struct shell *s, const struct parameter *p, const char *prefix, void (*add)(void *to, const char *word),
			     void *to);

struct parameter {
	const char *name;  /* NULL ends the table */
	const char *alias; /* another name, or NULL */
	enum parameter_type type;
	unsigned position; /* from 1; 0: by its name only */
	unsigned flags;
	const char *help;
	const char *const *words;   /* of PARAMETER_WORD, NULL-terminated */
	parameter_words *complete;  /* identities and the like; NULL: none */
	const void *subject;        /* whatever the row's own functions want to know about the parameter */
};

enum cmdlet_flag {
	CMDLET_WHAT_IF = 1, /* has -WhatIf and -Confirm, and asks call_should_process before it changes anything */
	CMDLET_CONFIRM = 2, /* with CMDLET_WHAT_IF: asks a person unless -Confirm:$false */
	CMDLET_INPUT = 4,   /* process looks at `in`, besides what parameters take from the pipe */
};

/*
 * begin, process and end may be NULL.  Process is called once for each value that comes through the pipe; of the
 * first cmdlet in a pipeline once, with in = NULL.  After call_finished (or the end of the cmdlets behind it) emit
 * returns SHELL_ENOUGH: pass it on as any failure.  `end` is not called after a failure or SHELL_ENOUGH.
 *
 * A failure returned (call_fail) ends the pipeline.  For one bad object among many return call_error, which reports
 * it and lets -ErrorAction decide.
 */
struct cmdlet {
	const char *name;           /* "Get-Mailbox" */
	const char *const *aliases; /* NULL-terminated, or NULL */
	const char *synopsis;       /* one sentence */
	const struct parameter *parameters;
	const char *output;  /* the name of the type it emits, NULL when it emits nothing */
	const char *example; /* lines of commands, or NULL */
	unsigned flags;
	size_t state_size; /* of c->state, cleared before begin */
	status (*begin)(struct call *c);
	status (*process)(struct call *c, const struct value *in);
	status (*end)(struct call *c);
	void (*release)(struct call *c); /* always called, last, when begin was: closes what the state holds */
};

/* The cmdlets after this one want no more. */
#define SHELL_ENOUGH ((status)0x00041FFFu)

/* One cmdlet at work. */
struct call {
	const struct cmdlet *cmdlet;
	void *state;
	void *context;      /* the shell's, as given to shell_new */
	struct arena *keep; /* lives until the pipeline ends */
	/*
	 * For what is emitted: everything a begin, process or end has allocated here is forgotten whenever an emit
	 * of it returns.  What must live longer goes into `keep` (value_copy, object_copy).
	 */
	struct arena *item;
	struct reason why; /* set before a failure is returned */
	struct shell *shell;
	struct run *run;
	struct binding *binding;
	unsigned index; /* in the pipeline */
};

/* To the next cmdlet, or to whoever runs the shell. */
status call_emit(struct call *c, struct value v) MUST;
/* The same; ecMemory for NULL and for an object that failed. */
status call_emit_object(struct call *c, const struct object *o) MUST;
/* This cmdlet wants no more input. */
void call_finished(struct call *c);
/*
 * Reports that something went wrong with one object.  0: go on (-ErrorAction Continue, SilentlyContinue); the code
 * when -ErrorAction Stop, to be returned.
 */
status call_error(struct call *c, status code, const char *format, ...) PRINTF(3, 4) MUST;
void call_warning(struct call *c, const char *format, ...) PRINTF(2, 3);
void call_verbose(struct call *c, const char *format, ...) PRINTF(2, 3); /* shown with -Verbose */
/*
 * Asks before a change: *go is false with -WhatIf (and what would happen is said), or when a person says no.  Fails
 * when -Confirm wants a person and there is none to ask.  `action`: "Remove-Mailbox" or words; `target`: on what.
 */
status call_should_process(struct call *c, const char *action, const char *target, bool *go) MUST;
/* Ends a function in one line: return call_fail(c, ecNotFound, "there is no mailbox '%s'", name); */
#define call_fail(c, code, ...) reason_set(&(c)->why, code, __VA_ARGS__)

/*
 * The parameters.  An unknown name is a mistake of the row and gives NULL.  Those bound by the pipe are valid during
 * `process` only.
 */
const struct value *call_value(const struct call *c, const char *parameter); /* NULL when not given */
bool call_has(const struct call *c, const char *parameter);
const char *call_text(const struct call *c, const char *parameter); /* NULL when not given, or $null */
const char *call_secret(const struct call *c, const char *parameter); /* the password; NULL when not given */
bool call_switch(const struct call *c, const char *parameter);      /* also PARAMETER_BOOL; false when not given */
int64_t call_integer(const struct call *c, const char *parameter, int64_t otherwise);
/* The values of a PARAMETER_LIST; none when not given. */
struct value_list call_list(const struct call *c, const char *parameter);
const struct expression *call_block(const struct call *c, const char *parameter);
/* What the block makes of an object. The value may live in c->item. */
status call_evaluate(struct call *c, const struct expression *e, const struct value *item, struct value *out) MUST;
/* Where text may be at most so wide; 0: as wide as it likes. */
unsigned call_width(const struct call *c);
/* Has a person asked to stop? Whoever works long without emitting looks now and then, and fails with ecUserCanceled. */
bool call_is_interrupted(const struct call *c);
/* Asks a person; without one, or at the end of the input, it fails with words. */
status call_ask(struct call *c, const char *prompt, bool hidden, struct buf *answer) MUST;
/* Programs read the output: Format-Table and its like pass objects on. */
bool call_is_json(const struct call *c);

#endif
