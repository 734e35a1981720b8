/*
 * From a mailbox into a .pst: ids of folders and messages become numbers that a .pst takes over as its own, and ids with
 * which objects of the mailbox point at each other become such numbers too.
 */
#ifndef CLI_EXPORT_IDS_H
#define CLI_EXPORT_IDS_H

#include "mapi/item.h"
#include "store/mailbox.h"

struct export_ids;

/* Stands before a .pst writer that keeps ids. Mailbox and `next` stay the caller's. NULL without memory. */
struct export_ids *export_ids_new(struct mailbox *m, struct item_sink *next);
struct item_sink *export_ids_sink(struct export_ids *x);
void export_ids_free(struct export_ids *x); /* NULL is fine */

#endif
