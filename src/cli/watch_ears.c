#include "cli/watch_ears.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct watch_ears {
	const char *data;
	const struct profile *profile;
	struct listener_store *stores;
	struct listener_store **order; /* those of one listener stand together */
	bool *alone;                   /* it has a listener of its own */
	size_t n;
	struct listener listeners[WATCH_EARS_MAX];
	size_t n_listeners;
};

/* An address without its query, which names the mailbox. */
static bool is_same_server(const struct profile_store *a, const struct profile_store *b)
{
	const char *x = a->profile.mail_url, *y = b->profile.mail_url;
	size_t n = strcspn(x, "?");

	return n == strcspn(y, "?") && strncmp(x, y, n) == 0;
}

static bool listen_for(struct watch_ears *e, struct listener_store **stores, size_t n)
{
	if (e->n_listeners == WATCH_EARS_MAX || !listener_start(&e->listeners[e->n_listeners], e->data, e->profile, stores, n))
		return false;
	e->n_listeners++;
	return true;
}

/* Those of the server of the i-th, which is the first of them, in a row of their own behind `at`; how many there are. */
static size_t gather(struct watch_ears *e, size_t i, size_t at)
{
	size_t n = 0;

	for (size_t k = 0; k < i; k++)
		if (is_same_server(e->stores[k].store, e->stores[i].store))
			return 0;
	for (size_t k = i; k < e->n; k++)
		if (is_same_server(e->stores[i].store, e->stores[k].store))
			e->order[at + n++] = &e->stores[k];
	return n;
}

static status make(struct watch_ears *e, const struct profile_store *stores, struct reason *why)
{
	e->stores = calloc(e->n + 1, sizeof *e->stores);
	e->order = calloc(e->n + 1, sizeof *e->order);
	e->alone = calloc(e->n + 1, sizeof *e->alone);
	if (!e->stores || !e->order || !e->alone) {
		e->n = 0;
		return reason_set(why, ecMemory, "out of memory");
	}
	for (size_t i = 0; i < e->n; i++) {
		e->stores[i].store = &stores[i];
		e->stores[i].event = -1;
	}
	for (size_t i = 0; i < e->n; i++) {
		e->stores[i].event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		if (e->stores[i].event < 0)
			return reason_set(why, ecError, "nothing can be waited on: %s", strerror(errno));
	}
	return ecNone;
}

status watch_ears_start(const char *data, const struct profile *p, const struct profile_store *stores, size_t n, struct watch_ears **out, struct reason *why)
{
	struct watch_ears *e = calloc(1, sizeof *e);
	status s;

	if (!e)
		return reason_set(why, ecMemory, "out of memory");
	*e = (struct watch_ears){ .data = data, .profile = p, .n = n };
	s = make(e, stores, why);
	for (size_t i = 0, at = 0, more = 0; !s && i < n; i++, at += more) {
		more = gather(e, i, at);
		if (more && !listen_for(e, e->order + at, more) && !i)
			s = reason_set(why, ecError, "no thread can be started");
	}
	if (s)
		watch_ears_stop(e);
	else
		*out = e;
	return s;
}

int watch_ears_event(const struct watch_ears *e, size_t i)
{
	return i < e->n ? e->stores[i].event : -1;
}

void watch_ears_drain(int event)
{
	uint64_t n;

	if (event >= 0)
		(void)!read(event, &n, sizeof n);
}

void watch_ears_tend(struct watch_ears *e)
{
	struct listener_store *one;

	for (size_t i = 0; i < e->n; i++) {
		one = &e->stores[i];
		if (!atomic_load(&one->elsewhere) || e->alone[i] || e->n_listeners == WATCH_EARS_MAX)
			continue;
		for (size_t k = 0; k < e->n; k++)
			if (e->order[k] == one)
				e->alone[i] = listen_for(e, &e->order[k], 1);
	}
}

void watch_ears_again(struct watch_ears *e)
{
	for (size_t i = 0; i < e->n_listeners; i++)
		listener_again(&e->listeners[i]);
}

void watch_ears_stop(struct watch_ears *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < e->n_listeners; i++)
		listener_stop(&e->listeners[i]);
	for (size_t i = 0; i < e->n; i++)
		if (e->stores[i].event >= 0)
			(void)close(e->stores[i].event);
	free(e->stores);
	free(e->order);
	free(e->alone);
	free(e);
}
