/*
 * Messages of the store as they are given to a client: which of their properties, as which kind of text, with recipients and
 * attachments or without ([MS-OXCFXICS] 2.2.4.3.9 messageContent, 3.2.5.8.1).
 */
#ifndef SERVER_FAST_MESSAGE_H
#define SERVER_FAST_MESSAGE_H

#include "server/fast_stream.h"
#include "store/message_groups.h"

/* Which properties go; ids from 0x8000 are known by their names. */
struct fast_filter {
	bool only;              /* those that are listed; else all but them */
	uint8_t ids[0x8000 / 8]; /* bits, of ids below 0x8000 */
	struct prop_name *names;
	size_t n_names;
	bool any;               /* something is listed */
};

/* `names` is the mailbox's. Texts of names live in `arena`. */
status fast_filter_set(struct fast_filter *f, bool only, const uint32_t *tags, size_t n, const struct name_map *names, struct arena *arena) MUST;
bool fast_filter_passes(const struct fast_filter *f, uint32_t tag, const struct prop_name *name /* NULL: it has none */);

/* In which form texts go ([MS-OXCFXICS] 3.2.5.8.1.1: Unicode, ForceUnicode and UseCpid of SendOptions). */
enum fast_text {
	TEXT_CODEPAGE,     /* none of them: in the client's code page */
	TEXT_AS_STORED,    /* Unicode */
	TEXT_UNICODE,      /* ForceUnicode */
	TEXT_CPID,         /* UseCpid: as they are stored, the type names the code page */
	TEXT_CPID_UNICODE, /* UseCpid and ForceUnicode */
};
/* SendOptions 2.2.3.1.1.1.2 */
enum send_option { SEND_UNICODE = 1, SEND_USE_CPID = 2, SEND_RECOVER_MODE = 4, SEND_FORCE_UNICODE = 8, SEND_PARTIAL_ITEM = 16 };
/* Two more are reserved, and ignored. */
#define SEND_KNOWN 0x7F
enum fast_text fast_text_of(uint8_t send_options);
/* A property in that form. */
status fast_put_as(struct fast_stream *s, const struct prop *p, const struct name_map *names, enum fast_text text, unsigned codepage) MUST;

struct fast_message {
	const struct fast_filter *filter; /* NULL: everything */
	bool no_recipients, no_attachments;
	bool no_embedded; /* of an attachment: without the message that is in it */
	bool no_identity; /* ids and versions were said before, or shall not be said (message_tag_is_identity) */
	bool del_props;   /* MetaTagFXDelProp before recipients and attachments: they replace what the client has */
	uint32_t groups;  /* only these (enum message_group, as bits), each behind its index: what messageChangePartial has after its header; 0: all */
	enum fast_text text;
	unsigned codepage; /* of TEXT_CODEPAGE, and of texts of 8 bits that say nothing else */
	status (*begin)(void *context, const struct message_info *info); /* puts what stands before it; may be NULL */
	void *context;
};

/* Puts messageContent. *info is that of the message; its texts live in the stream's arena. */
status fast_put_message(struct fast_stream *s, struct mailbox *m, uint64_t id, const struct fast_message *how, struct message_info *info) MUST;

#endif
