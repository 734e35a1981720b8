/* Counters of folders: gathered while a transaction lasts, written into the folders' rows before they are read. */
#include "store/folder_private.h"
#include "store/read_marks.h"

#include <stdlib.h>

static struct folder_delta *delta_of(struct mailbox *m, uint64_t folder)
{
	/* The folder that was counted last is the likeliest one. */
	for (size_t i = m->n_deltas; i-- > 0;)
		if (m->deltas[i].folder == folder)
			return &m->deltas[i];
	if (m->n_deltas == m->cap_deltas) {
		size_t cap = m->cap_deltas ? 2 * m->cap_deltas : 16;
		struct folder_delta *v = reallocarray(m->deltas, cap, sizeof *v);

		if (!v)
			return NULL;
		m->deltas = v;
		m->cap_deltas = cap;
	}
	m->deltas[m->n_deltas] = (struct folder_delta){ .folder = folder };
	return &m->deltas[m->n_deltas++];
}

static void add(struct folder_delta *to, const struct folder_delta *delta)
{
	to->items += delta->items;
	to->unread += delta->unread;
	to->associated += delta->associated;
	to->size += delta->size;
	to->deleted_items += delta->deleted_items;
	to->deleted_size += delta->deleted_size;
}

status folder_count(struct mailbox *m, const struct folder_delta *delta)
{
	struct folder_delta *d = delta_of(m, delta->folder);

	if (!d)
		return reason_set(&m->why, ecMemory, "out of memory");
	add(d, delta);
	if (m->total_known)
		add(&m->total, delta);
	/* Many folders in one transaction: the search above must stay short. */
	return m->n_deltas < 64 ? ecNone : folder_counts_flush(m);
}

static status write_delta(struct mailbox *m, const struct folder_delta *d)
{
	struct sql_statement *s = sql_prepare(
		m->db, "UPDATE folder SET items = items + $1, unread = unread + $2, associated = associated + $3, size = size + $4,"
		       " deleted_items = deleted_items + $5, deleted_size = deleted_size + $6 WHERE id = $7");

	sql_bind_i64(s, 1, d->items);
	sql_bind_i64(s, 2, d->unread);
	sql_bind_i64(s, 3, d->associated);
	sql_bind_i64(s, 4, d->size);
	sql_bind_i64(s, 5, d->deleted_items);
	sql_bind_i64(s, 6, d->deleted_size);
	bind_u64(s, 7, d->folder);
	return mailbox_error(m, sql_run(s));
}

status folder_counts_flush(struct mailbox *m)
{
	status s = ecNone;

	for (size_t i = 0; !s && i < m->n_deltas; i++)
		s = write_delta(m, &m->deltas[i]);
	m->n_deltas = 0;
	return s;
}

status folder_unread(struct mailbox *m, const struct folder *f, uint64_t *n)
{
	bool alone = read_marks_on(m) && !f->is_search;
	const struct globset *marks = NULL;
	uint64_t changed;
	status s = alone ? read_marks_of(m, f->id, &marks, &changed) : ecNone;

	if (s || marks)
		return s ? s : read_marks_unread(m, f->id, n);
	*n = alone ? f->items : f->unread;
	return ecNone;
}
