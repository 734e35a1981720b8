/*
 * What cmdlets on the permissions of folders share: those of a mailbox (mailbox_permission.c) and public ones (public_permission.c).
 * Who is meant is the parameter User: Default, Anonymous, or anybody of the directory.
 */
#ifndef SHELL_CMDLETS_FOLDER_PERMISSION_H
#define SHELL_CMDLETS_FOLDER_PERMISSION_H

#include "shell/cmdlets/mailbox_open.h"

struct permission_noun {
	const char *noun; /* "MailboxFolderPermission" */
	struct object_type type;
	bool has_set;     /* there is a Set- of it; else Add- gives more rights to who has some */
};

enum permission_change { PERMISSION_ADD, PERMISSION_SET, PERMISSION_REMOVE };

/* Emits all entries of o->folder, or that of -User. */
status folder_permissions_get(struct call *c, const struct permission_noun *n, struct open_mailbox *o) MUST;
/* The parameter AccessRights: roles and rights, put together. *good: false when one is none, which was reported. */
status folder_permission_rights(struct call *c, uint32_t *out, bool *good) MUST;
/* After it has asked. PERMISSION_REMOVE: takes these rights away, all when they are 0; who has none left is taken out of the list. */
status folder_permission_change(struct call *c, const struct permission_noun *n, enum permission_change what, uint32_t rights,
				struct open_mailbox *o) MUST;

#endif
