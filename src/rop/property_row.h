/*
 * Property rows ([MS-OXCDATA] 2.8.1): the values of some columns of a table or of some tags that were
 * asked for, in their order and without their tags.
 *
 *     StandardPropertyRow   0x00, every value
 *     FlaggedPropertyRow    0x01, and before every value a flag: 0x00 it follows, 0x01 there is none,
 *                           0x0A an error code follows
 *
 * A column of PT_UNSPECIFIED has its type before its flag or value.  A column of a multi-valued type
 * with MV_INSTANCE has one value of the base type.
 */
#ifndef ROP_PROPERTY_ROW_H
#define ROP_PROPERTY_ROW_H

#include "mapi/value_wire.h"

/*
 * Appends a row: `values[i]` is the value of column tags[i].  NULL: the object does not have it
 * (ecNotFound in the row).  One of type PT_ERROR: that error.  One of another type than its column
 * is ecNotFound too (what can be converted, the caller has converted); PT_NULL is flag 0x01.
 * ecTooBig without room, ecInvalidParam for a value that cannot be expressed: nothing is appended.
 */
status property_row_put_values(struct buf *out, const uint32_t *tags, size_t n,
			       const struct prop *const *values, struct reason *why) MUST;
/* The same from a bag, by id. */
status property_row_put(struct buf *out, const uint32_t *tags, size_t n, const struct bag *values,
			struct reason *why) MUST;
/* The same within a structure, from values one after the other as property_row_pull gives them. */
bool property_row_push(struct wire_out *out, const uint32_t *tags, size_t n,
		       const struct prop *values);

/*
 * Takes one row: values[0 .. n) in the order of the columns.  An error is a value of type PT_ERROR
 * with the id of its column, a value that is not there one of type PT_NULL.
 */
bool property_row_pull(struct wire_in *in, const uint32_t *tags, size_t n, struct prop *values);
/* Steps over one, and gives what that took in the arena back. */
bool property_row_skip(struct wire_in *in, const uint32_t *tags, size_t n);
/* The next row of so many bytes of them; values are in `data`, lists in `a`. */
status property_row_next(struct bytes *data, const uint32_t *tags, size_t n, struct arena *a,
			 struct prop *values, struct reason *why) MUST;

#endif
