/* The site, shared by threads: connections to the directory lent, mailboxes counted and locked. */
#include "server/host.h"

#include "server/host_turns.h"
#include "store/mailbox.h"
#include "store/turns.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#define DIRECTORIES_MOST 64u
#define BUCKETS 256u
/* A mailbox that another server has is asked for again, so often, so long. */
#define TRIES 50u
#define TRY_MS 20u
#define PATIENCE_MS 5000u

struct shared_mailbox {
	struct host *host;
	struct guid guid;
	struct mailbox *mailbox;
	pthread_mutex_t lock;
	status turn;           /* of the operation under way: whether this server has it */
	atomic_bool wanted;    /* another server waits for it */
	atomic_bool behind;    /* another server changed something */
	unsigned references;         /* under the lock of the map; all of them are one use of the site's */
	struct shared_mailbox *next; /* of its bucket */
};

struct host {
	struct site *site;
	const struct clock *clock;
	void (*changes)(void *context, const struct guid *mailbox, const struct mailbox_change *changes, size_t n);
	void *context;
	pthread_mutex_t lock; /* of all that follows, and of the site */
	pthread_cond_t returned;
	struct directory *idle[DIRECTORIES_MOST];
	unsigned n_idle, lent;
	/*
	 * Changed under both locks.  Whoever hears other servers looks with the lock of the map alone: to open a mailbox takes as long as another server needs to hear that it is wanted, and
	 * two that wait for each other would never hear.
	 */
	pthread_mutex_t map;
	struct shared_mailbox *mailboxes[BUCKETS];
	struct host_turns *turns; /* NULL: there are no other servers */
};

static void wanted(void *context, const struct guid *mailbox, int64_t process);
static void changed(void *context, const struct guid *mailbox, int64_t process);

status host_open(const char *location, const struct host_options *o, struct site_first *first, struct host **out, struct reason *why)
{
	struct host *h = calloc(1, sizeof *h);
	struct site_options options = o->site;

	if (!h)
		return reason_set(why, ecMemory, "out of memory");
	h->clock = o->clock ? o->clock : &clock_system;
	options.clock = h->clock;
	options.turns = true;
	h->changes = o->changes;
	h->context = o->context;
	status s = site_open(location, &options, first, &h->site, why);
	if (s) {
		free(h);
		return s;
	}
	(void)pthread_mutex_init(&h->lock, NULL);
	(void)pthread_mutex_init(&h->map, NULL);
	(void)pthread_cond_init(&h->returned, NULL);
	if (site_is_postgres(location))
		s = host_turns_start(location, &(struct host_turns_listener){ wanted, changed, h }, &h->turns, why);
	if (s)
		host_close(h);
	else
		*out = h;
	return s;
}

void host_close(struct host *h)
{
	if (!h)
		return;
	host_turns_stop(h->turns);
	for (unsigned i = 0; i < h->n_idle; i++)
		directory_close(h->idle[i]);
	site_close(h->site);
	(void)pthread_cond_destroy(&h->returned);
	(void)pthread_mutex_destroy(&h->map);
	(void)pthread_mutex_destroy(&h->lock);
	free(h);
}

const struct clock *host_clock(const struct host *h)
{
	return h->clock;
}

const char *host_location(const struct host *h)
{
	return site_location(h->site);
}

/* Directory --------------------------------------------------------------------------------------------------------- */

/* One that lay idle, if it still answers: a server of databases may have been restarted meanwhile. */
static struct directory *take_idle(struct host *h)
{
	while (h->n_idle) {
		struct directory *d = h->idle[--h->n_idle];
		uint64_t number;

		if (!directory_change_number(d, &number, NULL))
			return d;
		directory_close(d);
	}
	return NULL;
}

status host_directory(struct host *h, struct directory **out, struct reason *why)
{
	struct directory *d;
	status s = ecNone;

	(void)pthread_mutex_lock(&h->lock);
	while (h->lent == DIRECTORIES_MOST)
		(void)pthread_cond_wait(&h->returned, &h->lock);
	d = take_idle(h);
	if (!d)
		s = site_open_directory(h->site, &d, why);
	if (!s)
		h->lent++;
	(void)pthread_mutex_unlock(&h->lock);
	if (!s)
		*out = d;
	return s;
}

status host_directory_reading(struct host *h, struct directory **out, struct reason *why)
{
	struct directory *d;
	status s = host_directory(h, &d, why);

	if (s)
		return s;
	s = directory_begin_reading(d, why);
	if (s)
		host_directory_return(h, d);
	else
		*out = d;
	return s;
}

void host_directory_return(struct host *h, struct directory *d)
{
	if (!d)
		return;
	directory_rollback(d);
	(void)pthread_mutex_lock(&h->lock);
	h->idle[h->n_idle++] = d;
	h->lent--;
	(void)pthread_cond_signal(&h->returned);
	(void)pthread_mutex_unlock(&h->lock);
}

status host_create_mailbox(struct host *h, const char *name, const struct directory_setting *settings, size_t n, struct reason *why)
{
	uint64_t id;
	status s;

	(void)pthread_mutex_lock(&h->lock);
	s = site_create_mailbox(h->site, name, settings, n, NULL, &id, why);
	(void)pthread_mutex_unlock(&h->lock);
	return s;
}

status host_purge(struct host *h, unsigned *purged, struct reason *why)
{
	status s;

	(void)pthread_mutex_lock(&h->lock);
	s = site_purge(h->site, 0, purged, why);
	(void)pthread_mutex_unlock(&h->lock);
	return s;
}

/* Mailboxes --------------------------------------------------------------------------------------------------------- */

/* GUIDs of mailboxes are random. */
static struct shared_mailbox **bucket(struct host *h, const struct guid *mailbox)
{
	return &h->mailboxes[mailbox->b[0] % BUCKETS];
}

static struct shared_mailbox *find(struct host *h, const struct guid *mailbox)
{
	struct shared_mailbox *s = *bucket(h, mailbox);

	while (s && !guid_equal(&s->guid, mailbox))
		s = s->next;
	return s;
}

static void tell(void *context, const struct mailbox_change *changes, size_t n)
{
	const struct shared_mailbox *s = context;

	s->host->changes(s->host->context, &s->guid, changes, n);
}

static struct shared_mailbox *add(struct host *h, const struct guid *guid, struct mailbox *mailbox)
{
	struct shared_mailbox *s = calloc(1, sizeof *s), **first = bucket(h, guid);

	if (!s)
		return NULL;
	s->host = h;
	s->guid = *guid;
	s->mailbox = mailbox;
	if (h->changes && mailbox_listen(mailbox, tell, s)) {
		free(s);
		return NULL;
	}
	(void)pthread_mutex_init(&s->lock, NULL);
	(void)pthread_mutex_lock(&h->map);
	s->next = *first;
	*first = s;
	(void)pthread_mutex_unlock(&h->map);
	return s;
}

/* True: nobody has it any more, and it is out of the map. */
static bool let_go(struct shared_mailbox *s)
{
	struct shared_mailbox **at = bucket(s->host, &s->guid);
	bool last;

	(void)pthread_mutex_lock(&s->host->map);
	last = --s->references == 0;
	if (last) {
		while (*at != s)
			at = &(*at)->next;
		*at = s->next;
	}
	(void)pthread_mutex_unlock(&s->host->map);
	return last;
}

static void drop(struct shared_mailbox *s)
{
	if (s->host->changes)
		mailbox_unlisten(s->mailbox, tell, s);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}

/* The site counts its own uses of a handle, and looks each time whether the mailbox may be used. */
static status share(struct host *h, const struct guid *guid, bool alone, struct shared_mailbox **out, struct reason *why)
{
	struct shared_mailbox *s = find(h, guid);
	struct mailbox *m = NULL;
	status st = alone ? site_mailbox_alone(h->site, guid, &m, why) : site_mailbox(h->site, guid, &m, why);

	if (st)
		return st;
	if (s)
		site_release(h->site, m);
	else if (!(s = add(h, guid, m))) {
		site_release(h->site, m);
		return reason_set(why, ecMemory, "out of memory");
	}
	(void)pthread_mutex_lock(&h->map);
	s->references++;
	(void)pthread_mutex_unlock(&h->map);
	*out = s;
	return ecNone;
}

static status share_patiently(struct host *h, const struct guid *mailbox, bool alone, struct shared_mailbox **out, struct reason *why)
{
	const struct timespec pause = { .tv_nsec = TRY_MS * 1000000L };
	unsigned tries = site_is_postgres(host_location(h)) && !alone ? TRIES : 1;
	status s = ecBusy;

	for (unsigned i = 0; s == ecBusy && i < tries; i++) {
		if (i)
			(void)nanosleep(&pause, NULL);
		(void)pthread_mutex_lock(&h->lock);
		s = share(h, mailbox, alone, out, why);
		(void)pthread_mutex_unlock(&h->lock);
	}
	return s;
}

status host_mailbox(struct host *h, const struct guid *mailbox, struct shared_mailbox **out, struct reason *why)
{
	return share_patiently(h, mailbox, false, out, why);
}

status host_mailbox_alone(struct host *h, const struct guid *mailbox, struct shared_mailbox **out, struct reason *why)
{
	return share_patiently(h, mailbox, true, out, why);
}

void host_mailbox_release(struct shared_mailbox *s)
{
	struct host *h;

	if (!s)
		return;
	h = s->host;
	(void)pthread_mutex_lock(&h->lock);
	struct mailbox *m = s->mailbox;
	if (let_go(s)) {
		drop(s);
		site_release(h->site, m);
		/* Several servers share what is in PostgreSQL: a mailbox is with the one that has its clients. */
		if (site_is_postgres(site_location(h->site)))
			(void)site_close_idle(h->site);
	}
	(void)pthread_mutex_unlock(&h->lock);
}

/* One by one: writing out the journal of each takes a while, and others wait for the site. */
void host_close_idle(struct host *h)
{
	bool more = true;

	while (more) {
		(void)pthread_mutex_lock(&h->lock);
		more = site_close_idle(h->site);
		(void)pthread_mutex_unlock(&h->lock);
	}
}

const struct guid *shared_mailbox_guid(const struct shared_mailbox *s)
{
	return &s->guid;
}

struct host *shared_mailbox_host(struct shared_mailbox *s)
{
	return s->host;
}

/* Locks ------------------------------------------------------------------------------------------------------------- */

/* Of a locked one, between two operations. */
static void attend(struct shared_mailbox *s)
{
	if (atomic_exchange(&s->wanted, false))
		mailbox_give_turn(s->mailbox);
	/* What is not told now is told with the next turn. */
	if (atomic_exchange(&s->behind, false) && !mailbox_has_turn(s->mailbox))
		(void)!mailbox_catch_up(s->mailbox);
}

static bool is_called(struct shared_mailbox *s)
{
	return atomic_load(&s->wanted) || atomic_load(&s->behind);
}

/* Whoever has the lock looks when it gives it back. */
static void attend_if_free(struct shared_mailbox *s)
{
	while (is_called(s) && pthread_mutex_trylock(&s->lock) == 0) {
		attend(s);
		(void)pthread_mutex_unlock(&s->lock);
	}
}

struct mailbox *shared_mailbox_lock(struct shared_mailbox *s)
{
	(void)pthread_mutex_lock(&s->lock);
	s->turn = mailbox_take_turn(s->mailbox, PATIENCE_MS);
	return s->mailbox;
}

status shared_mailbox_ready(const struct shared_mailbox *s)
{
	return s->turn;
}

void shared_mailbox_hold(struct shared_mailbox *s)
{
	(void)pthread_mutex_lock(&s->lock);
}

void shared_mailbox_unlock(struct shared_mailbox *s)
{
	mailbox_rollback(s->mailbox);
	mailbox_read_as(s->mailbox, NULL);
	attend(s);
	(void)pthread_mutex_unlock(&s->lock);
	attend_if_free(s);
}

/* Always in the same order, whoever asks, on whatever server. */
void shared_mailbox_lock_both(struct shared_mailbox *a, struct shared_mailbox *b)
{
	bool in_order = memcmp(a->guid.b, b->guid.b, sizeof a->guid.b) <= 0;

	(void)shared_mailbox_lock(in_order ? a : b);
	if (a != b)
		(void)shared_mailbox_lock(in_order ? b : a);
}

void shared_mailbox_unlock_both(struct shared_mailbox *a, struct shared_mailbox *b)
{
	shared_mailbox_unlock(a);
	if (a != b)
		shared_mailbox_unlock(b);
}

struct mailbox *shared_mailbox_get(struct shared_mailbox *s)
{
	return s->mailbox;
}

/* Other servers ------------------------------------------------------------------------------------------------------ */

enum call { CALL_WANTED, CALL_CHANGED };

static void call(struct shared_mailbox *s, enum call what)
{
	atomic_store(what == CALL_WANTED ? &s->wanted : &s->behind, true);
}

/* In use, so that it stays; NULL: nobody here uses it, or this server itself says so. */
static struct shared_mailbox *called(struct host *h, const struct guid *mailbox, int64_t process, enum call what)
{
	(void)pthread_mutex_lock(&h->map);
	struct shared_mailbox *s = find(h, mailbox);
	/* One that is not used yet is being opened, and one that is not used any more is being closed. */
	if (s && (!s->references || mailbox_turn_process(s->mailbox) == process))
		s = NULL;
	if (s) {
		s->references++;
		call(s, what);
	}
	(void)pthread_mutex_unlock(&h->map);
	return s;
}

/* All but the last use end without the lock of the site. */
static void end_call(struct shared_mailbox *s)
{
	struct host *h = s->host;
	bool more;

	(void)pthread_mutex_lock(&h->map);
	more = s->references > 1;
	s->references -= more;
	(void)pthread_mutex_unlock(&h->map);
	if (!more)
		host_mailbox_release(s);
}

/* What was sent while nobody heard it may have been for any. */
static void call_all(struct host *h, enum call what)
{
	(void)pthread_mutex_lock(&h->lock);
	for (unsigned i = 0; i < BUCKETS; i++)
		for (struct shared_mailbox *s = h->mailboxes[i]; s; s = s->next) {
			call(s, what);
			attend_if_free(s);
		}
	(void)pthread_mutex_unlock(&h->lock);
}

static void hear(struct host *h, const struct guid *mailbox, int64_t process, enum call what)
{
	struct shared_mailbox *s = mailbox ? called(h, mailbox, process, what) : NULL;

	if (!mailbox)
		call_all(h, what);
	if (!s)
		return;
	attend_if_free(s);
	end_call(s);
}

static void wanted(void *context, const struct guid *mailbox, int64_t process)
{
	hear(context, mailbox, process, CALL_WANTED);
}

static void changed(void *context, const struct guid *mailbox, int64_t process)
{
	hear(context, mailbox, process, CALL_CHANGED);
}
