/*
 * store/table: windows over the index and lists of ids must say the same; orders, restrictions, places and what is found,
 * while messages come and go ([MS-OXCTABL]).
 */
#include "tables.h"

#include "store/restrict.h"

static uint64_t random_state;

static uint64_t below(uint64_t n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (random_state >> 33) % n;
}

/* The two ways of reading ------------------------------------------------------------------------------------------------ */

/* One step of a random walk through both tables. */
static void step(struct table *a, struct table *b)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(8 << 20);
	bool forward = below(2), advance = below(3);
	size_t max = below(40);
	int64_t far = (int64_t)below(200) - 100, x = 0, y = 0;
	enum table_origin origin = (enum table_origin)below(3);
	bool p = false, q = false;

	switch (below(6)) {
	case 0:
	case 1:
		same_rows(rows_of(a, forward, max, advance, &arena), rows_of(b, forward, max, advance, &arena));
		break;
	case 2:
		table_ok(a, table_seek(a, origin, far, &x));
		table_ok(b, table_seek(b, origin, far, &y));
		assert_int_equal(x, y);
		break;
	case 3:
		table_ok(a, table_seek_fraction(a, (uint32_t)max, 39));
		table_ok(b, table_seek_fraction(b, (uint32_t)max, 39));
		break;
	case 4:
		table_ok(a, table_at_beginning(a, &p));
		table_ok(b, table_at_beginning(b, &q));
		assert_int_equal(p, q);
		break;
	default:
		table_ok(a, table_at_end(a, &p));
		table_ok(b, table_at_end(b, &q));
		assert_int_equal(p, q);
	}
	assert_int_equal(position(a), position(b));
}

/* A message comes, goes, moves away, is read or changed. */
static void change(struct mailbox *m, uint64_t inbox)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	uint64_t id = 0, other = 0;
	struct bag set;

	bag_init(&set, &arena);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, message_next(m, inbox, false, false, below(300), &id));
	if (!id || !below(3))
		(void)put(m, inbox, (unsigned)below(1000));
	else if (!below(3))
		mailbox_ok(m, message_delete(m, id, below(2) ? DELETE_SOFT : DELETE_HARD));
	else if (!below(3))
		mailbox_ok(m, message_move(m, id, role_folder(m, MAILBOX_JUNK_EMAIL), &other));
	else if (!below(2))
		mailbox_ok(m, message_set_read(m, id, below(2)));
	else {
		assert_int_equal(bag_set_u64(&set, PidTagMessageDeliveryTime, TEST_NOW - below(60) * HOUR), 0);
		assert_int_equal(bag_set_u32(&set, PidTagImportance, (uint32_t)below(3)), 0);
		mailbox_ok(m, message_set(m, id, &set, NULL, 0));
	}
	if (below(5))
		mailbox_ok(m, mailbox_commit(m));
	else
		mailbox_rollback(m);
}

static void two_ways_on(enum sql_engine e)
{
	static const struct sort_order up = { PidTagMessageDeliveryTime, SORT_ASCEND };
	struct mailbox *m = filled(e, MAILS);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX);

	random_state = 11;
	for (unsigned round = 0; round < 4; round++) {
		struct table *a = inbox_table(m, 0), *b = inbox_table(m, TABLE_MATERIALIZED);

		if (round & 1) {
			sort_by(a, 1, &up, 0, 0);
			sort_by(b, 1, &up, 0, 0);
		}
		if (round & 2) {
			struct restriction *r = r_and(r_number(PidTagImportance, RELOP_GE, 1), r_has(PidTagFlagStatus));

			table_ok(a, table_restrict(a, r));
			table_ok(b, table_restrict(b, r));
		}
		for (unsigned i = 0; i < 150; i++) {
			step(a, b);
			if (!below(3))
				change(m, inbox);
		}
		table_free(a);
		table_free(b);
	}
	end(e, m);
}

static void two_ways(void **state)
{
	(void)state;
	on_each_engine(two_ways_on);
}

/* The same restriction by SQL, by evaluation over a list, and by asking one message after the other for its properties. */
static void restrictions_on(enum sql_engine e)
{
	struct mailbox *m = filled(e, MAILS);
	struct restriction *const never = r_has(tag_make(0x6011, PT_LONG));
	uint64_t some = TEST_NOW - 20 * HOUR;
	struct restriction *const all[] = {
		r_number(PidTagImportance, RELOP_EQ, 2),
		r_number(PidTagImportance, RELOP_NE, UINT32_MAX),
		r_number(PidTagMessageDeliveryTime, RELOP_LT, some),
		r_number(PidTagMessageDeliveryTime, RELOP_NE, some),
		r_number(PidTagClientSubmitTime, RELOP_NE, 0),
		r_number(PidTagClientSubmitTime, RELOP_LE, some),
		r_has(PidTagFlagStatus),
		r_not(r_has(PidTagFlagStatus)),
		r_number(PidTagFlagStatus, RELOP_NE, 2),
		r_number(PidTagFlagStatus, RELOP_LT, 2),
		r_bits(PidTagFlagStatus, BITMAP_EQZ, 1),
		r_bits(PidTagMessageFlags, BITMAP_NEZ, MSGFLAG_READ),
		r_number(PidTagRead, RELOP_EQ, 0),
		r_number(PidTagHasAttachments, RELOP_EQ, 1),
		r_number(PidTagMessageSize, RELOP_GT, 300),
		r_or(r_number(PidTagImportance, RELOP_EQ, 0), r_and(r_has(PidTagFlagStatus), r_not(r_number(PidTagRead, RELOP_EQ, 1)))),
		r_has(PidTagSearchKey),
		r_list(RES_OR, 0, NULL),
		r_comment(NULL),
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET(32 << 20);
		struct table *t = inbox_table(m, 0), *u = inbox_table(m, 0);

		table_ok(t, table_restrict(t, all[i]));
		table_ok(u, table_restrict(u, r_or(all[i], r_and(never, r_content(PidTagSubject, "x", FUZZY_PREFIX, 0)))));
		same_rows(all_rows(t, &arena), all_rows(u, &arena));
		table_free(t);
		table_free(u);
	}
	end(e, m);
}

static void restrictions_by_sql_and_by_evaluation(void **state)
{
	(void)state;
	on_each_engine(restrictions_on);
}

static size_t how_many(struct mailbox *m, const struct restriction *r)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(32 << 20);
	struct table *t = inbox_table(m, 0);
	size_t n;

	table_ok(t, table_restrict(t, r));
	n = all_rows(t, &arena).n;
	assert_int_equal(position(t), n);
	table_free(t);
	return n;
}

static void restrictions_that_read_messages_on(enum sql_engine e)
{
	struct mailbox *m = filled(e, MAILS);
	struct restriction *text = r_content(PidTagSubject, "REPORT", FUZZY_PREFIX, FUZZY_LOOSE), *bad = r_not(NULL);
	struct table *t;

	assert_int_equal(how_many(m, NULL), MAILS);
	assert_int_equal(how_many(m, text), MAILS);
	text->u.content.fuzzy_high = FUZZY_IGNORE_CASE;
	assert_int_equal(how_many(m, text), MAILS - MAILS / 3);
	assert_int_equal(how_many(m, r_text(PidTagBody, RELOP_EQ, "hello")), MAILS);
	assert_int_equal(how_many(m, r_content(tag_make(keywords, PT_MV_UNICODE), "green", FUZZY_FULL_STRING, FUZZY_IGNORE_CASE)) > 0, 1);
	assert_int_equal(how_many(m, r_first(7, r_number(PidTagImportance, RELOP_EQ, 1))), 7);
	assert_int_equal(how_many(m, r_sub(PidTagMessageRecipients, r_list(RES_AND, 0, NULL))), 0);
	/* What is refused leaves the table as it was. */
	t = inbox_table(m, 0);
	table_ok(t, table_restrict(t, r_number(PidTagImportance, RELOP_EQ, 1)));
	assert_int_equal(table_restrict(t, r_number(PidTagImportance, 9, 1)), ecTooComplex);
	assert_non_null(strstr(table_failure(t), "operator"));
	assert_int_not_equal(table_restrict(t, bad), 0);
	assert_int_equal(position(t), 0);
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(32 << 20);
	assert_int_equal(all_rows(t, &arena).n, MAILS / 3);
	table_free(t);
	end(e, m);
}

static void restrictions_that_read_messages(void **state)
{
	(void)state;
	on_each_engine(restrictions_that_read_messages_on);
}

/* Orders ------------------------------------------------------------------------------------------------------------------- */

static void in_order(struct table_rows rows, const struct sort_order *orders, unsigned n)
{
	for (size_t i = 1; i < rows.n; i++) {
		int order = 0;

		for (unsigned k = 0; k < n && !order; k++) {
			const struct prop *a = bag_find(&rows.v[i - 1], tag_id(orders[k].tag)), *b = bag_find(&rows.v[i], tag_id(orders[k].tag));

			assert_true(restrict_compare(a, b, 1252, &order));
			order = orders[k].direction == SORT_DESCEND ? -order : order;
		}
		assert_true(order <= 0);
	}
}

static void orders_on(enum sql_engine e)
{
	static const struct sort_order orders[][2] = {
		{ { PidTagSubject, SORT_ASCEND }, { PidTagMessageDeliveryTime, SORT_DESCEND } },
		{ { PidTagSentRepresentingName, SORT_DESCEND }, { PidTagSubject, SORT_ASCEND } },
		{ { PidTagMessageSize, SORT_ASCEND }, { PidTagImportance, SORT_DESCEND } },
		{ { PidTagMessageDeliveryTime, SORT_DESCEND }, { PidTagSubject, SORT_DESCEND } },
	};
	struct mailbox *m = filled(e, MAILS);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX);

	random_state = 5;
	for (size_t i = 0; i < 4; i++) {
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET(64 << 20);
		struct table *t = inbox_table(m, 0), *fresh;

		sort_by(t, 2, orders[i], 0, 0);
		in_order(all_rows(t, &arena), orders[i], 2);
		/* Kept up with changes, it is what a new one is. */
		for (unsigned k = 0; k < 30; k++)
			change(m, inbox);
		fresh = inbox_table(m, 0);
		sort_by(fresh, 2, orders[i], 0, 0);
		same_rows(all_rows(t, &arena), all_rows(fresh, &arena));
		/* More changes than are followed one by one. */
		mailbox_ok(m, mailbox_begin(m));
		for (unsigned k = 0; k < 100; k++)
			(void)put(m, inbox, 2000 + k);
		mailbox_ok(m, mailbox_commit(m));
		same_rows(all_rows(t, &arena), all_rows(fresh, &arena));
		table_free(t);
		table_free(fresh);
	}
	end(e, m);
}

static void orders_hold(void **state)
{
	(void)state;
	on_each_engine(orders_on);
}

static void single_values_on(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(32 << 20);
	struct mailbox *m = filled(e, 40);
	uint32_t tag = tag_make(keywords, PT_MV_UNICODE | MV_INSTANCE);
	uint32_t const wanted[] = { tag, PidTagInstanceNum, PidTagMid };
	struct sort_order order = { tag, SORT_ASCEND };
	struct table *t = inbox_table(m, 0);
	struct table_rows rows;
	size_t expected = 0, without = 0;
	char *before = NULL;

	for (unsigned i = 0; i < 40; i++)
		expected += i % 2 ? i % 4 : 1;
	table_ok(t, table_set_columns(t, wanted, 3));
	sort_by(t, 1, &order, 0, 0);
	rows = all_rows(t, &arena);
	assert_int_equal(rows.n, expected);
	for (size_t i = 0; i < rows.n; i++) {
		const struct prop *p = &rows.v[i].v[0];

		if (prop_type(p) == PT_ERROR) {
			assert_int_equal(++without, i + 1); /* those come first */
			continue;
		}
		char *text = prop_text(p, 1252, &arena);
		assert_non_null(text);
		assert_true(!before || strcasecmp(before, text) <= 0);
		before = text;
	}
	assert_int_equal(without, 20);
	table_free(t);
	end(e, m);
}

static void single_values_make_rows(void **state)
{
	(void)state;
	on_each_engine(single_values_on);
}

static void orders_refused_on(enum sql_engine e)
{
	struct mailbox *m = filled(e, 3);
	struct table *t = inbox_table(m, 0);
	struct sort_order many[TABLE_SORTS_MAX + 1] = { { PidTagSubject, SORT_ASCEND } };
	struct sort_order_set set = { .orders = { .v = many, .n = TABLE_SORTS_MAX + 1 } };

	assert_int_equal(table_sort(t, &set), ecTooComplex);
	set.orders.n = 1;
	set.categories = 2;
	assert_int_equal(table_sort(t, &set), ecInvalidParam);
	set.categories = 1;
	set.expanded = 2;
	assert_int_equal(table_sort(t, &set), ecInvalidParam);
	set.expanded = 0;
	many[0].tag = tag_make(0x37, 0x0099);
	assert_int_equal(table_sort(t, &set), ecInvalidParam);
	many[0] = (struct sort_order){ PidTagSubject, SORT_MAXIMUM_CATEGORY };
	assert_int_equal(table_sort(t, &set), ecInvalidParam);
	set.categories = 0;
	set.orders.n = 2;
	many[0].direction = SORT_ASCEND;
	many[1] = (struct sort_order){ PidTagMessageDeliveryTime, SORT_MAXIMUM_CATEGORY };
	assert_int_equal(table_sort(t, &set), ecInvalidParam);
	assert_int_equal(position(t), 0);
	assert_int_equal(table_set_columns(t, NULL, 0), ecInvalidParam);
	assert_int_equal(table_set_columns(t, (uint32_t[]){ tag_make(0x37, 0x99) }, 1), ecInvalidParam);
	table_free(t);
	mailbox_ok(m, table_open(m, TABLE_CONTENTS, role_folder(m, MAILBOX_INBOX), 0, &t));
	struct table_rows rows;
	assert_int_equal(table_query_rows(t, true, 1, false, &restrictions, &rows), ecNullObject);
	table_free(t);
	assert_int_equal(table_open(m, TABLE_CONTENTS, 999999, 0, &t), ecNotFound);
	table_free(NULL);
	end(e, m);
}

static void what_is_refused(void **state)
{
	(void)state;
	on_each_engine(orders_refused_on);
}

/* Places -------------------------------------------------------------------------------------------------------------------- */

static void places_hold(struct mailbox *m, unsigned flags)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(32 << 20);
	struct table *t = inbox_table(m, flags);
	struct table_rows rows = all_rows(t, &arena);
	uint32_t mark = 0, last = 0;
	int64_t moved = 0;
	bool gone = true;

	table_ok(t, table_seek(t, ORIGIN_BEGINNING, 10, &moved));
	table_ok(t, table_bookmark(t, &mark));
	/* Rows before the cursor come and go: the next row stays the next one. */
	delete_now(m, id_of(&rows.v[3]));
	mailbox_ok(m, mailbox_begin(m));
	(void)put(m, role_folder(m, MAILBOX_INBOX), 0);
	mailbox_ok(m, mailbox_commit(m));
	assert_true(same_row(&rows_of(t, true, 1, false, &arena).v[0], &rows.v[10]));
	/* The row at the cursor goes: the one after it is next, the one before it before. */
	delete_now(m, id_of(&rows.v[10]));
	assert_true(same_row(&rows_of(t, true, 1, false, &arena).v[0], &rows.v[11]));
	assert_true(same_row(&rows_of(t, false, 1, false, &arena).v[0], &rows.v[9]));
	table_ok(t, table_seek(t, ORIGIN_END, 0, &moved));
	table_ok(t, table_bookmark(t, &last));
	table_ok(t, table_bookmark_seek(t, mark, 0, &moved, &gone));
	assert_true(gone);
	assert_true(same_row(&rows_of(t, true, 1, false, &arena).v[0], &rows.v[11]));
	table_ok(t, table_bookmark_seek(t, last, -2, &moved, &gone));
	assert_false(gone);
	assert_int_equal(moved, -2);
	assert_int_equal(rows_of(t, true, 10, true, &arena).n, 2);
	table_ok(t, table_bookmark_seek(t, last, 5, &moved, &gone));
	assert_int_equal(moved, 0);
	table_ok(t, table_bookmark_free(t, last));
	assert_int_equal(table_bookmark_free(t, last), ecInvalidBookmark);
	assert_int_equal(table_bookmark_seek(t, last, 0, &moved, &gone), ecInvalidBookmark);
	table_ok(t, table_sort(t, NULL));
	assert_int_equal(table_bookmark_seek(t, mark, 0, &moved, &gone), ecInvalidBookmark);
	assert_non_null(strstr(table_failure(t), "sorted and restricted now"));
	assert_int_equal(table_bookmark_free(t, mark), ecInvalidBookmark);
	assert_int_equal(table_seek_fraction(t, 1, 0), ecInvalidParam);
	table_free(t);
}

static void places_on(enum sql_engine e)
{
	struct mailbox *m = filled(e, 60);

	places_hold(m, 0);
	places_hold(m, TABLE_MATERIALIZED);
	struct table *t = inbox_table(m, 0);
	uint32_t mark = 0;
	for (unsigned i = 0; i < TABLE_BOOKMARKS_MAX; i++)
		table_ok(t, table_bookmark(t, &mark));
	assert_int_equal(table_bookmark(t, &mark), ecTooBig);
	table_free(t);
	end(e, m);
}

static void places(void **state)
{
	(void)state;
	on_each_engine(places_on);
}

static void finds(struct mailbox *m, unsigned flags)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(32 << 20);
	struct table *t = inbox_table(m, flags);
	struct table_find find = { .restriction = r_number(PidTagImportance, RELOP_EQ, 2), .origin = ORIGIN_BEGINNING };
	struct table_rows rows;
	bool gone = true;
	struct bag row;
	size_t seen = 0;

	table_ok(t, table_restrict(t, r_number(PidTagRead, RELOP_EQ, 1)));
	rows = all_rows(t, &arena);
	/* One after the other, forward: each is the next that fits. */
	for (size_t i = 0; i < rows.n; i++) {
		if (bag_u32(&rows.v[i], tag_id(PidTagImportance), 9) != 2)
			continue;
		table_ok(t, table_find(t, &find, &arena, &row, &gone));
		assert_true(same_row(&row, &rows.v[i]));
		assert_int_equal(position(t), i);
		assert_false(gone);
		(void)rows_of(t, true, 1, true, &arena);
		find.origin = ORIGIN_CURRENT;
		seen++;
	}
	assert_true(seen > 3);
	uint64_t at = position(t);
	assert_int_equal(table_find(t, &find, &arena, NULL, &gone), ecNotFound);
	assert_int_equal(position(t), at);
	/* By a text, backward from the end. */
	find = (struct table_find){ .restriction = r_content(PidTagSubject, "port 7", FUZZY_SUBSTRING, 0), .origin = ORIGIN_END, .backward = true };
	table_ok(t, table_find(t, &find, &arena, &row, &gone));
	at = position(t);
	assert_true(same_row(&row, &rows.v[at]));
	find.origin = ORIGIN_CURRENT;
	if (!table_find(t, &find, &arena, NULL, &gone))
		assert_true(position(t) < at);
	find.restriction = r_number(PidTagImportance, 9, 2);
	assert_int_equal(table_find(t, &find, &arena, NULL, &gone), ecTooComplex);
	table_free(t);
}

static void finding_on(enum sql_engine e)
{
	struct mailbox *m = filled(e, MAILS);

	finds(m, 0);
	finds(m, TABLE_MATERIALIZED);
	end(e, m);
}

static void finding(void **state)
{
	(void)state;
	on_each_engine(finding_on);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_ways),
		cmocka_unit_test(restrictions_by_sql_and_by_evaluation),
		cmocka_unit_test(restrictions_that_read_messages),
		cmocka_unit_test(orders_hold),
		cmocka_unit_test(single_values_make_rows),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(places),
		cmocka_unit_test(finding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
