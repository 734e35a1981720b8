/* Where-Object and ForEach-Object. */
#include "shell/cmdlets/builtin.h"
#include "shell/shell_private.h"

/* The condition in either of its two forms. */
struct where {
	const struct expression *block;
	struct expression compare; /* of the short form */
	bool compares;
};

static const struct parameter where_parameters[] = {
	{ .name = "FilterScript", .type = PARAMETER_BLOCK, .position = 1, .help = "The condition, with $_ for the object." },
	{ .name = "Property", .type = PARAMETER_TEXT, .position = 1, .help = "The property that the short form compares." },
	{ .name = "Value", .type = PARAMETER_ANY, .position = 2, .flags = PARAMETER_NULLABLE, .help = "What it is compared with." },
#define OPERATOR(NAME, HELP)                                                                                                    \
	{ .name = NAME, .type = PARAMETER_SWITCH, .help = HELP }, { .name = "C" NAME, .type = PARAMETER_SWITCH, .help = HELP " Case counts." }
	OPERATOR("EQ", "Equal."),
	OPERATOR("NE", "Not equal."),
	OPERATOR("GT", "Greater than."),
	OPERATOR("GE", "Greater than or equal."),
	OPERATOR("LT", "Less than."),
	OPERATOR("LE", "Less than or equal."),
	OPERATOR("Like", "Matches a pattern with * and ?."),
	OPERATOR("NotLike", "Does not match a pattern with * and ?."),
	OPERATOR("Match", "Matches a regular expression."),
	OPERATOR("NotMatch", "Does not match a regular expression."),
	OPERATOR("Contains", "Is a list that has the value."),
	OPERATOR("NotContains", "Is no list that has the value."),
	OPERATOR("In", "Is one of the values."),
	OPERATOR("NotIn", "Is none of the values."),
#undef OPERATOR
	{ .name = "Not", .type = PARAMETER_SWITCH, .help = "Is false, 0, empty or missing." },
	{ .name = NULL },
};

#define FIRST_OPERATOR 3u

static status read_operator(struct call *c, struct where *w)
{
	for (size_t i = FIRST_OPERATOR; where_parameters[i].name; i++) {
		const char *name = where_parameters[i].name;

		if (!call_switch(c, name) || strcmp(name, "Not") == 0)
			continue;
		if (w->compares)
			return call_fail(c, ecInvalidParam, "the short form has one operator; write { } for more: { $_.A -eq 1 -and $_.B -eq 2 }");
		if (!comparison_by_name(name, &w->compare.compare, &w->compare.with_case))
			return call_fail(c, ecInvalidParam, "-%s is no operator", name);
		w->compares = true;
	}
	return ecNone;
}

static status where_begin(struct call *c)
{
	struct where *w = c->state;
	status rc = read_operator(c, w);

	if (rc)
		return rc;
	w->block = call_block(c, "FilterScript");
	if (w->block ? call_has(c, "Property") || w->compares : !call_has(c, "Property"))
		return call_fail(c, ecInvalidParam, "it needs a condition: { $_.Name -like 'a*' }, or Name -like 'a*'");
	if (w->compares && !call_has(c, "Value"))
		return call_fail(c, ecInvalidParam, "a value is missing behind -%s", comparison_name(w->compare.compare));
	if (!w->block && !w->compares && call_has(c, "Value"))
		return call_fail(c, ecInvalidParam, "an operator is missing: %s -eq VALUE", call_text(c, "Property"));
	return ecNone;
}

static status where_compare(struct call *c, const struct where *w, const struct value *in, struct value *out)
{
	struct evaluation ev = { in, c->item, &c->run->matcher, &c->why };
	struct value left;
	status rc = value_member(c->item, in, call_text(c, "Property"), &left);

	if (!rc && w->compares)
		return expression_compare(&ev, &left, &w->compare, call_value(c, "Value"), out);
	*out = value_bool(value_truth(&left) != call_switch(c, "Not"));
	return rc;
}

static status where_process(struct call *c, const struct value *in)
{
	const struct where *w = c->state;
	struct value holds;
	status rc;

	if (!in)
		return ecNone;
	rc = w->block ? call_evaluate(c, w->block, in, &holds) : where_compare(c, w, in, &holds);
	return rc || !value_truth(&holds) ? rc : call_emit(c, *in);
}

static const char *const where_aliases[] = { "where", "?", NULL };

const struct cmdlet cmdlet_where_object = {
	.name = "Where-Object",
	.aliases = where_aliases,
	.synopsis = "Lets those objects through for which a condition holds.",
	.parameters = where_parameters,
	.example = "Get-Mailbox | Where-Object { $_.Database -eq 'DB1' -and $_.Name -like 'a*' }\nGet-Mailbox | where Name -like 'a*'",
	.flags = CMDLET_INPUT,
	.state_size = sizeof(struct where),
	.begin = where_begin,
	.process = where_process,
};

/* ForEach-Object ---------------------------------------------------------------------------------------------- */

static const struct parameter for_each_parameters[] = {
	{ .name = "Process", .type = PARAMETER_BLOCK, .position = 1, .help = "What to make of each object: { $_.Name }." },
	{ .name = "MemberName", .type = PARAMETER_TEXT, .position = 1, .help = "The property to take." },
	{ .name = NULL },
};

static status emit_each(struct call *c, const struct value *v)
{
	CLEANUP_ARENA struct arena list = ARENA_BUDGET((size_t)64 << 20);
	struct value copy;
	status rc;

	if (v->kind == VALUE_NULL)
		return ecNone;
	if (v->kind != VALUE_LIST)
		return call_emit(c, *v);
	/* The list itself may lie in c->item, which each emit empties. */
	rc = value_copy(&list, v, &copy);
	for (size_t i = 0; !rc && i < copy.list.n; i++)
		rc = call_emit(c, copy.list.items[i]);
	return rc;
}

static status for_each_begin(struct call *c)
{
	if (call_block(c, "Process") || call_has(c, "MemberName"))
		return ecNone;
	return call_fail(c, ecInvalidParam, "it needs to know what to take: { $_.Name }");
}

static status for_each_process(struct call *c, const struct value *in)
{
	const struct expression *block = call_block(c, "Process");
	struct value v;
	status rc;

	if (!in)
		return ecNone;
	rc = block ? call_evaluate(c, block, in, &v) : value_member(c->item, in, call_text(c, "MemberName"), &v);
	return rc ? rc : emit_each(c, &v);
}

static const char *const for_each_aliases[] = { "foreach", "%", NULL };

const struct cmdlet cmdlet_for_each_object = {
	.name = "ForEach-Object",
	.aliases = for_each_aliases,
	.synopsis = "Takes a property, or the value of an expression, of each object.",
	.parameters = for_each_parameters,
	.example = "Get-Mailbox | ForEach-Object { $_.Name }",
	.flags = CMDLET_INPUT,
	.begin = for_each_begin,
	.process = for_each_process,
};
