/* The queue is worked off: one message after the other, one recipient after the other. */
#include "server/transport_private.h"

#include "mapi/entryid.h"
#include "mapi/error.h"
#include "server/events.h"
#include "server/transport_smtp.h"
#include "store/folder.h"
#include "store/message.h"
#include "net/thread.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

/* Between attempts while a mailbox or the way out is not there: a minute, two, four ... an hour; then it is given up. */
#define RETRY_FIRST 60u
#define RETRY_MOST 3600u
#define EXPIRY_SECONDS (2u * 24 * 3600)
#define SECOND ((uint64_t)1000 * FILETIME_MILLISECOND)
/* Larger messages are not for mail. */
#define MAIL_MOST ((size_t)64 << 20)
/* How long the thread sleeps when nothing is to be done. */
#define IDLE_SECONDS 30

uint64_t transport_now(const struct transport *t)
{
	const struct clock *c = host_clock(t->server->host);

	return c->now(c);
}

status transport_random(struct guid *out)
{
	return getrandom(out->b, sizeof out->b, 0) == (ssize_t)sizeof out->b ? ecNone : ecError;
}

/* Sent -------------------------------------------------------------------------------------------------------------------- */

/* Is it the message that was submitted, and does its mailbox say so? */
static status submitted(struct mailbox *m, const struct queue_item *i, struct arena *arena, struct bag *props, bool *yes)
{
	struct bytes key;
	status s;

	*yes = false;
	bag_init(props, arena);
	s = message_props(m, i->source, props);
	if (s)
		return s == ecNotFound ? ecNone : s;
	key = bag_bytes(props, tag_id(PidTagMessageSubmissionId));
	*yes = key.n == sizeof i->key && memcmp(key.p, &i->key, key.n) == 0 && bag_u32(props, tag_id(PidTagMessageFlags), 0) & MSGFLAG_SUBMIT;
	return ecNone;
}

/*
 * Where it goes now: to the folder that the client named ([MS-OXOMSG] 2.2.3.10), else it stays in `from` where it was sent
 * ([MS-OXOMSG] 3.2.5.1) - but not in the Outbox, which holds what is still to go: from there to Sent Items.
 */
static status sent_folder(struct mailbox *m, const struct bag *props, uint64_t from, struct arena *arena, uint64_t *folder)
{
	struct bytes server = bag_bytes(props, tag_id(PidTagSentMailSvrEID)), entry = bag_bytes(props, tag_id(PidTagSentMailEntryId));
	uint64_t outbox = 0;
	struct entryid id;
	struct folder f;
	status s;

	*folder = 0;
	if (server.n >= 9 && server.p[0] == 1)
		(void)id_to_counter(le64(server.p + 1), folder);
	else if (entry.n && !entryid_decode(entry, &id, NULL) && id.kind == ENTRYID_FOLDER)
		*folder = global_counter_get(id.folder.folder.id.counter);
	if (*folder && !folder_get(m, *folder, arena, &f) && !f.is_search)
		return ecNone;
	*folder = from;
	s = folder_by_role(m, MAILBOX_OUTBOX, &outbox);
	return s || outbox != from ? s : folder_by_role(m, MAILBOX_SENT_ITEMS, folder);
}

static status put_away(struct mailbox *m, const struct queue_item *i, const struct bag *props, struct arena *arena)
{
	uint32_t flags = bag_u32(props, tag_id(PidTagMessageFlags), 0);
	static const uint16_t gone[] = { PidTagMessageSubmissionId >> 16 };
	struct message_info info;
	uint64_t folder, moved;
	struct bag set;
	status s = message_info(m, i->source, arena, &info);

	/* Deleted by its sender, which takes nothing back: it is gone already. */
	if (s || info.deleted)
		return s;
	s = mailbox_begin(m);

	bag_init(&set, arena);
	if (!s && bag_bool(props, tag_id(PidTagDeleteAfterSubmit), false)) {
		s = message_delete(m, i->source, DELETE_HARD);
	} else {
		if (!s)
			s = bag_set_u32(&set, PidTagMessageFlags, (flags | MSGFLAG_READ) & ~MSGFLAG_SUBMIT);
		if (!s)
			s = message_set_aside(m, i->source, &set, gone, 1);
		if (!s)
			s = sent_folder(m, props, info.folder, arena, &folder);
		if (!s && folder != info.folder)
			s = message_move(m, i->source, folder, &moved);
	}
	if (!s)
		return mailbox_commit(m);
	mailbox_rollback(m);
	return s;
}

/* The sender's mailbox: what was submitted there is confirmed, and leaves the Outbox. *drop: it was not. */
static status at_sender(struct transport *t, const struct queue_item *i, bool *drop)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(TRANSPORT_WORK);
	struct shared_mailbox *store;
	struct mailbox *m;
	struct bag props;
	bool yes = false;
	status s;

	*drop = false;
	if (!i->source)
		return ecNone;
	s = host_mailbox(t->server->host, &i->sender, &store, NULL);
	if (s == ecNotFound) {
		*drop = i->state == QUEUE_TENTATIVE;
		return ecNone;
	}
	if (s)
		return s;
	m = shared_mailbox_lock(store);
	s = shared_mailbox_ready(store);
	if (!s)
		s = submitted(m, i, &arena, &props, &yes);
	*drop = !s && !yes && i->state == QUEUE_TENTATIVE;
	if (!s && yes && i->state == QUEUE_TENTATIVE)
		s = queue_ready(t->queue, i->id);
	if (!s && yes)
		s = put_away(m, i, &props, &arena);
	shared_mailbox_unlock(store);
	host_mailbox_release(store);
	return s;
}

/* To all ------------------------------------------------------------------------------------------------------------------- */

struct round {
	struct transport *t;
	struct queue_message *message;
	struct arena *arena;
	struct failure *failures;
	size_t n_failures;
	bool later; /* for some, it is to be tried again */
	const struct target *targets;
	size_t n_targets;
	struct smtp_host out; /* for others than local ones */
	struct buf mail;      /* the message for them; empty: not made yet */
};

static bool is_done(const struct queue_item *i, const struct guid *key)
{
	for (size_t at = 0; at + sizeof *key <= i->done.n; at += sizeof *key)
		if (memcmp(i->done.p + at, key, sizeof *key) == 0)
			return true;
	return false;
}

static bool is_temporary(status s)
{
	return s == ecBusy || s == ecNotInitialized || s == ecMemory || s == ecDiskError || s == ecError;
}

static bool expired(const struct round *r)
{
	return transport_now(r->t) > r->message->item.since + EXPIRY_SECONDS * SECOND;
}

static void fail(struct round *r, const struct target *to, status code, const char *text)
{
	r->failures[r->n_failures++] = (struct failure){ to, code, text };
}

static const char *words_of(const struct target *to, status s)
{
	if (to->kind == TARGET_FOLDER && s == ecAccessDenied)
		return "You may not create items in the public folder. #550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized";
	if (to->kind == TARGET_FOLDER && s == ecNotFound)
		return "The public folder is gone. #550 5.1.1 RESOLVER.ADR.RecipNotFound; not found";
	if (to->kind == TARGET_OUTSIDE)
		return s == ecNotSupported  ? "This server carries mail within the organisation only: no smart host is set up. Ask the administrator." :
		       s == ecAccessDenied ? "The next mail server refused the message for this recipient." :
		       s == ecTooBig       ? "The message is too large for mail to the outside." :
					     "The next mail server could not be reached for two days.";
	if (to->kind == TARGET_FOLDER && s == ecQuotaExceeded)
		return "The public folder is full. It can be sent again when there is room. #550 5.2.2 STOREDRV; quota exceeded";
	return s == ecTooBig	    ? "The message is larger than the recipient accepts. Send it in parts, or as a link." :
	       s == ecQuotaExceeded ? "The mailbox of the recipient is full. It can be sent again when there is room." :
				      "The mailbox of the recipient could not be written to. Ask the administrator.";
}

/* In the words that administrators know from Exchange, with the codes of [RFC3463]. */
static const char *words_of_refusal(const struct target *to, struct arena *arena)
{
	const char *what = to->folder ? "public folder" : "group", *words;

	if (to->refusal == REFUSED_NOT_LOGGED_ON)
		words = arena_printf(arena, "The %s takes messages only from people who log on here. #550 5.7.1 RESOLVER.RST.AuthRequired; authentication required", what);
	else if (to->refusal == REFUSED_SIZE)
		words = arena_printf(arena, "The message is larger than the %s accepts. #550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient", what);
	else
		words = arena_printf(arena, "You may not send to the %s. #550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized", what);
	return words ? words : "You may not send to this recipient.";
}

/* Mail has addresses of the Internet only: those of our own people are in the directory. */
static status make_mail(struct round *r)
{
	struct message_part *p = message_part_ref(r->message->part);
	status s = message_part_own(&p);

	for (size_t i = 0; !s && i < r->n_targets; i++) {
		struct recipient *to = (r->targets[i].kind == TARGET_LOCAL || r->targets[i].kind == TARGET_FOLDER) && r->targets[i].by_name ? message_part_recipient(p, r->targets[i].row) : NULL;

		if (to)
			s = held_put_text(&to->props, PidTagSmtpAddress, r->targets[i].address);
	}
	(void)property_set_remove(&p->props, TRANSPORT_VISITED >> 16);
	if (!s)
		s = smtp_make_mail(p, r->message->names, &r->mail, NULL);
	message_part_unref(p);
	return s;
}

static status send_outside(struct round *r, const struct target *to)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	const struct property_set *props = &r->message->part->props;
	const char *from = held_text(props, PidTagSentRepresentingSmtpAddress, &arena), *class = held_text(props, PidTagMessageClass, &arena);
	const char *name = r->t->server->fqdn ? r->t->server->fqdn : "localhost";
	uint64_t now = transport_now(r->t);
	status s = r->out.host[0] ? ecNone : smtp_host_read(r->t->server->host, &r->out, NULL);

	if (!s && !r->out.host[0])
		return ecNotSupported;
	/* Where nobody answers, others need not wait for it. */
	if (!s && now < r->t->out_again)
		return ecBusy;
	if (!s && !r->mail.n)
		s = make_mail(r);
	if (s)
		return s;
	/* Nobody answers a report. */
	if (!from || (class && strncasecmp(class, "REPORT.", 7) == 0))
		from = "";
	s = smtp_send(&r->out, name, from, to->address, buf_bytes(&r->mail), NULL);
	if (s == ecBusy)
		r->t->out_again = now + RETRY_FIRST * SECOND;
	return s;
}

/* A report is never refused for what it carries back. */
static bool too_big(const struct round *r, const struct target *to)
{
	const struct message_part *p = r->message->part;
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	const char *class = held_text(&p->props, PidTagMessageClass, &arena);

	return message_part_size(p) > to->person.max_receive && !(class && strncasecmp(class, "REPORT.", 7) == 0);
}

static status deliver_one(struct round *r, const struct target *to)
{
	status s;

	if (to->kind == TARGET_UNKNOWN) {
		fail(r, to, ecNotFound, "There is no such address in this organisation. Check the address, and send the message again.");
		return ecNone;
	}
	if (to->kind == TARGET_REFUSED) {
		fail(r, to, to->refusal == REFUSED_SIZE ? ecTooBig : ecAccessDenied, words_of_refusal(to, r->arena));
		return ecNone;
	}
	if (to->kind == TARGET_OUTSIDE)
		s = send_outside(r, to);
	else
		s = too_big(r, to) ? ecTooBig : transport_deliver(r->t, r->message, to);
	if (!s)
		return queue_done(r->t->queue, r->message->item.id, &to->key, 1);
	if (is_temporary(s) && !expired(r)) {
		r->later = true;
		return ecNone;
	}
	fail(r, to, s, words_of(to, s));
	return ecNone;
}

/* One report for all that failed. */
static status report(struct round *r)
{
	struct queue_item child = { .state = QUEUE_HELD, .parent = r->message->item.id };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(TRANSPORT_WORK);
	struct guid *keys = arena_array(&arena, r->n_failures + 1, sizeof *keys);
	struct message_part *part = NULL;
	uint64_t id;
	status s = keys ? ecNone : ecMemory;

	if (s || !r->n_failures)
		return s;
	for (size_t i = 0; i < r->n_failures; i++)
		keys[i] = r->failures[i].target->key;
	child.target = keys[0];
	child.since = child.due = transport_now(r->t);
	s = queue_forget_children(r->t->queue, child.parent, &child.target);
	if (!s)
		s = transport_report(r->t, r->message->part, r->failures, r->n_failures, &part);
	if (!s)
		s = transport_random(&child.key);
	if (!s) {
		s = queue_put(r->t->queue, &child, part, NULL, r->message->names, &id);
		counter_add(r->t->server->counters, COUNTER_QUEUED, s ? 0 : 1);
	} else if (s == ecNotFound) {
		s = ecNone;
	}
	message_part_unref(part);
	return s ? s : queue_done(r->t->queue, r->message->item.id, keys, r->n_failures);
}

static status try_later(struct round *r)
{
	const struct queue_item *i = &r->message->item;
	uint64_t wait = i->tries < 6 ? (uint64_t)RETRY_FIRST << i->tries : RETRY_MOST;

	return queue_later(r->t->queue, i->id, transport_now(r->t) + wait * SECOND, i->tries + 1);
}

static status carry(struct transport *t, struct queue_message *message)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)512 << 20);
	struct round r = { .t = t, .message = message, .arena = &arena, .mail = BUF_MAX(MAIL_MOST) };
	struct target *targets = NULL;
	size_t n = 0;
	status s = transport_resolve(t, message->part, &arena, &targets, &n);

	if (s)
		return s;
	r.failures = arena_array(&arena, n + 1, sizeof *r.failures);
	if (!r.failures)
		return ecMemory;
	r.targets = targets;
	r.n_targets = n;
	for (size_t i = 0; !s && i < n; i++)
		if (!targets[i].passed_on && !is_done(&message->item, &targets[i].key))
			s = deliver_one(&r, &targets[i]);
	buf_free(&r.mail);
	if (!s)
		s = report(&r);
	if (s)
		return s;
	if (r.later)
		return try_later(&r);
	s = queue_remove(t->queue, message->item.id);
	counter_add(t->server->counters, COUNTER_QUEUED, s ? 0 : -1);
	return s;
}

static status work_on(struct transport *t, const struct queue_item *i)
{
	struct queue_message message;
	bool drop;
	status s = at_sender(t, i, &drop);

	if (!s && drop)
		s = queue_remove(t->queue, i->id);
	if (s || drop)
		return s;
	s = queue_read(t->queue, i->id, &message);
	if (s)
		return s == ecNotFound ? ecNone : s;
	s = carry(t, &message);
	queue_message_free(&message);
	return s;
}

static bool stopping(struct transport *t)
{
	struct transport *all = t->of ? t->of : t;
	bool yes;

	(void)pthread_mutex_lock(&all->lock);
	yes = all->stop;
	(void)pthread_mutex_unlock(&all->lock);
	return yes;
}

static void tell_failure(struct transport *t, const struct queue_item *i, status s)
{
	const struct mapi_error *e = mapi_error_by_code(s);
	char sender[GUID_TEXT_SIZE];

	guid_format(&i->sender, sender);
	server_event(t->server->events, SERVER_EVENT_MAIL_WAITS, sender, e ? e->name : "an error without a name", NULL);
}

/* What fails is left for the next time; what comes after it goes on. */
status transport_run(struct transport *t)
{
	uint64_t after = 0;
	status s = ecNone, first = ecNone;

	(void)pthread_mutex_lock(&t->running);
	while (!stopping(t)) {
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET(TRANSPORT_WORK);
		struct queue_item i;

		s = queue_claim(t->queue, after, &i, &arena);
		if (s || !i.id)
			break;
		after = i.id;
		if (i.state == QUEUE_HELD || i.due > transport_now(t))
			continue;
		s = work_on(t, &i);
		if (s)
			tell_failure(t, &i, s);
		first = first ? first : s;
	}
	(void)pthread_mutex_unlock(&t->running);
	return first ? first : s;
}

/* Counted here while it is here. */
static status count_queued(struct transport *t, bool here)
{
	uint64_t n = 0;
	status s = queue_count(t->queue, &n);

	counter_add(t->server->counters, COUNTER_QUEUED, here ? (int64_t)n : -(int64_t)n);
	return s;
}

static status run_for(struct transport *t, struct transport_queue *q)
{
	struct transport other = { .server = t->server, .of = t, .queue = q, .hold = t->hold };
	status s, left;

	(void)pthread_mutex_init(&other.running, NULL);
	s = count_queued(&other, true);
	if (!s)
		s = transport_run(&other);
	left = count_queued(&other, false);
	(void)pthread_mutex_destroy(&other.running);
	return s ? s : left;
}

status transport_run_abandoned(struct transport *t)
{
	struct transport_queue *q = NULL;
	unsigned number = 0;
	status s = ecNone, first = ecNone;

	do {
		s = transport_queue_adopt(t->server->host, t->queue, &number, &q);
		if (!s && q)
			s = run_for(t, q);
		transport_queue_close(q);
		first = first ? first : s;
	} while (q && !stopping(t));
	return first;
}

/* The thread ----------------------------------------------------------------------------------------------------------------- */

void transport_poke(struct transport *t)
{
	(void)pthread_mutex_lock(&t->lock);
	t->poked = true;
	(void)pthread_cond_signal(&t->wake);
	(void)pthread_mutex_unlock(&t->lock);
}

/* For so many milliseconds, or until there is something to do. False: the end. */
static bool rest(struct transport *t, uint64_t ms)
{
	const struct timespec until = thread_time(ms);
	bool go_on;

	(void)pthread_mutex_lock(&t->lock);
	while (!t->stop && !t->poked && pthread_cond_timedwait(&t->wake, &t->lock, &until) == 0)
		;
	t->poked = false;
	go_on = !t->stop;
	(void)pthread_mutex_unlock(&t->lock);
	return go_on;
}

/* Until the first that waits is due. */
static uint64_t pause_of(struct transport *t)
{
	uint64_t now = transport_now(t), after = 0, least = (uint64_t)IDLE_SECONDS * 1000;

	for (;;) {
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET(TRANSPORT_WORK);
		struct queue_item i;

		if (queue_claim(t->queue, after, &i, &arena) || !i.id)
			return least;
		after = i.id;
		uint64_t wait = i.due > now ? (i.due - now) / FILETIME_MILLISECOND + 1 : 1000;
		least = wait < least ? wait : least;
	}
}

static void *run_thread(void *context)
{
	struct transport *t = context;
	uint64_t looked = 0;

	do {
		(void)!transport_run(t);
		if (transport_now(t) >= looked + IDLE_SECONDS * SECOND) {
			(void)!transport_run_abandoned(t);
			looked = transport_now(t);
		}
	} while (rest(t, pause_of(t)));
	return NULL;
}

/* Open and close ---------------------------------------------------------------------------------------------------------------- */

static status start(struct transport *t, struct reason *why)
{
	sigset_t all, before;
	int e;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	e = pthread_create(&t->thread, NULL, run_thread, t);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	t->threaded = !e;
	return e ? reason_set(why, ecMemory, "no thread for the transport could be started") : ecNone;
}

status transport_open(struct server *server, const struct transport_options *o, struct reason *why)
{
	struct transport *t = calloc(1, sizeof *t);
	status s;

	if (!t)
		return reason_set(why, ecMemory, "out of memory");
	t->server = server;
	t->hold = o->hold * FILETIME_MILLISECOND;
	(void)pthread_mutex_init(&t->running, NULL);
	(void)pthread_mutex_init(&t->lock, NULL);
	thread_cond_init(&t->wake);
	server->transport = t;
	s = transport_queue_open(server->host, &t->queue, why);
	if (!s)
		s = count_queued(t, true);
	if (!s)
		server->read_receipt = transport_receipt;
	if (!s && !o->inline_only)
		s = start(t, why);
	if (s)
		transport_close(server);
	return s;
}

void transport_close(struct server *server)
{
	struct transport *t = server->transport;

	if (!t)
		return;
	(void)pthread_mutex_lock(&t->lock);
	t->stop = true;
	(void)pthread_cond_signal(&t->wake);
	(void)pthread_mutex_unlock(&t->lock);
	if (t->threaded)
		(void)pthread_join(t->thread, NULL);
	transport_queue_close(t->queue);
	(void)pthread_cond_destroy(&t->wake);
	(void)pthread_mutex_destroy(&t->lock);
	(void)pthread_mutex_destroy(&t->running);
	free(t);
	server->transport = NULL;
	server->read_receipt = NULL;
}
