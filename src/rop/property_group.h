/*
 * Which properties of a message change together: a property group mapping, as the groupInfo element of a stream has it
 * ([MS-OXCFXICS] 2.2.2.8, 2.2.4.3.8).  A group is known by its place in the mapping, a mapping by its number.
 */
#ifndef ROP_PROPERTY_GROUP_H
#define ROP_PROPERTY_GROUP_H

#include "mapi/named.h"
#include "wire/wire.h"

/* The only property of groupInfo: it has no id of its own (2.2.4.3.8). */
#define PROPERTY_GROUP_INFO_TAG 0x00000102u
/* MetaTagIncrSyncGroupId: the number of the mapping (2.2.4.1.5.4). */
#define PROPERTY_GROUP_MAPPING_TAG 0x407C0003u
/* MetaTagIncrementalSyncMessagePartial: the properties that follow are all there are of this group (2.2.4.1.5.5). */
#define PROPERTY_GROUP_INDEX_TAG 0x407A0003u
/* In place of an index: what follows is in none of the groups (2.2.4.3.15). */
#define PROPERTY_GROUP_NONE 0xFFFFFFFFu
/* Says of a group that it is empty (2.2.4.3.15). */
#define PROPERTY_GROUP_EMPTY_TAG 0x00000003u

enum group_name_kind { GROUP_NAME_LID = 0, GROUP_NAME_STRING = 1 };

/* [MS-OXCFXICS] 2.2.2.8.1.1 */
#define GROUP_PROPERTY_NAME(F, T)                      \
	F(T, GUID, set)                                \
	F(T, U32, kind)                                \
	F(T, WHEN, kind, GROUP_NAME_LID, U32, lid)     \
	F(T, WHEN, kind, GROUP_NAME_STRING, BYTES, name, 4)
WIRE_DECLARE(group_property_name, GROUP_PROPERTY_NAME)

/* A PropertyTag structure, and the name of those from 0x8000 on (2.2.2.8.1). */
#define GROUP_TAG(F, T) \
	F(T, U16, type) \
	F(T, U16, id)   \
	F(T, WHEN_ANY, id, 0x8000, STRUCT, name, group_property_name)
WIRE_DECLARE(group_tag, GROUP_TAG)

/* [MS-OXCFXICS] 2.2.2.8.1 */
#define PROPERTY_GROUP(F, T) F(T, ARRAY, tags, 4, group_tag)
WIRE_DECLARE(property_group, PROPERTY_GROUP)

/* [MS-OXCFXICS] 2.2.2.8 */
#define PROPERTY_GROUP_INFO(F, T) \
	F(T, U32, group_id)       \
	F(T, U32, reserved)       \
	F(T, ARRAY, groups, 4, property_group)
WIRE_DECLARE(property_group_info, PROPERTY_GROUP_INFO)

extern const struct wire_type *const property_group_wire_types[];

/* Points into `data`; arrays are in `arena`. ecCorruptData also when there is no group, or one without properties. */
status property_group_decode(struct bytes data, struct arena *arena, struct property_group_info *out, struct reason *why) MUST;
/* The index of the group that has the property, by its id or its name (which ids from 0x8000 need); PROPERTY_GROUP_NONE. */
uint32_t property_group_find(const struct property_group_info *i, uint16_t id, const struct prop_name *name);

#endif
