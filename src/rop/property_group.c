#include "rop/property_group.h"

#include <string.h>

WIRE_DEFINE(group_property_name, GROUP_PROPERTY_NAME)
WIRE_DEFINE(group_tag, GROUP_TAG)
WIRE_DEFINE(property_group, PROPERTY_GROUP)
WIRE_DEFINE(property_group_info, PROPERTY_GROUP_INFO)

const struct wire_type *const property_group_wire_types[] = {
	&group_property_name_wire, &group_tag_wire, &property_group_wire, &property_group_info_wire, NULL,
};

status property_group_decode(struct bytes data, struct arena *arena, struct property_group_info *out, struct reason *why)
{
	struct property_group_info i;
	struct wire_in in;
	status s;

	wire_in_init(&in, data, arena);
	s = wire_decode_all(&in, &property_group_info_wire, &i, why);
	if (s)
		return s;
	/* 2.2.2.8, 2.2.2.8.1: neither count is 0. */
	for (uint32_t g = 0; g < i.groups.n; g++)
		if (!i.groups.v[g].tags.n)
			return reason_set(why, ecCorruptData, "a property group without properties");
	if (!i.groups.n)
		return reason_set(why, ecCorruptData, "a property group mapping without groups");
	*out = i;
	return ecNone;
}

/* Some end their texts in a NUL, as streams do, and some do not. */
static struct bytes without_end(struct bytes name)
{
	bool ends = name.n >= 2 && !name.p[name.n - 1] && !name.p[name.n - 2];

	return bytes_of(name.p, name.n - (ends ? 2 : 0));
}

static bool is_name(const struct group_property_name *g, const struct prop_name *name)
{
	if (!guid_equal(&g->set, &name->set))
		return false;
	if (name->by_string)
		return g->kind == GROUP_NAME_STRING && bytes_equal(without_end(g->name), name->string);
	return g->kind == GROUP_NAME_LID && g->lid == name->lid;
}

static bool is_property(const struct group_tag *t, uint16_t id, const struct prop_name *name)
{
	bool named = t->id >= NAMED_ID_FIRST;

	if (id < NAMED_ID_FIRST)
		return t->id == id;
	return named && name && is_name(&t->name, name);
}

uint32_t property_group_find(const struct property_group_info *i, uint16_t id, const struct prop_name *name)
{
	for (uint32_t g = 0; g < i->groups.n; g++)
		for (uint32_t t = 0; t < i->groups.v[g].tags.n; t++)
			if (is_property(&i->groups.v[g].tags.v[t], id, name))
				return g;
	return PROPERTY_GROUP_NONE;
}
