/* A mailbox with many messages that differ a little, and its tables. */
#ifndef TESTS_STORE_TABLES_H
#define TESTS_STORE_TABLES_H

#include "mailboxes.h"
#include "restrictions.h"

#include "mapi/entryid.h"
#include "store/restrict.h"
#include "store/table.h"

#define TABLES_NAME "tabletest"
#define MAILS 240u
#define HOUR (3600 * FILETIME_PER_SECOND)

static const uint32_t columns[] = { PidTagMid,	      PidTagSubject,	  PidTagMessageDeliveryTime, PidTagImportance, PidTagSentRepresentingName,
				    PidTagMessageSize, PidTagMessageFlags, PidTagHasAttachments,     PidTagBody,       PidTagInstanceNum };
#define COLUMNS (sizeof columns / sizeof *columns)

static uint16_t keywords; /* the mailbox's id of PidNameKeywords */

static inline struct prop words_prop(struct arena *arena, uint32_t tag, unsigned from, unsigned n)
{
	static const char *const words[] = { "blue", "Green", "red", "Yellow", "blue" };
	struct bytes *v = arena_array(arena, n, sizeof *v);

	for (unsigned i = 0; i < n; i++)
		v[i] = utf16_bytes(arena, words[(from + i) % 5]);
	return (struct prop){ .tag = tag, .count = n, .values = v };
}

/* Many subjects are the same, many times too; some have keywords, some are read. */
static inline uint64_t put(struct mailbox *m, uint64_t folder, unsigned i)
{
	static const char *const senders[] = { "Ada", "bob", "Cécile", "cecile", "Zoë" };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	char subject[64];
	struct bag b;
	uint64_t id = 0;

	(void)snprintf(subject, sizeof subject, "%s %u", i % 3 ? "Report" : "réport", i * 7 % 50);
	b = plain_mail(&arena, subject);
	assert_int_equal(bag_set_text(&b, PidTagSentRepresentingName, senders[i % 5]), 0);
	assert_int_equal(bag_set_u32(&b, PidTagImportance, i % 3), 0);
	assert_int_equal(bag_set_u64(&b, PidTagMessageDeliveryTime, TEST_NOW - (i * 13 % 60) * HOUR), 0);
	assert_int_equal(bag_set_u32(&b, PidTagMessageFlags, i % 4 ? MSGFLAG_READ : 0), 0);
	if (i % 4)
		assert_int_equal(bag_set_u32(&b, PidTagFlagStatus, i % 4 - 1), 0);
	if (i % 2) {
		struct prop p = words_prop(&arena, tag_make(keywords, PT_MV_UNICODE), i, i % 4);

		assert_int_equal(bag_set(&b, &p), 0);
	}
	mailbox_ok(m, try_put(m, folder, &b, NULL, &id));
	return id;
}

static inline struct mailbox *filled(enum sql_engine e, unsigned n)
{
	struct mailbox *m = fresh_mailbox(e, TABLES_NAME);
	struct prop_name name = { .by_string = true };
	uint64_t inbox = role_folder(m, MAILBOX_INBOX);

	assert_true(guid_parse("00020329-0000-0000-c000-000000000046", &name.set));
	name.string = bytes_of("K\0e\0y\0w\0o\0r\0d\0s\0", 16);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, mailbox_name_id(m, &name, &keywords));
	for (unsigned i = 0; i < n; i++)
		(void)put(m, inbox, i);
	mailbox_ok(m, mailbox_commit(m));
	return m;
}

static inline void end(enum sql_engine e, struct mailbox *m)
{
	mailbox_close(m);
	engine_drop(e, TABLES_NAME);
	arena_reset(&restrictions);
}

#define table_ok(t, call)                                                      \
	do {                                                                   \
		status ok_status_ = (call);                                    \
		if (ok_status_)                                                \
			fail_msg("0x%08x: %s", ok_status_, table_failure(t));  \
	} while (0)

static inline struct table *opened(struct mailbox *m, enum table_kind kind, uint64_t object, unsigned flags)
{
	struct table *t = NULL;

	mailbox_ok(m, table_open(m, kind, object, flags, &t));
	table_ok(t, table_set_columns(t, columns, COLUMNS));
	return t;
}

static inline struct table *inbox_table(struct mailbox *m, unsigned flags)
{
	return opened(m, TABLE_CONTENTS, role_folder(m, MAILBOX_INBOX), flags);
}

static inline struct table_rows rows_of(struct table *t, bool forward, size_t max, bool advance, struct arena *arena)
{
	struct table_rows rows = { .n = 0 };

	table_ok(t, table_query_rows(t, forward, max, advance, arena, &rows));
	return rows;
}

static inline bool same_row(const struct bag *a, const struct bag *b)
{
	bool same = a->n == b->n;

	for (size_t i = 0; same && i < a->n; i++)
		same = prop_equal(&a->v[i], &b->v[i]);
	return same;
}

static inline void same_rows(struct table_rows a, struct table_rows b)
{
	assert_int_equal(a.n, b.n);
	for (size_t i = 0; i < a.n; i++)
		assert_true(same_row(&a.v[i], &b.v[i]));
}

static inline void sort_by(struct table *t, unsigned n, const struct sort_order *orders, unsigned categories, unsigned expanded)
{
	struct sort_order_set set = { .count = (uint16_t)n, .categories = (uint16_t)categories, .expanded = (uint16_t)expanded };

	set.orders.v = (struct sort_order *)(uintptr_t)orders;
	set.orders.n = n;
	table_ok(t, table_sort(t, &set));
}

static inline uint64_t position(struct table *t)
{
	uint64_t at = 0, all = 0, count = 0;

	table_ok(t, table_position(t, &at, &all));
	table_ok(t, table_count(t, &count));
	assert_int_equal(all, count);
	return at;
}

/* All rows of a table, from its beginning. */
static inline struct table_rows all_rows(struct table *t, struct arena *arena)
{
	int64_t moved;

	table_ok(t, table_seek(t, ORIGIN_BEGINNING, 0, &moved));
	return rows_of(t, true, SIZE_MAX, true, arena);
}

static inline uint64_t id_of(const struct bag *row)
{
	struct short_term_id id = short_term_id_of(bag_u64(row, tag_id(PidTagMid), 0));

	return global_counter_get(id.counter);
}

static inline void delete_now(struct mailbox *m, uint64_t id)
{
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, message_delete(m, id, DELETE_HARD));
	mailbox_ok(m, mailbox_commit(m));
}

#endif
