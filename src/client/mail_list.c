#include "client/mail_list.h"

#include "client/mail_private.h"
#include "mapi/entryid.h"
#include "store/folder.h"
#include "store/message.h"
#include "store/search.h"
#include "store/table.h"

status mail_failed(struct mailbox *m, status code, struct reason *why, const char *what)
{
	const char *words = mailbox_failure(m);

	if (*words)
		return reason_set(why, code, "%s: %s", what, words);
	return reason_set(why, code, "%s", what);
}

struct mail_row mail_row_of(const struct message_info *i)
{
	return (struct mail_row){
		.id = i->id,
		.folder = i->folder,
		.sender = i->sender,
		.to = i->to,
		.subject = i->subject,
		.class_name = i->class_name,
		.date = i->received,
		.size = i->size,
		.importance = i->importance,
		.flag = i->flag_status > MAIL_FLAGGED ? MAIL_UNFLAGGED : (enum mail_flag)i->flag_status,
		.read = i->read,
		.has_attachments = i->has_attachments,
		.unsent = i->flags & MSGFLAG_UNSENT,
		.conversation = 1,
	};
}

status mail_row(struct mailbox *m, uint64_t id, struct arena *arena, struct mail_row *out,
		struct reason *why)
{
	struct message_info info;
	status s = message_info(m, id, arena, &info);

	if (s == ecNotFound || (!s && info.deleted))
		return reason_set(why, ecNotFound, "there is no message %llx any more", (unsigned long long)id);
	if (s)
		return mail_failed(m, s, why, "the message cannot be read");
	*out = mail_row_of(&info);
	return ecNone;
}

/* What is looked for, as ids, the ones asked for and perhaps one more ------------------------------------------------------- */

struct found {
	uint64_t *ids;
	size_t n;
	uint64_t total;
	bool more;
};

static status set_order(struct table *t, const struct mail_query *q)
{
	static const uint32_t tags[] = { PidTagMessageDeliveryTime, PidTagSenderName, PidTagSubject, PidTagMessageSize };
	struct sort_order orders[2] = {
		{ .tag = tags[q->order], .direction = q->ascending ? SORT_ASCEND : SORT_DESCEND },
		{ .tag = PidTagMessageDeliveryTime, .direction = SORT_DESCEND },
	};
	uint16_t n = q->order == MAIL_BY_DATE ? 1 : 2;
	struct sort_order_set set = { .count = n, .orders = { .v = orders, .n = n } };

	/* The order of the store's own index needs no list. */
	return q->order == MAIL_BY_DATE && !q->ascending ? ecNone : table_sort(t, &set);
}

static status only_unread(struct table *t)
{
	struct restriction unread = {
		.kind = RES_BITMASK,
		.u = { .bitmask = { .relop = BITMAP_EQZ, .tag = PidTagMessageFlags, .mask = MSGFLAG_READ } },
	};

	return table_restrict(t, &unread);
}

static uint64_t id_of(uint64_t mid)
{
	struct short_term_id s = short_term_id_of(mid);

	return global_counter_get(s.counter);
}

static status take_rows(struct table *t, const struct mail_query *q, struct arena *arena, struct found *f)
{
	struct table_rows rows;
	int64_t moved;
	status s = table_count(t, &f->total);

	if (!s)
		s = table_seek(t, ORIGIN_BEGINNING, (int64_t)q->skip, &moved);
	if (!s)
		s = table_query_rows(t, true, q->limit, true, arena, &rows);
	if (s)
		return s;
	f->ids = arena_array(arena, rows.n + 1, sizeof *f->ids);
	if (!f->ids)
		return ecMemory;
	for (size_t i = 0; i < rows.n; i++)
		f->ids[f->n++] = id_of(bag_u64(&rows.v[i], tag_id(PidTagMid), 0));
	f->more = q->skip + f->n < f->total;
	return ecNone;
}

static status of_folder(struct mailbox *m, const struct mail_query *q, struct arena *arena, struct found *f)
{
	static const uint32_t columns[] = { PidTagMid };
	struct table *t;
	status s = table_open(m, TABLE_CONTENTS, q->folder, 0, &t);

	if (s)
		return s;
	s = table_set_columns(t, columns, 1);
	if (!s && q->unread)
		s = only_unread(t);
	if (!s)
		s = set_order(t, q);
	if (!s)
		s = take_rows(t, q, arena, f);
	table_free(t);
	return s;
}

/* Unread ones of what is found: as if it had been typed. */
static const char *whole_search(const struct mail_query *q, struct arena *arena)
{
	return q->unread ? arena_printf(arena, "(%s) is:unread", q->search) : q->search;
}

static status of_search(struct mailbox *m, const struct mail_query *q, const struct clock *clock,
			struct arena *arena, struct found *f, struct reason *why)
{
	struct search_options o = { .folder = q->folder, .skip = q->skip, .limit = q->limit };
	const char *text = whole_search(q, arena);
	struct search_node *what;
	struct search_result r;
	status s = text ? search_parse(text, clock, arena, &what, why) : reason_set(why, ecMemory, "not enough memory");

	if (!s)
		s = search_run(m, what, &o, arena, &r, why);
	if (s)
		return s;
	*f = (struct found){ .ids = r.ids, .n = r.n, .total = q->skip + r.n + r.more, .more = r.more };
	return ecNone;
}

static status find(struct mailbox *m, const struct mail_query *q, const struct clock *clock,
		   struct arena *arena, struct found *f, struct reason *why)
{
	status s;

	*f = (struct found){ .ids = NULL };
	if (q->search)
		return of_search(m, q, clock, arena, f, why);
	s = of_folder(m, q, arena, f);
	return s ? mail_failed(m, s, why, "the messages cannot be listed") : ecNone;
}

/* Conversations ------------------------------------------------------------------------------------------------------ */

struct talk {
	struct mail_row row;
	struct bytes key;
	size_t next;	/* the next of the same conversation, by its place; 0: none */
	bool is_behind; /* another one of it is newer */
};

static status read_talks(struct mailbox *m, const struct found *f, struct arena *arena, struct talk **out,
			 size_t *n)
{
	struct talk *all = arena_array(arena, f->n + 1, sizeof *all);
	struct message_info info;
	size_t got = 0;

	if (!all)
		return ecMemory;
	for (size_t i = 0; i < f->n; i++) {
		status s = message_info(m, f->ids[i], arena, &info);

		if (s == ecNotFound)
			continue;
		if (s)
			return s;
		all[got] = (struct talk){ .row = mail_row_of(&info) };
		/* Messages without a topic are not about the same. */
		if (*info.topic)
			all[got].key = info.conversation;
		got++;
	}
	*out = all;
	*n = got;
	return ecNone;
}

static unsigned bucket_of(struct bytes key, unsigned buckets)
{
	/* The keys are GUIDs or digests: any four bytes of them will do, and a bad one only makes it slower. */
	return key.n >= 16 ? le32(key.p + 12) & (buckets - 1) : 0;
}

/* Links each message to the next of its conversation, the newest first. */
static status link_talks(struct talk *all, size_t n, struct arena *arena)
{
	enum { BUCKETS = 1024 };
	size_t *last = arena_array(arena, BUCKETS, sizeof *last), *before = arena_array(arena, n + 1, sizeof *before);

	if (!last || !before)
		return ecMemory;
	/* A place is counted from 1: 0 is none.  `last` has the last message of each conversation that was met. */
	for (size_t i = 0; i < n; i++) {
		size_t *slot = &last[bucket_of(all[i].key, BUCKETS)];

		/* Without a key it stands alone. */
		if (!all[i].key.n || !all[i].key.p)
			continue;
		while (*slot && !bytes_equal(all[*slot - 1].key, all[i].key))
			slot = &before[*slot - 1];
		if (*slot) {
			all[*slot - 1].next = i;
			all[i].is_behind = true;
			before[i] = before[*slot - 1];
		} else {
			before[i] = *slot;
		}
		*slot = i + 1;
	}
	return ecNone;
}

static status lay_out(struct talk *all, size_t n, const struct mail_query *q, struct arena *arena,
		      struct mail_page *out)
{
	struct mail_row *rows = arena_array(arena, n + 1, sizeof *rows);
	size_t at = 0;

	if (!rows)
		return ecMemory;
	for (size_t i = 0; i < n; i++) {
		size_t head = at;

		if (all[i].is_behind)
			continue;
		size_t k = i;
		do {
			rows[at] = all[k].row;
			rows[at++].conversation = 0;
			k = all[k].next;
		} while (k);
		rows[head].conversation = at - head;
	}
	out->total = at;
	out->rows = rows + (q->skip < at ? q->skip : at);
	out->n = q->skip >= at ? 0 : at - q->skip < q->limit ? at - q->skip : q->limit;
	out->more = q->skip + out->n < at;
	return ecNone;
}

static status conversations(struct mailbox *m, const struct mail_query *q, const struct clock *clock,
			    struct arena *arena, struct mail_page *out, struct reason *why)
{
	struct mail_query among = *q;
	struct talk *all;
	struct found f;
	size_t n;
	status s;

	among.skip = 0;
	among.limit = MAIL_CONVERSATIONS_AMONG;
	among.order = MAIL_BY_DATE;
	among.ascending = false;
	s = find(m, &among, clock, arena, &f, why);
	if (s)
		return s;
	s = read_talks(m, &f, arena, &all, &n);
	if (!s)
		s = link_talks(all, n, arena);
	if (!s)
		s = lay_out(all, n, q, arena, out);
	return s ? mail_failed(m, s, why, "the conversations cannot be listed") : ecNone;
}

/* ---------------------------------------------------------------------------------------------------------------------- */

static status messages(struct mailbox *m, const struct mail_query *q, const struct clock *clock,
		       struct arena *arena, struct mail_page *out, struct reason *why)
{
	struct message_info info;
	struct found f;
	status s = find(m, q, clock, arena, &f, why);

	if (s)
		return s;
	out->rows = arena_array(arena, f.n + 1, sizeof *out->rows);
	if (!out->rows)
		return reason_set(why, ecMemory, "not enough memory for a list of %zu messages", f.n);
	for (size_t i = 0; i < f.n; i++) {
		s = message_info(m, f.ids[i], arena, &info);
		if (s == ecNotFound)
			continue;
		if (s)
			return mail_failed(m, s, why, "a message cannot be read");
		out->rows[out->n++] = mail_row_of(&info);
	}
	out->total = f.total;
	out->more = f.more;
	return ecNone;
}

status mail_list(struct mailbox *m, const struct mail_query *q, const struct clock *clock,
		 struct arena *arena, struct mail_page *out, struct reason *why)
{
	struct mail_page page = { .rows = NULL };
	status s;

	if (!q->limit || (!q->search && !q->folder) || q->order > MAIL_BY_SIZE)
		return reason_set(why, ecInvalidParam, "a list needs a folder or a search, and room for a message");
	s = q->conversations ? conversations(m, q, clock, arena, &page, why) : messages(m, q, clock, arena, &page, why);
	if (!s)
		*out = page;
	return s;
}
