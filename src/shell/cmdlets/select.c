/* Select-Object. */
#include "base/map.h"
#include "shell/cmdlets/builtin.h"
#include "shell/format.h"
#include "shell/wildcard.h"

#include <strings.h>

/* Values that -Unique remembers, and the most that -Last keeps. */
#define SELECT_MAX ((size_t)1 << 22)

struct select {
	int64_t seen, passed;
	struct map unique;
	struct buf key;
	struct kept_values last;
	const struct object_type *from, *type; /* the type made for the objects that came last */
};

static const struct parameter parameters[] = {
	{ .name = "Property", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_LIST,
	  .help = "The properties to take, in this order; wildcards may stand in them." },
	{ .name = "ExcludeProperty", .type = PARAMETER_TEXT, .flags = PARAMETER_LIST, .help = "Properties to leave out." },
	{ .name = "ExpandProperty", .type = PARAMETER_TEXT, .help = "The value of this property, instead of the object." },
	{ .name = "First", .type = PARAMETER_INTEGER, .help = "Only so many from the beginning." },
	{ .name = "Last", .type = PARAMETER_INTEGER, .help = "Only so many from the end." },
	{ .name = "Skip", .type = PARAMETER_INTEGER, .help = "Leave out so many at the beginning." },
	{ .name = "Unique", .type = PARAMETER_SWITCH, .help = "Of equal ones only the first." },
	{ .name = NULL },
};

static status begin(struct call *c)
{
	struct select *s = c->state;
	static const char *const counts[] = { "First", "Last", "Skip" };

	map_init(&s->unique, SELECT_MAX);
	buf_init(&s->key, (size_t)4 << 20);
	for (size_t i = 0; i < 3; i++)
		if (call_integer(c, counts[i], 0) < 0)
			return call_fail(c, ecInvalidParam, "-%s cannot be below 0", counts[i]);
	if (call_has(c, "First") && call_has(c, "Last"))
		return call_fail(c, ecInvalidParam, "-First and -Last do not go together; use two Select-Object");
	if (call_has(c, "First") && call_integer(c, "First", 0) == 0)
		call_finished(c);
	return ecNone;
}

static void release(struct call *c)
{
	struct select *s = c->state;

	map_free(&s->unique);
	buf_free(&s->key);
}

static bool is_excluded(const struct call *c, const char *name)
{
	struct value_list names = call_list(c, "ExcludeProperty");

	for (size_t i = 0; i < names.n; i++)
		if (names.items[i].kind == VALUE_TEXT && wildcard_match(names.items[i].text, name, false))
			return true;
	return false;
}

/* What is made of a type is no longer that type: its columns may be gone. */
static const struct object_type *selected_type(struct call *c, const struct object_type *from)
{
	struct select *s = c->state;
	struct object_type *type;

	if (s->type && s->from == from)
		return s->type;
	type = arena_zalloc(c->keep, sizeof *type);
	if (!type)
		return NULL;
	type->name = from ? arena_printf(c->keep, "Selected.%s", from->name) : "Selected";
	s->from = from;
	s->type = type->name ? type : NULL;
	return s->type;
}

static status select_properties(struct call *c, const struct object *in, struct value *out)
{
	struct value_list names = call_list(c, "Property");
	const struct object_type *type = selected_type(c, in->type);
	size_t n;
	struct property *chosen = properties_select(c->item, in, &names, &n);
	struct object *o = object_new(c->item, type);

	for (size_t i = 0; chosen && i < n; i++)
		if (!is_excluded(c, chosen[i].name))
			object_set(o, chosen[i].name, chosen[i].value);
	if (!type || !chosen || !o || o->failed)
		return call_fail(c, ecMemory, "an object needs too much memory");
	*out = value_object(o);
	return ecNone;
}

/* Only the first of equal ones passes. */
static status is_new(struct call *c, const struct value *v, bool *new)
{
	static const struct value_list all = { NULL, 0 };
	struct select *s = c->state;
	status rc = value_key(v, &all, true, &s->key);

	if (rc)
		return rc;
	*new = map_get(&s->unique, buf_bytes(&s->key)) == NULL;
	return *new ? map_put(&s->unique, buf_bytes(&s->key), 1) : ecNone;
}

static status pass(struct call *c, const struct value *v)
{
	struct select *s = c->state;
	bool new = true;
	status rc = call_switch(c, "Unique") ? is_new(c, v, &new) : ecNone;

	if (rc || !new)
		return rc;
	if (call_has(c, "Last"))
		return kept_values_add(&s->last, c->keep, v);
	rc = call_emit(c, *v);
	if (!rc && call_has(c, "First") && ++s->passed >= call_integer(c, "First", 0))
		call_finished(c);
	return rc;
}

static status expand(struct call *c, const struct value *in)
{
	const char *name = call_text(c, "ExpandProperty");
	const struct value *found = in->kind == VALUE_OBJECT ? object_get(in->object, name) : NULL;
	status rc = ecNone;

	if (!found)
		return call_error(c, ecNotFound, "the object has no property '%s'", name);
	if (found->kind != VALUE_LIST)
		return pass(c, found);
	for (size_t i = 0; i < found->list.n && !rc; i++) {
		rc = pass(c, &found->list.items[i]);
		if (call_has(c, "First") && ((struct select *)c->state)->passed >= call_integer(c, "First", 0))
			break;
	}
	return rc;
}

static status process(struct call *c, const struct value *in)
{
	struct select *s = c->state;
	struct value v;
	status rc;

	if (!in || ++s->seen <= call_integer(c, "Skip", 0))
		return ecNone;
	if (call_has(c, "ExpandProperty"))
		return expand(c, in);
	v = *in;
	if (in->kind == VALUE_OBJECT && (call_has(c, "Property") || call_has(c, "ExcludeProperty"))) {
		rc = select_properties(c, in->object, &v);
		if (rc)
			return rc;
	}
	return pass(c, &v);
}

static status end(struct call *c)
{
	struct select *s = c->state;
	uint64_t wanted = (uint64_t)call_integer(c, "Last", 0);
	size_t from = wanted < s->last.n ? s->last.n - (size_t)wanted : 0;
	status rc = ecNone;

	for (size_t i = from; i < s->last.n && !rc; i++)
		rc = call_emit(c, s->last.items[i]);
	return rc;
}

static const char *const aliases[] = { "select", NULL };

const struct cmdlet cmdlet_select_object = {
	.name = "Select-Object",
	.aliases = aliases,
	.synopsis = "Takes some of the objects, or some of their properties.",
	.parameters = parameters,
	.example = "Get-Mailbox | Select-Object Name,Database -First 10\nGet-Mailbox anna | select -ExpandProperty EmailAddresses",
	.flags = CMDLET_INPUT,
	.state_size = sizeof(struct select),
	.begin = begin,
	.process = process,
	.end = end,
	.release = release,
};
