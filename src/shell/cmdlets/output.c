/* Write-Output, Out-Null and exit. */
#include "shell/cmdlets/builtin.h"
#include "shell/shell_private.h"

static const struct parameter write_parameters[] = {
	{ .name = "InputObject", .type = PARAMETER_ANY, .position = 1, .flags = PARAMETER_LIST | PARAMETER_REST, .help = "What to write." },
	{ .name = NULL },
};

static status write_process(struct call *c, const struct value *in)
{
	struct value_list values = call_list(c, "InputObject");
	status rc = ecNone;

	if (in)
		return call_emit(c, *in);
	for (size_t i = 0; i < values.n && !rc; i++)
		rc = call_emit(c, values.items[i]);
	return rc;
}

static const char *const write_aliases[] = { "echo", "write", NULL };

const struct cmdlet cmdlet_write_output = {
	.name = "Write-Output",
	.aliases = write_aliases,
	.synopsis = "Sends values down the pipe.",
	.parameters = write_parameters,
	.example = "Write-Output anna,bert | Get-Mailbox",
	.flags = CMDLET_INPUT,
	.process = write_process,
};

static const struct parameter none[] = { { .name = NULL } };

static status null_process(struct call *c, const struct value *in)
{
	(void)c;
	(void)in;
	return ecNone;
}

const struct cmdlet cmdlet_out_null = {
	.name = "Out-Null",
	.synopsis = "Shows nothing of what comes.",
	.parameters = none,
	.flags = CMDLET_INPUT,
	.process = null_process,
};

static status exit_process(struct call *c, const struct value *in)
{
	(void)in;
	c->shell->done = true;
	return ecNone;
}

static const char *const exit_aliases[] = { "quit", NULL };

const struct cmdlet cmdlet_exit = {
	.name = "exit",
	.aliases = exit_aliases,
	.synopsis = "Leaves the shell.",
	.parameters = none,
	.process = exit_process,
};
