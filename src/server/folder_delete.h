/* Deleting what is in folders, and folders, as far as whoever asks may ([MS-OXCFOLD] 3.2.5.3, 3.2.5.9 to 3.2.5.12). */
#ifndef SERVER_FOLDER_DELETE_H
#define SERVER_FOLDER_DELETE_H

#include "server/logon.h"
#include "store/message.h"

/*
 * All in the transaction that is open.  What may not be deleted stays, and *partial becomes true.
 *
 * A folder that is deleted softly takes nothing with it: its messages stay recoverable, in the folder of recoverable items.
 */
status folder_delete_tree(struct logon *l, uint64_t id, bool hard, bool *partial) MUST;
/* Messages and subfolders; associated messages too when `associated`. */
status folder_delete_contents(struct logon *l, uint64_t id, bool hard, bool associated, bool *partial) MUST;
/* One message of a folder; a search folder has those it found. */
status folder_delete_message(struct logon *l, uint64_t folder, uint64_t message, bool hard, bool *partial) MUST;

#endif
