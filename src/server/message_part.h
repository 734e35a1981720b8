/*
 * What a message holds, as a tree in memory: properties, recipients, attachments and what is embedded in them.
 *
 * The parts are counted, and one that more than one refers to is not changed: who wants to write makes it their own first
 * (message_part_own).  So an attachment that a client opened, changed and did not save costs a copy of itself alone.
 */
#ifndef SERVER_MESSAGE_PART_H
#define SERVER_MESSAGE_PART_H

#include "server/property_set.h"

/* [MS-OXCMSG] 3.2.5.13 ecMaxAttachmentExceeded beyond it; recipients beyond theirs are ecTooBig. */
#define MESSAGE_ATTACHMENTS_MAX 2048u
#define MESSAGE_RECIPIENTS_MAX 65535u

struct recipient {
	uint32_t row_id; /* PidTagRowid */
	struct property_set props;
};

struct message_part;

struct attachment_part {
	unsigned references;
	uint32_t number; /* PidTagAttachNumber */
	struct property_set props;
	struct message_part *embedded; /* NULL: none */
};

struct message_part {
	unsigned references;
	struct property_set props;
	struct recipient *recipients; /* by rising row_id */
	size_t n_recipients, cap_recipients;
	struct attachment_part **attachments; /* by rising number */
	size_t n_attachments, cap_attachments;
	uint32_t next_number;
};

status message_part_new(struct message_part **out) MUST;
struct message_part *message_part_ref(struct message_part *p);
void message_part_unref(struct message_part *p); /* NULL is fine */
/* *p becomes one that nobody else has. */
status message_part_own(struct message_part **p) MUST;
/* Memory, with all that is in it. */
size_t message_part_cost(const struct message_part *p);
/* Is there a value that stands in the mailbox and not here? */
bool message_part_has_big(const struct message_part *p);

/* NULL when there is none. */
struct recipient *message_part_recipient(const struct message_part *p, uint32_t row_id);
/* The one of that row, without properties; it is made when there is none. ecTooBig. */
status message_part_set_recipient(struct message_part *p, uint32_t row_id, struct recipient **out) MUST;
void message_part_remove_recipient(struct message_part *p, uint32_t row_id);
void message_part_remove_recipients(struct message_part *p);
/* Of this PidTagRecipientType, their names with "; " between them, as UTF-16. */
status message_part_display(const struct message_part *p, uint32_t type, struct buf *out) MUST;

struct attachment_part *message_part_attachment(const struct message_part *p, uint32_t number);
/* In place of the one of its number, or new. Takes a reference of its own. */
status message_part_put_attachment(struct message_part *p, struct attachment_part *a) MUST;
bool message_part_remove_attachment(struct message_part *p, uint32_t number);
/* One that is not hidden: PidTagHasAttachments. */
bool message_part_has_attachments(const struct message_part *p);

status attachment_part_new(uint32_t number, struct attachment_part **out) MUST;
void attachment_part_unref(struct attachment_part *a); /* NULL is fine */
status attachment_part_own(struct attachment_part **a) MUST;
size_t attachment_part_cost(const struct attachment_part *a);
/* Bytes of its values, with those of what is embedded: PidTagAttachSize. */
uint64_t attachment_part_size(const struct attachment_part *a);
uint64_t message_part_size(const struct message_part *p);

/* Events --------------------------------------------------------------------------------------------------------------- */

/* message_begin ... message_end, for `depth` 0 with this id. */
status message_part_emit(const struct message_part *p, struct mailbox *m, uint64_t id, bool associated, unsigned depth,
			 struct item_sink *sink, struct item_result *result) MUST;

/* A sink for one message; ids from 0x8000 are the mailbox's. Its message_end answers OUTCOME_WRITTEN. */
struct part_builder;
status part_builder_new(struct part_builder **out) MUST;
struct item_sink *part_builder_sink(struct part_builder *b);
/* With message_outline. */
status part_builder_place(struct item_sink *sink, const struct prop *p, const struct message_large *where);
/* What was built, once; NULL before message_end. */
struct message_part *part_builder_take(struct part_builder *b);
/* Ready for another message. */
void part_builder_reset(struct part_builder *b);
void part_builder_free(struct part_builder *b); /* NULL is fine */
/* A message of the mailbox; the caller's reference. */
status message_part_read(struct mailbox *m, uint64_t id, struct message_part **out) MUST;

#endif
