#include "client/sync_slices.h"

#include <stdlib.h>

#include "client/sync_stream.h"
#include "mapi/tag.h"
#include "rop/property_row.h"
#include "rop/rops_folder.h"
#include "rop/rops_table.h"

#define SLICE_LEAST  250u  /* messages */
#define FOLDER_LEAST 1000u /* messages: fewer are here before other sessions are */
#define AT_ONCE      18u   /* bounds asked for in one request: two operations each */

enum { FROM_BEGINNING = 0x00, FORWARD = 0x01 };

static const uint32_t column = PidTagChangeNumber;

/* Opens the table of its messages; *rows 0: it cannot be had. */
static status open_table(struct remote *r, uint64_t folder, unsigned *folder_slot, unsigned *table,
			 uint32_t *rows, struct reason *why)
{
	struct rop_open_folder_request open = { .folder_id = remote_id(r, folder) };
	struct rop_get_contents_table_request get = { .table_flags = 0 };
	struct rop_set_columns_request columns = { .property_tags = {
							   1, (uint32_t *)(uintptr_t)&column } };
	struct rop_get_contents_table_response *count = NULL;
	struct remote_batch *b = remote_batch(r);
	status s;

	*folder_slot = remote_add(b, ROP_OPEN_FOLDER, remote_logon_handle(r), &open);
	*table = remote_add(b, ROP_GET_CONTENTS_TABLE, *folder_slot, &get);
	(void)remote_add(b, ROP_SET_COLUMNS, *table, &columns);
	s = remote_run(b, false, why);
	*rows = !s && !remote_answer(b, 1, &count) && count && !remote_answer(b, 2, NULL)
			? count->row_count
			: 0;
	return s;
}

static uint64_t change_number(struct remote *r, struct remote_batch *b, size_t i)
{
	struct rop_query_rows_response *a = NULL;
	struct reason unused;
	struct prop p;
	struct bytes row;

	if (remote_answer(b, i, &a) || !a || a->rows.count != 1)
		return 0;
	row = a->rows.data;
	if (property_row_next(&row, &column, 1, remote_arena(b), &p, &unused) || p.tag != column ||
	    p.value.n != 8)
		return 0;
	return remote_globcnt(r, le64(p.value.p));
}

static int rising(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Of the messages that stand at the parts `from` to before `to` of so many parts of the table. */
static status ask_for_some(struct remote *r, unsigned table, uint32_t rows, size_t parts, size_t from,
			   size_t to, uint64_t *bounds, struct reason *why)
{
	struct rop_seek_row_request seek[AT_ONCE];
	struct rop_query_rows_request query = { .forward_read = FORWARD, .row_count = 1 };
	struct remote_batch *b = remote_batch(r);
	status s;

	for (size_t i = 0; i < to - from; i++) {
		seek[i] = (struct rop_seek_row_request){
			.origin = FROM_BEGINNING,
			.row_count = (uint32_t)((from + i) * (uint64_t)rows / parts)
		};
		(void)remote_add(b, ROP_SEEK_ROW, table, &seek[i]);
		(void)remote_add(b, ROP_QUERY_ROWS, table, &query);
	}
	remote_set_columns(r, &column, 1);
	s = remote_run(b, false, why);
	remote_set_columns(r, NULL, 0);
	for (size_t i = 0; !s && i < to - from; i++)
		bounds[i] = change_number(r, b, 2 * i + 1);
	return s;
}

/* Messages from all over the table, whose order does not matter: servers sort change numbers by their bytes. */
static status ask_for_bounds(struct remote *r, unsigned table, uint32_t rows,
			     struct sync_slices *out, struct reason *why)
{
	size_t wanted =
		rows / SLICE_LEAST < SYNC_SLICES_MOST ? rows / SLICE_LEAST : SYNC_SLICES_MOST;
	uint64_t bounds[SYNC_SLICES_MOST] = { 0 };
	status s = ecNone;

	for (size_t i = 1, to; i < wanted && !s; i = to) {
		to = wanted - i < AT_ONCE ? wanted : i + AT_ONCE;
		s = ask_for_some(r, table, rows, wanted, i, to, bounds + i, why);
	}
	qsort(bounds, wanted, sizeof *bounds, rising);
	for (size_t i = 0; i < wanted; i++)
		if (bounds[i] > out->first[out->n - 1])
			out->first[out->n++] = bounds[i];
	return s;
}

status sync_slices_find(struct remote *r, uint64_t folder, uint64_t last, struct sync_slices *out,
			struct reason *why)
{
	unsigned slot = REMOTE_NO_SLOT, table = REMOTE_NO_SLOT;
	uint32_t rows = 0;
	status s = open_table(r, folder, &slot, &table, &rows, why);

	*out = (struct sync_slices){ .first = { 1 }, .n = 1, .last = last };
	if (!s && rows >= FOLDER_LEAST)
		s = ask_for_bounds(r, table, rows, out, why);
	if (out->last < out->first[out->n - 1])
		out->last = out->first[out->n - 1];
	remote_release(r, table);
	remote_release(r, slot);
	return s;
}

/* All change numbers but those of the part. */
static status all_but(const struct sync_slices *v, size_t i, const struct guid *replica,
		      struct idset *out)
{
	status s = v->first[i] > 1 ? idset_add(out, replica, 1, v->first[i] - 1) : ecNone;

	return s || i + 1 == v->n ? s : idset_add(out, replica, v->first[i + 1], v->last);
}

status sync_slice_state(const struct sync_slices *v, size_t i, const struct guid *replica,
			struct sync_state *state)
{
	status s = all_but(v, i, replica, &state->seen);

	return s ? s : all_but(v, i, replica, &state->seen_associated);
}
