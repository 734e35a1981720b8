/*
 * Messages of a mailbox: written and read as item events (mapi/item.h), so that what comes out is what went in.
 *
 * At rest a message is `propList messageChildren` of FastTransfer ([MS-OXCFXICS] 2.2.4.3.9), with a checksum; values of
 * more than ITEM_INLINE_MAX stand in pieces beside it.  What tables sort and filter by stands in columns.
 *
 * Everything that changes needs a transaction (mailbox_begin) and takes a new change number.  An id is a GLOBCNT; a
 * message that is moved gets a new one ([MS-OXCFXICS] 3.1.5.3: the old one is deleted there, the new one appears here).
 */
#ifndef STORE_MESSAGE_H
#define STORE_MESSAGE_H

#include "mapi/fingerprint.h"
#include "store/mailbox.h"

/* Of what stands in the body; large values are beside it. */
#define MESSAGE_BODY_MAX ((size_t)256 << 20)

/* PidTagMessageFlags [MS-OXCMSG] 2.2.1.6 */
#define MSGFLAG_READ 0x01u
#define MSGFLAG_UNMODIFIED 0x02u
#define MSGFLAG_SUBMIT 0x04u
#define MSGFLAG_UNSENT 0x08u
#define MSGFLAG_HASATTACH 0x10u
#define MSGFLAG_FROMME 0x20u
#define MSGFLAG_ASSOCIATED 0x40u
#define MSGFLAG_RESEND 0x80u
#define MSGFLAG_NOTIFY_READ 0x100u   /* somebody waits for a receipt */
#define MSGFLAG_NOTIFY_UNREAD 0x200u
#define MSGFLAG_EVER_READ 0x400u     /* set together with READ, and stays */

/* What is in the columns. */
struct message_info {
	uint64_t id, folder;
	uint64_t cn, read_cn; /* read_cn: of the last change of the read state alone; 0: none */
	bool associated, read, has_attachments;
	bool plain;       /* the body is the client's FastTransfer stream as it is: no private forms, attachments numbered */
	uint32_t flags;   /* PidTagMessageFlags, read state and attachments as they are now */
	uint64_t size;    /* of the body and the large values: PidTagMessageSize */
	uint64_t deleted; /* when it was deleted softly; 0: it is there */
	/* FILETIMEs; 0: the message has none. `modified` is always set, `received` when there is any time at all. */
	uint64_t received; /* PidTagMessageDeliveryTime, else submitted, else created or modified */
	uint64_t submitted, created, modified;
	uint32_t importance, sensitivity, flag_status;
	/* UTF-8, "" when there is none. */
	const char *class_name, *subject; /* PidTagSubject, without the marks of its prefix */
	const char *topic;                /* PidTagConversationTopic, else PidTagNormalizedSubject, else the subject without "RE: " */
	const char *sender, *to;          /* PidTagSentRepresentingName or PidTagSenderName; PidTagDisplayTo */
	const char *message_id;           /* PidTagInternetMessageId */
	struct bytes search_key;          /* PidTagSearchKey */
	struct bytes conversation;        /* PidTagConversationId [MS-OXOMSG] 2.2.1.2: of the index, else of the topic, also of none */
	struct bytes change_key;          /* empty: that of `cn` */
	struct bytes predecessors;        /* empty: the change key alone */
	struct bytes groups;              /* when which properties changed: store/message_groups.h */
	struct fingerprint fingerprint;   /* of all it held when it came, but whether it was read */
};

/* Writing ------------------------------------------------------------------------------------------------------ */

struct message_options {
	bool associated;
	uint64_t deleted;          /* it is in recoverable items since then; 0: it is not */
	struct bytes change_key, predecessors; /* to be kept; empty: those in its properties when `keep_versions` */
	bool keep_versions;        /* PidTagChangeKey and PidTagPredecessorChangeList of its properties hold */
	uint64_t replaces;         /* the id of the message whose content and properties become these; 0: a new one */
	uint64_t id;               /* of a new one: an id that mailbox_reserve_ids gave and nobody has; 0: any */
	const struct name_map *names; /* of the ids from 0x8000 in its properties; NULL: the mailbox's own */
	unsigned codepage;         /* of PT_STRING8 where the message does not say; 0: 1252 */
	const struct guid *store_key; /* of ids of its source (mapi/own_ids.h), which count by kind; NULL: there are none */
};

struct message_writer;

/* The transaction must stay open until message_writer_free. */
status message_writer_new(struct mailbox *m, uint64_t folder, const struct message_options *o, struct message_writer **out) MUST;
/* Takes message_begin ... message_end of one message; its message_end always answers OUTCOME_WRITTEN or OUTCOME_FAILED. */
struct item_sink *message_writer_sink(struct message_writer *w);
/* What it will be, after message_end and before message_writer_finish; texts live in the writer. */
status message_writer_info(struct message_writer *w, struct message_info *out) MUST;
/* It is there, within the transaction. After a failure nothing of it is. */
status message_writer_finish(struct message_writer *w, uint64_t *id) MUST;
/* For another message with the same options (but in this folder): cheaper than a new writer. */
void message_writer_again(struct message_writer *w, uint64_t folder, const struct message_options *o);
void message_writer_free(struct message_writer *w); /* what was not finished is not there; NULL is fine */

/* Reading ------------------------------------------------------------------------------------------------------- */

/* All of a message, message_begin ... message_end; ids of named properties are the mailbox's (mailbox_names). */
status message_emit(struct mailbox *m, uint64_t id, struct item_sink *sink, struct item_result *result) MUST;
/* Where a large value stands: good until the message is replaced or deleted. */
struct message_large {
	uint64_t content, seq, size;
	uint32_t checksum;
};
/*
 * As message_emit, but values that stand beside the body are not read: for each `place` is called, instead of
 * value_begin ... value_end.
 */
typedef status message_place(struct item_sink *sink, const struct prop *p, const struct message_large *where);
status message_outline(struct mailbox *m, uint64_t id, struct item_sink *sink, message_place *place,
		       struct item_result *result) MUST;
/* Up to n bytes from `at` on; *got < n only at its end. ecNotFound: it is not there any more. */
status message_large_read(struct mailbox *m, const struct message_large *l, uint64_t at, void *to, size_t n, size_t *got) MUST;
/* The properties of the message itself; large values are there with PROP_LARGE and their size. */
status message_props(struct mailbox *m, uint64_t id, struct bag *out) MUST;
/* One value whole, however large, in the bag's arena. ecNotFound when it has none. */
status message_value(struct mailbox *m, uint64_t id, uint16_t prop, struct arena *arena, struct prop *out) MUST;
/* Texts and bytes live in `arena`. Read is what who looks has read (mailbox_read_as), here and in what is emitted. */
status message_info(struct mailbox *m, uint64_t id, struct arena *arena, struct message_info *out) MUST;
/* The message with the lowest id above `after`; *out is 0 when there is none. `deleted`: those deleted softly. */
status message_next(struct mailbox *m, uint64_t folder, bool associated, bool deleted, uint64_t after, uint64_t *out) MUST;

/* Who has it already? The lowest id above `after`, in any folder, deleted ones too; *out is 0 when there is none. */
status message_by_fingerprint(struct mailbox *m, struct fingerprint f, uint64_t after, uint64_t *out) MUST;
status message_by_search_key(struct mailbox *m, struct bytes key, uint64_t after, uint64_t *out) MUST;
status message_by_message_id(struct mailbox *m, const char *message_id, uint64_t after, uint64_t *out) MUST;

/* Changing ------------------------------------------------------------------------------------------------------ */

/* Values must be at hand; ids are the mailbox's. Sets PidTagLastModificationTime unless it is given. */
status message_set(struct mailbox *m, uint64_t id, const struct bag *set, const uint16_t *remove, size_t n) MUST;
/* A version of another place, which the message is from then on; the list of predecessors has the change key in it. */
struct message_version {
	struct bytes change_key, predecessors;
};
status message_set_version(struct mailbox *m, uint64_t id, const struct bag *set, const uint16_t *remove, size_t n,
			   const struct message_version *version) MUST;
/*
 * The same, but it stays the version it is, with the time it was modified: what is no content of the message
 * ([MS-OXCMSG] 3.2.5.8: its status; 3.2.5.10: who waits for a receipt).
 */
status message_set_aside(struct mailbox *m, uint64_t id, const struct bag *set, const uint16_t *remove, size_t n) MUST;
/* For who looks (mailbox_read_as), or for all: then it takes a new read_cn when the state was another. */
status message_set_read(struct mailbox *m, uint64_t id, bool read) MUST;
/* `moved`, `copy`: the id it has there. Change key and predecessors go with it. */
status message_move(struct mailbox *m, uint64_t id, uint64_t folder, uint64_t *moved) MUST;
status message_copy(struct mailbox *m, uint64_t id, uint64_t folder, uint64_t *copy) MUST;

enum message_deletion {
	DELETE_SOFT, /* it can be restored; deleted already: ecNotFound */
	DELETE_HARD, /* it is gone */
};
status message_delete(struct mailbox *m, uint64_t id, enum message_deletion how) MUST;
/* Back, under the same id, into the folder it was in, or another. ecNotFound when it is not deleted. */
status message_restore(struct mailbox *m, uint64_t id, uint64_t folder /* 0: where it was */) MUST;

#endif
