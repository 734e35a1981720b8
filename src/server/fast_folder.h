/*
 * Folders and messages of them as streams ([MS-OXCFXICS] 2.2.4.3.6 folderContent, 2.2.4.3.10 messageList, 2.2.4.3.20 topFolder).
 */
#ifndef SERVER_FAST_FOLDER_H
#define SERVER_FAST_FOLDER_H

#include "server/fast_message.h"
#include "server/logon.h"

struct fast_folder;

struct fast_folder_options {
	uint64_t folder;
	enum { FAST_MESSAGES, FAST_TOP_FOLDER, FAST_FOLDER_CONTENT } what;
	const uint64_t *ids; /* of FAST_MESSAGES; copied */
	size_t n_ids;
	bool subfolders;     /* of FAST_TOP_FOLDER */
	bool level;          /* of FAST_FOLDER_CONTENT: the properties alone */
	bool entry_ids;      /* SendEntryId: versions and source keys of messages too */
	bool move;           /* what cannot be deleted is left out too */
	struct object *object; /* the folder, for what it computes; must stand.  NULL: only what is stored */
	enum fast_text text;
	unsigned codepage;
};

/* `filter` (copied) is for the folder itself: its properties, its messages, associated messages and subfolders. */
status fast_folder_new(struct logon *l, const struct fast_folder_options *o, const struct fast_filter *filter, struct fast_folder **out) MUST;
/* The producer and what frees its context. */
status fast_folder_more(void *context, struct mailbox *m, struct fast_stream *s);
void fast_folder_free(void *context);

#endif
