/*
 * Folders of a mailbox.
 *
 * Names are unique within a parent, the case of ASCII letters aside, UTF-8, 1 to FOLDER_NAME_MAX bytes.  Counters are
 * those of the messages that are there (what is deleted softly counts apart), change with them in one transaction, and
 * can be recounted by check.  Everything that changes needs a transaction (mailbox_begin).
 */
#ifndef STORE_FOLDER_H
#define STORE_FOLDER_H

#include "store/mailbox.h"

#define FOLDER_NAME_MAX 1024u /* bytes */
#define FOLDER_DEPTH_MAX 128u
/* Properties of one folder, all together. */
#define FOLDER_PROPERTIES_MAX ((size_t)64 << 20)

struct folder {
	uint64_t id, parent; /* the root is its own parent */
	enum mailbox_role role;
	bool is_search;
	bool touched;                  /* properties were set or it was renamed: not just as every mailbox has it */
	const char *name, *class_name; /* UTF-8; class "IPF.Note" */
	uint64_t cn;
	uint64_t created, modified; /* FILETIMEs */
	uint64_t items, unread, associated, size; /* unread: of a mailbox that is one person's (folder_unread) */
	uint64_t deleted_items, deleted_size; /* softly, to be restored */
	uint64_t children;
	struct bytes change_key;   /* empty: it is that of `cn` */
	struct bytes predecessors; /* empty: the change key alone */
};

/* ecNotFound when there is none. Texts and bytes live in `arena`. */
status folder_get(struct mailbox *m, uint64_t id, struct arena *arena, struct folder *out) MUST;
/* The messages that whoever looks has not read (mailbox_read_as): in public folders they are counted, else it costs nothing. */
status folder_unread(struct mailbox *m, const struct folder *f, uint64_t *n) MUST;
status folder_by_role(struct mailbox *m, enum mailbox_role role, uint64_t *id) MUST;
/* By name, the case of ASCII letters aside. */
status folder_by_name(struct mailbox *m, uint64_t parent, const char *name, uint64_t *id) MUST;
/* By a path from the IPM subtree, "Inbox/Projects"; a "/" within a name is written "\\/". */
status folder_by_path(struct mailbox *m, const char *path, uint64_t *id) MUST;
/* The child with the lowest id above `after`; *out is 0 when there is none. */
status folder_next_child(struct mailbox *m, uint64_t parent, uint64_t after, uint64_t *out) MUST;
/* The folder with the lowest id above `after`, of all; *out is 0 when there is none. */
status folder_next(struct mailbox *m, uint64_t after, uint64_t *out) MUST;

struct folder_options {
	const char *class_name; /* NULL: that of the parent */
	bool is_search;
	struct bytes change_key, predecessors; /* to be kept, when given */
	uint64_t id;            /* one that mailbox_reserve_ids gave and nobody has; 0: any */
};

/* "Name (2)", or the first number that no folder in `parent` has. ecDuplicateName: none is free. */
status folder_free_name(struct mailbox *m, uint64_t parent, const char *name, char out[static FOLDER_NAME_MAX]) MUST;
/* ecDuplicateName when the parent has one of that name. `o` may be NULL. */
status folder_create(struct mailbox *m, uint64_t parent, const char *name, const struct folder_options *o, uint64_t *id) MUST;
status folder_rename(struct mailbox *m, uint64_t id, const char *name) MUST;
/* ecInvalidParam when it would come to stand within itself; folders with a role are ecAccessDenied. */
status folder_move(struct mailbox *m, uint64_t id, uint64_t parent) MUST;
/* Moved and renamed at once: only the new name has to be free, and only there. */
status folder_move_as(struct mailbox *m, uint64_t id, uint64_t parent, const char *name) MUST;
/* With its messages; with what is below when `deep`. `name` NULL: the same name. */
status folder_copy(struct mailbox *m, uint64_t id, uint64_t parent, const char *name, bool deep, uint64_t *copy) MUST;
/* With all that is in it, for good; folders with a role are ecAccessDenied. */
status folder_delete(struct mailbox *m, uint64_t id) MUST;

/*
 * Every property that was set, the name (PidTagDisplayName) and class (PidTagContainerClass) among them; counters and
 * ids are not (they are in struct folder).  The values live in the bag's arena, also long ones.
 */
status folder_props(struct mailbox *m, uint64_t id, struct bag *out) MUST;
/* Values must be at hand. PidTagDisplayName renames, PidTagContainerClass sets the class. */
status folder_set(struct mailbox *m, uint64_t id, const struct bag *set, const uint16_t *remove, size_t n) MUST;
/* What a search folder looks for, as a bag of properties; an empty bag: nothing. */
status folder_criteria(struct mailbox *m, uint64_t id, struct bag *out) MUST;
status folder_set_criteria(struct mailbox *m, uint64_t id, const struct bag *criteria) MUST;

#endif
