/* All folders, the important ones first. */
#include <stdlib.h>
#include <string.h>

#include "client/sync_private.h"
#include "store/folder.h"

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

status sync_each_folder(struct sync *s, sync_folder_do *f)
{
	struct folders l = { .n = 0 };
	status st = sync_store(s, gather(s, &l), "folders");

	for (size_t i = 0; i < l.n && !st; i++) {
		st = f(s, l.v[i].id, l.v[i].name);
		if (!st)
			st = sync_breathe(s);
	}
	for (size_t i = 0; i < l.n; i++)
		free(l.v[i].name);
	free(l.v);
	return st;
}

static status contents(struct sync *s, uint64_t folder, const char *name)
{
	status st;

	sync_tell(s, SYNC_DOWNLOADING, name, s->counts.folders, 0);
	st = sync_folder_contents(s, folder, name);
	if (!st || (session_failure(remote_session(s->remote)) == SESSION_FINE && is_of_the_folder(st)))
		st = sync_set_refused(s, folder, name, st);
	s->counts.folders++;
	return st;
}

status sync_contents(struct sync *s)
{
	return sync_each_folder(s, contents);
}
