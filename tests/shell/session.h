/* A shell for tests: cmdlets that do no harm, and a host that keeps what is shown. */
#ifndef TESTS_SHELL_SESSION_H
#define TESTS_SHELL_SESSION_H

#include "support.h"

#include "base/buf.h"
#include "base/filetime.h"
#include "shell/shell.h"

struct session {
	struct shell *shell;
	struct buf out, messages; /* a message is one line: "error: ...", "warning: ..." */
	const char *answers;      /* of confirmations, one letter each: y a n l */
	const char *typed;        /* what Read-Host gets; NULL: the input is at its end */
	struct buf asked;
	unsigned fail_writes;     /* the n-th write fails; 0: none */
	unsigned changed;         /* how many things Set-Thing and Remove-Thing have changed */
};

static inline status session_write(void *context, const char *text, size_t n)
{
	struct session *s = context;

	if (s->fail_writes && --s->fail_writes == 0)
		return ecDiskError;
	buf_add(&s->out, text, n);
	return ecNone;
}

static inline void session_message(void *context, enum shell_message kind, status code, const char *text)
{
	static const char *const kinds[] = { "error", "warning", "verbose", "whatif" };
	struct session *s = context;

	(void)code;
	buf_printf(&s->messages, "%s: %s\n", kinds[kind], text);
}

static inline enum shell_answer session_confirm(void *context, const char *question)
{
	struct session *s = context;
	char answer = *s->answers ? *s->answers++ : 'n';

	buf_printf(&s->asked, "%s\n", question);
	return answer == 'y' ? SHELL_YES : answer == 'a' ? SHELL_YES_TO_ALL : answer == 'l' ? SHELL_NO_TO_ALL : SHELL_NO;
}

static inline status session_ask(void *context, const char *prompt, bool hidden, struct buf *answer)
{
	struct session *s = context;

	buf_printf(&s->asked, "%s%s\n", prompt, hidden ? " (hidden)" : "");
	if (!s->typed)
		return ecNotFound;
	buf_add_str(answer, s->typed);
	return ecNone;
}

/* Get-Thing [-Name] <pattern> [-Count n]: so many things, "a", "b" ... of growing size ---------------------------- */

static const char *const thing_columns[] = { "Name", "Size", "Kind", NULL };
static const struct object_type thing_type = { "Thing", thing_columns };

static inline status get_thing(struct call *c, const struct value *in)
{
	const char *name = call_text(c, "Name");
	int64_t n = call_integer(c, "Count", 3);
	status rc = ecNone;

	(void)in;
	for (int64_t i = 0; i < n && !rc; i++) {
		char own[2] = { (char)('a' + i % 26), 0 };
		struct value tags[] = { value_text("red"), value_text(i % 2 ? "odd" : "even") };
		struct object *o = object_new(c->item, &thing_type);
		const char *shown = name ? name : own;

		object_set(o, "Name", value_text(shown));
		object_set(o, "Size", value_size((uint64_t)(i + 1) * 1536));
		object_set(o, "Kind", value_text(i % 2 ? "Odd" : "Even"));
		object_set(o, "Number", value_integer(i * i));
		object_set(o, "Enabled", value_bool(i == 0));
		object_set(o, "Created", value_time(filetime_from_unix(1793527200 + i * 86400)));
		object_set(o, "Tags", value_list(tags, 2));
		object_set(o, "Nothing", value_null());
		rc = call_emit_object(c, o);
	}
	return rc;
}

static inline void complete_thing(struct shell *s, const struct parameter *p, const char *prefix, void (*add)(void *to, const char *word), void *to)
{
	(void)s;
	(void)p;
	(void)prefix;
	add(to, "alpha");
	add(to, "beta one");
	add(to, "o'neill");
}

static const struct parameter get_thing_parameters[] = {
	{ .name = "Name", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_BY_VALUE, .help = "Its name.", .complete = complete_thing },
	{ .name = "Count", .type = PARAMETER_INTEGER, .help = "How many." },
	{ .name = NULL },
};

static const struct cmdlet get_thing_cmdlet = {
	.name = "Get-Thing", .synopsis = "Makes things.", .parameters = get_thing_parameters, .output = "Thing", .process = get_thing,
	.example = "Get-Thing | fl",
};

/* Set-Thing, with a parameter of each type: emits what was bound -------------------------------------------------- */

static const char *const colours[] = { "Red", "Green", "Grey", NULL };

static const struct parameter set_thing_parameters[] = {
	{ .name = "Identity", .alias = "Id", .type = PARAMETER_TEXT, .position = 1,
	  .flags = PARAMETER_MANDATORY | PARAMETER_BY_VALUE | PARAMETER_BY_NAME, .help = "Which one.", .complete = complete_thing },
	{ .name = "Size", .type = PARAMETER_SIZE, .position = 2, .flags = PARAMETER_BY_NAME | PARAMETER_NULLABLE, .help = "How large." },
	{ .name = "SizeLimit", .type = PARAMETER_SIZE, .help = "How large at most." },
	{ .name = "Number", .type = PARAMETER_INTEGER, .help = "A number." },
	{ .name = "Enabled", .type = PARAMETER_BOOL, .help = "Is it on?" },
	{ .name = "Force", .type = PARAMETER_SWITCH, .help = "Go on." },
	{ .name = "Colour", .type = PARAMETER_WORD, .words = colours, .help = "Its colour." },
	{ .name = "When", .type = PARAMETER_TIME, .help = "A time." },
	{ .name = "Guid", .type = PARAMETER_GUID, .help = "A GUID." },
	{ .name = "Tags", .type = PARAMETER_TEXT, .flags = PARAMETER_LIST | PARAMETER_CHANGES, .help = "Words." },
	{ .name = "Anything", .type = PARAMETER_ANY, .help = "Whatever." },
	{ .name = "Password", .type = PARAMETER_SECRET, .help = "A password." },
	{ .name = NULL },
};

static const struct object_type bound_type = { .name = "Bound" };

static inline status set_thing(struct call *c, const struct value *in)
{
	struct object *o = object_new(c->item, &bound_type);
	const char *identity = call_text(c, "Identity");
	bool go;
	status rc;

	(void)in;
	if (strcmp(identity, "bad") == 0)
		return call_error(c, ecNotFound, "there is no thing '%s'", identity);
	rc = call_should_process(c, "Set-Thing", identity, &go);
	if (rc || !go)
		return rc;
	++*(unsigned *)c->context;
	for (const struct parameter *p = set_thing_parameters; p->name; p++)
		if (call_has(c, p->name))
			object_set(o, p->name, p->type == PARAMETER_SECRET ? value_integer((int64_t)strlen(call_secret(c, p->name)))
									   : *call_value(c, p->name));
	return call_emit_object(c, o);
}

static const struct cmdlet set_thing_cmdlet = {
	.name = "Set-Thing", .synopsis = "Changes a thing.", .parameters = set_thing_parameters, .flags = CMDLET_WHAT_IF, .process = set_thing,
};

/* Remove-Thing asks ---------------------------------------------------------------------------------------------- */

static const struct parameter remove_thing_parameters[] = {
	{ .name = "Identity", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_MANDATORY | PARAMETER_BY_VALUE, .help = "Which one." },
	{ .name = NULL },
};

static inline status remove_thing(struct call *c, const struct value *in)
{
	bool go;
	status rc = call_should_process(c, "Remove-Thing", call_text(c, "Identity"), &go);

	(void)in;
	*(unsigned *)c->context += !rc && go;
	call_warning(c, "%s was dear to somebody", call_text(c, "Identity"));
	call_verbose(c, "it is gone");
	return rc;
}

static const struct cmdlet remove_thing_cmdlet = {
	.name = "Remove-Thing", .synopsis = "Removes a thing.", .parameters = remove_thing_parameters,
	.flags = CMDLET_WHAT_IF | CMDLET_CONFIRM, .process = remove_thing,
};

static const struct cmdlet *const thing_cmdlets[] = { &get_thing_cmdlet, &set_thing_cmdlet, &remove_thing_cmdlet, NULL };
static const struct cmdlet *const *const thing_tables[] = { thing_cmdlets, NULL };

static inline void session_open_with(struct session *s, const struct shell_host *like, const struct cmdlet *const *const *tables, void *context)
{
	struct shell_host host = like ? *like : (struct shell_host){ 0 };

	*s = (struct session){ .answers = "" };
	buf_init(&s->out, (size_t)64 << 20);
	buf_init(&s->messages, (size_t)1 << 20);
	buf_init(&s->asked, (size_t)1 << 20);
	host.context = s;
	host.write = session_write;
	host.message = session_message;
	host.ask = session_ask;
	assert_int_equal(shell_new(tables, context, &host, &s->shell), ecNone);
}

/* With the things above. */
static inline void session_open(struct session *s, const struct shell_host *like)
{
	session_open_with(s, like, thing_tables, &s->changed);
}

static inline void session_close(struct session *s)
{
	shell_free(s->shell);
	buf_free(&s->out);
	buf_free(&s->messages);
	buf_free(&s->asked);
}

/* What the line shows, and its messages behind it; lines without blanks at their ends, first and last empty ones cut. */
static inline status session_run(struct session *s, const char *line)
{
	buf_clear(&s->out);
	buf_clear(&s->messages);
	return shell_run(s->shell, line, strlen(line));
}

static inline const char *session_shown(struct session *s)
{
	char *text;

	buf_add(&s->out, s->messages.p ? (const void *)s->messages.p : "", s->messages.n);
	(void)buf_cstr(&s->out);
	text = (char *)s->out.p;
	for (size_t n = strlen(text); n && text[n - 1] == '\n'; n--)
		text[n - 1] = '\0';
	while (*text == '\n')
		text++;
	return text;
}

/* A line and all that it shows. */
struct exchange {
	const char *line, *shown;
};

static inline void session_check(const struct exchange *rows, size_t n, const struct shell_host *like)
{
	for (size_t i = 0; i < n; i++) {
		struct session s;

		session_open(&s, like);
		(void)(session_run(&s, rows[i].line) == ecNone);
		if (strcmp(session_shown(&s), rows[i].shown) != 0)
			print_message("# %s\n", rows[i].line);
		assert_string_equal(session_shown(&s), rows[i].shown);
		session_close(&s);
	}
}

#define CHECK(rows) session_check(rows, sizeof(rows) / sizeof *(rows), NULL)

#endif
