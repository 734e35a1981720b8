#include "cli/watch_listener.h"

#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "rop/rops_notification.h"

#define BACK_OFF_LEAST 1000u
#define BACK_OFF_MOST  300000u
#define ALL_EVENTS \
	0x037Eu /* [MS-OXCNOTIF] 2.2.1.2.1: new mail, created, deleted, modified, moved, copied, search complete */

static status subscribe(struct remote *r, struct reason *why)
{
	struct rop_register_notification_request q = { .notification_types = ALL_EVENTS,
						       .want_whole_store = 1 };
	struct remote_batch *b = remote_batch(r);
	status s;

	(void)remote_add(b, ROP_REGISTER_NOTIFICATION, remote_logon_handle(r), &q);
	s = remote_run(b, false, why);
	return s ? s : remote_answer(b, 0, NULL);
}

static void tell(const struct listener_store *store)
{
	uint64_t one = 1;

	(void)!write(store->event, &one, sizeof one);
}

/* What is open while it listens; a remote for each store that is told of, at its place. */
struct listening {
	struct listener *l;
	struct profile_connection c; /* with the first of them */
	struct remote *remotes[LISTENER_STORES_MAX];
	size_t first;
};

static void announce(struct listener *l, struct session *session)
{
	(void)pthread_mutex_lock(&l->lock);
	l->session = session;
	(void)pthread_mutex_unlock(&l->lock);
}

/* The session is that of the first store that opens. */
static status open_store(struct listening *k, size_t i, struct reason *why)
{
	const struct profile_store *store = k->l->stores[i]->store;
	status s;

	if (k->c.session)
		return remote_open_more(k->c.session, store->kind, store->profile.mailbox_dn, (uint8_t)i, &k->remotes[i], why);
	s = profile_connect_store(k->l->data, k->l->profile, store, &k->c, why);
	if (s) {
		profile_disconnect(&k->c);
		return s;
	}
	k->remotes[i] = k->c.remote;
	k->first = i;
	announce(k->l, k->c.session);
	return ecNone;
}

/* Not the store but the session has ended. */
static bool is_over(const struct listening *k, status s)
{
	return s && k->c.session && session_failure(k->c.session) != SESSION_FINE;
}

/* One that does not open is no reason not to listen for the others. */
static status open_stores(struct listening *k, struct reason *why)
{
	struct listener *l = k->l;
	status s = ecNone;

	for (size_t i = 0; i < l->n && !is_over(k, s) && !atomic_load(&l->stop); i++) {
		if (l->n > 1 && atomic_load(&l->stores[i]->elsewhere))
			continue;
		s = open_store(k, i, why);
		if (!s)
			s = subscribe(k->remotes[i], why);
		/* What happened before there was a subscription. */
		if (!s)
			tell(l->stores[i]);
		else if (k->c.session && i != k->first && s == ecWrongServer)
			atomic_store(&l->stores[i]->elsewhere, true);
	}
	return is_over(k, s) ? s : k->c.session ? ecNone : ecNotFound;
}

/* LogonId says which of them; of what is not said all are told. */
static void tell_of(const struct listening *k, const struct rop_response *a)
{
	const struct rop_notify_response *body = rop_response_type(a) == &rop_notify_response_wire ? a->body : NULL;
	struct listener *l = k->l;

	/* The first store's number is 0 in its own session. */
	for (size_t i = 0; i < l->n; i++)
		if (!body || (i == k->first ? body->logon_id == 0 : body->logon_id == i))
			tell(l->stores[i]);
}

/* What happened is taken off the server, or it would be told again at once. */
static status take_events(const struct listening *k, struct reason *why)
{
	struct remote_batch *b = remote_batch(k->remotes[k->first]);
	const struct rop_response *a;
	status s = remote_run(b, false, why);
	size_t told = 0;

	for (size_t i = 0; !s && (a = remote_notification(b, i)); i++)
		if (a->id == ROP_NOTIFY) {
			tell_of(k, a);
			told++;
		}
	/* Something did, as the server said. */
	for (size_t i = 0; !told && i < k->l->n; i++)
		tell(k->l->stores[i]);
	return s;
}

static void listen_once(struct listener *l)
{
	struct listening k = { .l = l };
	struct reason why;
	bool event = false;
	status s = open_stores(&k, &why);

	while (!s && !atomic_load(&l->stop)) {
		s = session_wait(k.c.session, &event, &why);
		if (!s && event)
			s = take_events(&k, &why);
	}
	announce(l, NULL);
	for (size_t i = 0; i < l->n; i++)
		if (k.remotes[i] != k.c.remote)
			remote_close(k.remotes[i]);
	profile_disconnect(&k.c);
}

static void *listen_thread(void *context)
{
	struct listener *l = context;
	unsigned wait = BACK_OFF_LEAST;

	while (!atomic_load(&l->stop)) {
		uint64_t began = clock_system.monotonic(&clock_system);

		listen_once(l);
		/* One that held for a while begins anew without much ado. */
		wait = clock_system.monotonic(&clock_system) - began > 60u * 1000000000ull
			       ? BACK_OFF_LEAST
		       : wait * 2 < BACK_OFF_MOST ? wait * 2
						  : BACK_OFF_MOST;
		for (unsigned ms = 0;
		     ms < wait && !atomic_load(&l->stop) && !atomic_load(&l->again); ms += 100)
			(void)nanosleep(&(struct timespec){ 0, 100000000 }, NULL);
		if (atomic_exchange(&l->again, false))
			wait = BACK_OFF_LEAST;
	}
	return NULL;
}

bool listener_start(struct listener *l, const char *data, const struct profile *p, struct listener_store **stores, size_t n)
{
	*l = (struct listener){ .data = data, .profile = p, .stores = stores, .n = n < LISTENER_STORES_MAX ? n : LISTENER_STORES_MAX };
	(void)pthread_mutex_init(&l->lock, NULL);
	return pthread_create(&l->thread, NULL, listen_thread, l) == 0;
}

/* What it waits for is not waited for any more. */
static void break_off(struct listener *l)
{
	(void)pthread_mutex_lock(&l->lock);
	if (l->session)
		session_cancel(l->session, true);
	(void)pthread_mutex_unlock(&l->lock);
}

void listener_again(struct listener *l)
{
	atomic_store(&l->again, true);
	break_off(l);
}

void listener_stop(struct listener *l)
{
	atomic_store(&l->stop, true);
	break_off(l);
	(void)pthread_join(l->thread, NULL);
}
