#include "server/host_turns.h"

#include "net/thread.h"
#include "store/postgres_ear.h"
#include "store/turns.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

/* A connection that was lost is tried again so often. */
#define AGAIN_MS 500

struct host_turns {
	struct host_turns_listener listener;
	char *location;
	struct postgres_ear *ear; /* NULL: it is lost */
	int stop[2];
	pthread_t thread;
};

/* "w" or "c", and the name of the schema: "m_" and the GUID. */
static void hear(struct host_turns *t, const struct postgres_heard *h)
{
	struct guid mailbox;

	if (strlen(h->text) < 4 || strncmp(h->text + 1, "m_", 2) != 0 || !guid_parse(h->text + 3, &mailbox))
		return;
	if (h->text[0] == TURNS_WANTED)
		t->listener.wanted(t->listener.context, &mailbox, h->process);
	else if (h->text[0] == TURNS_CHANGED)
		t->listener.changed(t->listener.context, &mailbox, h->process);
}

static void hear_all(struct host_turns *t)
{
	struct postgres_heard h;
	bool any = true;
	status s = ecNone;

	while (!s && any) {
		s = postgres_ear_next(t->ear, &h, &any);
		if (!s && any)
			hear(t, &h);
	}
	if (!s)
		return;
	postgres_ear_close(t->ear);
	t->ear = NULL;
}

static void open_again(struct host_turns *t)
{
	if (postgres_ear_open(t->location, TURNS_CHANNEL, &t->ear, NULL))
		return;
	t->listener.wanted(t->listener.context, NULL, 0);
	t->listener.changed(t->listener.context, NULL, 0);
}

static void *run(void *arg)
{
	struct host_turns *t = arg;

	for (;;) {
		struct pollfd p[] = { { .fd = t->stop[0], .events = POLLIN }, { .fd = t->ear ? postgres_ear_fd(t->ear) : -1, .events = POLLIN } };

		(void)poll(p, 2, t->ear ? -1 : AGAIN_MS);
		if (p[0].revents)
			return NULL;
		if (!t->ear)
			open_again(t);
		if (t->ear)
			hear_all(t);
	}
}

status host_turns_start(const char *location, const struct host_turns_listener *listener, struct host_turns **out, struct reason *why)
{
	struct host_turns *t = calloc(1, sizeof *t);
	status s = t ? ecNone : ecMemory;

	if (!t)
		return reason_set(why, s, "out of memory");
	t->listener = *listener;
	t->location = strdup(location);
	if (!t->location || pipe2(t->stop, O_CLOEXEC)) {
		free(t->location);
		free(t);
		return reason_set(why, ecMemory, "out of memory");
	}
	s = postgres_ear_open(location, TURNS_CHANNEL, &t->ear, why);
	if (!s && !thread_start(&t->thread, run, t))
		s = reason_set(why, ecMemory, "no thread could be started");
	if (!s) {
		*out = t;
		return ecNone;
	}
	postgres_ear_close(t->ear);
	(void)close(t->stop[0]);
	(void)close(t->stop[1]);
	free(t->location);
	free(t);
	return s;
}

void host_turns_stop(struct host_turns *t)
{
	if (!t)
		return;
	(void)!write(t->stop[1], "", 1);
	(void)pthread_join(t->thread, NULL);
	postgres_ear_close(t->ear);
	(void)close(t->stop[0]);
	(void)close(t->stop[1]);
	free(t->location);
	free(t);
}
