/* Measure-Object. */
#include "shell/cmdlets/builtin.h"

/* Sums of 64-bit numbers do not overflow this. */
__extension__ typedef __int128 wide_integer;

struct measure {
	const char *name; /* NULL: the values themselves */
	int64_t count, numbers;
	bool sizes, integers; /* all that was added were */
	wide_integer sum;
	double real_sum;
	struct value least, most;
};

struct measures {
	struct measure *items;
	size_t n;
	bool adds; /* -Sum or -Average */
};

static const struct parameter parameters[] = {
	{ .name = "Property", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_LIST, .help = "The properties to measure." },
	{ .name = "Sum", .type = PARAMETER_SWITCH, .help = "Add the values." },
	{ .name = "Average", .type = PARAMETER_SWITCH, .help = "The sum divided by the count." },
	{ .name = "Minimum", .type = PARAMETER_SWITCH, .help = "The smallest value." },
	{ .name = "Maximum", .type = PARAMETER_SWITCH, .help = "The largest value." },
	{ .name = NULL },
};

static const struct object_type measure_type = { .name = "GenericMeasureInfo" };

static status begin(struct call *c)
{
	struct measures *m = c->state;
	struct value_list names = call_list(c, "Property");

	m->n = names.n ? names.n : 1;
	m->items = arena_array(c->keep, m->n, sizeof *m->items);
	m->adds = call_switch(c, "Sum") || call_switch(c, "Average");
	if (!m->items)
		return call_fail(c, ecMemory, "too many properties to measure");
	for (size_t i = 0; i < m->n; i++) {
		m->items[i].name = names.n ? names.items[i].text : NULL;
		m->items[i].sizes = m->items[i].integers = true;
	}
	return ecNone;
}

static status add(struct call *c, struct measure *m, const struct value *v)
{
	struct value number = *v;

	if (v->kind == VALUE_TEXT && !number_parse(v->text, &number))
		return call_error(c, ecInvalidParam, "'%.100s' is not a number", v->text);
	if (number.kind == VALUE_SIZE && number.size >= SIZE_UNLIMITED)
		return call_error(c, ecInvalidParam, "Unlimited cannot be added");
	if (number.kind == VALUE_BOOL)
		number = value_integer(number.boolean);
	if (number.kind != VALUE_INTEGER && number.kind != VALUE_REAL && number.kind != VALUE_SIZE)
		return call_error(c, ecInvalidParam, "a value of the type %s is not a number", value_kind_name(v->kind));
	m->numbers++;
	m->sizes = m->sizes && number.kind == VALUE_SIZE;
	m->integers = m->integers && number.kind == VALUE_INTEGER;
	if (number.kind == VALUE_REAL)
		m->real_sum += number.real;
	else
		m->sum += number.kind == VALUE_SIZE ? (wide_integer)number.size : (wide_integer)number.integer;
	return ecNone;
}

static status replace(struct call *c, struct value *kept, const struct value *v, bool larger)
{
	int order = kept->kind == VALUE_NULL ? 0 : value_order(v, kept);

	if (kept->kind == VALUE_NULL || (larger ? order > 0 : order < 0))
		return value_copy(c->keep, v, kept);
	return ecNone;
}

static status measure(struct call *c, struct measure *m, const struct value *in)
{
	struct value v = value_property(in, m->name);
	status rc = ecNone;

	if (v.kind == VALUE_NULL)
		return ecNone;
	m->count++;
	if (((struct measures *)c->state)->adds)
		rc = add(c, m, &v);
	if (!rc && call_switch(c, "Minimum"))
		rc = replace(c, &m->least, &v, false);
	if (!rc && call_switch(c, "Maximum"))
		rc = replace(c, &m->most, &v, true);
	return rc;
}

static status process(struct call *c, const struct value *in)
{
	struct measures *m = c->state;
	status rc = ecNone;

	for (size_t i = 0; in && i < m->n && !rc; i++)
		rc = measure(c, &m->items[i], in);
	return rc;
}

/* Of sizes a size, of integers an integer where it is one. */
static struct value as_value(const struct measure *m, double real, wide_integer whole, bool exact)
{
	if (m->sizes && whole >= 0 && whole < (wide_integer)INT64_MAX)
		return value_size((uint64_t)whole);
	if (m->integers && exact && whole >= INT64_MIN && whole <= INT64_MAX)
		return value_integer((int64_t)whole);
	return value_real(real);
}

static struct value sum_of(const struct measure *m)
{
	return as_value(m, m->real_sum + (double)m->sum, m->sum, true);
}

static struct value average_of(const struct measure *m)
{
	if (!m->numbers)
		return value_null();
	return as_value(m, (m->real_sum + (double)m->sum) / (double)m->numbers, m->sum / m->numbers, m->sum % m->numbers == 0);
}

static status end(struct call *c)
{
	struct measures *ms = c->state;
	status rc = ecNone;

	for (size_t i = 0; i < ms->n && !rc; i++) {
		const struct measure *m = &ms->items[i];
		struct object *o = object_new(c->item, &measure_type);

		object_set(o, "Count", value_integer(m->count));
		object_set(o, "Average", call_switch(c, "Average") ? average_of(m) : value_null());
		object_set(o, "Sum", call_switch(c, "Sum") && m->numbers ? sum_of(m) : value_null());
		object_set(o, "Maximum", m->most);
		object_set(o, "Minimum", m->least);
		object_set(o, "Property", value_text(m->name));
		rc = call_emit_object(c, o);
	}
	return rc;
}

static const char *const aliases[] = { "measure", NULL };

const struct cmdlet cmdlet_measure_object = {
	.name = "Measure-Object",
	.aliases = aliases,
	.synopsis = "Counts objects and adds up their properties.",
	.parameters = parameters,
	.output = "GenericMeasureInfo",
	.example = "Get-Mailbox | Measure-Object\nGet-MailboxStatistics | measure TotalItemSize -Sum -Average",
	.flags = CMDLET_INPUT,
	.state_size = sizeof(struct measures),
	.begin = begin,
	.process = process,
	.end = end,
};
