/* A pipeline at work: values stream from cmdlet to cmdlet, one at a time. */
#include "shell/shell_private.h"

#include <stdio.h>
#include <strings.h>

#include "mapi/error.h"
#include "shell/nearest.h"

/* For one value on its way, and all that is made of it. */
#define ITEM_BUDGET ((size_t)32 << 20)

struct stage *call_stage(const struct call *c)
{
	return &c->run->stages[c->index];
}

/* Calls ------------------------------------------------------------------------------------------------------- */

static status enter(struct stage *s, status (*function)(struct call *))
{
	if (!function)
		return ecNone;
	s->mark = arena_mark(&s->call.run->item);
	return function(&s->call);
}

static status report(struct stage *s, status code, const char *words)
{
	CLEANUP_BUF struct buf text = BUF_MAX(2000);
	const char *name = s->call.cmdlet->name;

	if (s->error_action != ERROR_SILENT || code == ecMemory) {
		/* Words of the binding name the cmdlet themselves. */
		if (strncmp(words, name, strlen(name)) != 0)
			buf_printf(&text, "%s: ", name);
		buf_add_str(&text, words);
		shell_message(s->call.shell, SHELL_ERROR, code, buf_cstr(&text));
	}
	return s->error_action == ERROR_STOP ? code : ecNone;
}

/* One value more; the array that became too small stays behind in the arena. */
static status collect(struct collected *to, struct arena *keep, const struct value *v)
{
	size_t cap = to->cap ? to->cap * 2 : 4;
	struct value *more;

	if (to->n == LITERALS_MAX)
		return ecTooBig;
	if (to->n == to->cap) {
		more = arena_array(keep, cap, sizeof *more);
		if (!more)
			return ecMemory;
		if (to->n)
			memcpy(more, to->items, to->n * sizeof *more);
		to->items = more;
		to->cap = cap;
	}
	if (value_copy(keep, v, &to->items[to->n]))
		return ecMemory;
	to->n++;
	return ecNone;
}

static status deliver(struct stage *s, const struct value *in)
{
	struct reason why = { "" };
	status rc = bind_pipe(&s->binding, in, &s->call.run->item, &why);

	if (rc) {
		rc = report(s, rc, why.text);
		s->call.run->stopped |= rc != ecNone;
		return rc;
	}
	s->mark = arena_mark(&s->call.run->item);
	if (s->call.cmdlet->process)
		rc = s->call.cmdlet->process(&s->call, in);
	bind_forget(&s->binding);
	return rc;
}

status call_emit(struct call *c, struct value v)
{
	struct run *r = c->run;
	status rc;

	if (r->shell->interrupted)
		return call_fail(c, ecUserCanceled, "interrupted");
	if (r->finished > c->index)
		return SHELL_ENOUGH;
	if (c->index + 1 < r->n) {
		struct stage *next = &r->stages[c->index + 1];

		rc = deliver(next, &v);
		/* The words belong to the one that failed; only the code travels on. */
	} else {
		rc = r->collected ? collect(r->collected, r->keep, &v) : display_value(r->display, &v);
	}
	arena_rewind(&r->item, call_stage(c)->mark);
	if (!rc && r->finished > c->index)
		return SHELL_ENOUGH;
	return rc;
}

status call_emit_object(struct call *c, const struct object *o)
{
	if (!o || o->failed)
		return call_fail(c, ecMemory, "an object needs too much memory");
	return call_emit(c, value_object(o));
}

void call_finished(struct call *c)
{
	if (c->run->finished < c->index)
		c->run->finished = c->index;
}

/* Stages ------------------------------------------------------------------------------------------------------ */

static const struct cmdlet *find_cmdlet(struct shell *s, const char *name)
{
	struct nearest near = nearest_to(name);
	const struct cmdlet *c = shell_find(s, name);
	CLEANUP_BUF struct buf text = BUF_MAX(400);

	/* As PowerShell does, a noun alone is Get-Noun. */
	if (!c && !strchr(name, '-')) {
		buf_printf(&text, "Get-%s", name);
		c = shell_find(s, buf_cstr(&text));
		buf_clear(&text);
	}
	if (c)
		return c;
	for (size_t i = 0; (c = shell_cmdlet(s, i)) != NULL; i++)
		nearest_offer(&near, c->name);
	buf_printf(&text, "there is no cmdlet '%.80s'", name);
	if (near.best)
		buf_printf(&text, "; did you mean %s?", near.best);
	buf_add_str(&text, near.best ? " Get-Command lists all." : "; Get-Command lists all.");
	shell_message(s, SHELL_ERROR, ecNotFound, buf_cstr(&text));
	return NULL;
}

static bool asks_help(const struct invocation *text)
{
	for (const struct argument *a = text->arguments; a; a = a->next)
		if (a->kind == ARGUMENT_PARAMETER && strcmp(a->name, "?") == 0)
			return true;
	return false;
}

static void read_common(struct stage *s, const struct cmdlet *cmdlet)
{
	const struct call *c = &s->call;
	const char *action = call_text(c, "ErrorAction"), *warnings = call_text(c, "WarningAction");
	const struct value *confirm = cmdlet->flags & CMDLET_WHAT_IF ? call_value(c, "Confirm") : NULL;

	if (action)
		s->error_action = strcmp(action, "Stop") == 0	  ? ERROR_STOP
				  : strcmp(action, "Continue") == 0 ? ERROR_CONTINUE
								    : ERROR_SILENT;
	s->quiet_warnings = warnings && strcmp(warnings, "Continue") != 0;
	s->verbose = call_switch(c, "Verbose");
	s->what_if = cmdlet->flags & CMDLET_WHAT_IF && call_switch(c, "WhatIf");
	s->confirm = confirm ? confirm->boolean : (cmdlet->flags & CMDLET_CONFIRM) != 0;
}

static status prepare(struct run *r, const struct invocation *text, unsigned index, bool *stop)
{
	struct stage *s = &r->stages[index];
	struct argument name = { .kind = ARGUMENT_VALUE, .n = 1 };
	struct literal word = { .value = value_text(text->name), .raw = text->name };
	struct invocation help = { .name = "Get-Help", .arguments = &name };
	struct reason why = { "" };
	const struct cmdlet *cmdlet = find_cmdlet(r->shell, text->name);
	status rc;

	if (!cmdlet)
		return ecNotFound;
	if (asks_help(text) && r->n == 1) {
		word.value = value_text(cmdlet->name);
		word.raw = cmdlet->name;
		name.items = &word;
		cmdlet = shell_find(r->shell, "Get-Help");
		text = &help;
	}
	rc = invocation_expand(r->shell, text, r->keep, &text, stop);
	if (rc)
		return rc;
	rc = bind_line(cmdlet, text, index > 0, r->keep, &s->binding, &why);
	if (rc) {
		shell_message(r->shell, SHELL_ERROR, rc, why.text);
		return rc;
	}
	s->call = (struct call){ .cmdlet = cmdlet, .context = r->shell->context, .keep = r->keep, .item = &r->item,
				 .shell = r->shell, .run = r, .binding = &s->binding, .index = index };
	read_common(s, cmdlet);
	s->call.state = arena_zalloc(r->keep, cmdlet->state_size);
	if (s->call.state)
		return ecNone;
	shell_message(r->shell, SHELL_ERROR, ecMemory, "the pipeline needs too much memory");
	return ecMemory;
}

static status prepare_all(struct run *r, const struct statement *text, bool *stop)
{
	unsigned i = 0;

	r->n = text->n;
	r->stages = arena_array(r->keep, text->n, sizeof *r->stages);
	r->display = r->stages ? display_new(r) : NULL;
	if (!r->display) {
		shell_message(r->shell, SHELL_ERROR, ecMemory, "the pipeline needs too much memory");
		return ecMemory;
	}
	for (const struct invocation *t = text->stages; t; t = t->next, i++) {
		status rc = prepare(r, t, i, stop);

		if (rc)
			return rc;
	}
	return ecNone;
}

/* The last first, so that whoever emits in its begin finds the next one ready. */
static status begin_all(struct run *r)
{
	status rc = ecNone;

	for (size_t i = r->n; i-- > 0 && !rc;) {
		r->stages[i].begun = true;
		rc = enter(&r->stages[i], r->stages[i].call.cmdlet->begin);
	}
	return rc;
}

static status end_all(struct run *r)
{
	status rc = ecNone;

	for (size_t i = 0; i < r->n && (!rc || rc == SHELL_ENOUGH); i++)
		if (i >= r->finished)
			rc = enter(&r->stages[i], r->stages[i].call.cmdlet->end);
	return rc == SHELL_ENOUGH ? ecNone : rc;
}

static status execute(struct run *r)
{
	struct stage *first = &r->stages[0];
	status rc = begin_all(r);

	if (!rc && first->call.cmdlet->process) {
		first->mark = arena_mark(&r->item);
		rc = first->call.cmdlet->process(&first->call, NULL);
	}
	if (!rc || rc == SHELL_ENOUGH)
		rc = end_all(r);
	return rc;
}

/* The cmdlet whose words are set is the one that failed, the last one in the pipeline when several passed it on. */
static void say_failure(struct run *r, status code)
{
	const struct mapi_error *e = mapi_error_by_code(code);
	struct stage *s = NULL;

	if (r->stopped)
		return;
	for (size_t i = 0; i < r->n; i++)
		if (r->stages[i].call.why.text[0])
			s = &r->stages[i];
	if (s)
		(void)report(s, code, s->call.why.text);
	else if (code == ecMemory || code == ecTooBig)
		shell_message(r->shell, SHELL_ERROR, code, "the pipeline needs too much memory");
	else
		shell_message(r->shell, SHELL_ERROR, code, e ? e->meaning : "it failed without a reason");
}

static void release_all(struct run *r)
{
	for (size_t i = r->n; i-- > 0;)
		if (r->stages && r->stages[i].begun && r->stages[i].call.cmdlet->release)
			r->stages[i].call.cmdlet->release(&r->stages[i].call);
	matcher_free(&r->matcher);
	arena_free(&r->item);
}

static status run_in(struct run *r, const struct statement *text, bool *stop)
{
	status rc, shown;

	arena_init(&r->item, ITEM_BUDGET);
	rc = prepare_all(r, text, stop);
	if (!rc) {
		rc = execute(r);
		/* What was emitted before a failure is shown before its message. */
		shown = display_end(r->display);
		if (rc)
			say_failure(r, rc);
		else if (shown)
			say_failure(r, rc = shown);
		*stop = r->stopped || rc == ecUserCanceled;
	}
	for (size_t i = 0; rc && r->stages && i < r->n; i++)
		*stop |= r->stages[i].error_action == ERROR_STOP;
	release_all(r);
	return rc;
}

status pipeline_run(struct shell *s, const struct statement *text, bool *stop)
{
	CLEANUP_ARENA struct arena keep = ARENA_BUDGET(s->host.memory);
	struct run r = { .shell = s, .keep = &keep };

	return run_in(&r, text, stop);
}

status pipeline_collect(struct shell *s, const struct statement *text, struct arena *keep, struct collected *out, bool *stop)
{
	struct run r = { .shell = s, .keep = keep, .collected = out };

	return run_in(&r, text, stop);
}

/* Messages ---------------------------------------------------------------------------------------------------- */

status call_error(struct call *c, status code, const char *format, ...)
{
	struct stage *s = call_stage(c);
	char words[1000];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(words, sizeof words, format, args);
	va_end(args);
	code = report(s, code, words);
	if (code)
		c->run->stopped = true;
	return code;
}

void call_warning(struct call *c, const char *format, ...)
{
	char words[1000];
	va_list args;

	if (call_stage(c)->quiet_warnings)
		return;
	va_start(args, format);
	(void)vsnprintf(words, sizeof words, format, args);
	va_end(args);
	shell_message(c->shell, SHELL_WARNING, ecNone, words);
}

void call_verbose(struct call *c, const char *format, ...)
{
	char words[1000];
	va_list args;

	if (!call_stage(c)->verbose)
		return;
	va_start(args, format);
	(void)vsnprintf(words, sizeof words, format, args);
	va_end(args);
	shell_message(c->shell, SHELL_VERBOSE, ecNone, words);
}

static bool ask(struct run *r, const char *question)
{
	enum shell_answer answer;

	if (r->yes_to_all || r->no_to_all)
		return r->yes_to_all;
	answer = r->shell->host.confirm(r->shell->host.context, question);
	r->yes_to_all = answer == SHELL_YES_TO_ALL;
	r->no_to_all = answer == SHELL_NO_TO_ALL;
	return answer == SHELL_YES || r->yes_to_all;
}

status call_should_process(struct call *c, const char *action, const char *target, bool *go)
{
	const struct stage *s = call_stage(c);
	CLEANUP_BUF struct buf text = BUF_MAX(2000);

	if (s->what_if) {
		buf_printf(&text, "What if: Performing the operation \"%.200s\" on target \"%.1000s\".", action, target);
		shell_message(c->shell, SHELL_WHAT_IF, ecNone, buf_cstr(&text));
		*go = false;
		return ecNone;
	}
	*go = true;
	if (!s->confirm)
		return ecNone;
	if (!c->shell->host.confirm)
		return call_fail(c, ecAccessDenied, "\"%.200s\" on \"%.200s\" wants a confirmation and nobody can be asked; "
			"-Confirm:$false does it without", action, target);
	buf_printf(&text, "Performing the operation \"%.200s\" on target \"%.1000s\".", action, target);
	*go = ask(c->run, buf_cstr(&text));
	return ecNone;
}
