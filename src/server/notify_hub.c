#include "server/notify_hub.h"

#include "server/logon.h"
#include "server/notify.h"
#include "server/server.h"

#include <pthread.h>
#include <stdlib.h>

#define BUCKETS 1024u

static const struct guid everybody;

struct watch {
	struct notify_hub *hub;
	struct object *object;
	struct guid mailbox;
	struct watch_scope scope;
	struct notify_feed *feed;
	bool overflow; /* events of it were thrown away */
	struct watch *next, **back; /* of its bucket */
};

struct queued {
	struct watch *watch;
	struct notify_event event;
	struct queued *next;
};

/* Guarded by the hub. */
struct notify_feed {
	struct notify_hub *hub;
	struct session *session;
	struct queued *first, **last;
	size_t n;
};

struct notify_hub {
	pthread_mutex_t lock;
	struct watch *watches[BUCKETS]; /* by mailbox */
};

struct notify_hub *notify_hub_new(void)
{
	struct notify_hub *h = calloc(1, sizeof *h);

	if (h)
		(void)pthread_mutex_init(&h->lock, NULL);
	return h;
}

void notify_hub_free(struct notify_hub *h)
{
	if (!h)
		return;
	(void)pthread_mutex_destroy(&h->lock);
	free(h);
}

/* Watching -------------------------------------------------------------------------------------------------------------- */

/* GUIDs of mailboxes are random. */
static struct watch **bucket(struct notify_hub *h, const struct guid *mailbox)
{
	return &h->watches[(unsigned)(mailbox->b[0] | mailbox->b[1] << 8) % BUCKETS];
}

static struct notify_feed *feed_of(struct session *s, struct notify_hub *h)
{
	if (!s->feed) {
		s->feed = calloc(1, sizeof *s->feed);
		if (s->feed) {
			s->feed->hub = h;
			s->feed->session = s;
			s->feed->last = &s->feed->first;
		}
	}
	return s->feed;
}

status notify_watch(struct object *o, const struct watch_scope *scope, struct watch **out)
{
	struct session *s = o->session;
	struct notify_hub *h = s->server ? s->server->notify : NULL;
	struct watch *w;

	*out = NULL;
	if (!h)
		return ecNone;
	w = calloc(1, sizeof *w);
	if (!w || !feed_of(s, h)) {
		free(w);
		return ecMemory;
	}
	*w = (struct watch){ .hub = h, .object = o, .mailbox = *shared_mailbox_guid(o->logon->store), .scope = *scope, .feed = s->feed };
	(void)pthread_mutex_lock(&h->lock);
	w->back = bucket(h, &w->mailbox);
	w->next = *w->back;
	if (w->next)
		w->next->back = &w->next;
	*w->back = w;
	(void)pthread_mutex_unlock(&h->lock);
	*out = w;
	return ecNone;
}

static void forget_events(struct notify_feed *f, const struct watch *w)
{
	struct queued **at = &f->first;

	while (*at) {
		struct queued *q = *at;

		if (q->watch != w) {
			at = &q->next;
			continue;
		}
		*at = q->next;
		free(q);
		f->n--;
	}
	f->last = at;
}

void notify_unwatch(struct watch *w)
{
	struct notify_hub *h;

	if (!w)
		return;
	h = w->hub;
	(void)pthread_mutex_lock(&h->lock);
	*w->back = w->next;
	if (w->next)
		w->next->back = w->back;
	forget_events(w->feed, w);
	(void)pthread_mutex_unlock(&h->lock);
	free(w);
}

void notify_feed_free(struct notify_feed *f)
{
	free(f);
}

/* Matching --------------------------------------------------------------------------------------------------------------- */

/* The hub is locked. False without memory. */
static bool push(struct notify_feed *f, struct watch *w, const struct notify_event *e)
{
	struct queued *q;

	/* One more than there is room for, which then says that there was more. */
	if (f->n >= NOTIFY_QUEUE_MAX && w->overflow)
		return true;
	q = malloc(sizeof *q);
	w->overflow = w->overflow || !q || f->n >= NOTIFY_QUEUE_MAX;
	if (!q)
		return false;
	*q = (struct queued){ .watch = w, .event = *e };
	*f->last = q;
	f->last = &q->next;
	f->n++;
	return true;
}

static bool of_folder(uint64_t folder, const struct notify_event *e)
{
	return e->folder == folder || e->old_folder == folder || (!e->message && (e->parent == folder || e->old_parent == folder));
}

static bool subscription_wants(const struct watch_scope *s, const struct notify_event *e)
{
	if (!(s->types & e->type))
		return false;
	if (s->whole_store)
		return true;
	if (s->message)
		return e->message && (e->object == s->message || e->old_object == s->message);
	return of_folder(s->folder, e);
}

/* Tables are told of rows: whatever happened to a message or folder, not that a count changed. */
static bool table_wants(const struct watch_scope *s, const struct notify_event *e)
{
	if (e->type == NOTIFY_NEW_MAIL || e->type == NOTIFY_SEARCH_COMPLETE)
		return e->type == NOTIFY_SEARCH_COMPLETE && s->kind == WATCH_CONTENTS && e->folder == s->folder;
	if (s->kind == WATCH_HIERARCHY)
		return !e->message && (s->whole_store || e->parent == s->folder || e->old_parent == s->folder);
	return e->message && e->associated == s->associated && (s->whole_store || e->folder == s->folder || e->old_folder == s->folder);
}

/* A session of somebody to whom it makes a difference; `reader` of zeros: it makes one to all. */
static bool sees(const struct watch *w, const struct guid *mailbox, const struct guid *reader)
{
	return guid_equal(&w->mailbox, mailbox) && (guid_is_zero(reader) || guid_equal(reader, &w->feed->session->user.guid));
}

static void match(struct notify_hub *h, const struct guid *mailbox, const struct guid *reader, const struct notify_event *e)
{
	for (struct watch *w = *bucket(h, mailbox); w; w = w->next) {
		bool wants = sees(w, mailbox, reader) &&
			     (w->scope.kind == WATCH_SUBSCRIPTION ? subscription_wants(&w->scope, e) : table_wants(&w->scope, e));

		if (wants && push(w->feed, w, e))
			notify_wake(w->feed->session);
	}
}

void notify_hub_announce(struct notify_hub *h, const struct guid *mailbox, const struct notify_event *e)
{
	if (!h)
		return;
	(void)pthread_mutex_lock(&h->lock);
	match(h, mailbox, &everybody, e);
	(void)pthread_mutex_unlock(&h->lock);
}

static uint16_t event_type(enum mailbox_change_kind kind)
{
	switch (kind) {
	case CHANGE_FOLDER_CREATED:
	case CHANGE_MESSAGE_CREATED:
	case CHANGE_MESSAGE_RESTORED:
		return NOTIFY_OBJECT_CREATED;
	case CHANGE_FOLDER_MODIFIED:
	case CHANGE_MESSAGE_MODIFIED:
	case CHANGE_MESSAGE_READ:
		return NOTIFY_OBJECT_MODIFIED;
	case CHANGE_FOLDER_MOVED:
	case CHANGE_MESSAGE_MOVED:
		return NOTIFY_OBJECT_MOVED;
	case CHANGE_FOLDER_DELETED:
	case CHANGE_MESSAGE_DELETED:
		return NOTIFY_OBJECT_DELETED;
	case CHANGE_MESSAGE_COPIED:
		return NOTIFY_OBJECT_COPIED;
	default:
		return 0; /* CHANGE_MESSAGE_PURGED: it was told as deleted before */
	}
}

static bool event_of(const struct mailbox_change *c, struct notify_event *e)
{
	*e = (struct notify_event){ .type = event_type(c->kind), .message = c->kind >= CHANGE_MESSAGE_CREATED, .associated = c->associated };
	if (e->message) {
		e->folder = c->folder;
		e->object = c->object;
		e->old_folder = c->old_folder;
		e->old_object = c->old_object;
	} else {
		e->folder = c->object;
		e->parent = c->parent;
		e->old_parent = c->kind == CHANGE_FOLDER_MOVED ? c->old_folder : 0;
		e->old_folder = c->kind == CHANGE_FOLDER_MOVED ? c->object : 0;
	}
	return e->type != 0;
}

/* The folder's counters changed with its messages; said once for a run of changes in the same folder. */
static void tell_counts(struct notify_hub *h, const struct guid *mailbox, const struct guid *reader, uint64_t folder)
{
	const struct notify_event e = { .type = NOTIFY_OBJECT_MODIFIED, .folder = folder, .counts = true };

	if (folder)
		match(h, mailbox, reader, &e);
}

/* Nobody knows what happened: each is told what those are told that did not fetch their events. */
static void tell_all(struct notify_hub *h, const struct guid *mailbox, const struct guid *reader)
{
	const struct notify_event e = { .type = NOTIFY_OBJECT_MODIFIED };

	for (struct watch *w = *bucket(h, mailbox); w; w = w->next) {
		if (!sees(w, mailbox, reader))
			continue;
		w->overflow = true;
		if (push(w->feed, w, &e))
			notify_wake(w->feed->session);
	}
}

void notify_hub_changes(void *hub, const struct guid *mailbox, const struct mailbox_change *changes, size_t n)
{
	struct notify_hub *h = hub;
	struct guid reader = everybody; /* of the run */
	uint64_t counted = 0;

	(void)pthread_mutex_lock(&h->lock);
	for (size_t i = 0; i < n && *bucket(h, mailbox); i++) {
		struct notify_event e;

		if (changes[i].kind == CHANGE_UNKNOWN)
			tell_all(h, mailbox, &changes[i].reader);

		if (!event_of(&changes[i], &e))
			continue;
		match(h, mailbox, &changes[i].reader, &e);
		if (!e.message)
			continue;
		if (counted != e.folder || !guid_equal(&reader, &changes[i].reader))
			tell_counts(h, mailbox, &reader, counted);
		counted = e.folder;
		reader = changes[i].reader;
		if (e.old_folder && e.old_folder != e.folder && e.type == NOTIFY_OBJECT_MOVED)
			tell_counts(h, mailbox, &everybody, e.old_folder);
	}
	tell_counts(h, mailbox, &reader, counted);
	(void)pthread_mutex_unlock(&h->lock);
}

/* Fetching ---------------------------------------------------------------------------------------------------------------- */

bool notify_feed_next(struct session *s, struct object **whose, struct notify_event *e, bool *overflow)
{
	struct notify_feed *f = s->feed;
	bool found = false;

	if (!f)
		return false;
	(void)pthread_mutex_lock(&f->hub->lock);
	if (f->first) {
		*whose = f->first->watch->object;
		*e = f->first->event;
		*overflow = f->first->watch->overflow;
		found = true;
	} else {
		notify_clear(s);
	}
	(void)pthread_mutex_unlock(&f->hub->lock);
	return found;
}

void notify_feed_drop(struct session *s)
{
	struct notify_feed *f = s->feed;
	struct queued *q;

	(void)pthread_mutex_lock(&f->hub->lock);
	q = f->first;
	if (q->watch->overflow) {
		/* It is told that much changed; what else waits for it says no more than that. */
		q->watch->overflow = false;
		forget_events(f, q->watch);
	} else {
		f->first = q->next;
		f->n--;
		if (!f->first)
			f->last = &f->first;
		free(q);
	}
	(void)pthread_mutex_unlock(&f->hub->lock);
}
