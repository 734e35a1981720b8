/*
 * Public folders that have addresses: an object of the directory (MailPublicFolder) beside the folder.
 *
 * The object says which folder it is by the folder's entry id ([MS-OXCDATA] 2.2.4.1), in hexadecimal digits, so it keeps its folder
 * when that is renamed or moved; the folder says which object it has by PidTagAddressBookEntryId ([MS-OXCFOLD] 2.2.2.2.1.4), for
 * clients.  What counts is the object.  The two are in different databases: an object is made before and removed before its folder
 * says so, and one whose folder is gone is removed by the next sweep.
 */
#ifndef STORE_PUBLIC_MAIL_H
#define STORE_PUBLIC_MAIL_H

#include "store/directory.h"
#include "store/mailbox.h"

#define PUBLIC_ENTRYID_SIZE 46u

/* The folder's entry id, as EntryId has it. In `arena`. */
status public_mail_entryid(struct mailbox *m, uint64_t folder, struct arena *arena, const char **out, struct reason *why) MUST;
/* The other way round, of `m`: false when it is no entry id, or one of another store. */
bool public_mail_folder(struct mailbox *m, const char *entryid, uint64_t *folder);
/* The object of a folder; ecNotFound: it has no addresses. */
status public_mail_find(struct directory *d, struct mailbox *m, uint64_t folder, struct arena *arena, const struct directory_object **out,
			struct reason *why) MUST;
/*
 * Gives addresses to a folder of the public folder store: name, alias, addresses and legacyExchangeDN are made up from what it is
 * called; `settings` are set besides.  ecDuplicateName: it has some.
 */
status public_mail_enable(struct directory *d, struct mailbox *m, uint64_t folder, const struct directory_setting *settings, size_t n, uint64_t *id,
			  struct reason *why) MUST;
/* Takes them away; the folder stays. ecBusy: something refers to it (directory_remove). */
status public_mail_disable(struct directory *d, struct mailbox *m, const struct directory_object *o, struct reason *why) MUST;
/*
 * Removes the objects of folders of `m` that are gone; those that something else needs stay, and what is sent to them comes back.
 * Called whenever folders of the public folder store were deleted.
 */
status public_mail_sweep(struct directory *d, struct mailbox *m, struct reason *why) MUST;

#endif
