/* Sort-Object and Group-Object. */
#include <stdlib.h>

#include "base/map.h"
#include "shell/cmdlets/builtin.h"

#define GROUPS_MAX ((size_t)1 << 20)

static const struct parameter sort_parameters[] = {
	{ .name = "Property", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_LIST,
	  .help = "What to sort by; the next one counts where the first are equal." },
	{ .name = "Descending", .type = PARAMETER_SWITCH, .help = "The largest first." },
	{ .name = "Unique", .type = PARAMETER_SWITCH, .help = "Of equal ones only the first." },
	{ .name = NULL },
};

struct order {
	struct value_list names;
	bool descending;
	const struct value *values;
};

static int compare_values(const struct order *o, const struct value *a, const struct value *b)
{
	int order = 0;

	if (!o->names.n)
		return value_order(a, b);
	for (size_t i = 0; i < o->names.n && !order; i++) {
		struct value x = value_property(a, o->names.items[i].text), y = value_property(b, o->names.items[i].text);

		order = value_order(&x, &y);
	}
	return order;
}

/* Indexes are compared, so that equal ones stay in the order in which they came. */
static int compare(const void *a, const void *b, void *context)
{
	const struct order *o = context;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	int order = compare_values(o, &o->values[x], &o->values[y]);

	if (order)
		return o->descending ? (order < 0) - (order > 0) : order;
	return (x > y) - (x < y);
}

static status sort_process(struct call *c, const struct value *in)
{
	return in ? kept_values_add(c->state, c->keep, in) : ecNone;
}

static status sort_end(struct call *c)
{
	const struct kept_values *k = c->state;
	struct order o = { call_list(c, "Property"), call_switch(c, "Descending"), k->items };
	size_t *indexes = arena_array(c->keep, k->n, sizeof *indexes);
	status rc = indexes ? ecNone : call_fail(c, ecMemory, "%zu objects to sort need too much memory", k->n);

	for (size_t i = 0; !rc && i < k->n; i++)
		indexes[i] = i;
	if (!rc && k->n)
		qsort_r(indexes, k->n, sizeof *indexes, compare, &o);
	for (size_t i = 0; !rc && i < k->n; i++)
		if (!call_switch(c, "Unique") || i == 0 || compare_values(&o, &k->items[indexes[i - 1]], &k->items[indexes[i]]) != 0)
			rc = call_emit(c, k->items[indexes[i]]);
	return rc;
}

static const char *const sort_aliases[] = { "sort", NULL };

const struct cmdlet cmdlet_sort_object = {
	.name = "Sort-Object",
	.aliases = sort_aliases,
	.synopsis = "Sorts objects by their properties.",
	.parameters = sort_parameters,
	.example = "Get-Mailbox | Sort-Object Database,Name",
	.flags = CMDLET_INPUT,
	.state_size = sizeof(struct kept_values),
	.process = sort_process,
	.end = sort_end,
};

/* Group-Object ------------------------------------------------------------------------------------------------ */

static const struct parameter group_parameters[] = {
	{ .name = "Property", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_LIST, .help = "What the objects of a group have in common." },
	{ .name = "NoElement", .type = PARAMETER_SWITCH, .help = "Only count, do not keep the objects." },
	{ .name = NULL },
};

static const char *const group_columns[] = { "Count", "Name", "Group", NULL };
static const struct object_type group_type = { "GroupInfo", group_columns };
static const char *const count_columns[] = { "Count", "Name", NULL };
static const struct object_type count_type = { "GroupInfoNoElement", count_columns };

struct group {
	int64_t count;
	const char *name;
	struct kept_values members;
	struct group *next;
};

struct grouping {
	struct map by_key; /* to the group's address */
	struct buf key;
	struct group *first, **last;
};

static status group_begin(struct call *c)
{
	struct grouping *g = c->state;

	map_init(&g->by_key, GROUPS_MAX);
	buf_init(&g->key, (size_t)4 << 20);
	g->last = &g->first;
	return ecNone;
}

static void group_release(struct call *c)
{
	struct grouping *g = c->state;

	map_free(&g->by_key);
	buf_free(&g->key);
}

/* "a, b" of the properties. */
static const char *group_name(struct call *c, const struct value *in)
{
	struct value_list names = call_list(c, "Property");
	CLEANUP_BUF struct buf text = BUF_MAX((size_t)1 << 20);

	if (!names.n)
		value_print(in, &text);
	for (size_t i = 0; i < names.n; i++) {
		struct value v = value_property(in, names.items[i].text);

		if (i)
			buf_add_str(&text, ", ");
		value_print(&v, &text);
	}
	buf_cstr(&text);
	return text.failed ? NULL : arena_strdup(c->keep, buf_cstr(&text));
}

static status new_group(struct call *c, const struct value *in, struct group **out)
{
	struct grouping *g = c->state;
	struct group *group = arena_zalloc(c->keep, sizeof *group);
	status rc;

	if (!group || !(group->name = group_name(c, in)))
		return ecMemory;
	rc = map_put(&g->by_key, buf_bytes(&g->key), (uint64_t)(uintptr_t)group);
	if (rc)
		return rc;
	*g->last = group;
	g->last = &group->next;
	*out = group;
	return ecNone;
}

static status group_process(struct call *c, const struct value *in)
{
	struct grouping *g = c->state;
	struct value_list names = call_list(c, "Property");
	struct group *group = NULL;
	uint64_t *found;
	status rc;

	if (!in)
		return ecNone;
	rc = value_key(in, &names, false, &g->key);
	if (rc)
		return rc;
	found = map_get(&g->by_key, buf_bytes(&g->key));
	if (found)
		group = (struct group *)(uintptr_t)*found;
	else if ((rc = new_group(c, in, &group)) != ecNone)
		return rc;
	group->count++;
	return call_switch(c, "NoElement") ? ecNone : kept_values_add(&group->members, c->keep, in);
}

static status group_end(struct call *c)
{
	struct grouping *g = c->state;
	bool count_only = call_switch(c, "NoElement");
	status rc = ecNone;

	for (struct group *i = g->first; i && !rc; i = i->next) {
		struct object *o = object_new(c->item, count_only ? &count_type : &group_type);

		object_set(o, "Count", value_integer(i->count));
		object_set(o, "Name", value_text(i->name));
		if (!count_only)
			object_set(o, "Group", value_list(i->members.items, i->members.n));
		rc = call_emit_object(c, o);
	}
	return rc;
}

static const char *const group_aliases[] = { "group", NULL };

const struct cmdlet cmdlet_group_object = {
	.name = "Group-Object",
	.aliases = group_aliases,
	.synopsis = "Puts objects with the same properties together and counts them.",
	.parameters = group_parameters,
	.output = "GroupInfo",
	.example = "Get-Mailbox | Group-Object Database -NoElement",
	.flags = CMDLET_INPUT,
	.state_size = sizeof(struct grouping),
	.begin = group_begin,
	.process = group_process,
	.end = group_end,
	.release = group_release,
};
