/*
 * An item as it is made from mail, card or calendar, and how it becomes events.  Values that are large stand in a spool
 * and follow as chunks.
 */
#ifndef MIME_DRAFT_H
#define MIME_DRAFT_H

#include "mapi/item.h"
#include "mapi/propset.h"
#include "mime/part.h"

/* What a running source has. */
struct reading {
	struct item_sink *sink;
	struct reason *why;
	struct arena arena; /* of the items that are open; marked and rewound */
	struct spool *spool; /* likewise */
	struct name_map *names;
	unsigned parts_left; /* of the message at hand, with all that is embedded in it */
};

/* A value that follows the bag. */
struct later {
	uint32_t tag;
	struct extent data;
};

#define LATER_MAX 8

struct draft_object {
	struct bag props;
	struct later later[LATER_MAX];
	size_t later_count;
};

struct draft_recipient {
	struct draft_recipient *next;
	uint32_t type; /* 1: To, 2: Cc, 3: Bcc */
	uint32_t flags, track; /* PidTagRecipientFlags, PidTagRecipientTrackStatus; 0: neither is said */
	const char *name, *address; /* UTF-8; either may be NULL, not both */
};

struct draft_attachment {
	struct draft_attachment *next;
	struct bag props;
	struct extent data; /* as it stands; decoded when it is emitted */
	enum part_encoding encoding;
	bool is_message;
};

struct draft {
	struct reading *r;
	struct draft_object o;
	struct draft_recipient *recipients, **last_recipient;
	struct draft_attachment *attachments, **last_attachment;
	uint32_t recipient_count, attachment_count;
	unsigned depth;
	uint64_t id;
	bool parts_cut, recipients_cut; /* a limit was met: reported with the item */
	status failed; /* sticks: checked once, by draft_emit */
};

void draft_init(struct draft *d, struct reading *r, unsigned depth);

/* Setters for the message itself. Texts that are NULL or empty set nothing. */
void draft_text(struct draft *d, uint32_t tag, const char *utf8);
void draft_u32(struct draft *d, uint32_t tag, uint32_t v);
void draft_time(struct draft *d, uint32_t tag, uint64_t filetime); /* 0 sets nothing */
void draft_bool(struct draft *d, uint32_t tag, bool v);
void draft_bytes(struct draft *d, uint32_t tag, struct bytes v);
/* UTF-16LE or bytes that stand somewhere: in the bag when they are few, else they follow it. */
void draft_extent(struct draft *d, uint32_t tag, const struct extent *x);
/* The tag of a named property; one of those reading_names() knows, or it gets an id now. */
uint32_t draft_named(struct draft *d, const struct guid *set, uint32_t lid, uint16_t type);
uint32_t draft_string_named(struct draft *d, const struct guid *set, const char *name, uint16_t type);
/* PT_MV_UNICODE of these texts. */
void draft_list(struct draft *d, uint32_t tag, const char *const *texts, size_t n);

/* NULL, and the draft has failed, without memory. */
struct draft_recipient *draft_add_recipient(struct draft *d, uint32_t type, const char *name, const char *address);
struct draft_attachment *draft_add_attachment(struct draft *d);
void draft_drop_attachments(struct draft *d);

/* Emits message_begin to message_end. Its memory is the caller's to rewind. */
status draft_emit(struct draft *d) MUST;

/* Sender, SentRepresenting and the like: name, address, type, entry id and search key of somebody. */
struct person_tags {
	uint32_t name, type, email, smtp, entry_id, search_key;
};
extern const struct person_tags person_of_recipient, person_of_sender, person_of_representing;
void draft_person(struct draft *d, struct bag *props, const struct person_tags *tags, const char *name, const char *address);
/* The one-off entry id of an address [MS-OXCDATA] 2.2.5.1; empty without memory. */
struct bytes one_off_entry_id(struct arena *a, const char *name, const char *type, const char *email);

/* Ids for every name that this room sets, so that sinks know all of them from the beginning. NULL without memory. */
struct name_map *reading_names(void);

/* Reports about the object at hand. */
status reading_problem(struct reading *r, enum problem_kind kind, uint64_t id, status code, const char *text) MUST;

#endif
