/* A mailbox of very many messages, made by the database from a few: only their rows, not their contents, are their own. */
#ifndef TESTS_STORE_MANY_H
#define TESTS_STORE_MANY_H

#include "steps.h"

#define MANY_COLUMNS                                                                                              \
	", folder, kind, content, 0 AS read_cn, flags, size, deleted, submitted, created, modified, importance,"  \
	" sensitivity, flag_status, has_attachments, plain, class, subject, topic, sender, recipients,"           \
	" message_id, search_key, conversation, fingerprint, fingerprint_high, change_key, predecessors"

static const char many_query[] =
	"INSERT INTO message (id, cn, received, folder, kind, content, read_cn, flags, size, deleted, submitted, created, modified,"
	" importance, sensitivity, flag_status, has_attachments, plain, class, subject, topic, sender, recipients, message_id,"
	" search_key, conversation, fingerprint, fingerprint_high, change_key, predecessors)"
	" SELECT id + $1, cn + $2, received + ((id * 7919) % 100000)" MANY_COLUMNS " FROM message WHERE folder = $3";

/* 2 to the power of `doublings` in the Inbox: ids and change numbers in a row, times that are not. */
static inline struct mailbox *many_mailbox(enum sql_engine e, const char *name, unsigned doublings)
{
	struct mailbox *m = fresh_mailbox(e, name);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), first = 0, n = 1;

	mailbox_ok(m, mailbox_begin(m));
	(void)put_mail(m, inbox, "one of many");
	mailbox_ok(m, mailbox_reserve_ids(m, (uint64_t)2 << doublings, &first));
	for (unsigned i = 0; i < doublings; i++, n *= 2) {
		struct sql_statement *s = sql_prepare(mailbox_sql(m), many_query);

		sql_bind_i64(s, 1, (int64_t)n);
		sql_bind_i64(s, 2, (int64_t)n);
		sql_bind_i64(s, 3, (int64_t)inbox);
		assert_int_equal(sql_run(s), 0);
	}
	mailbox_ok(m, mailbox_commit(m));
	/* What was given out in this session is behind the ids that were taken just now. */
	mailbox_close(m);
	return open_mailbox(e, name);
}

#endif
