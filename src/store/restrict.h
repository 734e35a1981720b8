/*
 * Restrictions (mapi/restriction.h) put to use: made ready once, then asked of row after row.
 *
 * What the specification leaves open is settled here, for tables, search folders and rules alike:
 *   a property that is not there fulfils nothing but RELOP_NE; of a multi-valued one it is enough that one value fulfils
 *   texts compare without regard to case ([MS-OXCDATA] 2.12.5 names no order), see store/restrict_text.h
 *   numbers compare as numbers whatever their width; kinds that do not compare (a text with a number) do not match
 *   RES_COUNT is fulfilled so many times, in the order in which rows are asked
 */
#ifndef STORE_RESTRICT_H
#define STORE_RESTRICT_H

#include "mapi/restriction.h"

/* Conditions nest at most this deep, and so many of them may be in one restriction. */
#define RESTRICT_DEPTH_MAX WIRE_DEPTH_MAX
#define RESTRICT_NODES_MAX 4096u

/* A row. Both return an error only when something could not be read; what is not there is no error. */
struct restrict_row {
	/*
	 * The property of the tag's id, of whatever type; *out NULL when there is none.  `whole`: the value is wanted; else it
	 * may be PROP_LARGE.  It stays valid until the row is done with.
	 */
	status (*prop)(struct restrict_row *row, uint32_t tag, bool whole, const struct prop **out);
	/* PidTagMessageRecipients or PidTagMessageAttachments: the objects one by one, *out NULL after the last. NULL: none. */
	status (*object)(struct restrict_row *row, uint32_t subobject, size_t i, const struct bag **out);
	unsigned codepage; /* of PT_STRING8 */
};

struct restrict_node {
	uint8_t kind;  /* enum restriction_kind */
	uint8_t relop; /* enum restriction_relop or restriction_bitmap */
	uint16_t fuzzy_low;
	unsigned folding;   /* RES_CONTENT: enum text_folding */
	uint32_t tag, tag2; /* the kind of instance (MV_INSTANCE) taken off */
	uint32_t number;    /* mask, size, count */
	uint32_t left;      /* RES_COUNT: how many more times */
	const struct prop *value;
	struct bytes folded; /* of a text in `value`: as `folding` says, or its sort key in RES_PROPERTY */
	struct restrict_node *child;
	size_t n;
};

/*
 * Checks and makes ready; everything lives in `arena`, values stay where `r` has them.  ecTooComplex: nested too deep,
 * too many conditions, kinds that cannot be compared, operators that do not exist; the words say which.
 */
status restrict_compile(const struct restriction *r, unsigned codepage, struct arena *arena, struct restrict_node **out,
			struct reason *why) MUST;
/* As if no row had been asked yet (RES_COUNT). */
void restrict_restart(struct restrict_node *n);
/* Does the row fulfil it? NULL is fulfilled by every row. */
status restrict_matches(struct restrict_node *n, struct restrict_row *row, bool *out) MUST;

/* A bag as a row. */
struct restrict_bag_row {
	struct restrict_row row;
	const struct bag *bag;
};
struct restrict_bag_row restrict_bag(const struct bag *bag, unsigned codepage);

/* Comparison --------------------------------------------------------------------------------------------------------- */

/* Below, at or above 0 in *order; false when the two do not compare (kinds, lists, large values). */
bool restrict_compare(const struct prop *a, const struct prop *b, unsigned codepage, int *order);
/*
 * Appends bytes whose order (memcmp) is that of the values, of any one type; NULL stands before all. `descending`: the
 * other way round.  Texts and bytes count as far as `most` bytes of the key.
 */
void restrict_sort_key(const struct prop *p, unsigned codepage, bool descending, size_t most, struct buf *out);

#endif
