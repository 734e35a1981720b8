/* What the files about folders share. */
#ifndef STORE_FOLDER_PRIVATE_H
#define STORE_FOLDER_PRIVATE_H

#include "store/folder.h"
#include "store/mailbox_private.h"

struct folder_row {
	uint64_t id, parent;
	enum mailbox_role role;
	bool is_search;
	const char *name, *class_name;
	struct bytes change_key, predecessors;
	struct bytes properties, criteria;
};

/* Takes a new change number, and the clock for its times. A name that is there is ecDuplicateName. */
status folder_insert(struct mailbox *m, const struct folder_row *f) MUST;
/* ecInvalidParam for one that no folder can have. */
status folder_check_name(struct mailbox *m, const char *name) MUST;
/* A new change number for a folder that changed, its version, its time of change. */
status folder_changed(struct mailbox *m, const struct folder *f, enum mailbox_change_kind kind, uint64_t parent) MUST;
/* The folder, and that it may be changed at all: ecNotFound, ecInvalidParam without a transaction. */
status folder_to_change(struct mailbox *m, uint64_t id, struct arena *arena, struct folder *out) MUST;
/* The name's columns; the new version is the caller's business. */
status folder_set_name(struct mailbox *m, uint64_t id, const char *name) MUST;
/* The name it was imported with is not its name any more. */
status folder_forget_name(struct mailbox *m, uint64_t id) MUST;
/* Is it `outer`, or below it? */
status folder_is_within(struct mailbox *m, uint64_t id, uint64_t outer, bool *within) MUST;

/* The column of properties, as it is. The new version is the caller's business. */
status folder_stored_props(struct mailbox *m, uint64_t id, struct bag *out) MUST;
status folder_put_props(struct mailbox *m, uint64_t id, const struct bag *props) MUST;

/* A list of properties that says the class. */
status folder_class_list(struct mailbox *m, const char *class_name, struct arena *arena, struct bytes *out) MUST;

/* The "folder" of tombstones of folders. */
#define FOLDER_TOMBSTONES 0u

#endif
