#include "cli/watch_listener.h"

#include <sys/eventfd.h>
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

static void tell(const struct listener *l)
{
	uint64_t one = 1;

	(void)!write(l->event, &one, sizeof one);
}

/* What happened is taken off the server, or it would be told again at once. */
static status take_events(struct remote *r, struct reason *why)
{
	return remote_run(remote_batch(r), false, why);
}

static void listen_once(struct listener *l)
{
	struct profile_connection c = { NULL, NULL };
	struct reason why;
	bool event = false;
	status s = profile_connect(l->data, l->profile, &c, &why);

	(void)pthread_mutex_lock(&l->lock);
	l->session = c.session;
	(void)pthread_mutex_unlock(&l->lock);
	if (!s)
		s = subscribe(c.remote, &why);
	/* What happened before there was a subscription. */
	if (!s)
		tell(l);
	while (!s && !atomic_load(&l->stop)) {
		s = session_wait(c.session, &event, &why);
		if (!s && event) {
			tell(l);
			s = take_events(c.remote, &why);
		}
	}
	(void)pthread_mutex_lock(&l->lock);
	l->session = NULL;
	(void)pthread_mutex_unlock(&l->lock);
	profile_disconnect(&c);
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

bool listener_start(struct listener *l, const char *data, const struct profile *p)
{
	*l = (struct listener){ .data = data,
				.profile = p,
				.event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) };
	(void)pthread_mutex_init(&l->lock, NULL);
	return l->event >= 0 && pthread_create(&l->thread, NULL, listen_thread, l) == 0;
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
	(void)close(l->event);
}
