/* When the oldest and the newest message of a folder came. */
#ifndef STORE_FOLDER_TIMES_H
#define STORE_FOLDER_TIMES_H

#include "store/mailbox.h"

/* FILETIMEs, by the index of a folder's messages; 0: there is none. Neither associated messages nor deleted ones. */
status folder_times(struct mailbox *m, uint64_t folder, uint64_t *oldest, uint64_t *newest) MUST;

#endif
