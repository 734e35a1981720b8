/* Pipelines in parentheses run before the cmdlet that they are an argument of is bound. */
#include "shell/shell_private.h"

static bool has_command(const struct argument *a)
{
	return a->n && a->items[0].command;
}

static status fail_memory(struct shell *s)
{
	shell_message(s, SHELL_ERROR, ecMemory, "the pipeline needs too much memory");
	return ecMemory;
}

/* As PowerShell has it: nothing is $null, one value is itself, more are a list. */
static status replace(struct shell *s, struct argument *a, struct arena *keep, bool *stop)
{
	struct collected out = { .n = 0 };
	struct literal *items;
	status rc = pipeline_collect(s, a->items[0].command, keep, &out, stop);

	if (rc)
		return rc;
	items = arena_array(keep, out.n + 1, sizeof *items);
	if (!items)
		return fail_memory(s);
	for (size_t i = 0; i < out.n; i++)
		items[i].value = out.items[i];
	a->items = items;
	a->n = out.n || a->list ? out.n : 1;
	a->list = a->list || out.n > 1;
	return ecNone;
}

status invocation_expand(struct shell *s, const struct invocation *text, struct arena *keep, const struct invocation **out, bool *stop)
{
	bool any = false;
	struct invocation *copy;
	struct argument **last;

	for (const struct argument *a = text->arguments; a; a = a->next)
		any = any || has_command(a);
	if (!any)
		return ecNone;
	copy = arena_memdup(keep, text, sizeof *text);
	if (!copy)
		return fail_memory(s);
	last = &copy->arguments;
	for (const struct argument *a = text->arguments; a; a = a->next) {
		status rc = ecNone;

		*last = arena_memdup(keep, a, sizeof *a);
		if (!*last)
			return fail_memory(s);
		if (has_command(a))
			rc = replace(s, *last, keep, stop);
		if (rc)
			return rc;
		last = &(*last)->next;
	}
	*out = copy;
	return ecNone;
}
