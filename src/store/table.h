/*
 * Tables of a mailbox: the folders below a folder, the messages in one, the recipients and attachments of a message; with
 * columns, restriction, sort order, categories, a cursor and bookmarks ([MS-OXCTABL]).
 *
 * What a table costs grows with what is asked of it.  Messages in the order of their arrival, and restrictions that the
 * columns of the store decide, are read through the index, window by window; other orders, restrictions and categories
 * make a list of ids and keys when they are first needed (TABLE_MEMORY_MAX), which follows the changes of the mailbox.
 * The cursor stands before or after a row, not at a number: rows that come and go elsewhere do not move it.
 *
 * A row of a message has what stands in the store's columns from there, all else from the message: PidTagMessageDeliveryTime
 * of a message that has none is the time it was submitted, created or changed; PidTagFlagStatus 0 is none.
 *
 * A table belongs to the mailbox's thread and must be freed before the mailbox is closed.  Changes are seen once they are
 * committed.
 */
#ifndef STORE_TABLE_H
#define STORE_TABLE_H

#include "mapi/restriction.h"
#include "store/mailbox.h"

#define ecNullObject 0x000004B9u
#define ecInvalidBookmark 0x80040405u
#define ecNotCollapsed 0x000004F8u
#define ecNotExpanded 0x000004F7u

/* Ids and keys of a list, all together; more is ecTooBig. */
#define TABLE_MEMORY_MAX ((size_t)256 << 20)
#define TABLE_COLUMNS_MAX 1024u
#define TABLE_SORTS_MAX 16u
#define TABLE_BOOKMARKS_MAX 1024u
/* Longer texts and bytes are cut in rows ([MS-OXCDATA] 2.8.2). */
#define TABLE_VALUE_MAX 510u

enum table_kind {
	TABLE_HIERARCHY,   /* of a folder */
	TABLE_CONTENTS,
	TABLE_ASSOCIATED,
	TABLE_DELETED,     /* messages that were deleted softly */
	TABLE_DELETED_ASSOCIATED,
	TABLE_RECIPIENTS,  /* of a message */
	TABLE_ATTACHMENTS,
};

enum table_flag {
	TABLE_DEEP = 1,         /* TABLE_HIERARCHY: all folders below, parents before children */
	TABLE_WHOLE = 2,        /* values are not cut at TABLE_VALUE_MAX; large ones are left out all the same */
	TABLE_MATERIALIZED = 4, /* a list also where the index would do: for tests */
};

/* PidTagRowType [MS-OXCTABL] 2.2.1.3 */
enum table_row_type { ROW_LEAF = 1, ROW_EMPTY = 2, ROW_EXPANDED = 3, ROW_COLLAPSED = 4 };

/* [MS-OXCTABL] 2.2.2.1.1 */
enum table_origin { ORIGIN_BEGINNING = 0, ORIGIN_CURRENT = 1, ORIGIN_END = 2, ORIGIN_BOOKMARK = 3 };

struct table;

/* `object`: the folder or message. ecNotFound when there is none. */
status table_open(struct mailbox *m, enum table_kind kind, uint64_t object, unsigned flags, struct table **out) MUST;
/* Of rows that are at hand (rules, permissions, attachments of a message that is not saved); they are copied. */
status table_open_rows(struct mailbox *m, const struct bag *rows, size_t n, unsigned flags, struct table **out) MUST;
void table_free(struct table *t); /* NULL is fine */
/* Why the last failure was. */
const char *table_failure(const struct table *t);

/*
 * What rows have, in this order.  A type of PT_UNSPECIFIED takes the value's own.  ecInvalidParam: none, too many, or a
 * type that does not exist.
 */
status table_set_columns(struct table *t, const uint32_t *tags, size_t n) MUST;
/*
 * Only rows that fulfil it; NULL: all rows.  It is copied. The cursor goes to the beginning and bookmarks are no longer
 * valid.  After a failure the table is as it was.
 */
status table_restrict(struct table *t, const struct restriction *r) MUST;
/*
 * NULL: by arrival, the newest first; folders by name.  MV_INSTANCE in a tag makes a row of each value. Rows that are equal in
 * all keys are in the order of their ids, ascending or descending as the last key is.  SORT_MAXIMUM_CATEGORY, for the key behind
 * those of the categories only (else ecInvalidParam): the innermost categories are in the order of the greatest value in each,
 * ascending or descending as the category's own key is.  Cursor and bookmarks as above.
 */
status table_sort(struct table *t, const struct sort_order_set *order) MUST;
/*
 * No columns, no restriction, no order ([MS-OXCTABL] 2.2.2.16): as just opened, so that bookmarks are numbered from the first
 * again.  A client that keeps one over a reset, as Exchange lets it, finds the new one in its place.
 */
void table_reset(struct table *t);

/*
 * A row has a property for each column; PT_ERROR (ecNotFound; ecMemory for a large value) where it has no value.  Texts keep the
 * kind of string they are stored as, whichever was asked for.
 */
struct table_rows {
	struct bag *v;
	size_t n;
};

/*
 * At most `max` rows from the cursor on, in the order of the table, or (`forward` false) those before it, the nearest
 * first.  `advance`: the cursor goes along.  Rows live in `arena`; when its budget is used up, there are fewer (ecTooBig
 * when there is none).  ecNullObject: no columns were set.
 */
status table_query_rows(struct table *t, bool forward, size_t max, bool advance, struct arena *arena, struct table_rows *out) MUST;
/* Is the cursor before the first row, after the last? */
status table_at_beginning(struct table *t, bool *yes) MUST;
status table_at_end(struct table *t, bool *yes) MUST;

/* *moved: how far it went before it met an end of the table; below 0 backward. */
status table_seek(struct table *t, enum table_origin origin, int64_t rows, int64_t *moved) MUST;
/* To the row at numerator/denominator of the table; 0 as the denominator is ecInvalidParam. */
status table_seek_fraction(struct table *t, uint32_t numerator, uint32_t denominator) MUST;
/* Rows before the cursor, and all rows: of what is not collapsed. */
status table_position(struct table *t, uint64_t *numerator, uint64_t *denominator) MUST;
status table_count(struct table *t, uint64_t *rows) MUST;

/* Of the row at the cursor. ecTooBig when there are too many. */
status table_bookmark(struct table *t, uint32_t *bookmark) MUST;
status table_bookmark_free(struct table *t, uint32_t bookmark) MUST; /* ecInvalidBookmark */
/* *gone: the row is not there any more, and the cursor is at the one after it. ecInvalidBookmark. */
status table_bookmark_seek(struct table *t, uint32_t bookmark, int64_t rows, int64_t *moved, bool *gone) MUST;

struct table_find {
	const struct restriction *restriction;
	enum table_origin origin;
	uint32_t bookmark;
	bool backward;
};

/*
 * The cursor goes to the first row that fulfils it, from the origin on (it may be the row at the origin; backward: one
 * before it).  ecNotFound: there is none, and the cursor stays.  `row` is read as in table_query_rows; NULL: not read.
 */
status table_find(struct table *t, const struct table_find *f, struct arena *arena, struct bag *row, bool *gone) MUST;

/*
 * A heading by its PidTagInstID. *rows: how many rows appeared or went away.  ecNotFound; ecNotCollapsed, ecNotExpanded:
 * nothing to do.  Expanding leaves the cursor at the first row that appeared, so that it can be read.
 */
status table_expand(struct table *t, uint64_t category, uint32_t *rows) MUST;
status table_collapse(struct table *t, uint64_t category, uint32_t *rows) MUST;
/*
 * Which headings are open, and a row (by PidTagInstID and PidTagInstanceNum), to be put back into a table sorted the
 * same way.  *bookmark is of that row; ecInvalidParam: no such state.
 */
status table_collapse_state(struct table *t, uint64_t row, uint32_t instance, struct buf *out) MUST;
status table_set_collapse_state(struct table *t, struct bytes state, uint32_t *bookmark) MUST;

/* Every property that a row of the table may have ([MS-OXCTABL] 2.2.2.12): those of columns, and of the first rows. */
status table_query_columns(struct table *t, struct arena *arena, uint32_t **tags, size_t *n) MUST;

#endif
