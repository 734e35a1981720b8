/*
 * Open messages, attachments and embedded messages as the client sees them: what is stored, with the client's changes
 * over it until they are saved ([MS-OXCMSG] 3.2.1).
 */
#ifndef SERVER_MESSAGE_OBJECT_H
#define SERVER_MESSAGE_OBJECT_H

#include "mapi/item.h"
#include "server/logon.h"

struct message_object;    /* object.kind OBJECT_MESSAGE */
struct attachment_object; /* OBJECT_ATTACHMENT */

/* Of a stored message; `id` as in the store. ecNotFound. Rights are checked by the caller. */
status message_object_open(struct logon *l, struct object *folder, uint64_t folder_id, uint64_t id, bool writable,
			   struct message_object **out) MUST;
/* A new one, not stored before it is saved. */
status message_object_new(struct logon *l, uint64_t folder_id, bool associated, struct message_object **out) MUST;
struct object *message_object_base(struct message_object *m);
/* Of its texts of 8 bits, as who opened it said; 0: that of the logon. ecUnknownCodePage. */
#define ecUnknownCodePage 0x000003EFu
status message_object_set_codepage(struct message_object *m, unsigned codepage) MUST;
/* The same for any object: an attachment has its message's, others that of the logon. Never 0. */
unsigned object_codepage(const struct object *o);
struct message_object *message_object_of(struct object *o); /* o->kind is OBJECT_MESSAGE */
uint64_t message_object_id(const struct message_object *m); /* 0: not saved yet */
bool message_object_associated(const struct message_object *m);
bool message_object_embedded(const struct message_object *m);
bool message_object_writable(const struct message_object *m);
/* Of a message that was saved before, something was set that clients only read: a client cannot save it through this handle. False: it is new, or an upload. */
bool message_object_spoil(struct message_object *m);
bool message_object_spoilt(const struct message_object *m);
/* Its content now, to be read; and to be changed: `structure` says that recipients or attachments will be other ones. */
struct message_part;
const struct message_part *message_object_part(const struct message_object *m);
status message_object_change(struct message_object *m, bool structure, struct message_part **out) MUST;
/* After changes that message_object_change was asked for: counts the memory. ecMemory. */
status message_object_changed(struct message_object *m) MUST;
/* Everything that a client can say of it goes, and recipients and attachments: a client is about to say it anew. */
status message_object_purge(struct message_object *m) MUST;
/* After recipients were changed: PidTagDisplayTo, ...Cc and ...Bcc. */
status message_display_settle(struct message_object *m) MUST;
/* As it is stored now, all changes forgotten. ecNotFound: it is not there any more. */
status message_object_reload(struct message_object *m) MUST;

/* All of it, with the client's changes, as item events: message_begin ... message_end. */
status message_object_emit(struct message_object *m, struct item_sink *sink) MUST;
/* A sink for one message whose events replace everything the object has (uploads). */
status message_object_sink(struct message_object *m, struct item_sink **out) MUST;

/* How it is to be stored when that is not just "now, as a new version". */
struct message_save {
	const struct message_options *options; /* versions and id of an upload; NULL: none */
	bool force;                            /* over another's change: ForceSave */
};
#define ecObjectModified 0x80040109u
#define ecObjectDeleted 0x8004010Au
/*
 * In a transaction of its own (or the one that is open).  ecObjectModified: changed by somebody else meanwhile; the id is
 * message_object_id afterwards.  Notifications follow from the mailbox's commit.
 */
status message_object_save(struct message_object *m, const struct message_save *how) MUST;

/*
 * A version that a client made while it was away ([MS-OXCFXICS] 3.2.5.9.4.2): the next save asks how it is to be kept.
 */
struct message_import_ops {
	/* In the transaction of the save. *discard: it is not kept, but the save succeeds. */
	status (*prepare)(void *context, struct mailbox *m, struct message_options *o, bool *discard);
	/* After it was written, or discarded; still in the transaction. */
	status (*written)(void *context, struct mailbox *m);
	void (*free)(void *context);
};
/* Takes over the context. */
void message_object_import(struct message_object *m, const struct message_import_ops *ops, void *context);

/* Attachments. `number` is PidTagAttachNumber. */
struct attachment_object *attachment_object_of(struct object *o);
struct object *attachment_object_base(struct attachment_object *a);
uint32_t attachment_object_number(const struct attachment_object *a);
bool attachment_object_writable(const struct attachment_object *a);
void attachment_object_set_writable(struct attachment_object *a, bool writable);
/* As message_object_spoil: of an attachment that is in its message already. */
bool attachment_object_spoil(struct attachment_object *a);
bool attachment_object_spoilt(const struct attachment_object *a);
struct attachment_part;
const struct attachment_part *attachment_object_part(const struct attachment_object *a);
status attachment_object_change(struct attachment_object *a, struct attachment_part **out) MUST;
status attachment_object_changed(struct attachment_object *a) MUST;
status attachment_object_open(struct message_object *m, uint32_t number, bool writable, struct attachment_object **out) MUST;
#define ecMaxAttachmentExceeded 0x000004DBu
status attachment_object_new(struct message_object *m, struct attachment_object **out, uint32_t *number) MUST;
/* Into its message, which is to be saved too. */
status attachment_object_save(struct attachment_object *a) MUST;
/* Gone from the message once that is saved. ecNotFound. */
status attachment_object_delete(struct message_object *m, uint32_t number) MUST;
/* Its embedded message; `create`: makes one. ecNotFound when there is none. */
status attachment_object_embedded(struct attachment_object *a, bool create, bool writable, struct message_object **out) MUST;

#endif
