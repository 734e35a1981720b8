/* A .pst or .ost into a mailbox, and a mailbox into a .pst: what the requests of New-MailboxImportRequest and its like do. */
#ifndef SHELL_CMDLETS_MAILBOX_TRANSFER_H
#define SHELL_CMDLETS_MAILBOX_TRANSFER_H

#include "store/mailbox.h"
#include "store/request.h"

/*
 * Fills in how it went: state, counts, why, ledger (texts in `arena`).  `folder` 0: all.  A file that is damaged is searched
 * through for what is there.  0 also when something is missing: the state says so.
 */
status mailbox_import_file(struct mailbox *m, const char *file, uint64_t folder, struct arena *arena, struct request *out, struct reason *why) MUST;
/* Refuses a file that is there. */
status mailbox_export_file(struct mailbox *m, const char *file, uint64_t folder, const char *display_name, struct arena *arena,
			   struct request *out, struct reason *why) MUST;

#endif
