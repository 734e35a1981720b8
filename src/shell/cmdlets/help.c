/* Get-Help and Get-Command: what stands in the table of cmdlets. */
#include "base/buf.h"
#include "shell/cmdlets/builtin.h"
#include "shell/shell_private.h"
#include "shell/wildcard.h"

#include <strings.h>

#define PAGE_MAX ((size_t)256 << 10)

static const char *const command_columns[] = { "CommandType", "Name", "Synopsis", NULL };
static const struct object_type command_type = { "CmdletInfo", command_columns };
static const struct object_type help_type = { .name = "HelpInfo" };
static const struct object_type parameter_info_type = { .name = "ParameterInfo" };

/* Pages ------------------------------------------------------------------------------------------------------- */

static void add_type(const struct parameter *p, struct buf *out)
{
	if (p->type == PARAMETER_SWITCH)
		return;
	buf_add_str(out, " <");
	if (p->type == PARAMETER_WORD)
		for (size_t i = 0; p->words[i]; i++)
			buf_printf(out, "%s%s", i ? " | " : "", p->words[i]);
	else
		buf_add_str(out, parameter_type_name(p));
	buf_add_str(out, p->flags & PARAMETER_LIST ? "[]>" : ">");
}

/* Get-Thing [-Name] <Text> [-Size <Size>] [<CommonParameters>] */
static void add_syntax(const struct cmdlet *c, struct buf *out)
{
	buf_add_str(out, c->name);
	for (const struct parameter *p = c->parameters; p && p->name; p++) {
		bool optional = !(p->flags & PARAMETER_MANDATORY);

		buf_printf(out, optional ? " [" : " ");
		buf_printf(out, p->position ? "[-%s]" : "-%s", p->name);
		add_type(p, out);
		buf_add_str(out, optional ? "]" : "");
	}
	if (c->flags & CMDLET_WHAT_IF)
		buf_add_str(out, " [-WhatIf] [-Confirm]");
	buf_add_str(out, " [<CommonParameters>]");
}

static void add_facts(const struct parameter *p, struct buf *out)
{
	buf_printf(out, "        %s", p->flags & PARAMETER_MANDATORY ? "Required." : "Optional.");
	if (p->position)
		buf_printf(out, " Position %u.", p->position);
	if (p->flags & (PARAMETER_BY_VALUE | PARAMETER_BY_NAME))
		buf_printf(out, " Taken from the pipe (%s%s%s).", p->flags & PARAMETER_BY_VALUE ? "by value" : "",
			   (p->flags & (PARAMETER_BY_VALUE | PARAMETER_BY_NAME)) == (PARAMETER_BY_VALUE | PARAMETER_BY_NAME) ? ", " : "",
			   p->flags & PARAMETER_BY_NAME ? "by property name" : "");
	if (p->alias)
		buf_printf(out, " Alias -%s.", p->alias);
	buf_add_str(out, "\n");
}

static void add_parameters(const struct cmdlet *c, struct buf *out)
{
	const struct parameter *p;

	buf_add_str(out, "PARAMETERS\n");
	for (size_t i = 0; (p = binding_parameter(c, i)) != NULL; i++) {
		buf_printf(out, "    -%s", p->name);
		add_type(p, out);
		buf_printf(out, "\n        %s\n", p->help ? p->help : "");
		add_facts(p, out);
		buf_add_str(out, "\n");
	}
}

static void add_lines(const char *text, struct buf *out)
{
	for (const char *end; *text; text = end + (*end == '\n')) {
		end = strchrnul(text, '\n');
		buf_printf(out, "    %.*s\n", (int)(end - text), text);
	}
}

static void add_aliases(const struct cmdlet *c, struct buf *out)
{
	for (size_t i = 0; c->aliases && c->aliases[i]; i++)
		buf_printf(out, "%s%s", i ? ", " : "", c->aliases[i]);
}

static void add_page(const struct cmdlet *c, struct buf *out)
{
	buf_printf(out, "\nNAME\n    %s\n\nSYNOPSIS\n    %s\n\nSYNTAX\n    ", c->name, c->synopsis);
	add_syntax(c, out);
	buf_add_str(out, "\n\n");
	if (c->aliases) {
		buf_add_str(out, "ALIASES\n    ");
		add_aliases(c, out);
		buf_add_str(out, "\n\n");
	}
	if (c->output)
		buf_printf(out, "OUTPUT\n    %s\n\n", c->output);
	add_parameters(c, out);
	if (c->example) {
		buf_add_str(out, "EXAMPLE\n");
		add_lines(c->example, out);
	}
}

static status emit_page(struct call *c, const struct cmdlet *about)
{
	CLEANUP_BUF struct buf page = BUF_MAX(PAGE_MAX);

	add_page(about, &page);
	buf_cstr(&page);
	return page.failed ? call_fail(c, ecMemory, "the page needs too much memory") : call_emit(c, value_text(buf_cstr(&page)));
}

/* For programs ------------------------------------------------------------------------------------------------ */

static struct value parameter_info(struct arena *a, const struct parameter *p)
{
	struct object *o = object_new(a, &parameter_info_type);

	object_set(o, "Name", value_text(p->name));
	object_set(o, "Type", value_text(p->type == PARAMETER_SWITCH ? "Switch" : parameter_type_name(p)));
	object_set(o, "Position", p->position ? value_integer(p->position) : value_null());
	object_set(o, "Required", value_bool((p->flags & PARAMETER_MANDATORY) != 0));
	object_set(o, "Help", value_text(p->help));
	return o ? value_object(o) : value_null();
}

static status emit_info(struct call *c, const struct cmdlet *about)
{
	CLEANUP_BUF struct buf syntax = BUF_MAX(PAGE_MAX);
	struct object *o = object_new(c->item, &help_type);
	struct value *infos;
	size_t n = 0;

	while (binding_parameter(about, n))
		n++;
	infos = arena_array(c->item, n, sizeof *infos);
	for (size_t i = 0; infos && i < n; i++)
		infos[i] = parameter_info(c->item, binding_parameter(about, i));
	add_syntax(about, &syntax);
	object_set(o, "Name", value_text(about->name));
	object_set(o, "Synopsis", value_text(about->synopsis));
	object_set(o, "Syntax", value_text(buf_cstr(&syntax)));
	object_set(o, "Parameters", infos ? value_list(infos, n) : value_null());
	object_set(o, "Example", value_text(about->example));
	return call_emit_object(c, infos ? o : NULL);
}

static status emit_row(struct call *c, const struct cmdlet *about)
{
	struct object *o = object_new(c->item, &command_type);

	object_set(o, "CommandType", value_text("Cmdlet"));
	object_set(o, "Name", value_text(about->name));
	object_set(o, "Synopsis", value_text(about->synopsis));
	return call_emit_object(c, o);
}

/* Get-Help ---------------------------------------------------------------------------------------------------- */

static void complete_cmdlet(struct shell *shell, const struct parameter *p, const char *prefix,
			    void (*add)(void *to, const char *word), void *to)
{
	const struct cmdlet *c;

	(void)p;
	for (size_t i = 0; (c = shell_cmdlet(shell, i)) != NULL; i++)
		if (strncasecmp(c->name, prefix, strlen(prefix)) == 0)
			add(to, c->name);
}

static const struct parameter help_parameters[] = {
	{ .name = "Name", .type = PARAMETER_TEXT, .position = 1, .help = "The cmdlet; with wildcards, those that match are listed.",
	  .complete = complete_cmdlet },
	{ .name = "Full", .type = PARAMETER_SWITCH, .help = "Everything, which is what is shown anyway." },
	{ .name = "Detailed", .type = PARAMETER_SWITCH, .help = "The same." },
	{ .name = "Examples", .type = PARAMETER_SWITCH, .help = "The same." },
	{ .name = NULL },
};

static status list_matching(struct call *c, const char *pattern, unsigned *n)
{
	const struct cmdlet *about;
	status rc = ecNone;

	for (size_t i = 0; !rc && (about = shell_cmdlet(c->shell, i)) != NULL; i++)
		if (wildcard_match(pattern, about->name, false)) {
			rc = emit_row(c, about);
			++*n;
		}
	return rc;
}

static status help_process(struct call *c, const struct value *in)
{
	const char *name = call_text(c, "Name");
	const struct cmdlet *about = name ? shell_find(c->shell, name) : NULL;
	unsigned n = 0;
	status rc;

	(void)in;
	if (about)
		return call_is_json(c) ? emit_info(c, about) : emit_page(c, about);
	rc = list_matching(c, name ? name : "*", &n);
	return rc || n ? rc : call_error(c, ecNotFound, "there is no cmdlet '%.80s'; Get-Command lists all.", name);
}

static const char *const help_aliases[] = { "help", "man", NULL };

const struct cmdlet cmdlet_get_help = {
	.name = "Get-Help",
	.aliases = help_aliases,
	.synopsis = "Shows what a cmdlet does and how it is written.",
	.parameters = help_parameters,
	.output = "Text",
	.example = "Get-Help Get-Command\nGet-Command -?",
	.process = help_process,
};

/* Get-Command ------------------------------------------------------------------------------------------------- */

static const struct parameter command_parameters[] = {
	{ .name = "Name", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_LIST, .help = "Names, with wildcards.", .complete = complete_cmdlet },
	{ .name = "Verb", .type = PARAMETER_TEXT, .help = "Only cmdlets whose name begins so: Get." },
	{ .name = "Noun", .type = PARAMETER_TEXT, .help = "Only cmdlets whose name ends so: Mailbox." },
	{ .name = NULL },
};

static bool has_part(const struct cmdlet *c, const char *verb, const char *noun)
{
	const char *dash = strchr(c->name, '-');

	if (verb && (!dash || strlen(verb) != (size_t)(dash - c->name) || strncasecmp(c->name, verb, strlen(verb)) != 0))
		return false;
	return !noun || (dash && wildcard_match(noun, dash + 1, false));
}

static bool is_wanted(const struct call *c, const struct cmdlet *about)
{
	struct value_list names = call_list(c, "Name");

	if (!has_part(about, call_text(c, "Verb"), call_text(c, "Noun")))
		return false;
	for (size_t i = 0; i < names.n; i++)
		if (names.items[i].kind == VALUE_TEXT &&
		    (wildcard_match(names.items[i].text, about->name, false) || shell_find(c->shell, names.items[i].text) == about))
			return true;
	return names.n == 0;
}

static status command_process(struct call *c, const struct value *in)
{
	const struct cmdlet *about;
	unsigned n = 0;
	status rc = ecNone;

	(void)in;
	for (size_t i = 0; !rc && (about = shell_cmdlet(c->shell, i)) != NULL; i++)
		if (is_wanted(c, about)) {
			rc = emit_row(c, about);
			n++;
		}
	return rc || n ? rc : call_error(c, ecNotFound, "no cmdlet has such a name");
}

static const char *const command_aliases[] = { "gcm", NULL };

const struct cmdlet cmdlet_get_command = {
	.name = "Get-Command",
	.aliases = command_aliases,
	.synopsis = "Lists the cmdlets.",
	.parameters = command_parameters,
	.output = "CmdletInfo",
	.example = "Get-Command *mailbox*\nGet-Command -Verb Get",
	.process = command_process,
};
