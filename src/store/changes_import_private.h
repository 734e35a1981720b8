/* What the import of messages and that of folders share. */
#ifndef STORE_CHANGES_IMPORT_PRIVATE_H
#define STORE_CHANGES_IMPORT_PRIVATE_H

#include "rop/xid.h"
#include "store/changes_import.h"
#include "store/mailbox_private.h"

struct known_version {
	struct xid key;
	struct pcl list; /* the key in it */
	uint64_t modified;
};

/* What a client says; ecInvalidParam. */
status import_read_version(struct mailbox *m, const struct import_version *v, struct arena *arena,
			   struct known_version *out) MUST;
/* What the mailbox has. */
status import_known_version(struct mailbox *m, struct bytes key, struct bytes list, uint64_t cn, uint64_t modified,
			    struct arena *arena, struct known_version *out) MUST;
/* The key of a version, with a list. */
status import_encode(struct mailbox *m, const struct known_version *key, const struct pcl *list, struct arena *arena,
		     struct bytes *change_key, struct bytes *predecessors) MUST;
/* Adds the change numbers above `before`. */
status import_own(struct mailbox *m, uint64_t before, struct idset *seen) MUST;
/* Something that a client deleted and that was never here is remembered as gone, so that nobody brings it later. */
status import_never_was(struct mailbox *m, uint64_t folder, uint64_t id) MUST;
status import_take_away(struct mailbox *m, struct sync_state *state, uint64_t id) MUST;
/* Has a query with two parameters a row? */
status import_look_for(struct mailbox *m, const char *query, uint64_t a, uint64_t b, bool *found) MUST;

#endif
