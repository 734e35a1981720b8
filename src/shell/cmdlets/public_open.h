/*
 * What cmdlets on public folders share: the public folder store, opened, and which folder of it.
 *
 * A folder is "\Marketing\Reports", as the Exchange cmdlets write it; "\" is the top of what people see, "\NON_IPM_SUBTREE" what they
 * do not.  An object that came through the pipe and has an EntryId is that folder, whatever it is called.
 */
#ifndef SHELL_CMDLETS_PUBLIC_OPEN_H
#define SHELL_CMDLETS_PUBLIC_OPEN_H

#include "shell/cmdlets/mailbox_open.h"
#include "store/public_folders.h"

struct open_public {
	struct open_mailbox open; /* `folder`, `path` and `where` (the path too) of public_open_folder */
	uint64_t places[PUBLIC_PLACES];
};

/* Of the parameters that name a folder. */
#define PUBLIC_FOLDER_HELP "The folder: \\Marketing\\Reports; \\ is the top."

/* The store; `make`: a new one when there is none. open.mailbox NULL: it could not be opened, which has been reported. */
status public_open(struct call *c, bool make, struct open_public *out) MUST;
/* The store, and the folder that a parameter names; NULL: not given, the top. `in`: what came through the pipe. */
status public_open_folder(struct call *c, const char *parameter, const struct value *in, bool make, struct open_public *out) MUST;
void public_open_release(struct open_public *p);
#define CLEANUP_OPEN_PUBLIC __attribute__((cleanup(public_open_release)))

/* Its path; NULL without memory, or when the folders are damaged. */
const char *public_path(struct open_public *p, uint64_t folder, struct arena *arena);
/* Is it one of those that every store has, and nobody renames or removes? */
bool public_is_place(const struct open_public *p, uint64_t folder);
/* The next one in the order in which folders are listed: each before those below it; *id 0: there is none. `top` is where it began. */
status public_next(struct open_public *p, uint64_t top, uint64_t *id) MUST;
/* A path as the directory knows its folder, by its entry id; *out NULL: reported. Lives in c->item. */
status public_identity(struct call *c, const char *path, const char **out) MUST;
/* Paths for completion. */
parameter_words public_complete;

#endif
