/* Tables: opening, columns, order, restrictions, cursor, bookmarks, categories, and what each kind cannot be asked. */
#include "rop_fixture.h"

#include "rop/property_row.h"
#include "rop/rops_permission.h"
#include "rop/rops_rule.h"
#include "rop/rops_table.h"
#include "server/table_object.h"

#include "../store/mailboxes.h"

#define ecNotSupported_ 0x80040102u

static struct fixture f;
static uint64_t messages[9];

/* The Inbox of alice with nine messages: handle 0 the logon, 1 the folder, 2 the contents table. */
static void begin(void)
{
	static const char *const subjects[] = { "e", "b", "h", "a", "i", "c", "g", "d", "f" };
	struct mailbox *m;
	uint64_t inbox;

	(void)fixture_logon(&f, 0, "alice");
	fixture_open_folder(&f, 0, fixture_folder_id(&f, 0, MAILBOX_INBOX), 1);
	m = fixture_lock(&f, 0);
	assert_int_equal(folder_by_role(m, MAILBOX_INBOX, &inbox), 0);
	assert_int_equal(mailbox_begin(m), 0);
	for (uint64_t id = 0; !message_next(m, inbox, false, false, id, &id) && id;)
		assert_int_equal(message_delete(m, id, DELETE_HARD), 0);
	for (size_t i = 0; i < 9; i++) {
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 16);
		struct bag b = plain_mail(&arena, subjects[i]);

		assert_int_equal(bag_set_u32(&b, PidTagImportance, (uint32_t)i % 3), 0);
		assert_int_equal(bag_set_u64(&b, PidTagMessageDeliveryTime, TEST_NOW - 1000 + i),
				 0);
		mailbox_ok(m, try_put(m, inbox, &b, NULL, &messages[i]));
	}
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, 0);
}

static uint32_t contents(uint8_t flags, uint8_t into)
{
	struct rop_get_contents_table_request q = { .output_handle_index = into,
						    .table_flags = flags };
	const struct rop_get_contents_table_response *r =
		fixture_ok(&f, ROP_GET_CONTENTS_TABLE, 1, &q);

	return r->row_count;
}

static uint32_t columns_of_test[] = { PidTagSubject, PidTagMid };

static void set_columns(uint8_t table)
{
	struct rop_set_columns_request q = { .property_tags = { 2, columns_of_test } };
	const struct rop_set_columns_response *r = fixture_ok(&f, ROP_SET_COLUMNS, table, &q);

	/* MS-OXCTABL_R55 */
	assert_int_equal(r->table_status, 0);
}

/* The subjects of rows, in a row. */
static const char *subjects(struct rop_rows rows)
{
	static char text[200];
	size_t at = 0;

	for (uint32_t i = 0; i < rows.count; i++) {
		struct prop values[2];

		assert_int_equal(
			property_row_next(&rows.data, columns_of_test, 2, &f.arena, values, NULL),
			0);
		at += (size_t)snprintf(text + at, sizeof text - at, "%s",
				       prop_text(&values[0], 1252, &f.arena));
	}
	assert_int_equal(rows.data.n, 0);
	text[at] = '\0';
	return text;
}

static const char *query(uint8_t table, bool forward, uint16_t n, uint8_t flags, uint8_t *origin)
{
	struct rop_query_rows_request q = { .query_rows_flags = flags,
					    .forward_read = forward,
					    .row_count = n };
	const struct rop_query_rows_response *r = fixture_ok(&f, ROP_QUERY_ROWS, table, &q);

	/* MS-OXCTABL_R463 */
	assert_true(r->rows.count <= n);
	if (origin)
		*origin = r->origin;
	return subjects(r->rows);
}

static void sort(uint8_t table, uint32_t tag, uint8_t direction)
{
	struct sort_order order = { tag, direction };
	struct rop_sort_table_request q = { .sort_order_count = 1, .sort_orders = { 1, &order } };
	const struct rop_sort_table_response *r = fixture_ok(&f, ROP_SORT_TABLE, table, &q);

	/* MS-OXCTABL_R84 */
	assert_int_equal(r->table_status, 0);
}

static void position(uint8_t table, uint32_t at, uint32_t of)
{
	const struct rop_query_position_response *r =
		fixture_ok(&f, ROP_QUERY_POSITION, table, NULL);

	assert_int_equal(r->numerator, at);
	assert_int_equal(r->denominator, of);
}

static void rows_and_order(void **unused)
{
	uint8_t origin;

	(void)unused;
	begin();
	/* MS-OXCFOLD_R333 */
	assert_int_equal(contents(0, 2), 9);
	struct rop_query_rows_request early = { .forward_read = 1, .row_count = 5 };
	/* MS-OXCTABL_R476 */
	fixture_refused(&f, ROP_QUERY_ROWS, 2, &early, 0x4B9);
	set_columns(2);
	sort(2, PidTagSubject, SORT_ASCEND);
	/* MS-OXCTABL_R76 */
	/* MS-OXCTABL_R437 */
	assert_string_equal(query(2, true, 4, 0, &origin), "abcd");
	/* MS-OXCTABL_R726 */
	assert_int_equal(origin, ORIGIN_CURRENT);
	/* MS-OXCTABL_R462 */
	assert_string_equal(query(2, true, 10, 0, &origin), "efghi");
	/* MS-OXCTABL_R725 */
	assert_int_equal(origin, ORIGIN_END);
	/* MS-OXCTABL_R467 */
	assert_string_equal(query(2, true, 10, 0, &origin), "");
	/* MS-OXCTABL_R491 */
	position(2, 9, 9);
	/* MS-OXCTABL_R470 */
	assert_string_equal(query(2, false, 2, 1, NULL), "ih");
	position(2, 9, 9);
	/* MS-OXCTABL_R469 */
	/* MS-OXCTABL_R897 */
	assert_string_equal(query(2, false, 20, 0, &origin), "ihgfedcba");
	assert_int_equal(origin, ORIGIN_END);
	position(2, 0, 9);
	sort(2, PidTagSubject, SORT_DESCEND);
	/* MS-OXCTABL_R77 */
	/* MS-OXCTABL_R438 */
	assert_string_equal(query(2, true, 3, 0, NULL), "ihg");
	struct rop_seek_row_request seek = { .origin = ORIGIN_BEGINNING,
					     .row_count = 100,
					     .want_row_moved_count = 1 };
	const struct rop_seek_row_response *s = fixture_ok(&f, ROP_SEEK_ROW, 2, &seek);
	/* MS-OXCTABL_R497 */
	assert_true(s->has_sought_less && s->rows_sought == 9);
	seek = (struct rop_seek_row_request){ .origin = ORIGIN_END,
					      .row_count = (uint32_t)-3,
					      .want_row_moved_count = 1 };
	s = fixture_ok(&f, ROP_SEEK_ROW, 2, &seek);
	assert_false(s->has_sought_less);
	assert_int_equal((int32_t)s->rows_sought, -3);
	/* MS-OXCTABL_R496 */
	assert_string_equal(query(2, true, 9, 0, NULL), "cba");
	seek.origin = ORIGIN_BOOKMARK;
	fixture_refused(&f, ROP_SEEK_ROW, 2, &seek, ecInvalidParam);
	struct rop_seek_row_fractional_request part = { .numerator = 0, .denominator = 9 };
	(void)fixture_ok(&f, ROP_SEEK_ROW_FRACTIONAL, 2, &part);
	/* MS-OXCTABL_R514 */
	position(2, 0, 9);
	part.numerator = 9;
	(void)fixture_ok(&f, ROP_SEEK_ROW_FRACTIONAL, 2, &part);
	/* MS-OXCTABL_R515 */
	position(2, 9, 9);
}

static void bad_columns(void **unused)
{
	const uint32_t bad[] = { tag_make(0x0037, PT_UNSPECIFIED), tag_make(0x0037, PT_ERROR),
				 tag_make(0x0037, 0x0F0F) };

	(void)unused;
	begin();
	(void)contents(0, 2);
	for (size_t i = 0; i < 3; i++) {
		uint32_t tag = bad[i];
		struct rop_set_columns_request q = { .property_tags = { 1, &tag } };

		/* MS-OXCTABL_R435 */
		fixture_refused(&f, ROP_SET_COLUMNS, 2, &q, ecInvalidParam);
	}
	/* What was set before a failure is not good any more. */
	struct rop_query_rows_request rows = { .forward_read = 1, .row_count = 1 };
	struct rop_set_columns_request none = { .property_tags = { 1, (uint32_t[]){ bad[2] } } };
	set_columns(2);
	fixture_refused(&f, ROP_SET_COLUMNS, 2, &none, 0x80070057);
	/* MS-OXCTABL_R610 */
	/* MS-OXCTABL_R867 */
	fixture_refused(&f, ROP_QUERY_ROWS, 2, &rows, 0x4B9);
	set_columns(2);
	(void)fixture_ok(&f, ROP_QUERY_ROWS, 2, &rows);
	/* MS-OXCTABL_R436 */
	struct rop_set_columns_request q = { .property_tags = { 2, columns_of_test } };
	fixture_refused(&f, ROP_SET_COLUMNS, 1, &q, ecNotSupported_);
}

static struct bytes subject_is(const char *text)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 12);
	struct restriction r = { .kind = RES_PROPERTY,
				 .u.property = {
					 .relop = RELOP_EQ,
					 .tag = PidTagSubject,
					 .value.prop = { .tag = PidTagSubject, .count = 1 } } };

	r.u.property.value.prop.value = fixture_text(&f, text);
	r.u.property.value.prop.size = r.u.property.value.prop.value.n;
	assert_int_equal(restriction_encode(&r, WIRE_COUNTS_16, &b, NULL), 0);
	return bytes_of(arena_memdup(&f.arena, b.p, b.n), b.n);
}

static void restrictions_and_find(void **unused)
{
	(void)unused;
	begin();
	(void)contents(0, 2);
	set_columns(2);
	sort(2, PidTagSubject, SORT_ASCEND);
	struct rop_find_row_request find = { .restriction_data = subject_is("d"),
					     .origin = ORIGIN_BEGINNING };
	const struct rop_find_row_response *found = fixture_ok(&f, ROP_FIND_ROW, 2, &find);
	/* MS-OXCTABL_R243 */
	assert_true(found->has_row_data);
	/* MS-OXCTABL_R239 */
	assert_false(found->row_no_longer_visible);
	/* MS-OXCTABL_R534 */
	position(2, 3, 9);
	find.restriction_data = subject_is("nothing");
	/* MS-OXCTABL_R544001 */
	fixture_refused(&f, ROP_FIND_ROW, 2, &find, ecNotFound);
	struct rop_create_bookmark_response *mark = fixture_ok(&f, ROP_CREATE_BOOKMARK, 2, NULL);
	struct bytes bookmark = bytes_of(arena_memdup(&f.arena, mark->bookmark.p, mark->bookmark.n),
					 mark->bookmark.n);
	struct rop_restrict_request restrict_q = { .restriction_data = subject_is("d") };
	(void)fixture_ok(&f, ROP_RESTRICT, 2, &restrict_q);
	/* MS-OXCTABL_R452 */
	assert_string_equal(query(2, true, 9, 0, NULL), "d");
	struct rop_seek_row_bookmark_request seek = { .bookmark = bookmark };
	/* MS-OXCTABL_R453 */
	/* MS-OXCTABL_R511 */
	fixture_refused(&f, ROP_SEEK_ROW_BOOKMARK, 2, &seek, ecInvalidBookmark);
	(void)fixture_ok(&f, ROP_RESET_TABLE, 2, NULL);
	set_columns(2);
	/* MS-OXCTABL_R555 */
	/* MS-OXCTABL_R556 */
	position(2, 0, 9);
}

static void bookmarks(void **unused)
{
	(void)unused;
	begin();
	(void)contents(0, 2);
	set_columns(2);
	sort(2, PidTagSubject, SORT_ASCEND);
	(void)query(2, true, 4, 0, NULL);
	const struct rop_create_bookmark_response *made =
		fixture_ok(&f, ROP_CREATE_BOOKMARK, 2, NULL);
	struct bytes mark = bytes_of(arena_memdup(&f.arena, made->bookmark.p, made->bookmark.n),
				     made->bookmark.n);
	struct rop_seek_row_bookmark_request seek = { .bookmark = mark,
						      .row_count = (uint32_t)-2,
						      .want_row_moved_count = 1 };
	struct rop_free_bookmark_request release = { .bookmark = mark };
	(void)query(2, true, 9, 0, NULL);
	const struct rop_seek_row_bookmark_response *r =
		fixture_ok(&f, ROP_SEEK_ROW_BOOKMARK, 2, &seek);
	/* MS-OXCTABL_R183 */
	assert_false(r->row_no_longer_visible);
	/* MS-OXCTABL_R188 */
	assert_false(r->has_sought_less);
	/* MS-OXCTABL_R503 */
	/* MS-OXCTABL_R504 */
	assert_string_equal(query(2, true, 2, 0, NULL), "cd");
	(void)fixture_ok(&f, ROP_FREE_BOOKMARK, 2, &release);
	/* MS-OXCTABL_R5521 */
	/* MS-OXCTABL_R2481 */
	fixture_refused(&f, ROP_SEEK_ROW_BOOKMARK, 2, &seek, ecInvalidBookmark);
	fixture_refused(&f, ROP_FREE_BOOKMARK, 2, &release, ecInvalidBookmark);
}

/* Before there are columns. */
static void without_columns(void **unused)
{
	struct rop_query_rows_request rows = { .forward_read = 1, .row_count = 1 };
	struct rop_find_row_request find = { .restriction_data = subject_is("d") };
	struct rop_seek_row_bookmark_request seek = { .bookmark = bytes_of("\1\0\0\0", 4) };
	struct rop_free_bookmark_request drop = { .bookmark = bytes_of("\1\0\0\0", 4) };
	struct rop_expand_row_request expand = { .category_id = 1 };
	struct rop_collapse_row_request collapse = { .category_id = 1 };
	struct rop_get_collapse_state_request get = { .row_id = 1 };
	struct rop_set_collapse_state_request set = { .collapse_state = bytes_of("x", 1) };

	(void)unused;
	begin();
	(void)contents(0, 2);
	for (unsigned i = 0; i < 2; i++) {
		/* MS-OXCTABL_R768 */
		/* MS-OXCTABL_R866 */
		fixture_refused(&f, ROP_QUERY_ROWS, 2, &rows, 0x4B9);
		/* MS-OXCTABL_R539 */
		/* MS-OXCTABL_R827 */
		fixture_refused(&f, ROP_FIND_ROW, 2, &find, 0x4B9);
		/* MS-OXCTABL_R8276 */
		fixture_refused(&f, ROP_SEEK_ROW_BOOKMARK, 2, &seek, 0x4B9);
		/* MS-OXCTABL_R8274 */
		fixture_refused(&f, ROP_FREE_BOOKMARK, 2, &drop, 0x4B9);
		/* MS-OXCTABL_R8273 */
		fixture_refused(&f, ROP_EXPAND_ROW, 2, &expand, 0x4B9);
		/* MS-OXCTABL_R8271 */
		fixture_refused(&f, ROP_COLLAPSE_ROW, 2, &collapse, 0x4B9);
		/* MS-OXCTABL_R8275 */
		fixture_refused(&f, ROP_GET_COLLAPSE_STATE, 2, &get, 0x4B9);
		/* MS-OXCTABL_R8277 */
		fixture_refused(&f, ROP_SET_COLLAPSE_STATE, 2, &set, 0x4B9);
		/* And after a reset. */
		set_columns(2);
		(void)fixture_ok(&f, ROP_RESET_TABLE, 2, NULL);
	}
}

static struct bytes mark_here(uint8_t table)
{
	const struct rop_create_bookmark_response *made =
		fixture_ok(&f, ROP_CREATE_BOOKMARK, table, NULL);

	return bytes_of(arena_memdup(&f.arena, made->bookmark.p, made->bookmark.n),
			made->bookmark.n);
}

/* A bookmark is no good once the rows are others. */
static void bookmarks_that_end(void **unused)
{
	struct rop_restrict_request rows = { .restriction_data = subject_is("d") };

	(void)unused;
	begin();
	(void)contents(0, 2);
	for (unsigned i = 0; i < 3; i++) {
		struct bytes mark;

		set_columns(2);
		mark = mark_here(2);
		if (i == 0)
			sort(2, PidTagSubject, SORT_ASCEND);
		else if (i == 1)
			(void)fixture_ok(&f, ROP_RESTRICT, 2, &rows);
		else
			(void)fixture_ok(&f, ROP_RESET_TABLE, 2, NULL);
		set_columns(2);
		struct rop_find_row_request find = { .restriction_data = subject_is("d"),
						     .origin = ORIGIN_BOOKMARK,
						     .bookmark = mark };
		struct rop_seek_row_bookmark_request seek = { .bookmark = mark, .row_count = 1 };
		struct rop_free_bookmark_request drop = { .bookmark = mark };
		/* MS-OXCTABL_R898 */
		/* MS-OXCTABL_R900 */
		/* MS-OXCTABL_R902 */
		fixture_refused(&f, ROP_FIND_ROW, 2, &find, 0x80040405);
		/* MS-OXCTABL_R904 */
		/* MS-OXCTABL_R906 */
		/* MS-OXCTABL_R908 */
		fixture_refused(&f, ROP_SEEK_ROW_BOOKMARK, 2, &seek, 0x80040405);
		/* MS-OXCTABL_R562 */
		/* MS-OXCTABL_R863 */
		/* MS-OXCTABL_R864 */
		/* MS-OXCTABL_R865 */
		fixture_refused(&f, ROP_FREE_BOOKMARK, 2, &drop, 0x80040405);
	}
}

/* After a reset the table is as just opened: its first bookmark is the first one again. */
static void bookmarks_after_a_reset(void **unused)
{
	(void)unused;
	begin();
	(void)contents(0, 2);
	set_columns(2);
	struct bytes mark = mark_here(2);
	struct rop_seek_row_bookmark_request seek = { .bookmark = mark, .want_row_moved_count = 1 };
	(void)mark_here(2);
	(void)fixture_ok(&f, ROP_RESET_TABLE, 2, NULL);
	set_columns(2);
	fixture_refused(&f, ROP_SEEK_ROW_BOOKMARK, 2, &seek, 0x80040405);
	struct bytes anew = mark_here(2);
	assert_int_equal(anew.n, mark.n);
	assert_memory_equal(anew.p, mark.p, mark.n);
	(void)fixture_ok(&f, ROP_SEEK_ROW_BOOKMARK, 2, &seek);
}

/* Of a folder, which is no table, nothing of a table can be asked. */
static void no_tables(void **unused)
{
	static const uint8_t bare[] = {
		ROP_RESET_TABLE, ROP_QUERY_COLUMNS_ALL, ROP_QUERY_POSITION,
		ROP_CREATE_BOOKMARK
	};
	uint32_t tag = PidTagSubject;
	struct sort_order order = { PidTagSubject, SORT_ASCEND };
	struct rop_set_columns_request columns = { .property_tags = { 1, &tag } };
	struct rop_sort_table_request sorted = { .sort_order_count = 1,
						 .sort_orders = { 1, &order } };
	struct rop_restrict_request restricted = { .restriction_data = subject_is("d") };
	struct rop_query_rows_request rows = { .forward_read = 1, .row_count = 1 };
	struct rop_seek_row_request seek = { .row_count = 1 };
	struct rop_seek_row_bookmark_request seek_mark = { .bookmark = bytes_of("\1\0\0\0", 4) };
	struct rop_seek_row_fractional_request part = { .denominator = 1 };
	struct rop_find_row_request find = { .restriction_data = subject_is("d") };
	struct rop_free_bookmark_request drop = { .bookmark = bytes_of("\1\0\0\0", 4) };
	struct rop_expand_row_request expand = { .category_id = 1 };
	struct rop_collapse_row_request collapse = { .category_id = 1 };
	struct rop_get_collapse_state_request get = { .row_id = 1 };
	struct rop_set_collapse_state_request set = { .collapse_state = bytes_of("x", 1) };

	(void)unused;
	begin();
	/* MS-OXCTABL_R209 */
	/* MS-OXCTABL_R218 */
	/* MS-OXCTABL_R259 */
	/* MS-OXCTABL_R495 */
	/* MS-OXCTABL_R533 */
	/* MS-OXCTABL_R612 */
	for (size_t i = 0; i < sizeof bare; i++)
		fixture_refused(&f, bare[i], 1, NULL, 0x80040102);
	/* MS-OXCTABL_R45 */
	fixture_refused(&f, ROP_SET_COLUMNS, 1, &columns, 0x80040102);
	/* MS-OXCTABL_R57 */
	fixture_refused(&f, ROP_SORT_TABLE, 1, &sorted, 0x80040102);
	/* MS-OXCTABL_R88 */
	/* MS-OXCTABL_R461 */
	fixture_refused(&f, ROP_RESTRICT, 1, &restricted, 0x80040102);
	/* MS-OXCTABL_R477 */
	/* MS-OXCTABL_R614 */
	fixture_refused(&f, ROP_QUERY_ROWS, 1, &rows, 0x80040102);
	/* MS-OXCTABL_R142 */
	/* MS-OXCTABL_R502 */
	fixture_refused(&f, ROP_SEEK_ROW, 1, &seek, 0x80040102);
	/* MS-OXCTABL_R168 */
	/* MS-OXCTABL_R512 */
	fixture_refused(&f, ROP_SEEK_ROW_BOOKMARK, 1, &seek_mark, 0x80040102);
	/* MS-OXCTABL_R200 */
	/* MS-OXCTABL_R521 */
	fixture_refused(&f, ROP_SEEK_ROW_FRACTIONAL, 1, &part, 0x80040102);
	/* MS-OXCTABL_R544 */
	/* MS-OXCTABL_R682 */
	fixture_refused(&f, ROP_FIND_ROW, 1, &find, 0x80040102);
	/* MS-OXCTABL_R249 */
	/* MS-OXCTABL_R551 */
	fixture_refused(&f, ROP_FREE_BOOKMARK, 1, &drop, 0x80040102);
	/* MS-OXCTABL_R274 */
	fixture_refused(&f, ROP_EXPAND_ROW, 1, &expand, 0x80040102);
	/* MS-OXCTABL_R284 */
	/* MS-OXCTABL_R578 */
	fixture_refused(&f, ROP_COLLAPSE_ROW, 1, &collapse, 0x80040102);
	/* MS-OXCTABL_R290 */
	/* MS-OXCTABL_R584 */
	fixture_refused(&f, ROP_GET_COLLAPSE_STATE, 1, &get, 0x80040102);
	/* MS-OXCTABL_R306 */
	/* MS-OXCTABL_R590 */
	fixture_refused(&f, ROP_SET_COLLAPSE_STATE, 1, &set, 0x80040102);
}

/* Found from the end on, backward, and after the place of the cursor. */
static void finding_both_ways(void **unused)
{
	struct rop_find_row_request find = { .restriction_data = subject_is("d"),
					     .origin = ORIGIN_END,
					     .find_row_flags = 1 };
	const struct rop_find_row_response *found;

	(void)unused;
	begin();
	(void)contents(0, 2);
	set_columns(2);
	sort(2, PidTagSubject, SORT_ASCEND);
	/* MS-OXCTABL_R226 */
	found = fixture_ok(&f, ROP_FIND_ROW, 2, &find);
	assert_true(found->has_row_data);
	position(2, 3, 9);
	/* MS-OXCTABL_R225 */
	/* MS-OXCTABL_R536 */
	find.find_row_flags = 0;
	fixture_refused(&f, ROP_FIND_ROW, 2, &find, 0x8004010F);
	find.origin = ORIGIN_BEGINNING;
	/* MS-OXCTABL_R540 */
	/* MS-OXCTABL_R824 */
	found = fixture_ok(&f, ROP_FIND_ROW, 2, &find);
	assert_string_equal(subjects((struct rop_rows){ .count = 1, .data = found->row_data }),
			    "d");
	struct bytes mark = mark_here(2);
	find.origin = ORIGIN_BOOKMARK;
	find.bookmark = mark;
	found = fixture_ok(&f, ROP_FIND_ROW, 2, &find);
	assert_false(found->row_no_longer_visible);
}

static void categories(void **unused)
{
	struct sort_order orders[] = { { PidTagImportance, SORT_ASCEND },
				       { PidTagSubject, SORT_ASCEND } };
	struct rop_sort_table_request q = { .sort_order_count = 2,
					    .category_count = 1,
					    .expanded_count = 0,
					    .sort_orders = { 2, orders } };
	uint32_t columns[] = { PidTagInstID, PidTagRowType };
	struct rop_set_columns_request set = { .property_tags = { 2, columns } };
	struct rop_query_rows_request all = { .forward_read = 1, .row_count = 50 };
	struct prop values[2];

	(void)unused;
	begin();
	(void)contents(0, 2);
	(void)fixture_ok(&f, ROP_SET_COLUMNS, 2, &set);
	(void)fixture_ok(&f, ROP_SORT_TABLE, 2, &q);
	struct rop_query_rows_response *r = fixture_ok(&f, ROP_QUERY_ROWS, 2, &all);
	assert_int_equal(r->rows.count, 3);
	struct bytes data = r->rows.data;
	assert_int_equal(property_row_next(&data, columns, 2, &f.arena, values, NULL), 0);
	/* MS-OXCTABL_R18 */
	assert_int_equal(le32(values[1].value.p), ROW_COLLAPSED);
	struct rop_expand_row_request expand = { .max_row_count = 1,
						 .category_id = le64(values[0].value.p) };
	struct rop_collapse_row_request collapse = { .category_id = expand.category_id };
	/* MS-OXCTABL_R748 */
	fixture_refused(&f, ROP_EXPAND_ROW, 2, &expand, ecNotSupported_);
	expand.max_row_count = 0;
	const struct rop_expand_row_response *e = fixture_ok(&f, ROP_EXPAND_ROW, 2, &expand);
	/* MS-OXCTABL_R567 */
	assert_int_equal(e->expanded_row_count, 3);
	/* MS-OXCTABL_R280 */
	assert_int_equal(e->rows.count, 0);
	/* MS-OXCTABL_R571 */
	fixture_refused(&f, ROP_EXPAND_ROW, 2, &expand, 0x4F8);
	const struct rop_collapse_row_response *c = fixture_ok(&f, ROP_COLLAPSE_ROW, 2, &collapse);
	/* MS-OXCTABL_R573 */
	assert_int_equal(c->collapsed_row_count, 3);
	/* MS-OXCTABL_R577 */
	fixture_refused(&f, ROP_COLLAPSE_ROW, 2, &collapse, 0x4F7);
	expand.category_id = 12345;
	collapse.category_id = 12345;
	/* MS-OXCTABL_R570 */
	fixture_refused(&f, ROP_EXPAND_ROW, 2, &expand, ecNotFound);
	/* MS-OXCTABL_R576 */
	fixture_refused(&f, ROP_COLLAPSE_ROW, 2, &collapse, ecNotFound);
	struct rop_get_collapse_state_request state = { .row_id = le64(values[0].value.p) };
	const struct rop_get_collapse_state_response *kept =
		fixture_ok(&f, ROP_GET_COLLAPSE_STATE, 2, &state);
	/* MS-OXCTABL_R579 */
	assert_true(kept->collapse_state.n > 0);
	struct rop_set_collapse_state_request back = {
		.collapse_state = bytes_of(
			arena_memdup(&f.arena, kept->collapse_state.p, kept->collapse_state.n),
			kept->collapse_state.n)
	};
	const struct rop_set_collapse_state_response *set_back =
		fixture_ok(&f, ROP_SET_COLLAPSE_STATE, 2, &back);
	/* MS-OXCTABL_R585 */
	assert_true(set_back->bookmark.n > 0);
}

/* What each kind of table supports ([MS-OXCTABL] 3.2.5.x). */
static void kinds(void **unused)
{
	struct rop_get_hierarchy_table_request h = { .output_handle_index = 3,
						     .table_flags = TABLE_FLAG_DEPTH };
	struct rop_get_rules_table_request rules = { .output_handle_index = 4,
						     .table_flags = TABLE_FLAG_USE_UNICODE };
	struct sort_order order = { PidTagDisplayName, SORT_ASCEND };
	struct rop_sort_table_request sort_q = { .sort_order_count = 1,
						 .sort_orders = { 1, &order } };
	struct rop_expand_row_request expand = { .category_id = 1 };
	uint32_t name = PidTagDisplayName, rule = PidTagRuleId;
	struct rop_set_columns_request set = { .property_tags = { 1, &name } };

	(void)unused;
	begin();
	(void)contents(0, 2);
	(void)fixture_ok(&f, ROP_GET_HIERARCHY_TABLE, 1, &h);
	(void)fixture_ok(&f, ROP_GET_RULES_TABLE, 1, &rules);
	/* MS-OXCTABL_R829 */
	(void)fixture_ok(&f, ROP_SET_COLUMNS, 3, &set);
	set.property_tags.v = &rule;
	/* MS-OXCTABL_R830 */
	(void)fixture_ok(&f, ROP_SET_COLUMNS, 4, &set);
	/* MS-OXCTABL_R450 */
	fixture_refused(&f, ROP_SORT_TABLE, 3, &sort_q, ecNotSupported_);
	fixture_refused(&f, ROP_SORT_TABLE, 4, &sort_q, ecNotSupported_);
	/* MS-OXCTABL_R857 */
	(void)fixture_ok(&f, ROP_CREATE_BOOKMARK, 3, NULL);
	/* MS-OXCTABL_R529 */
	fixture_refused(&f, ROP_CREATE_BOOKMARK, 4, NULL, ecNotSupported_);
	/* MS-OXCTABL_R566 */
	fixture_refused(&f, ROP_RESET_TABLE, 3, NULL, ecNotSupported_);
	/* MS-OXCTABL_R572 */
	fixture_refused(&f, ROP_EXPAND_ROW, 3, &expand, ecNotSupported_);
	for (uint8_t i = 2; i <= 4; i++) {
		/* MS-OXCTABL_R531 */
		(void)fixture_ok(&f, ROP_QUERY_COLUMNS_ALL, i, NULL);
		/* MS-OXCTABL_R493 */
		(void)fixture_ok(&f, ROP_QUERY_POSITION, i, NULL);
	}
	h.table_flags = 0x01;
	/* MS-OXCFOLD_R314002 */
	fixture_refused(&f, ROP_GET_HIERARCHY_TABLE, 1, &h, ecNotSupported_);
	struct rop_get_contents_table_request c = { .output_handle_index = 5, .table_flags = 0x01 };
	/* MS-OXCFOLD_R330002 */
	fixture_refused(&f, ROP_GET_CONTENTS_TABLE, 1, &c, ecInvalidParam);
	/* MS-OXCFOLD_R671 */
	fixture_refused(&f, ROP_GET_CONTENTS_TABLE, 0, &c, ecNotSupported_);
}

/*
 * Nothing is ever done asynchronously: as of Exchange 2010 there is neither a state to ask for nor anything to abort,
 * whatever the object is.  (Earlier versions answer TBLSTAT_COMPLETE and ecUnableToAbort.)
 */
static void nothing_asynchronous(void **unused)
{
	struct rop_get_hierarchy_table_request h = { .output_handle_index = 3 };
	struct rop_get_rules_table_request rules = { .output_handle_index = 4 };

	(void)unused;
	begin();
	(void)contents(0, 2);
	(void)fixture_ok(&f, ROP_GET_HIERARCHY_TABLE, 1, &h);
	(void)fixture_ok(&f, ROP_GET_RULES_TABLE, 1, &rules);
	for (uint8_t i = 0; i <= 4; i++) {
		fixture_refused(&f, ROP_GET_STATUS, i, NULL, 0x80040FFF);
		fixture_refused(&f, ROP_ABORT, i, NULL, 0x80040FFF);
	}
	fixture_refused(&f, ROP_ABORT, 5, NULL, 0x4B9);
}

/* A bookmark of a table that was released is as good as the table: none. */
static void bookmark_of_released_table(void **unused)
{
	struct rop_seek_row_bookmark_request seek = { .row_count = 1 };
	struct rop_free_bookmark_request drop;

	(void)unused;
	begin();
	(void)contents(0, 2);
	set_columns(2);
	seek.bookmark = drop.bookmark = mark_here(2);
	(void)fixture_ok(&f, ROP_SEEK_ROW_BOOKMARK, 2, &seek);
	fixture_release(&f, 2);
	/* MS-OXCTABL_R248 */
	fixture_refused(&f, ROP_SEEK_ROW_BOOKMARK, 2, &seek, 0x4B9);
	/* MS-OXCTABL_R552 */
	fixture_refused(&f, ROP_FREE_BOOKMARK, 2, &drop, 0x4B9);
	/* What is no bookmark's is what a released handle is everywhere ([MS-OXCROPS] 3.2.5.4). */
	fixture_refused(&f, ROP_QUERY_POSITION, 2, NULL, 0x80040108);
}

/* A buffer that is too small for all rows has as many as fit, and one that has no room for any says so. */
static void small_buffers(void **unused)
{
	struct rop_query_rows_request q = { .forward_read = 1, .row_count = 9 };
	const struct rop_query_rows_response *r;
	uint32_t got = 0;

	(void)unused;
	begin();
	(void)contents(0, 2);
	set_columns(2);
	f.most = 300;
	while (got < 9) {
		r = fixture_ok(&f, ROP_QUERY_ROWS, 2, &q);
		assert_true(r->rows.count > 0);
		got += r->rows.count;
	}
	f.most = 32 << 10;
	assert_int_equal(got, 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_and_order),
		cmocka_unit_test(bad_columns),
		cmocka_unit_test(restrictions_and_find),
		cmocka_unit_test(bookmarks),
		cmocka_unit_test(categories),
		cmocka_unit_test(kinds),
		cmocka_unit_test(nothing_asynchronous),
		cmocka_unit_test(bookmark_of_released_table),
		cmocka_unit_test(small_buffers),
		cmocka_unit_test(without_columns),
		cmocka_unit_test(bookmarks_that_end),
		cmocka_unit_test(bookmarks_after_a_reset),
		cmocka_unit_test(no_tables),
		cmocka_unit_test(finding_both_ways),
	};

	return FIXTURE_RUN(&f, tests);
}
