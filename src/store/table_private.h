/* What the files of store/table.h share. */
#ifndef STORE_TABLE_PRIVATE_H
#define STORE_TABLE_PRIVATE_H

#include "base/map.h"
#include "mapi/entryid.h"
#include "store/folder.h"
#include "store/message.h"
#include "store/restrict_sql.h"
#include "store/table.h"
#include "store/table_objects.h"

/* What one row may take while it is looked at. */
#define ROW_MEMORY_MAX ((size_t)64 << 20)
/* Of one key of a row: texts and bytes count so far. */
#define SORT_VALUE_MAX 255u
/* A text or binary that stands beside the message is read for a condition or a key up to this size. */
#define WHOLE_VALUE_MAX ((size_t)32 << 20)

/* Rows ----------------------------------------------------------------------------------------------------------------- */

/* Of a message, in the order of message_columns. */
enum message_column {
	MC_ID, MC_FOLDER, MC_KIND, MC_CN, MC_FLAGS, MC_SIZE, MC_DELETED, MC_RECEIVED, MC_SUBMITTED, MC_CREATED, MC_MODIFIED,
	MC_IMPORTANCE, MC_SENSITIVITY, MC_FLAG_STATUS, MC_HAS_ATTACHMENTS, MC_CLASS, MC_SUBJECT, MC_TOPIC, MC_SENDER,
	MC_RECIPIENTS, MC_MESSAGE_ID, MC_SEARCH_KEY, MC_CONVERSATION, MC_CHANGE_KEY, MC_PREDECESSORS,
};

#define MESSAGE_COLUMNS                                                                                                     \
	"m.id, m.folder, m.kind, m.cn, m.flags, m.size, m.deleted, m.received, m.submitted, m.created, m.modified,"           \
	" m.importance, m.sensitivity, m.flag_status, m.has_attachments, m.class, m.subject, m.topic, m.sender, m.recipients," \
	" m.message_id, m.search_key, m.conversation, m.change_key, m.predecessors"

#define MESSAGE_COLUMNS_N 25u
#define MESSAGE_COLUMNS_ALL ((1u << MESSAGE_COLUMNS_N) - 1)

/* The same of a link `l` to a message `m` that may be gone, and then one more: it is. */
#define LINK_COLUMNS                                                                                                          \
	"l.message, m.folder, m.kind, m.cn, CASE WHEN m.id IS NULL THEN 1 - l.is_unread ELSE m.flags END, m.size, m.deleted," \
	" l.received, m.submitted, m.created, m.modified, m.importance, m.sensitivity, m.flag_status, m.has_attachments,"      \
	" m.class, m.subject, m.topic, m.sender, m.recipients, m.message_id, m.search_key, m.conversation, m.change_key,"      \
	" m.predecessors, CASE WHEN m.id IS NULL THEN 1 ELSE 0 END"
#define MC_LINK_GONE MESSAGE_COLUMNS_N

/*
 * Bits of the columns (enum message_column) that a property is made of, so that a query need not read the others.  None when it stands in
 * the message itself.
 */
uint32_t message_columns_of(uint32_t tag);
/* Appends `all`, MESSAGE_COLUMNS or LINK_COLUMNS, with 0 in the place of those that are not in `columns`. */
void message_columns_write(const char *all, uint32_t columns, struct buf *out);

/* What SQL can decide of a message `m`, for who looks now (mailbox_read_as). */
const struct restrict_column *message_restrict_columns(const struct mailbox *m);

struct table_heading;

/*
 * A row while it is looked at: its values are made when they are asked for, and live in `arena` or in the statement.
 * The first member is what restrictions see.
 */
struct table_row {
	struct restrict_row row;
	struct mailbox *m;
	const struct table *t; /* of a heading */
	struct arena *arena;
	uint64_t id; /* of the message or folder; the place of a recipient or attachment */
	uint32_t instance;
	uint32_t instance_tag; /* the property whose single values make rows; 0: none */
	unsigned depth;
	struct sql_statement *message; /* at the row with MESSAGE_COLUMNS; NULL: another kind of row */
	bool gone;                     /* a static search found the message, which is no more: it has what the link says */
	const struct folder *folder;
	const struct bag *object;
	const struct table_heading *heading;
	struct bag made;  /* from columns, or out of large values */
	struct bag body;  /* as it is stored */
	bool have_body, have_objects;
	struct bag *recipients, *attachments;
	size_t n_recipients, n_attachments;
};

/* Made ready for use; the arena is the caller's, and is not reset here. */
void table_row_init(struct table_row *r, struct mailbox *m, struct arena *arena);
/* restrict_row.prop of every kind of row. */
status table_row_prop(struct restrict_row *row, uint32_t tag, bool whole, const struct prop **out) MUST;
/* The properties that are made and not stored, of one kind of row; *out untouched when it is none of these. */
status message_row_made(struct table_row *r, uint32_t tag, struct prop *out, bool *made, bool *there) MUST;
/* PidTagMessageFlags of a row of a message, for who looks; of the columns of message_columns_of(PidTagMessageFlags). */
status message_row_flags(struct table_row *r, uint64_t *flags) MUST;
status folder_row_made(struct table_row *r, uint32_t tag, struct prop *out, bool *made, bool *there) MUST;
/* Tags that are made of columns, one by one; 0 after the last. */
uint32_t message_row_tag(size_t i);
uint32_t folder_row_tag(size_t i);

/* Values in an arena: false without memory. */
bool row_long(struct arena *a, uint32_t tag, uint32_t v, struct prop *out);
bool row_long64(struct arena *a, uint32_t tag, uint64_t v, struct prop *out);
bool row_bool(struct arena *a, uint32_t tag, bool v, struct prop *out);
bool row_text(struct arena *a, uint32_t tag, struct bytes utf8, struct prop *out);
bool row_bytes(struct arena *a, uint32_t tag, struct bytes v, struct prop *out);
/* A Folder ID or Message ID in the mailbox's replica. */
uint64_t row_short_id(uint64_t id);
uint64_t row_globcnt(uint64_t short_id);
/* The entry id of a folder, or of a message in it. */
bool row_entryid(struct arena *a, uint32_t tag, struct mailbox *m, uint64_t folder, uint64_t message, struct prop *out);
bool row_source_key(struct arena *a, uint32_t tag, struct mailbox *m, uint64_t id, struct prop *out);
bool row_change_key(struct arena *a, uint32_t tag, struct mailbox *m, struct bytes stored, uint64_t cn, struct prop *out);
bool row_predecessors(struct arena *a, uint32_t tag, struct mailbox *m, struct bytes stored, struct bytes change_key, uint64_t cn,
		      struct prop *out);

/* The table --------------------------------------------------------------------------------------------------------------- */

/* Between two rows. */
struct table_place {
	enum { PLACE_BEGINNING, PLACE_ROW, PLACE_END } where;
	bool after;        /* PLACE_ROW: behind the row, else before it */
	uint64_t id;       /* the row; it may have gone */
	uint32_t instance;
	int64_t received;  /* of a window */
	struct bytes key;  /* of a list; owned */
};

void place_free(struct table_place *p);
status place_copy(const struct table_place *from, struct table_place *to) MUST;

/* A heading of a category: it stays known while it has no rows, because it may come back. */
struct table_heading {
	uint64_t id; /* PidTagInstID */
	unsigned depth;
	bool expanded;
	uint32_t rows, unread; /* messages under it */
	uint64_t sample;       /* a message under it, for its values; */
	uint32_t sample_instance;
	struct bytes key;      /* where it stands; owned */
	struct bytes identity; /* what it is: its key, without a greatest value in it; owned */
};

struct list_row {
	uint64_t id;       /* of a heading: its place in `headings` */
	uint32_t instance; /* LIST_HEADING: a heading */
	uint32_t key;      /* where its key is in `keys`; of a heading: nothing */
};
#define LIST_HEADING UINT32_MAX

/* A materialised table. */
struct table_list {
	bool built;
	struct list_row *rows; /* leaves, sorted */
	size_t n, cap;
	struct buf keys;        /* per leaf: length, unread, ends of the categories' parts, bytes */
	size_t garbage;         /* bytes of keys that no row has any more */
	struct list_row *shown; /* with categories: what is visible; else rows */
	size_t n_shown;
	struct table_heading *headings;
	size_t n_headings, cap_headings;
	struct map by_key; /* headings by their identities */
};

struct table_mark {
	uint32_t id;
	struct table_place place;
};

#define PENDING_MAX 64u

struct table {
	struct mailbox *m;
	enum table_kind kind;
	unsigned flags;
	uint64_t object;
	struct guid reader; /* who looks (mailbox_read_as); zeros: nobody in particular */
	bool of_messages, is_search;
	int message_kind; /* the column `kind` */
	struct reason why;

	uint32_t *columns;
	size_t n_columns;
	struct arena restriction_arena;
	struct restrict_node *restriction;
	struct restrict_sql sql; /* of the restriction */
	bool counts;             /* RES_COUNT in it: depends on the order of rows */
	struct sort_order sorts[TABLE_SORTS_MAX];
	unsigned n_sorts, n_categories, n_expanded;

	bool windowed; /* read through the index; else `list` */
	bool ascending; /* of a window */
	struct table_list list;
	struct arena objects_arena;
	struct table_objects objects;

	/* Ids whose rows are not what the list says; more than fit: all are. */
	uint64_t pending[PENDING_MAX];
	size_t n_pending;
	bool stale;

	struct table_place cursor;
	int64_t index; /* rows before the cursor; -1: not known */
	struct table_mark *marks;
	size_t n_marks;
	uint32_t next_mark;
};

status table_say(struct table *t, status s); /* the mailbox's words become the table's */

/* What happens with a row; *stop ends the reading. */
typedef status table_visit(void *context, struct table_row *row, const struct table_place *place, bool *stop);

/* At most `max` rows from a place; *n is how many were visited. */
status window_read(struct table *t, const struct table_place *from, bool forward, size_t max, table_visit *visit, void *context,
		   size_t *n) MUST;
status window_count(struct table *t, uint64_t *rows) MUST;
status window_before(struct table *t, const struct table_place *p, uint64_t *rows) MUST;
/* So many rows on, as far as there are any. */
status window_move(struct table *t, const struct table_place *from, int64_t rows, struct table_place *to, int64_t *moved) MUST;
/*
 * Messages one by one in the order of their ids, all that SQL does not rule out.  `columns`: bits of those of MESSAGE_COLUMNS that are
 * read; the others are 0.
 */
status window_all(struct table *t, uint32_t columns, table_visit *visit, void *context) MUST;
/* One message, if it is in the table; *row->message is NULL when it is not. To be given back with sql_done. */
status window_message(struct table *t, uint64_t id, struct table_row *row) MUST;

/* One row of the list. */
status list_visit(struct table *t, const struct list_row *r, table_visit *visit, void *context, bool *stop) MUST;
status list_read(struct table *t, const struct table_place *from, bool forward, size_t max, table_visit *visit, void *context,
		 size_t *n) MUST;
status list_count(struct table *t, uint64_t *rows) MUST;
status list_before(struct table *t, const struct table_place *p, uint64_t *rows) MUST;
status list_move(struct table *t, const struct table_place *from, int64_t rows, struct table_place *to, int64_t *moved) MUST;
/* Built, or brought up to date. */
status list_ready(struct table *t) MUST;
void list_free(struct table_list *l);
/* Is there a visible row of that id and instance? Its place; *found. A heading's id is its PidTagInstID. */
status list_find(struct table *t, uint64_t id, uint32_t instance, struct table_place *to, bool *found) MUST;
/* The row at a place is there and visible. */
bool list_has(const struct table *t, const struct table_place *p);
/* The part of a leaf's key that says which heading of that depth it belongs to. */
struct bytes list_prefix(const struct table *t, const struct list_row *leaf, unsigned depth);
/* All of it, and the bytes before it. */
struct bytes list_key(const struct table *t, const struct list_row *leaf);
size_t list_key_head(const struct table *t);
int list_order(struct bytes a, struct bytes b);
bool list_unread(const struct table_list *l, const struct list_row *leaf);
/* The visible rows anew, after the leaves or a heading changed (table_category.c). */
status list_show(struct table *t) MUST;
/* Is there a key that says the greatest value of each category? */
bool list_by_maximum(const struct table *t);
/* What a category is, without the value that it is sorted by; `scratch` may hold it. */
status list_identity(struct table *t, const struct list_row *leaf, unsigned depth, struct buf *scratch, struct bytes *out) MUST;
/* When all rows are known and before they are sorted; then, when they are, cursor and bookmarks are put to their rows again. */
status list_maximum(struct table *t) MUST;
status list_follow(struct table *t) MUST;
/* Of a key: its length, the ends of the innermost category's part and of the value before that. */
void list_set_lengths(const struct table *t, uint8_t *head, size_t n, size_t last, size_t value);
struct table_heading *list_heading(struct table *t, uint64_t id); /* NULL when there is none */
/* The first visible row whose key is not below; `after`: that is above. */
size_t list_bound(const struct table *t, struct bytes key, bool after);
status list_place(const struct table *t, const struct list_row *r, struct table_place *to) MUST;

/* The row as the columns have it, in `arena`. */
status table_make_row(struct table *t, struct table_row *r, struct arena *arena, struct bag *row) MUST;
/* A bookmark of a place, which it takes over; also when it fails. */
status table_mark_place(struct table *t, struct table_place *place, uint32_t *bookmark) MUST;

#endif
