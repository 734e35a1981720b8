#include "store/read_marks.h"

#include "store/changes_private.h"
#include "store/message_private.h"
#include "store/per_user.h"

/* So many messages that became read or unread at once are told one by one. */
#define TOLD_SINGLY 1024u

/* Whose --------------------------------------------------------------------------------------------------------------------- */

static void forget(struct read_mark *k)
{
	idset_free(&k->set);
	*k = (struct read_mark){ .folder = 0 };
}

void read_marks_forget(struct mailbox *m)
{
	for (size_t i = 0; i < READ_MARKS_KEPT; i++)
		forget(&m->marks.v[i]);
}

void read_marks_forget_folder(struct mailbox *m, uint64_t folder)
{
	for (size_t i = 0; i < READ_MARKS_KEPT; i++)
		if (m->marks.v[i].folder == folder)
			forget(&m->marks.v[i]);
}

void mailbox_read_as(struct mailbox *m, const struct guid *person)
{
	m->marks.on = person != NULL;
	if (!person || guid_equal(person, &m->marks.person))
		return;
	read_marks_forget(m);
	m->marks.person = *person;
}

bool read_marks_on(const struct mailbox *m)
{
	return m->marks.on;
}

const struct guid *read_marks_person(const struct mailbox *m)
{
	return m->marks.on ? &m->marks.person : NULL;
}

/* In memory ----------------------------------------------------------------------------------------------------------------- */

static status set_failed(struct mailbox *m, status s)
{
	if (s == ecTooBig)
		return reason_set(&m->why, s, "what was read of the folder is in more than %u pieces", READ_MARKS_RANGES_MAX);
	return s ? reason_set(&m->why, s, "what was read in public folders is damaged, or there is no memory") : ecNone;
}

static status write_one(struct mailbox *m, struct read_mark *k)
{
	CLEANUP_BUF struct buf b = BUF_MAX(PER_USER_DATA_MAX);
	struct per_user p = { .replica = m->identity.replica, .changed = k->changed };
	status s = set_failed(m, idset_encode(&k->set, IDSET_REPLGUID, &b));

	if (s)
		return s;
	per_user_key(m, k->folder, p.folder);
	p.data = buf_bytes(&b);
	s = per_user_set(m, &m->marks.person, &p);
	k->dirty = s != ecNone;
	return s;
}

status read_marks_flush(struct mailbox *m)
{
	status s = ecNone;

	for (size_t i = 0; !s && i < READ_MARKS_KEPT; i++)
		if (m->marks.v[i].dirty)
			s = write_one(m, &m->marks.v[i]);
	return s;
}

static status load(struct mailbox *m, uint64_t folder, struct read_mark *k)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(2 * PER_USER_DATA_MAX);
	struct per_user p = { .changed = 0 };
	uint8_t key[PER_USER_FOLDER_SIZE];
	status s;

	per_user_key(m, folder, key);
	s = per_user_get(m, &m->marks.person, key, &arena, &p);
	if (s && s != ecNotFound)
		return s;
	idset_init(&k->set, READ_MARKS_RANGES_MAX);
	s = set_failed(m, idset_decode(p.data, IDSET_REPLGUID, &k->set, NULL));
	if (s)
		return s;
	k->folder = folder;
	k->changed = p.changed;
	return ecNone;
}

/* The marks of a folder; in place of those that nobody has asked for for the longest time. */
static status find(struct mailbox *m, uint64_t folder, struct read_mark **out)
{
	struct read_mark *oldest = &m->marks.v[0];
	status s = ecNone;

	for (size_t i = 0; i < READ_MARKS_KEPT; i++) {
		struct read_mark *k = &m->marks.v[i];

		if (k->folder == folder) {
			k->used = ++m->marks.clock;
			*out = k;
			return ecNone;
		}
		if (k->used < oldest->used)
			oldest = k;
	}
	if (oldest->dirty)
		s = write_one(m, oldest);
	if (s)
		return s;
	forget(oldest);
	s = load(m, folder, oldest);
	if (s) {
		forget(oldest);
		return s;
	}
	oldest->used = ++m->marks.clock;
	*out = oldest;
	return ecNone;
}

static bool has(const struct mailbox *m, const struct read_mark *k, uint64_t cn)
{
	return idset_contains(&k->set, &m->identity.replica, cn);
}

/* Looking ------------------------------------------------------------------------------------------------------------------- */

status read_marks_flags(struct mailbox *m, uint64_t folder, uint64_t cn, uint64_t *flags)
{
	const uint64_t read = MSGFLAG_READ | MSGFLAG_EVER_READ;
	struct read_mark *k;
	status s;

	if (!m->marks.on)
		return ecNone;
	s = find(m, folder, &k);
	if (!s)
		*flags = has(m, k, cn) ? *flags | read : *flags & ~read;
	return s;
}

status read_marks_see(struct mailbox *m, struct message_info *i)
{
	uint64_t flags = i->flags;
	status s = i->associated ? ecNone : read_marks_flags(m, i->folder, i->cn, &flags);

	i->flags = (uint32_t)flags;
	i->read = flags & MSGFLAG_READ;
	return s;
}

struct unread {
	struct mailbox *m;
	uint64_t folder, n;
};

static int bind_folder(struct sql_statement *s, void *context)
{
	bind_u64(s, 3, ((struct unread *)context)->folder);
	return 4;
}

static status count_row(struct sql_statement *s, void *context)
{
	(void)s;
	((struct unread *)context)->n++;
	return ecNone;
}

/* Of a window that is exact the engine counts. */
static status count_window(struct unread *u, struct globcnt_range window)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(u->m->db, "SELECT COUNT(*) FROM message WHERE folder = $1 AND kind = 0 AND cn >= $2 AND cn <= $3");
	bool row = false;
	status st;

	bind_u64(s, 1, u->folder);
	bind_u64(s, 2, window.first);
	bind_u64(s, 3, window.last);
	st = mailbox_error(u->m, sql_step(s, &row));
	u->n += !st && row ? (uint64_t)sql_i64(s, 0) : 0;
	return st;
}

status read_marks_unread(struct mailbox *m, uint64_t folder, uint64_t *n)
{
	struct unread u = { .m = m, .folder = folder };
	struct window_walk walk = {
		.m = m,
		.query = "SELECT cn FROM message WHERE cn >= $1 AND cn <= $2 AND folder = $3 AND kind = 0 ORDER BY cn LIMIT $4",
		.bind = bind_folder,
		.row = count_row,
		.context = &u,
	};
	struct windows w;
	struct read_mark *k;
	status s = find(m, folder, &k);

	if (s)
		return s;
	windows_of(&w, idset_find(&k->set, &m->identity.replica), mailbox_last_cn(m));
	for (size_t i = 0; !s && w.exact && i < w.n; i++)
		s = count_window(&u, w.v[i]);
	if (!s && !w.exact)
		s = windows_walk(&w, &walk);
	if (!s)
		*n = u.n;
	return s;
}

status read_marks_of(struct mailbox *m, uint64_t folder, const struct globset **marks, uint64_t *changed)
{
	struct read_mark *k;
	status s = find(m, folder, &k);

	if (s)
		return s;
	*marks = idset_find(&k->set, &m->identity.replica);
	*changed = k->changed;
	return ecNone;
}

/* Marking ------------------------------------------------------------------------------------------------------------------- */

/* The change number of the message next to it, of those that are deleted softly too, for they may come back; 0: there is none. */
static status neighbour(struct mailbox *m, uint64_t folder, uint64_t cn, bool above, uint64_t *out)
{
	static const char *const texts[2] = {
		"SELECT MAX(cn) FROM (SELECT MAX(cn) AS cn FROM message WHERE folder = $1 AND kind = 0 AND cn < $2"
		" UNION ALL SELECT MAX(cn) FROM message WHERE folder = $1 AND kind = 2 AND cn < $2) n",
		"SELECT MIN(cn) FROM (SELECT MIN(cn) AS cn FROM message WHERE folder = $1 AND kind = 0 AND cn > $2"
		" UNION ALL SELECT MIN(cn) FROM message WHERE folder = $1 AND kind = 2 AND cn > $2) n",
	};
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, texts[above]);
	bool row = false;
	status st;

	bind_u64(s, 1, folder);
	bind_u64(s, 2, cn);
	st = mailbox_error(m, sql_step(s, &row));
	*out = !st && row ? (uint64_t)sql_i64(s, 0) : 0;
	return st;
}

/* With what stands between it and its neighbours, where they are read: no message comes there any more, for change numbers rise. */
static status mark(struct mailbox *m, struct read_mark *k, uint64_t cn)
{
	uint64_t below = 0, above = 0;
	status s = neighbour(m, k->folder, cn, false, &below);

	if (!s)
		s = neighbour(m, k->folder, cn, true, &above);
	if (!s)
		s = set_failed(m, idset_add(&k->set, &m->identity.replica, below && has(m, k, below) ? below : cn, above && has(m, k, above) ? above : cn));
	k->dirty = k->dirty || !s;
	return s;
}

static status unmark(struct mailbox *m, struct read_mark *k, uint64_t cn)
{
	status s = set_failed(m, idset_remove(&k->set, &m->identity.replica, cn, cn));

	k->dirty = k->dirty || !s;
	return s;
}

static status note_read(struct mailbox *m, uint64_t folder, uint64_t id, uint64_t cn)
{
	return mailbox_note(m, &(struct mailbox_change){ .kind = CHANGE_MESSAGE_READ, .folder = folder, .object = id, .cn = cn, .reader = m->marks.person });
}

status read_marks_set(struct mailbox *m, const struct message_info *i, bool read)
{
	struct read_mark *k;
	status s = find(m, i->folder, &k);

	if (s || has(m, k, i->cn) == read)
		return s;
	s = read ? mark(m, k, i->cn) : unmark(m, k, i->cn);
	if (s)
		return s;
	k->changed = mailbox_next_cn(m);
	return note_read(m, i->folder, i->id, k->changed);
}

status read_marks_follow(struct mailbox *m, const struct message_info *now, const struct message_info *was, bool tell)
{
	bool read = now->read;
	struct read_mark *k;
	status s;

	if (!m->marks.on || now->associated || (was && was->cn == now->cn))
		return ecNone;
	s = was ? find(m, was->folder, &k) : ecNone;
	if (!s && was)
		read = has(m, k, was->cn);
	if (s || !read)
		return s;
	s = find(m, now->folder, &k);
	if (!s)
		s = mark(m, k, now->cn);
	if (!s && tell)
		k->changed = mailbox_next_cn(m);
	return s == ecTooBig ? ecNone : s;
}

/* All at once --------------------------------------------------------------------------------------------------------------- */

struct difference {
	struct mailbox *m;
	const struct globset *was, *now;
	uint64_t folder, changed;
	size_t n;
};

static bool among(const struct globset *s, uint64_t cn)
{
	return s && globset_contains(s, cn);
}

static int bind_difference(struct sql_statement *s, void *context)
{
	bind_u64(s, 3, ((struct difference *)context)->folder);
	return 4;
}

static status note_difference(struct sql_statement *s, void *context)
{
	struct difference *d = context;
	uint64_t cn = (uint64_t)sql_i64(s, 0);

	if (among(d->was, cn) == among(d->now, cn) || ++d->n > TOLD_SINGLY)
		return ecNone;
	return note_read(d->m, d->folder, (uint64_t)sql_i64(s, 1), d->changed);
}

static status note_differences(struct difference *d)
{
	struct window_walk walk = {
		.m = d->m,
		.query = "SELECT cn, id FROM message WHERE cn >= $1 AND cn <= $2 AND folder = $3 AND kind = 0 ORDER BY cn LIMIT $4",
		.bind = bind_difference,
		.row = note_difference,
		.context = d,
	};
	struct windows all;
	status s;

	windows_of(&all, NULL, d->changed);
	s = windows_walk(&all, &walk);
	if (s || d->n <= TOLD_SINGLY)
		return s;
	return mailbox_note(d->m, &(struct mailbox_change){ .kind = CHANGE_UNKNOWN, .folder = d->folder, .reader = d->m->marks.person });
}

status read_marks_replace(struct mailbox *m, uint64_t folder, struct bytes data)
{
	CLEANUP_IDSET struct idset set = { .max = READ_MARKS_RANGES_MAX };
	struct difference d = { .m = m, .folder = folder };
	struct read_mark *k;
	status s = mailbox_must_write(m);

	if (!s)
		s = set_failed(m, idset_decode(data, IDSET_REPLGUID, &set, NULL));
	if (!s)
		s = find(m, folder, &k);
	if (s)
		return s;
	d.changed = mailbox_next_cn(m);
	d.was = idset_find(&k->set, &m->identity.replica);
	d.now = idset_find(&set, &m->identity.replica);
	s = note_differences(&d);
	if (s)
		return s;
	struct idset old = k->set;
	k->set = set;
	set = old;
	k->changed = d.changed;
	k->dirty = true;
	return ecNone;
}
