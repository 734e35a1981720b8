/*
 * A stored message as the bytes of its FastTransfer stream, token by token, so that it is given to a client as it lies in the
 * mailbox: `propList messageChildren` ([MS-OXCFXICS] 2.2.4.3.9).
 */
#ifndef STORE_MESSAGE_TOKENS_H
#define STORE_MESSAGE_TOKENS_H

#include "rop/fasttransfer.h"
#include "store/message.h"

struct message_token {
	uint32_t marker;       /* enum ft_marker; 0: a property */
	struct prop prop;      /* without its value when that is large; the id is that of the stream */
	bool named;            /* `name` is what the id stands for */
	struct prop_name name;
	bool escaped;          /* in the private form, which no client is given */
	unsigned depth;        /* 0: of the message itself; within a recipient or attachment 1, and so on */
	struct bytes raw;      /* the token; of a value that stands elsewhere, what is before it */
	size_t firm;           /* so many bytes at the beginning of raw belong together; the rest can be cut anywhere (2.2.4.1) */
	const struct message_large *large; /* NULL: the value is in raw */
	struct bytes tail;     /* after the large value: its terminator */
};

typedef status message_token_fn(void *context, const struct message_token *t);
/* Before the first: `info` is known. What fails is what message_tokens fails with. */
typedef status message_tokens_begin_fn(void *context);
/* All tokens were told. *again: they shall be once more. */
typedef status message_pass_fn(void *context, bool *again);

/*
 * All of a message.  Texts of `info` and what tokens point at live in `arena`, whose budget must hold the body (MESSAGE_BODY_MAX)
 * and a little more.  ecNotFound; ecCorruptData: it is not what was written.
 */
struct message_tokens_fns {
	message_tokens_begin_fn *begin; /* may be NULL */
	message_token_fn *token;
	message_pass_fn *pass; /* NULL: once is enough */
};
status message_tokens(struct mailbox *m, uint64_t id, struct arena *arena, struct message_info *info, const struct message_tokens_fns *tell, void *context) MUST;

#endif
