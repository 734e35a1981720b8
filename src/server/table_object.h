/*
 * Open tables of all kinds ([MS-OXCTABL]): of folders, messages, rules, permissions and attachments.  What each kind can be
 * asked is a table of its own here (3.2.5): what it cannot is ecNotSupported.
 */
#ifndef SERVER_TABLE_OBJECT_H
#define SERVER_TABLE_OBJECT_H

#include "server/rop_call.h"
#include "store/table.h"

enum table_content {
	TABLE_OF_FOLDERS = 1 << 0,
	TABLE_OF_MESSAGES = 1 << 1,
	TABLE_OF_RULES = 1 << 2,
	TABLE_OF_PERMISSIONS = 1 << 3,
	TABLE_OF_ATTACHMENTS = 1 << 4,
};
#define TABLE_OF_ANY 0x1Fu

/* TableFlags of the ROPs that open tables ([MS-OXCFOLD] 2.2.1.13, 2.2.1.14) */
enum table_open_flag {
	TABLE_FLAG_ASSOCIATED = 0x02,
	TABLE_FLAG_DEPTH = 0x04,
	TABLE_FLAG_DEFERRED_ERRORS = 0x08,
	TABLE_FLAG_NO_NOTIFICATIONS = 0x10,
	TABLE_FLAG_SOFT_DELETES = 0x20,
	TABLE_FLAG_USE_UNICODE = 0x40,
	TABLE_FLAG_SUPPRESSES_NOTIFICATIONS = 0x80,
};

struct table_object {
	struct object object;
	enum table_content content;
	struct table *table; /* of the store */
	uint64_t of;         /* the folder */
	bool unicode;        /* texts without a kind of their own come so */
	bool everywhere;     /* of all levels, or a search folder's: changes anywhere may change it */
	bool refused;        /* who opened it may not read its rows */
	bool viewed;         /* the client asked for something that needs rows: it is told when they change ([MS-OXCNOTIF] 3.1.4.3) */
	unsigned categories;
	struct watch *watch; /* NULL: the client refused notifications */
	uint32_t *columns;   /* owned; none before RopSetColumns */
	size_t n_columns;
};

/*
 * Takes over the table, also when it fails.  `parent` is what it is a table of; the reference is the caller's, for
 * rop_call_open.
 */
status table_object_new(struct object *parent, enum table_content content, struct table *table, uint64_t of, unsigned flags,
			struct table_object **out) MUST;
/* Rows that are at hand (rules, permissions, attachments), as such an object. */
status table_object_of_rows(struct object *parent, enum table_content content, const struct bag *rows, size_t n, unsigned flags,
			    struct table_object **out) MUST;

/* Tells the client of changes from now on, unless it refused that (TABLE_FLAG_NO_NOTIFICATIONS). */
status table_object_watch(struct table_object *t, bool associated, unsigned flags) MUST;

/* The table of a call; ecNotSupported when it is none of `contents`. */
status table_object_of(struct rop_call *c, unsigned contents, struct table_object **out) MUST;
/* The same, for an operation that makes a view of the table. */
status table_object_view(struct rop_call *c, unsigned contents, struct table_object **out) MUST;
/* And its columns are set: else ecNullObject. */
status table_object_ready(struct rop_call *c, unsigned contents, struct table_object **out) MUST;

/*
 * Rows as they travel, as many as fit into the call's room; *taken is how many.  ecBufferTooSmall when there are rows and not
 * even the first fits.
 */
status table_object_put_rows(struct rop_call *c, struct table_object *t, struct table_rows *rows, struct buf *out, size_t *taken) MUST;

/* A row's place, for notifications. */
struct table_place_of_row {
	uint32_t instance;
	/* The row before it, ids as on the wire; zeros: it is the first. */
	uint64_t after_folder, after_message;
	uint32_t after_instance;
	struct bytes data; /* the row itself */
};
/*
 * Where the row of a message or folder is (`id` as in the store); *there: it is in the table.  The cursor stays where it is.  The mailbox is
 * locked.
 */
status table_object_locate(struct table_object *t, uint64_t id, struct arena *arena, struct table_place_of_row *out, bool *there) MUST;

/* Bookmarks on the wire are the number that the table gave them. ecInvalidBookmark: it is none. */
status table_object_bookmark(struct bytes wire, uint32_t *bookmark) MUST;
status table_object_put_bookmark(struct rop_call *c, uint32_t bookmark, struct bytes *wire) MUST;

#endif
