/*
 * What cmdlets on the contents of mailboxes share: whose mailbox, opened; which folder of it.
 *
 * A folder is "alice:\Inbox\Projects" or "alice\Inbox\Projects", as the Exchange cmdlets write it: a mailbox by any of
 * its names, then the path from what people see as the top; a mailbox alone is its top.
 */
#ifndef SHELL_CMDLETS_MAILBOX_OPEN_H
#define SHELL_CMDLETS_MAILBOX_OPEN_H

#include "shell/cmdlets/site.h"
#include "store/folder.h"

struct open_mailbox {
	struct site *site;
	struct mailbox *mailbox;  /* NULL: it could not be opened, which has been reported */
	struct arena arena;       /* of what follows; lives as long as this */
	const struct directory_object *person; /* as Mailbox */
	struct guid guid;
	const char *name;         /* of the person */
	uint64_t folder;          /* of mailbox_open_folder */
	const char *path;         /* "\Inbox\Projects"; "\" is the top */
	const char *where;        /* "Alice:\Inbox\Projects": the folder as people are told of it */
};

/* The mailbox that a parameter names (what came through the pipe is taken by its GUID). A failure is to be returned. */
status mailbox_open_named(struct call *c, const char *parameter, const struct value *in, struct open_mailbox *out) MUST;
/* By an identity in words. */
status mailbox_open_by(struct call *c, const char *identity, struct open_mailbox *out) MUST;
/* The mailbox and the folder that a parameter names. */
status mailbox_open_folder(struct call *c, const char *parameter, struct open_mailbox *out) MUST;
void mailbox_open_release(struct open_mailbox *o);
#define CLEANUP_OPEN_MAILBOX __attribute__((cleanup(mailbox_open_release)))

/* Reports a failure of the mailbox that is open; 0: go on. */
status mailbox_report(struct call *c, const struct open_mailbox *o, status code) MUST;
/* "Inbox", "User Created" ...: FolderType. */
const char *mailbox_folder_type(const struct folder *f);
/* The folder of a path like "Inbox\Projects" or "\Inbox\Projects"; `make`: with what is missing of it. */
status mailbox_path_folder(struct open_mailbox *o, const char *path, bool make, uint64_t *folder) MUST;
/* "\Inbox\Projects", of any folder; below the root "\<root>\...". NULL without memory, or when the folders are damaged. */
const char *mailbox_folder_path(struct open_mailbox *o, uint64_t folder, struct arena *arena);

#endif
