#include "server/sessions.h"

#include "base/map.h"
#include "server/notify.h"

#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#define IDLE_MS 900000u
/* Mailboxes share these; two that meet on one wait for each other now and then. */
#define STRANDS 4096u
#define USERS_MOST ((size_t)1 << 24)
#define BUCKETS 16384u

/* What all contexts of one account share; it stays when they are gone. */
struct account {
	struct account *next;
	size_t contexts;
	_Atomic size_t memory; /* struct session: account */
};

struct sessions {
	struct server *server;
	struct sessions_options options;
	pthread_mutex_t lock;
	struct context *buckets[BUCKETS]; /* by the hash of the cookie */
	struct map by_user;               /* -> struct account */
	struct account *accounts;
	size_t n;
	struct context *idlest, *last; /* those that nobody uses, the longest idle first */
	struct strand strands[STRANDS];
	uint64_t key[2];
	size_t closing; /* whose memory is being freed on its strand */
	pthread_cond_t closed;
};

static uint64_t now_ms(const struct sessions *s)
{
	const struct clock *c = host_clock(s->server->host);

	return c->monotonic(c) / 1000000u;
}

status sessions_new(struct server *server, const struct sessions_options *o, struct sessions **out)
{
	struct sessions *s = calloc(1, sizeof *s);

	if (!s)
		return ecMemory;
	if (getrandom(s->key, sizeof s->key, 0) != (ssize_t)sizeof s->key) {
		free(s);
		return ecMemory;
	}
	s->server = server;
	if (o)
		s->options = *o;
	if (!s->options.idle_ms)
		s->options.idle_ms = IDLE_MS;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->closed, NULL);
	map_init(&s->by_user, USERS_MOST);
	for (size_t i = 0; i < STRANDS; i++)
		strand_init(&s->strands[i], server->workers);
	*out = s;
	return ecNone;
}

uint32_t sessions_idle_ms(const struct sessions *s)
{
	return s->options.idle_ms;
}

struct strand *sessions_strand(struct sessions *s, const struct guid *mailbox)
{
	return &s->strands[siphash24(s->key, bytes_of(mailbox->b, sizeof mailbox->b)) % STRANDS];
}

static struct context **bucket_of(struct sessions *s, const char *cookie)
{
	return &s->buckets[siphash24(s->key, bytes_of(cookie, CONTEXT_COOKIE_SIZE - 1)) % BUCKETS];
}

/* The list of those that nobody uses; with the lock ----------------------------------------------------------------- */

static void idle_add(struct sessions *s, struct context *c)
{
	c->idle_since = now_ms(s);
	c->before = s->last;
	c->next = NULL;
	*(s->last ? &s->last->next : &s->idlest) = c;
	s->last = c;
}

static void idle_remove(struct sessions *s, struct context *c)
{
	*(c->before ? &c->before->next : &s->idlest) = c->next;
	*(c->next ? &c->next->before : &s->last) = c->before;
	c->next = c->before = NULL;
}

/* The end of a context ------------------------------------------------------------------------------------------------ */

static void close_now(struct task *t)
{
	struct context *c = task_of(t, struct context, closing);
	struct sessions *s = c->of;

	if (c->session)
		counter_add(s->server->counters, COUNTER_RPC_SESSIONS, -1);
	session_close(c->session);
	if (c->book && c->book_free)
		c->book_free(c->book);
	free(c);
	pthread_mutex_lock(&s->lock);
	s->closing--;
	pthread_cond_broadcast(&s->closed);
	pthread_mutex_unlock(&s->lock);
}

/* With the lock: nobody can find it any more. */
static void unlist(struct sessions *s, struct context *c)
{
	if (c->over)
		return;
	c->over = true;
	for (struct context **at = bucket_of(s, c->cookie); *at; at = &(*at)->chain)
		if (*at == c) {
			*at = c->chain;
			break;
		}
	s->n--;
	c->account->contexts--;
}

/* With the lock, of one without users. */
static void let_go(struct sessions *s, struct context *c)
{
	s->closing++;
	c->closing = (struct task){ close_now, NULL };
	strand_post(c->strand, &c->closing);
}

/* The beginning ------------------------------------------------------------------------------------------------------- */

static bool make_cookie(struct context *c)
{
	uint64_t random[3];

	if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
		return false;
	(void)snprintf(c->cookie, sizeof c->cookie, "%016" PRIx64 "%016" PRIx64, random[0], random[1]);
	c->salt = random[2];
	return true;
}

/* With the lock; NULL without memory. */
static struct account *account_of(struct sessions *s, uint64_t user)
{
	const uint64_t *known = map_get_u64(&s->by_user, user);
	struct account *a = known ? (struct account *)(uintptr_t)*known : calloc(1, sizeof *a);

	if (known || !a)
		return a;
	if (map_put_u64(&s->by_user, user, (uintptr_t)a)) {
		free(a);
		return NULL;
	}
	a->next = s->accounts;
	s->accounts = a;
	return a;
}

status context_new(struct sessions *s, enum context_kind kind, uint64_t user, const struct guid *mailbox, uint32_t most, struct context **out)
{
	struct context *c = calloc(1, sizeof *c);
	status st = ecNone;

	if (!c)
		return ecMemory;
	c->kind = kind;
	c->user = user;
	c->of = s;
	c->users = 1;
	c->busy = true;
	c->sequence = 1;
	c->strand = sessions_strand(s, mailbox);
	if (!make_cookie(c)) {
		free(c);
		return ecMemory;
	}
	pthread_mutex_lock(&s->lock);
	c->account = account_of(s, user);
	if (!c->account)
		st = ecMemory;
	else if (s->n >= most || c->account->contexts >= (s->options.most_per_user ? s->options.most_per_user : most / 4 + 1))
		st = ecTooBig;
	if (!st) {
		struct context **bucket = bucket_of(s, c->cookie);

		c->account->contexts++;
		c->chain = *bucket;
		*bucket = c;
		s->n++;
	}
	pthread_mutex_unlock(&s->lock);
	if (st)
		free(c);
	else
		*out = c;
	return st;
}

/* Taking and giving back ------------------------------------------------------------------------------------------------ */

static bool is_ours(const char *cookie)
{
	return strlen(cookie) == CONTEXT_COOKIE_SIZE - 1 && strspn(cookie, "0123456789abcdef") == CONTEXT_COOKIE_SIZE - 1;
}

/* With the lock: those that were idle too long. */
static void expire(struct sessions *s)
{
	uint64_t now = now_ms(s);

	while (s->idlest && now - s->idlest->idle_since >= s->options.idle_ms) {
		struct context *c = s->idlest;

		idle_remove(s, c);
		unlist(s, c);
		let_go(s, c);
	}
}

/*
 * With the lock; NULL when there is none.  One whose time is over is over now, whenever it will be swept: clients count on
 * X-ExpirationInfo.
 */
static struct context *find(struct sessions *s, enum context_kind kind, const char *cookie, uint64_t user)
{
	expire(s);
	struct context *c = *bucket_of(s, cookie);

	while (c && memcmp(c->cookie, cookie, CONTEXT_COOKIE_SIZE) != 0)
		c = c->chain;
	return c && c->kind == kind && c->user == user ? c : NULL;
}

/* With the lock. */
static void print_sequence(const struct context *c, char out[static CONTEXT_SEQUENCE_SIZE])
{
	const uint64_t key[2] = { c->salt, c->of->key[1] };

	/* The number, and a hash of it, so that the next one cannot be guessed by whoever has only the other cookie. */
	(void)snprintf(out, CONTEXT_SEQUENCE_SIZE, "%" PRIu64 "-%016" PRIx64, c->sequence, siphash24(key, bytes_of(&c->sequence, sizeof c->sequence)));
}

static bool in_sequence(const struct context *c, const char *sequence)
{
	char wanted[CONTEXT_SEQUENCE_SIZE];

	print_sequence(c, wanted);
	return !c->busy && strcmp(sequence, wanted) == 0;
}

enum mapihttp_code context_take(struct sessions *s, enum context_kind kind, const char *cookie, const char *sequence, uint64_t user,
				enum context_use use, struct context **out)
{
	enum mapihttp_code code = MAPIHTTP_SUCCESS;

	if (!cookie || (!sequence && use == CONTEXT_REQUEST))
		return MAPIHTTP_MISSING_COOKIE;
	if (!is_ours(cookie))
		return MAPIHTTP_INVALID_CONTEXT_COOKIE;
	pthread_mutex_lock(&s->lock);
	struct context *c = find(s, kind, cookie, user);
	if (!c)
		code = MAPIHTTP_CONTEXT_NOT_FOUND;
	else if (use == CONTEXT_REQUEST && !in_sequence(c, sequence))
		code = MAPIHTTP_INVALID_SEQUENCE;
	if (!code) {
		if (!c->users++)
			idle_remove(s, c);
		if (use == CONTEXT_REQUEST) {
			c->busy = true;
			c->sequence++;
		}
		*out = c;
	}
	pthread_mutex_unlock(&s->lock);
	return code;
}

void context_sequence(struct context *c, char out[static CONTEXT_SEQUENCE_SIZE])
{
	pthread_mutex_lock(&c->of->lock);
	print_sequence(c, out);
	pthread_mutex_unlock(&c->of->lock);
}

void context_return(struct context *c, enum context_use use)
{
	struct sessions *s = c->of;

	pthread_mutex_lock(&s->lock);
	if (use == CONTEXT_REQUEST)
		c->busy = false;
	if (!--c->users) {
		if (c->over)
			let_go(s, c);
		else
			idle_add(s, c);
	}
	pthread_mutex_unlock(&s->lock);
}

void context_attach(struct context *c, struct session *session)
{
	pthread_mutex_lock(&c->of->lock);
	session->account = &c->account->memory;
	c->session = session;
	pthread_mutex_unlock(&c->of->lock);
	counter_add(c->of->server->counters, COUNTER_RPC_SESSIONS, 1);
}

void context_end(struct context *c)
{
	pthread_mutex_lock(&c->of->lock);
	unlist(c->of, c);
	pthread_mutex_unlock(&c->of->lock);
}

void context_replace(struct sessions *s, enum context_kind kind, const char *cookie, uint64_t user)
{
	if (!cookie || !is_ours(cookie))
		return;
	pthread_mutex_lock(&s->lock);
	struct context *c = find(s, kind, cookie, user);
	if (c) {
		unlist(s, c);
		if (!c->users++)
			idle_remove(s, c);
	}
	pthread_mutex_unlock(&s->lock);
	if (!c)
		return;
	if (c->session)
		notify_interrupt(c->session);
	context_return(c, CONTEXT_BESIDE);
}

/* All of them --------------------------------------------------------------------------------------------------------- */

void sessions_expire(struct sessions *s)
{
	pthread_mutex_lock(&s->lock);
	expire(s);
	pthread_mutex_unlock(&s->lock);
}

size_t sessions_count(struct sessions *s)
{
	pthread_mutex_lock(&s->lock);
	size_t n = s->n;
	pthread_mutex_unlock(&s->lock);
	return n;
}

void sessions_each(struct sessions *s, void (*each)(struct session *session, void *arg), void *arg)
{
	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct context *c = s->buckets[i]; c; c = c->chain)
			if (c->session)
				each(c->session, arg);
	pthread_mutex_unlock(&s->lock);
}

void sessions_free(struct sessions *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	while (s->idlest) {
		struct context *c = s->idlest;

		idle_remove(s, c);
		unlist(s, c);
		let_go(s, c);
	}
	while (s->closing)
		pthread_cond_wait(&s->closed, &s->lock);
	pthread_mutex_unlock(&s->lock);
	/* The worker of a task that has said that it is done still has its strand in hand, for a moment. */
	for (size_t i = 0; i < STRANDS; i++)
		while (!strand_is_idle(&s->strands[i]))
			(void)sched_yield();
	map_free(&s->by_user);
	while (s->accounts) {
		struct account *a = s->accounts;

		s->accounts = a->next;
		free(a);
	}
	pthread_cond_destroy(&s->closed);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
