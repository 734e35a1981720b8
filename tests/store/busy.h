/*
 * A mailbox in heavy use, and what is known of it: a model that says what must be in the mailbox, operations that
 * change both, and a comparison that reads the mailbox whole.
 *
 * Each message is made from a number (its seed), so that the model needs no more than that to know its content.
 */
#ifndef TESTS_STORE_BUSY_H
#define TESTS_STORE_BUSY_H

#include "mailboxes.h"

#define BUSY_FOLDERS_MOST 48
#define BUSY_MESSAGES_MOST 640
#define BUSY_OPS_MOST 10 /* of a transaction */

uint64_t busy_random(uint64_t *state);

/* Messages (busy_mail.c) ------------------------------------------------------------------------------------- */

/* The id of a name in the map that the properties are for. */
typedef status busy_name_id(void *context, const struct prop_name *name, uint16_t *id);

/*
 * Events of the message of `seed`: attachments, an embedded message, recipients, named properties, large values, by
 * chance.  `revision` > 0: as it is after busy_mail_change of that revision.
 */
status busy_mail_emit(uint64_t seed, unsigned revision, busy_name_id *name, void *context, struct item_sink *sink,
		      struct item_result *result) MUST;
/* What a change sets. */
status busy_mail_change(uint64_t seed, unsigned revision, busy_name_id *name, void *context, struct bag *out) MUST;
bool busy_mail_read(uint64_t seed);
/* Of all that counts: not the read state, nor the time of the last change. */
struct fingerprint busy_mail_fingerprint(uint64_t seed, unsigned revision);
status busy_stored_fingerprint(struct mailbox *m, uint64_t id, struct fingerprint *out) MUST;

/* The model ---------------------------------------------------------------------------------------------------- */

struct busy_folder {
	uint64_t id, parent;
	unsigned name;
};

struct busy_message {
	uint64_t id, folder, seed;
	unsigned revision;
	bool associated, read, deleted;
	bool known; /* the fingerprint is */
	struct fingerprint fingerprint;
};

struct busy {
	struct busy_folder folders[BUSY_FOLDERS_MOST];
	struct busy_message messages[BUSY_MESSAGES_MOST];
	size_t n_folders, n_messages;
	uint64_t root, inbox; /* everything happens below the first and in the second */
};

enum busy_kind {
	BUSY_PUT,
	BUSY_SET,
	BUSY_REPLACE,
	BUSY_READ,
	BUSY_MOVE,
	BUSY_COPY,
	BUSY_SOFT,
	BUSY_RESTORE,
	BUSY_HARD,
	BUSY_FOLDER_MAKE,
	BUSY_FOLDER_RENAME,
	BUSY_FOLDER_MOVE,
	BUSY_FOLDER_DELETE,
};

struct busy_op {
	enum busy_kind kind;
	unsigned number;  /* revision, or a folder's name */
	uint64_t id;      /* of what it is about; what it made */
	uint64_t other;   /* the id it has now */
	uint64_t folder;
	uint64_t seed;
	bool flag;        /* associated; read */
};

void busy_begin(struct busy *b, struct mailbox *m);
/* One of the things that can be done, by chance; `size` is how many messages it tends to. */
struct busy_op busy_choose(const struct busy *b, uint64_t *random, size_t size);
/* Does it within the transaction, and learns the ids. */
status busy_do(struct mailbox *m, struct busy_op *op) MUST;
/* Does it to the model. */
void busy_apply(struct busy *b, const struct busy_op *op);
/*
 * Is the mailbox what the model says: folders, messages, every property, attachment and byte of them, read states, what
 * is deleted; and do the counters say what is there?  Else the first difference is in `why`.
 */
bool busy_same(struct mailbox *m, struct busy *b, struct reason *why);

#endif
