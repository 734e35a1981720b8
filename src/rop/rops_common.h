/*
 * What the requests and responses of several ROPs have in common, and how rows travel in them.
 *
 * In all of rop/rops_*.h, a request is what follows RopId, LogonId and InputHandleIndex (rop/rop.h
 * has those), a response what follows ReturnValue, in its form for success unless another is named.
 * A BOOLEAN of the specification is a uint8_t: 0 is false, anything else true.
 */
#ifndef ROP_ROPS_COMMON_H
#define ROP_ROPS_COMMON_H

#include "mapi/entryid.h"
#include "mapi/value_wire.h"
#include "wire/wire.h"

/* [MS-OXCDATA] 2.11.7 TypedString: how the text is written, and the text. */
enum typed_string_type {
	TYPED_STRING_NONE = 0x00,
	TYPED_STRING_EMPTY = 0x01,
	TYPED_STRING_8 = 0x02,       /* in the code page of the object */
	TYPED_STRING_REDUCED = 0x03, /* UTF-16 whose high bytes were all 0, and are left out */
	TYPED_STRING_UNICODE = 0x04,
};

#define TYPED_STRING_NARROW(F, T) F(T, STR8, text)
#define TYPED_STRING_WIDE(F, T)   F(T, STR16, text)
#define TYPED_STRING_ARMS(A, N)                                       \
	A(N, NONE, TYPED_STRING_NONE)                                 \
	A(N, NONE, TYPED_STRING_EMPTY)                                \
	A(N, ARM, TYPED_STRING_8, typed_string_narrow, narrow)        \
	A(N, ALSO, TYPED_STRING_REDUCED, typed_string_narrow, narrow) \
	A(N, ARM, TYPED_STRING_UNICODE, typed_string_wide, wide)
#define TYPED_STRING(F, T)    \
	F(T, U8, string_type) \
	F(T, UNION, u, string_type, typed_string_arms, 0)

WIRE_DECLARE(typed_string_narrow, TYPED_STRING_NARROW)
WIRE_DECLARE(typed_string_wide, TYPED_STRING_WIDE)
WIRE_UNION_DECLARE(typed_string_arms, TYPED_STRING_ARMS)
WIRE_DECLARE(typed_string, TYPED_STRING)

/* Text of 8 bits in a code page as UTF-16LE, in `a`; false without memory. */
bool rop_text_widen(struct bytes text, unsigned codepage, struct arena *a, struct bytes *utf16le);

/*
 * UTF-16LE text (without a terminator) as a server sends it: in the reduced form if it can be.
 * `a` holds the reduced text; false without memory.
 */
bool typed_string_set(struct typed_string *s, struct bytes utf16le, struct arena *a);
/* The text as UTF-16LE, in `a` where it must be made; text of 8 bits is in `codepage`. */
bool typed_string_get(const struct typed_string *s, unsigned codepage, struct arena *a,
		      struct bytes *utf16le);

/* [MS-OXCDATA] 2.7 PropertyProblem: which one of those asked for failed, and why. */
#define PROPERTY_PROBLEM(F, T)  \
	F(T, U16, index)        \
	F(T, U32, property_tag) \
	F(T, U32, error_code)
/* [MS-OXCROPS] 2.2.4.1.2 An element of Servers. */
#define ROP_SERVER(F, T) F(T, STR8, name)
/* Lists that more than one ROP has. */
#define ROP_OUTPUT_ONLY(F, T)        F(T, U8, output_handle_index)
#define ROP_PARTIAL_COMPLETION(F, T) F(T, U8, partial_completion)
/*
 * What follows ReturnValue ecDstNullObject (0x503): DestHandleIndex of the request, 4 bytes
 * wide.
 */
#define ROP_NULL_DESTINATION_PARTIAL(F, T) \
	F(T, U32, dest_handle_index)       \
	F(T, U8, partial_completion)
#define ROP_NULL_DESTINATION(F, T)  F(T, U32, dest_handle_index)
#define ROP_ROW_COUNT(F, T)         F(T, U32, row_count)
#define ROP_TABLE_STATUS(F, T)      F(T, U8, table_status)
#define ROP_FOLDER_ID(F, T)         F(T, U64, folder_id)
#define ROP_MESSAGE_ID(F, T)        F(T, U64, message_id)
#define ROP_PROPERTY_TAGS(F, T)     F(T, NUMBERS, property_tags, 2, 32)
#define ROP_PROPERTY_VALUES(F, T)   F(T, ARRAY, property_values, 2, tagged_value)
#define ROP_PROPERTY_PROBLEMS(F, T) F(T, ARRAY, property_problems, 2, property_problem)
#define ROP_BOOKMARK(F, T)          F(T, BYTES, bookmark, 2)
#define ROP_DATA(F, T)              F(T, BYTES, data, 2)
#define ROP_TABLE_REQUEST(F, T)       \
	F(T, U8, output_handle_index) \
	F(T, U8, table_flags)

WIRE_DECLARE(property_problem, PROPERTY_PROBLEM)
WIRE_DECLARE(rop_server, ROP_SERVER)

/*
 * Rows (PropertyRow, [MS-OXCDATA] 2.8.1) one after the other, as rop/property_row.h makes
 * them. Nothing in them says where they end: who decodes must know the columns of the table
 * (struct rop_context).
 */
struct rop_rows {
	uint32_t count;
	struct bytes data;
};

/* A count of 16 or 32 bits and so many rows; one row (struct bytes). */
extern const struct wire_custom rop_rows_custom, rop_rows_32_custom, rop_row_custom;

#endif
