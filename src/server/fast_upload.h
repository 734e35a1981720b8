/*
 * A FastTransfer stream that a client sends, into what it is sent to: a message or attachment that is open, messages or folders
 * of a folder ([MS-OXCFXICS] 2.2.4.3, 3.2.5.8.2).  The bytes come in pieces of any size; every one of them is hostile.
 *
 * In a transaction: names of properties that the mailbox does not have yet are made, folders and messages are stored.
 */
#ifndef SERVER_FAST_UPLOAD_H
#define SERVER_FAST_UPLOAD_H

#include "server/logon.h"

struct fast_upload;

/* What the root element of the stream is (SourceOperation 2.2.3.1.2.1.1). */
enum fast_upload_root {
	UPLOAD_CONTENT,      /* messageContent, attachmentContent, folderContent: by the kind of the target */
	UPLOAD_MESSAGE_LIST, /* into a folder */
	UPLOAD_TOP_FOLDER,   /* into a folder, which becomes its parent */
};

/* `target` is a message, attachment or folder object; it is counted. ecInvalidParam: a root that it cannot have. */
status fast_upload_new(struct object *target, enum fast_upload_root root, struct fast_upload **out) MUST;
void fast_upload_free(struct fast_upload *u); /* what is not complete is left out; NULL is fine */
/* The next piece. ecCorruptData: no stream of this kind; failures stick. */
status fast_upload_put(struct fast_upload *u, struct bytes piece, struct reason *why) MUST;

#endif
