/*
 * Properties on the wire: values by type, with their type, with their tag ([MS-OXCDATA] 2.11),
 * names of named properties (2.6.1), rule actions ([MS-OXORULE] 2.2.5).
 *
 * A value becomes a `struct prop` in the form of mapi/prop.h and stays where it was read: fixed
 * sizes, texts and bytes point into the input, lists of them have their array in the arena.  What
 * follows from the context:
 *
 *     the length of PT_BINARY and PT_OBJECT      16 or 32 bits (enum wire_counts)
 *     the count of any multi-valued property     32 bits in both
 *     the length of PT_SVREID                    16 bits in both
 *     a byte before texts, PT_BINARY,            in address books only: 0xFF is written, 0 is
 *     lists and their elements                   read as an empty value
 *     PT_SRESTRICTION, PT_ACTIONS                their bytes, as they are in this context: they
 *                                                cannot be moved to the other one (refused)
 *
 * A column's type with the MultivalueInstance bit (0x3000, [MS-OXCDATA] 2.11.1.3) has one value of
 * the base type. The specification gives PT_OBJECT no form; servers that send one send it like
 * PT_BINARY.
 *
 * Encoding takes trailing NULs off texts.  It refuses (ecInvalidParam) what the wire has no words
 * for: NULs within a text, a size that the type does not have, large values that are not at hand,
 * unknown types.
 */
#ifndef MAPI_VALUE_WIRE_H
#define MAPI_VALUE_WIRE_H

#include "mapi/named.h"
#include "mapi/prop.h"
#include "wire/wire.h"

#define MV_INSTANCE 0x2000u

/* A bare PropertyValue ([MS-OXCDATA] 2.11.2) of the type in the tag. */
bool prop_value_pull(struct wire_in *in, uint32_t tag, struct prop *value);
bool prop_value_push(struct wire_out *out, const struct prop *value);

extern const struct wire_custom typed_value_custom, tagged_value_custom, compared_value_custom;

/* [MS-OXCDATA] 2.11.3 TypedPropertyValue: the id in the tag is 0. */
#define TYPED_VALUE(F, T) F(T, CUSTOM, prop, struct prop, typed_value_custom, 2)
/* [MS-OXCDATA] 2.11.4 TaggedPropertyValue. */
#define TAGGED_VALUE(F, T) F(T, CUSTOM, prop, struct prop, tagged_value_custom, 4)
/*
 * What a restriction compares with ([MS-OXCDATA] 2.12.4, 2.12.5): a TaggedPropertyValue, in address
 * books behind a byte that says whether it is there.  The specification does not have that byte,
 * clients and servers do: it is written, and need not be there to be read.  What is not there is PT_NULL.
 */
#define COMPARED_VALUE(F, T) F(T, CUSTOM, prop, struct prop, compared_value_custom, 1)
/* A 16-bit count and so many TaggedPropertyValues, as RopSetProperties has them. */
#define TAGGED_VALUES(F, T) F(T, ARRAY, all, 2, tagged_value)

WIRE_DECLARE(typed_value, TYPED_VALUE)
WIRE_DECLARE(tagged_value, TAGGED_VALUE)
WIRE_DECLARE(compared_value, COMPARED_VALUE)
WIRE_DECLARE(tagged_values, TAGGED_VALUES)

/*
 * [MS-OXCDATA] 2.6.1 PropertyName. A kind of 0xFF says that an id has no name; the GUID is there
 * all the same.
 */
enum property_name_kind {
	PROPERTY_NAME_LID = 0x00,
	PROPERTY_NAME_STRING = 0x01,
	PROPERTY_NAME_NONE = 0xFF,
};

#define PROPERTY_NAME_MAX \
	252 /* bytes of a string, the terminator not counted: its length has one byte */

#define PROPERTY_LID(F, T)    F(T, U32, lid)
#define PROPERTY_TEXT(F, T)   F(T, STR16, text)
#define PROPERTY_STRING(F, T) F(T, SIZED, name, 1, property_text)
#define PROPERTY_NAME_ARMS(A, N)                                 \
	A(N, ARM, PROPERTY_NAME_LID, property_lid, number)       \
	A(N, ARM, PROPERTY_NAME_STRING, property_string, string) \
	A(N, NONE, PROPERTY_NAME_NONE)
#define PROPERTY_NAME(F, T) \
	F(T, U8, kind)      \
	F(T, GUID, set)     \
	F(T, UNION, u, kind, property_name_arms, 0)

WIRE_DECLARE(property_lid, PROPERTY_LID)
WIRE_DECLARE(property_text, PROPERTY_TEXT)
WIRE_DECLARE(property_string, PROPERTY_STRING)
WIRE_UNION_DECLARE(property_name_arms, PROPERTY_NAME_ARMS)
WIRE_DECLARE(property_name, PROPERTY_NAME)

/* False (and *to untouched) when there is no name. The string is not copied. */
bool property_name_get(const struct property_name *from, struct prop_name *to);
/* name NULL: PROPERTY_NAME_NONE. False for a string longer than PROPERTY_NAME_MAX. */
bool property_name_set(const struct prop_name *name, struct property_name *to);

/* [MS-OXORULE] 2.2.5 RuleAction; what the actions do is in `data`, by type. */
#define RULE_ACTION(F, T) \
	F(T, U8, type)    \
	F(T, U32, flavor) \
	F(T, U32, flags)  \
	F(T, REST, data)
#define RULE_ACTION_BLOCK(F, T) F(T, SIZED, action, WIRE_COUNT, rule_action)
#define RULE_ACTIONS(F, T)      F(T, ARRAY, all, WIRE_COUNT, rule_action_block)

WIRE_DECLARE(rule_action, RULE_ACTION)
WIRE_DECLARE(rule_action_block, RULE_ACTION_BLOCK)
WIRE_DECLARE(rule_actions, RULE_ACTIONS)

/* Every layout of this room, NULL at the end: for tests, fuzzing and tools. */
extern const struct wire_type *const mapi_wire_types[];

#endif
