/* All folders, the important ones first. */
#include <stdlib.h>
#include <string.h>

#include "client/sync_ahead.h"
#include "client/sync_private.h"
#include "store/folder.h"

#define AHEAD_LEAST 6u /* folders: for fewer no other session is connected */

struct folder_at {
	uint64_t id;
	unsigned weight; /* light ones first */
	char *name;
};

struct folders {
	struct folder_at *v;
	size_t n, cap;
};

static unsigned weight_of(const struct folder *f)
{
	switch (f->role) {
	case MAILBOX_INBOX:
		return 0;
	case MAILBOX_SENT_ITEMS:
	case MAILBOX_DRAFTS:
	case MAILBOX_OUTBOX:
		return 1;
	case MAILBOX_CALENDAR:
	case MAILBOX_CONTACTS:
	case MAILBOX_TASKS:
		return 2;
	case MAILBOX_DELETED_ITEMS:
	case MAILBOX_JUNK_EMAIL:
		return 4;
	case MAILBOX_RECOVERABLE_ITEMS:
		return 5;
	default:
		return 3;
	}
}

static int by_weight(const void *a, const void *b)
{
	const struct folder_at *x = a, *y = b;

	return x->weight != y->weight ? (x->weight < y->weight ? -1 : 1) : x->id < y->id ? -1 : x->id > y->id;
}

static status add(struct folders *l, const struct folder *f)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 64;
		struct folder_at *v = reallocarray(l->v, cap, sizeof *v);

		if (!v)
			return ecMemory;
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n] = (struct folder_at){ f->id, weight_of(f), strdup(f->name) };
	return l->v[l->n].name ? (l->n++, ecNone) : ecMemory;
}

/* Of other stores nobody has anything in what holds the folders, and few may look. */
static bool has_contents(const struct sync *s, const struct folder *f)
{
	return remote_store(s->remote) == REMOTE_OWN || (f->role != MAILBOX_ROOT && f->role != MAILBOX_IPM_SUBTREE);
}

static status gather(struct sync *s, struct folders *l)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)4 << 20);
	struct mailbox *m = cache_mailbox(s->cache);
	struct folder f;
	uint64_t id = 0;
	status st;

	while (!(st = folder_next(m, id, &id)) && id) {
		bool fresh = false;

		arena_reset(&arena);
		st = folder_get(m, id, &arena, &f);
		if (!st)
			st = cache_is_fresh(s->cache, id, &fresh);
		if (!st && !fresh && !f.is_search && has_contents(s, &f) && !cache_is_local(s->cache, id) && (!s->options->only_folder || s->options->only_folder == id))
			st = add(l, &f);
		if (st)
			return st;
	}
	if (!st && l->n)
		qsort(l->v, l->n, sizeof *l->v, by_weight);
	return st;
}

/* One that went at the server meanwhile, or has no contents of its own, is passed over; the others are not held up. */
static bool is_of_the_folder(status st)
{
	return st == ecNotFound || st == ecNotSupported || st == ecAccessDenied;
}

static void free_folders(struct folders *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i].name);
	free(l->v);
}

status sync_each_folder(struct sync *s, sync_folder_do *f)
{
	struct folders l = { .n = 0 };
	status st = sync_store(s, gather(s, &l), "folders");

	for (size_t i = 0; i < l.n && !st; i++) {
		st = f(s, l.v[i].id, l.v[i].name);
		if (!st)
			st = sync_breathe(s);
	}
	free_folders(&l);
	return st;
}

/* Contents ------------------------------------------------------------------------------------------------------------------------- */

static status ask_ahead(struct sync *s, const struct folder_at *f)
{
	CLEANUP_BUF struct buf restriction = BUF_MAX(4096);
	struct sync_fetch how;
	status st = sync_folder_plan(s, f->id, f->name, &restriction, &how);

	return st ? st : sync_fetch_ahead(s, &how);
}

static status contents(struct sync *s, const struct folder_at *f)
{
	status st;

	sync_tell(s, SYNC_DOWNLOADING, f->name, s->counts.folders, 0);
	st = sync_folder_contents(s, f->id, f->name);
	if (!st || (session_failure(remote_session(s->remote)) == SESSION_FINE && is_of_the_folder(st)))
		st = sync_set_refused(s, f->id, f->name, st);
	s->counts.folders++;
	return st ? st : sync_breathe(s);
}

static status contents_of_all(struct sync *s, const struct folders *l)
{
	unsigned sessions = l->n >= AHEAD_LEAST ? sync_sessions_wanted(s) : 0;
	size_t asked = 0;
	status st = sessions ? sync_ahead_begin(s->remote, sessions, &s->ahead, s->why) : ecNone;

	for (size_t i = 0; i < l->n && !st; i++) {
		/* The first is asked for here. */
		for (asked = asked > i ? asked : i + 1; s->ahead && !st && asked < l->n && asked < i + SYNC_AHEAD_FOLDERS; asked++)
			st = ask_ahead(s, &l->v[asked]);
		if (!st)
			st = contents(s, &l->v[i]);
	}
	sync_ahead_end(s->ahead);
	s->ahead = NULL;
	return st;
}

status sync_contents(struct sync *s)
{
	struct folders l = { .n = 0 };
	status st = sync_store(s, gather(s, &l), "folders");

	if (!st)
		st = contents_of_all(s, &l);
	free_folders(&l);
	return st;
}
