/*
 * A value of a property that is too large to stand with the others: in the mailbox where it was read from, or, once a client
 * writes to it, in scratch space (the first 64 KiB in memory).  Counted references; who wants to write makes it their own first.
 */
#ifndef SERVER_BIG_VALUE_H
#define SERVER_BIG_VALUE_H

#include "mapi/item.h"
#include "store/message.h"

/* [MS-OXCPRPT] 2.2.19.2: no stream is larger. */
#define BIG_VALUE_MAX ((uint64_t)1 << 31)

struct big_value;

/* One reference each. Empty, in scratch space; or where the mailbox has it. */
status big_value_new(struct big_value **out) MUST;
status big_value_stored(const struct message_large *where, struct big_value **out) MUST;
struct big_value *big_value_ref(struct big_value *v);
void big_value_unref(struct big_value *v); /* NULL is fine */

uint64_t big_value_size(const struct big_value *v);
/* What it is to be charged with: memory, and an eighth of what stands in a file. */
size_t big_value_cost(const struct big_value *v);
/* Up to n bytes from `at`; *got < n only at the end. ecNotFound: the message was replaced by somebody else. */
status big_value_read(const struct big_value *v, struct mailbox *m, uint64_t at, void *to, size_t n, size_t *got) MUST;
/* All of it, in memory of the arena. ecMemory. */
status big_value_whole(const struct big_value *v, struct mailbox *m, struct arena *arena, struct bytes *out) MUST;
/* As chunks, between value_begin and value_end. */
status big_value_chunks(const struct big_value *v, struct mailbox *m, struct item_sink *sink) MUST;

/*
 * *v becomes one that can be written and that nobody else has: more references than these make a copy of it (0: always a copy).
 */
status big_value_own(struct big_value **v, struct mailbox *m, unsigned references) MUST;
/* Of one's own. ecTooBig beyond BIG_VALUE_MAX. */
status big_value_write(struct big_value *v, uint64_t at, struct bytes data) MUST;
status big_value_resize(struct big_value *v, uint64_t size) MUST;

#endif
