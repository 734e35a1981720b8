/*
 * What all cmdlets on a site (store/site.h) share: the site, opened when the first of them needs it, and the table of
 * them.  A shell whose tables come from here has a struct site_context as its context.
 */
#ifndef SHELL_CMDLETS_SITE_H
#define SHELL_CMDLETS_SITE_H

#include "shell/cmdlet.h"
#include "store/site.h"

struct site_context {
	struct site *site; /* NULL until a cmdlet needs it; whoever made the context closes it */
	/* Sets `site`. The words say what to do where there is none. */
	status (*open)(struct site_context *x, struct reason *why);
};

/* Of the shell, open; the words of the call are set. */
status call_site(struct call *c, struct site **out) MUST;
status call_directory(struct call *c, struct directory **out) MUST;

/*
 * The tables for shell_new, made in the arena: cmdlets on objects of the directory are derived from its table of
 * attributes (shell/cmdlets/directory_cmdlet.h), all others stand in tables of their own files.
 */
status site_cmdlets(struct arena *a, const struct cmdlet *const *const **out) MUST;

/* One for each family; NULL-terminated. A new family is a line here and one in site.c. */
extern const struct cmdlet *const health_cmdlets[];
extern const struct cmdlet *const mailbox_statistics_cmdlets[], *const mailbox_permission_cmdlets[], *const access_permission_cmdlets[], *const mailbox_repair_cmdlets[],
	*const mailbox_recover_cmdlets[], *const mailbox_request_cmdlets[], *const mailbox_search_cmdlets[], *const public_folder_cmdlets[],
	*const public_permission_cmdlets[], *const public_mail_cmdlets[];

#endif
