/*
 * Restrictions, filters over the rows of a table ([MS-OXCDATA] 2.12), as in RopRestrict, RopFindRow,
 * RopSetSearchCriteria and rules; they nest up to WIRE_DEPTH_MAX deep.  And sort orders (2.13).
 */
#ifndef MAPI_RESTRICTION_H
#define MAPI_RESTRICTION_H

#include "mapi/value_wire.h"

enum restriction_kind {
	RES_AND = 0x00,
	RES_OR = 0x01,
	RES_NOT = 0x02,
	RES_CONTENT = 0x03,
	RES_PROPERTY = 0x04,
	RES_COMPARE = 0x05,
	RES_BITMASK = 0x06,
	RES_SIZE = 0x07,
	RES_EXIST = 0x08,
	RES_SUB = 0x09,
	RES_COMMENT = 0x0A,
	RES_COUNT = 0x0B,
};

/* [MS-OXCDATA] 2.12.5.1; RELOP_MEMBER_OF_DL in 2.12.5 only. */
enum restriction_relop {
	RELOP_LT = 0x00,
	RELOP_LE = 0x01,
	RELOP_GT = 0x02,
	RELOP_GE = 0x03,
	RELOP_EQ = 0x04,
	RELOP_NE = 0x05,
	RELOP_MEMBER_OF_DL = 0x64,
};

/* [MS-OXCDATA] 2.12.4.1. */
enum restriction_fuzzy_low { FUZZY_FULL_STRING = 0, FUZZY_SUBSTRING = 1, FUZZY_PREFIX = 2 };
enum restriction_fuzzy_high { FUZZY_IGNORE_CASE = 1, FUZZY_IGNORE_NONSPACE = 2, FUZZY_LOOSE = 4 };
/* [MS-OXCDATA] 2.12.7.1. */
enum restriction_bitmap { BITMAP_EQZ = 0, BITMAP_NEZ = 1 };

#define RESTRICTION_LEAST 3 /* an AND of nothing */

/* 2.12.1 AND, 2.12.2 OR */
#define RESTRICTION_LIST(F, T) F(T, ARRAY, all, WIRE_COUNT, restriction)
/* 2.12.3 */
#define RESTRICTION_NOT(F, T) F(T, REF, restriction, restriction, RESTRICTION_LEAST)
/* 2.12.4; the tag in `value` may differ from `tag` in its id and its kind of string */
#define RESTRICTION_CONTENT(F, T) \
	F(T, U16, fuzzy_low)      \
	F(T, U16, fuzzy_high)     \
	F(T, U32, tag)            \
	F(T, STRUCT, value, compared_value)
/* 2.12.5 */
#define RESTRICTION_PROPERTY(F, T) \
	F(T, U8, relop)            \
	F(T, U32, tag)             \
	F(T, STRUCT, value, compared_value)
/* 2.12.6 */
#define RESTRICTION_COMPARE(F, T) \
	F(T, U8, relop)           \
	F(T, U32, tag1)           \
	F(T, U32, tag2)
/* 2.12.7 */
#define RESTRICTION_BITMASK(F, T) \
	F(T, U8, relop)           \
	F(T, U32, tag)            \
	F(T, U32, mask)
/* 2.12.8 */
#define RESTRICTION_SIZE(F, T) \
	F(T, U8, relop)        \
	F(T, U32, tag)         \
	F(T, U32, size)
/* 2.12.9 */
#define RESTRICTION_EXIST(F, T) F(T, U32, tag)
/* 2.12.10; PidTagMessageRecipients or PidTagMessageAttachments */
#define RESTRICTION_SUB(F, T) \
	F(T, U32, subobject)  \
	F(T, REF, restriction, restriction, RESTRICTION_LEAST)
/* 2.12.11; not evaluated */
#define RESTRICTION_COMMENT(F, T)            \
	F(T, ARRAY, values, 1, tagged_value) \
	F(T, U8, present)                    \
	F(T, WHEN_ANY, present, 0xFF, REF, restriction, restriction, RESTRICTION_LEAST)
/* 2.12.12 */
#define RESTRICTION_COUNT(F, T) \
	F(T, U32, count)        \
	F(T, REF, restriction, restriction, RESTRICTION_LEAST)

#define RESTRICTION_ARMS(A, N)                                  \
	A(N, ARM, RES_AND, restriction_list, list)              \
	A(N, ALSO, RES_OR, restriction_list, list)              \
	A(N, ARM, RES_NOT, restriction_not, negated)            \
	A(N, ARM, RES_CONTENT, restriction_content, content)    \
	A(N, ARM, RES_PROPERTY, restriction_property, property) \
	A(N, ARM, RES_COMPARE, restriction_compare, compare)    \
	A(N, ARM, RES_BITMASK, restriction_bitmask, bitmask)    \
	A(N, ARM, RES_SIZE, restriction_size, size)             \
	A(N, ARM, RES_EXIST, restriction_exist, exist)          \
	A(N, ARM, RES_SUB, restriction_sub, sub)                \
	A(N, ARM, RES_COMMENT, restriction_comment, comment)    \
	A(N, ARM, RES_COUNT, restriction_count, count)

#define RESTRICTION(F, T) \
	F(T, U8, kind)    \
	F(T, UNION, u, kind, restriction_arms, RESTRICTION_LEAST - 1)

WIRE_DECLARE(restriction_list, RESTRICTION_LIST)
WIRE_DECLARE(restriction_not, RESTRICTION_NOT)
WIRE_DECLARE(restriction_content, RESTRICTION_CONTENT)
WIRE_DECLARE(restriction_property, RESTRICTION_PROPERTY)
WIRE_DECLARE(restriction_compare, RESTRICTION_COMPARE)
WIRE_DECLARE(restriction_bitmask, RESTRICTION_BITMASK)
WIRE_DECLARE(restriction_size, RESTRICTION_SIZE)
WIRE_DECLARE(restriction_exist, RESTRICTION_EXIST)
WIRE_DECLARE(restriction_sub, RESTRICTION_SUB)
WIRE_DECLARE(restriction_comment, RESTRICTION_COMMENT)
WIRE_DECLARE(restriction_count, RESTRICTION_COUNT)
WIRE_UNION_DECLARE(restriction_arms, RESTRICTION_ARMS)
WIRE_DECLARE(restriction, RESTRICTION)

/* Exactly one restriction; `counts` as in wire/wire.h. Values point into `data`. */
status restriction_decode(struct bytes data, enum wire_counts counts, struct arena *a,
			  struct restriction *out, struct reason *why) MUST;
/* Appends, or leaves the buffer as it was. */
status restriction_encode(const struct restriction *r, enum wire_counts counts, struct buf *out,
			  struct reason *why) MUST;
bool restriction_equal(const struct restriction *a, const struct restriction *b);
/*
 * For people: `(PidTagSubject starts with "Re:" and not has(PidTagFlagStatus))`.
 * `codepage` is that of 8-bit text in values.
 */
void restriction_print(const struct restriction *r, unsigned codepage, struct buf *out);

/* [MS-OXCDATA] 2.13.1 SortOrder. */
enum sort_direction { SORT_ASCEND = 0, SORT_DESCEND = 1, SORT_MAXIMUM_CATEGORY = 4 };

#define SORT_ORDER(F, T) \
	F(T, U32, tag)   \
	F(T, U8, direction)
/* [MS-OXCDATA] 2.13.2 SortOrderSet. */
#define SORT_ORDER_SET(F, T)  \
	F(T, U16, count)      \
	F(T, U16, categories) \
	F(T, U16, expanded)   \
	F(T, COUNTED, orders, count, sort_order)

WIRE_DECLARE(sort_order, SORT_ORDER)
WIRE_DECLARE(sort_order_set, SORT_ORDER_SET)

#endif
