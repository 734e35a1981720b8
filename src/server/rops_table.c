/* Tables: opening them, columns, order, restriction, cursor, rows ([MS-OXCTABL] 3.2.5.2 to 3.2.5.14). */
#include "rop/rops_table.h"
#include "rop/rops_folder.h"
#include "rop/rops_message.h"
#include "server/folder_object.h"
#include "server/message_object.h"
#include "server/rop_call.h"
#include "server/table_object.h"
#include "store/folder.h"
#include "store/table_objects.h"

#include <stdlib.h>
#include <string.h>

/* [MS-OXCTABL] 2.2.2.1.3: everything is done at once, whatever the client asked for. */
#define TBLSTAT_COMPLETE 0x00u

/* [MS-OXCTABL] 2.2.2.5.1, 2.2.2.14.1 */
#define QUERY_NO_ADVANCE 0x01u
#define FIND_BACKWARD    0x01u

/* Rows are read from the store in pieces until the buffer is full. */
#define ROWS_PIECE 64u

/* Opening ------------------------------------------------------------------------------------------------------------- */

static status row_count(struct table_object *t, uint32_t *rows)
{
	uint64_t n = 0;
	status s = table_count(t->table, &n);

	if (!s)
		*rows = n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
	return s;
}

/* What a call opened, with the number of its rows. */
static status opened(struct rop_call *c, struct table_object *t, bool associated, unsigned flags,
		     uint32_t *rows)
{
	status s = row_count(t, rows);

	if (!s)
		s = table_object_watch(t, associated, flags);
	if (s)
		object_unref(&t->object);
	else
		rop_call_open(c, &t->object);
	return s;
}

/* There are no folders that were deleted softly: a deleted folder is gone, its messages can be recovered. */
static status open_hierarchy(struct rop_call *c, unsigned flags, struct table_object **out)
{
	uint64_t folder = folder_object_id(c->object);
	struct table *table;
	status s;

	if (flags & TABLE_FLAG_SOFT_DELETES)
		return table_object_of_rows(c->object, TABLE_OF_FOLDERS, NULL, 0, flags, out);
	s = table_open(logon_mailbox(c->logon), TABLE_HIERARCHY, folder,
		       flags & TABLE_FLAG_DEPTH ? TABLE_DEEP : 0, &table);
	if (!s)
		s = table_object_new(c->object, TABLE_OF_FOLDERS, table, folder, flags, out);
	if (!s)
		(*out)->everywhere = flags & TABLE_FLAG_DEPTH;
	return s;
}

static status get_hierarchy_table(struct rop_call *c)
{
	const struct rop_get_hierarchy_table_request *q = c->request;
	struct rop_get_hierarchy_table_response *r = c->response;
	const unsigned known = TABLE_FLAG_DEPTH | TABLE_FLAG_DEFERRED_ERRORS |
			       TABLE_FLAG_NO_NOTIFICATIONS | TABLE_FLAG_SOFT_DELETES |
			       TABLE_FLAG_USE_UNICODE | TABLE_FLAG_SUPPRESSES_NOTIFICATIONS;
	struct table_object *t;
	status s;

	if (q->table_flags & ~known)
		return ecNotSupported;
	s = logon_may(c->logon, folder_object_id(c->object), RIGHT_VISIBLE);
	if (!s)
		s = open_hierarchy(c, q->table_flags, &t);
	return s ? s : opened(c, t, false, q->table_flags, &r->row_count);
}

static bool is_search_folder(struct rop_call *c, uint64_t folder)
{
	struct folder f;

	return !folder_get(logon_mailbox(c->logon), folder, c->arena, &f) && f.is_search;
}

static status get_contents_table(struct rop_call *c)
{
	/* SuppressesNotifications of the hierarchy table is ConversationMembers here: messages of the folder, as they are. */
	const unsigned known = TABLE_FLAG_ASSOCIATED | TABLE_FLAG_DEFERRED_ERRORS |
			       TABLE_FLAG_NO_NOTIFICATIONS | TABLE_FLAG_SOFT_DELETES |
			       TABLE_FLAG_USE_UNICODE | TABLE_FLAG_SUPPRESSES_NOTIFICATIONS;
	const struct rop_get_contents_table_request *q = c->request;
	struct rop_get_contents_table_response *r = c->response;
	uint64_t folder = folder_object_id(c->object);
	enum table_kind kind;
	struct table_object *t;
	struct table *table;
	status s;

	if (q->table_flags & ~known)
		return ecInvalidParam;
	if (q->table_flags & TABLE_FLAG_SOFT_DELETES)
		kind = q->table_flags & TABLE_FLAG_ASSOCIATED ? TABLE_DELETED_ASSOCIATED
							      : TABLE_DELETED;
	else
		kind = q->table_flags & TABLE_FLAG_ASSOCIATED ? TABLE_ASSOCIATED : TABLE_CONTENTS;
	s = logon_may(c->logon, folder, RIGHT_READ_ANY);
	if (!s)
		s = table_open(logon_mailbox(c->logon), kind, folder, 0, &table);
	if (!s)
		s = table_object_new(c->object, TABLE_OF_MESSAGES, table, folder, q->table_flags,
				     &t);
	if (s)
		return s;
	t->everywhere = is_search_folder(c, folder);
	return opened(c, t, q->table_flags & TABLE_FLAG_ASSOCIATED, q->table_flags, &r->row_count);
}

/* [MS-OXCMSG] 3.2.5.13: of the message as the client sees it, saved or not. */
static status get_attachment_table(struct rop_call *c)
{
	const struct rop_get_attachment_table_request *q = c->request;
	struct table_gather gather;
	struct table_object *t;
	status s;

	table_gather_init(&gather, c->arena);
	s = message_object_emit(message_object_of(c->object), &gather.sink);
	if (!s)
		s = table_object_of_rows(c->object, TABLE_OF_ATTACHMENTS, gather.found.attachments,
					 gather.found.n_attachments, q->table_flags, &t);
	if (!s)
		rop_call_open(c, &t->object);
	return s;
}

/* Columns, order, restriction ------------------------------------------------------------------------------------------- */

/* [MS-OXCTABL] 3.2.5.2: a column has a type, and one that exists. */
static bool column_is_valid(uint32_t tag)
{
	uint16_t type = tag_type(tag) & (uint16_t)~MV_INSTANCE;

	return type != PT_UNSPECIFIED && type != PT_ERROR && prop_type_known(type);
}

/* [MS-OXCTABL] 3.2.5.2: after a failure there are no columns, until others are set. */
static void forget_columns(struct table_object *t)
{
	free(t->columns);
	t->columns = NULL;
	t->n_columns = 0;
}

static status set_columns(struct rop_call *c)
{
	const struct rop_set_columns_request *q = c->request;
	struct table_object *t;
	uint32_t *copy;
	status s = table_object_of(c, TABLE_OF_ANY, &t);

	if (s)
		return s;
	for (uint32_t i = 0; !s && i < q->property_tags.n; i++)
		if (!column_is_valid(q->property_tags.v[i]))
			s = ecInvalidParam;
	if (!s)
		s = table_set_columns(t->table, q->property_tags.v, q->property_tags.n);
	forget_columns(t);
	/* None were refused by the table. */
	if (s || !q->property_tags.n)
		return s;
	copy = malloc(q->property_tags.n * sizeof *copy);
	if (!copy)
		return ecMemory;
	memcpy(copy, q->property_tags.v, q->property_tags.n * sizeof *copy);
	t->columns = copy;
	t->n_columns = q->property_tags.n;
	((struct rop_set_columns_response *)c->response)->table_status = TBLSTAT_COMPLETE;
	return ecNone;
}

static status sort_table(struct rop_call *c)
{
	const struct rop_sort_table_request *q = c->request;
	const struct sort_order_set order = {
		.count = q->sort_order_count,
		.categories = q->category_count,
		.expanded = q->expanded_count,
		.orders = { .n = q->sort_orders.n, .v = q->sort_orders.v },
	};
	struct table_object *t;
	status s = table_object_of(c, TABLE_OF_MESSAGES, &t);

	if (!s)
		s = table_sort(t->table, order.count ? &order : NULL);
	if (s)
		return s;
	t->categories = order.categories;
	((struct rop_sort_table_response *)c->response)->table_status = TBLSTAT_COMPLETE;
	return ecNone;
}

/* No bytes at all are no restriction. */
static status decode_restriction(struct rop_call *c, struct bytes data, struct restriction **out)
{
	struct restriction *r = NULL;
	status s = ecNone;

	if (data.n) {
		r = arena_zalloc(c->arena, sizeof *r);
		s = r ? restriction_decode(data, WIRE_COUNTS_16, c->arena, r, NULL) : ecMemory;
	}
	if (!s)
		*out = r;
	return s == ecCorruptData ? ecInvalidParam : s;
}

static status restrict_table(struct rop_call *c)
{
	const struct rop_restrict_request *q = c->request;
	struct restriction *r;
	struct table_object *t;
	status s = table_object_of(c, TABLE_OF_MESSAGES | TABLE_OF_FOLDERS | TABLE_OF_RULES, &t);

	if (!s)
		s = decode_restriction(c, q->restriction_data, &r);
	if (!s)
		s = table_restrict(t->table, r);
	if (!s)
		((struct rop_restrict_response *)c->response)->table_status = TBLSTAT_COMPLETE;
	return s;
}

static status reset_table(struct rop_call *c)
{
	struct table_object *t;
	status s = table_object_of(c, TABLE_OF_MESSAGES, &t);

	if (s)
		return s;
	table_reset(t->table);
	forget_columns(t);
	t->categories = 0;
	t->viewed = false;
	return ecNone;
}

static status query_columns_all(struct rop_call *c)
{
	struct rop_query_columns_all_response *r = c->response;
	struct table_object *t;
	uint32_t *tags = NULL;
	size_t n = 0;
	status s = table_object_view(c, TABLE_OF_ANY, &t);

	if (!s)
		s = table_query_columns(t->table, c->arena, &tags, &n);
	if (s)
		return s;
	if (n > UINT16_MAX)
		n = UINT16_MAX;
	r->property_tags.v = tags;
	r->property_tags.n = (uint32_t)n;
	return ecNone;
}

/* Rows ---------------------------------------------------------------------------------------------------------------- */

/* Where the cursor is when it cannot go on; backward too that is the end, as Exchange says ([MS-OXCTABL] 3.2.5.5, <25>). */
static status origin_after(struct table_object *t, bool forward, uint8_t *origin)
{
	bool end = false;
	status s = forward ? table_at_end(t->table, &end) : table_at_beginning(t->table, &end);

	if (!s)
		*origin = end ? ORIGIN_END : ORIGIN_CURRENT;
	return s;
}

static status put_rows(struct rop_call *c, struct table_object *t,
		       const struct rop_query_rows_request *q, struct buf *out, uint32_t *count)
{
	bool forward = q->forward_read;
	status s = ecNone;

	while (!s && *count < q->row_count) {
		size_t want = q->row_count - *count, taken = 0;
		struct table_rows rows = { .n = 0 };
		int64_t moved;

		if (want > ROWS_PIECE)
			want = ROWS_PIECE;
		s = table_query_rows(t->table, forward, want, false, c->arena, &rows);
		if (s || !rows.n)
			break;
		s = table_object_put_rows(c, t, &rows, out, &taken);
		if (s == ecBufferTooSmall && *count)
			return ecNone;
		if (!s)
			s = table_seek(t->table, ORIGIN_CURRENT,
				       forward ? (int64_t)taken : -(int64_t)taken, &moved);
		*count += (uint32_t)taken;
		if (taken < rows.n)
			break;
	}
	return s;
}

static status query_rows(struct rop_call *c)
{
	const struct rop_query_rows_request *q = c->request;
	struct rop_query_rows_response *r = c->response;
	struct table_object *t;
	struct buf *out;
	int64_t moved;
	status s = table_object_ready(c, TABLE_OF_ANY, &t);

	if (!s && t->refused)
		s = ecAccessDenied;
	if (s)
		return s;
	out = rop_call_buffer(c);
	if (!out)
		return ecMemory;
	s = put_rows(c, t, q, out, &r->rows.count);
	if (!s)
		s = origin_after(t, q->forward_read, &r->origin);
	if (!s && (q->query_rows_flags & QUERY_NO_ADVANCE)) {
		int64_t back = q->forward_read ? -(int64_t)r->rows.count : (int64_t)r->rows.count;

		s = table_seek(t->table, ORIGIN_CURRENT, back, &moved);
	}
	r->rows.data = buf_bytes(out);
	return s;
}

static status find_row(struct rop_call *c)
{
	const struct rop_find_row_request *q = c->request;
	struct rop_find_row_response *r = c->response;
	struct restriction *restriction = NULL;
	struct table_find find = { .origin = (enum table_origin)q->origin,
				   .backward = q->find_row_flags & FIND_BACKWARD };
	struct bag row;
	struct table_rows rows = { .v = &row, .n = 1 };
	struct table_object *t;
	struct buf *out;
	bool gone = false;
	size_t taken;
	status s = table_object_ready(c, TABLE_OF_MESSAGES | TABLE_OF_FOLDERS | TABLE_OF_RULES, &t);

	if (!s && q->origin > ORIGIN_BOOKMARK)
		s = ecInvalidParam;
	if (!s && q->origin == ORIGIN_BOOKMARK)
		s = table_object_bookmark(q->bookmark, &find.bookmark);
	if (!s)
		s = decode_restriction(c, q->restriction_data, &restriction);
	if (s)
		return s;
	if (!restriction)
		return ecInvalidParam;
	find.restriction = restriction;
	s = table_find(t->table, &find, c->arena, &row, &gone);
	if (s)
		return s;
	out = rop_call_buffer(c);
	if (!out)
		return ecMemory;
	r->row_no_longer_visible = gone;
	s = table_object_put_rows(c, t, &rows, out, &taken);
	r->has_row_data = !s;
	r->row_data = buf_bytes(out);
	return s == ecBufferTooSmall ? ecNone : s;
}

/* Cursor -------------------------------------------------------------------------------------------------------------- */

static status query_position(struct rop_call *c)
{
	struct rop_query_position_response *r = c->response;
	uint64_t at = 0, all = 0;
	struct table_object *t;
	status s = table_object_view(c, TABLE_OF_ANY, &t);

	if (!s)
		s = table_position(t->table, &at, &all);
	if (!s) {
		r->numerator = (uint32_t)at;
		r->denominator = (uint32_t)all;
	}
	return s;
}

static bool is_less(int64_t moved, int32_t wanted)
{
	return wanted < 0 ? moved > wanted : moved < wanted;
}

static status seek_row(struct rop_call *c)
{
	const struct rop_seek_row_request *q = c->request;
	struct rop_seek_row_response *r = c->response;
	int32_t rows = (int32_t)q->row_count;
	struct table_object *t;
	int64_t moved = 0;
	status s = table_object_view(c, TABLE_OF_ANY, &t);

	if (!s && q->origin > ORIGIN_END)
		s = ecInvalidParam;
	if (!s)
		s = table_seek(t->table, (enum table_origin)q->origin, rows, &moved);
	if (!s && q->want_row_moved_count) {
		r->has_sought_less = is_less(moved, rows);
		r->rows_sought = (uint32_t)moved;
	}
	return s;
}

static status seek_row_fractional(struct rop_call *c)
{
	const struct rop_seek_row_fractional_request *q = c->request;
	struct table_object *t;
	status s = table_object_view(c, TABLE_OF_ANY, &t);

	return s ? s : table_seek_fraction(t->table, q->numerator, q->denominator);
}

/* Bookmarks ------------------------------------------------------------------------------------------------------------ */

static status seek_row_bookmark(struct rop_call *c)
{
	const struct rop_seek_row_bookmark_request *q = c->request;
	struct rop_seek_row_bookmark_response *r = c->response;
	int32_t rows = (int32_t)q->row_count;
	struct table_object *t;
	uint32_t bookmark = 0;
	int64_t moved = 0;
	bool gone = false;
	status s = table_object_ready(c, TABLE_OF_MESSAGES | TABLE_OF_FOLDERS, &t);

	if (!s)
		s = table_object_bookmark(q->bookmark, &bookmark);
	if (!s)
		s = table_bookmark_seek(t->table, bookmark, rows, &moved, &gone);
	if (s)
		return s;
	r->row_no_longer_visible = gone;
	if (q->want_row_moved_count) {
		r->has_sought_less = is_less(moved, rows);
		r->rows_sought = (uint32_t)moved;
	}
	return ecNone;
}

static status create_bookmark(struct rop_call *c)
{
	struct rop_create_bookmark_response *r = c->response;
	struct table_object *t;
	uint32_t bookmark = 0;
	status s = table_object_ready(c, TABLE_OF_MESSAGES | TABLE_OF_FOLDERS, &t);

	if (!s)
		s = table_bookmark(t->table, &bookmark);
	return s ? s : table_object_put_bookmark(c, bookmark, &r->bookmark);
}

static status free_bookmark(struct rop_call *c)
{
	const struct rop_free_bookmark_request *q = c->request;
	struct table_object *t;
	uint32_t bookmark = 0;
	status s = table_object_ready(c, TABLE_OF_MESSAGES | TABLE_OF_FOLDERS, &t);

	if (!s)
		s = table_object_bookmark(q->bookmark, &bookmark);
	return s ? s : table_bookmark_free(t->table, bookmark);
}

const struct rop_entry rops_table[] = {
	{ ROP_GET_HIERARCHY_TABLE, OBJECT_FOLDER, get_hierarchy_table },
	{ ROP_GET_CONTENTS_TABLE, OBJECT_FOLDER, get_contents_table },
	{ ROP_GET_ATTACHMENT_TABLE, OBJECT_MESSAGE, get_attachment_table },
	{ ROP_SET_COLUMNS, OBJECT_TABLE, set_columns },
	{ ROP_SORT_TABLE, OBJECT_TABLE, sort_table },
	{ ROP_RESTRICT, OBJECT_TABLE, restrict_table },
	{ ROP_RESET_TABLE, OBJECT_TABLE, reset_table },
	{ ROP_QUERY_COLUMNS_ALL, OBJECT_TABLE, query_columns_all },
	{ ROP_QUERY_ROWS, OBJECT_TABLE, query_rows },
	{ ROP_FIND_ROW, OBJECT_TABLE, find_row },
	{ ROP_QUERY_POSITION, OBJECT_TABLE, query_position },
	{ ROP_SEEK_ROW, OBJECT_TABLE, seek_row },
	{ ROP_SEEK_ROW_FRACTIONAL, OBJECT_TABLE, seek_row_fractional },
	{ ROP_SEEK_ROW_BOOKMARK, OBJECT_TABLE, seek_row_bookmark },
	{ ROP_CREATE_BOOKMARK, OBJECT_TABLE, create_bookmark },
	{ ROP_FREE_BOOKMARK, OBJECT_TABLE, free_bookmark },
	{ 0, 0, NULL },
};
