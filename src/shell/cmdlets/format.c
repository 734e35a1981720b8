/* Format-List and Format-Table: they emit lines of text. For programs (--json) they pass on what was asked for. */
#include "shell/cmdlets/builtin.h"
#include "shell/format.h"

struct format {
	struct list_format *list;
	struct table *table;
};

static status put_line(void *context, const char *line)
{
	return call_emit(context, value_text(line));
}

static status pass_on(struct call *c, const struct value *in)
{
	struct value_list names = call_list(c, "Property");
	struct property *chosen;
	struct object *o;
	size_t n;

	if (in->kind != VALUE_OBJECT || !names.n)
		return call_emit(c, *in);
	chosen = properties_select(c->item, in->object, &names, &n);
	o = object_new(c->item, in->object->type);
	for (size_t i = 0; chosen && i < n; i++)
		object_set(o, chosen[i].name, chosen[i].value);
	return call_emit_object(c, chosen ? o : NULL);
}

/* The lines of an object are emitted one by one while it is needed, so what they are made of is kept meanwhile. */
static status format_process(struct call *c, const struct value *in, bool table)
{
	struct format *f = c->state;
	struct arena lines = ARENA_BUDGET((size_t)64 << 20);
	status rc;

	if (!in)
		return ecNone;
	if (call_is_json(c))
		return pass_on(c, in);
	if (in->kind != VALUE_OBJECT)
		return call_emit(c, *in);
	rc = table ? table_view_add(f->table, &lines, in->object) : list_format_add(f->list, &lines, in->object);
	arena_free(&lines);
	return rc;
}

static const struct parameter list_parameters[] = {
	{ .name = "Property", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_LIST,
	  .help = "The properties to show, in this order; wildcards may stand in them." },
	{ .name = NULL },
};

static status list_begin(struct call *c)
{
	struct format *f = c->state;
	struct line_sink sink = { put_line, c };

	f->list = list_format_new(c->keep, call_list(c, "Property"), call_width(c), &sink);
	return f->list ? ecNone : call_fail(c, ecMemory, "the list needs too much memory");
}

static status list_process(struct call *c, const struct value *in)
{
	return format_process(c, in, false);
}

static const char *const list_aliases[] = { "fl", NULL };

const struct cmdlet cmdlet_format_list = {
	.name = "Format-List",
	.aliases = list_aliases,
	.synopsis = "Shows objects as lists of their properties.",
	.parameters = list_parameters,
	.output = "Text",
	.example = "Get-Mailbox anna | Format-List Name,*Quota",
	.flags = CMDLET_INPUT,
	.state_size = sizeof(struct format),
	.begin = list_begin,
	.process = list_process,
};

static const struct parameter table_parameters[] = {
	{ .name = "Property", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_LIST,
	  .help = "The properties to show, in this order; wildcards may stand in them." },
	{ .name = "AutoSize", .type = PARAMETER_SWITCH, .help = "Wait for all objects and make the columns as wide as their values." },
	{ .name = "HideTableHeaders", .type = PARAMETER_SWITCH, .help = "No line with the names." },
	{ .name = "Wrap", .type = PARAMETER_SWITCH, .help = "Values are not cut; lines may be wider than the screen." },
	{ .name = NULL },
};

static status table_begin(struct call *c)
{
	struct format *f = c->state;
	struct line_sink sink = { put_line, c };
	struct table_options options = {
		.names = call_list(c, "Property"),
		.width = call_switch(c, "Wrap") ? 0 : call_width(c),
		.all_rows = call_switch(c, "AutoSize"),
		.hide_headers = call_switch(c, "HideTableHeaders"),
	};

	f->table = table_view_new(c->keep, &options, &sink);
	return f->table ? ecNone : call_fail(c, ecMemory, "the table needs too much memory");
}

static status table_process(struct call *c, const struct value *in)
{
	return format_process(c, in, true);
}

static status table_finish(struct call *c)
{
	struct format *f = c->state;

	return call_is_json(c) ? ecNone : table_view_end(f->table);
}

static const char *const table_aliases[] = { "ft", NULL };

const struct cmdlet cmdlet_format_table = {
	.name = "Format-Table",
	.aliases = table_aliases,
	.synopsis = "Shows objects as a table.",
	.parameters = table_parameters,
	.output = "Text",
	.example = "Get-Mailbox | Format-Table Name,Database -AutoSize",
	.flags = CMDLET_INPUT,
	.state_size = sizeof(struct format),
	.begin = table_begin,
	.process = table_process,
	.end = table_finish,
};
