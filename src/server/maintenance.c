#include "server/maintenance.h"

#include "server/events.h"
#include "server/person.h"
#include "store/retention.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define LIST_MOST   ((size_t)64 << 20)
#define PERSON_MOST ((size_t)4 << 20)
#define BATCH       100u /* messages for which others wait */
#define AT_ONCE_NS  1000000000u

struct maintenance {
	struct server *server;
	const struct clock *clock;
	uint64_t due; /* FILETIME, of the next round */
	/* The round that is at work. */
	struct arena arena;
	uint64_t *ids; /* of mailboxes in the directory */
	size_t at, n;
	struct retention_result gone;
	unsigned changed; /* mailboxes */
	uint64_t counted; /* the last of them, in the directory */
};

status maintenance_new(struct server *server, struct maintenance **out)
{
	struct maintenance *m = calloc(1, sizeof *m);

	if (!m)
		return ecMemory;
	m->server = server;
	m->clock = host_clock(server->host);
	m->due = m->clock->now(m->clock) + MAINTENANCE_FIRST_SECONDS * FILETIME_PER_SECOND;
	arena_init(&m->arena, LIST_MOST);
	*out = m;
	return ecNone;
}

void maintenance_free(struct maintenance *m)
{
	if (m)
		arena_free(&m->arena);
	free(m);
}

static void failed(struct maintenance *m, const char *what, const struct reason *why)
{
	server_event(m->server->events, SERVER_EVENT_MAINTENANCE_FAILED, what, why->text, NULL);
}

/* A round ---------------------------------------------------------------------------------------------------------------- */

static void begin_round(struct maintenance *m)
{
	struct directory_query all = { .as = directory_class("Mailbox") };
	struct directory *d = NULL;
	struct reason why = { "" };
	status s = host_directory_reading(m->server->host, &d, &why);

	m->due = m->clock->now(m->clock) + MAINTENANCE_EVERY_SECONDS * FILETIME_PER_SECOND;
	arena_reset(&m->arena);
	m->at = m->n = 0;
	m->gone = (struct retention_result){ 0 };
	m->changed = 0;
	m->counted = 0;
	if (!s)
		s = directory_list(d, &all, &m->arena, &m->ids, &m->n, &why);
	host_directory_return(m->server->host, d);
	if (s) {
		m->n = 0;
		failed(m, "the mailboxes", &why);
	}
}

static void end_round(struct maintenance *m)
{
	char messages[24], kilobytes[24], mailboxes[24];
	struct reason why = { "" };
	unsigned purged = 0;

	(void)snprintf(messages, sizeof messages, "%" PRIu64, m->gone.messages);
	(void)snprintf(kilobytes, sizeof kilobytes, "%" PRIu64, (m->gone.bytes + 1023) / 1024);
	(void)snprintf(mailboxes, sizeof mailboxes, "%u", m->changed);
	server_event(m->server->events, SERVER_EVENT_RETENTION_DONE, messages, kilobytes, mailboxes);
	if (host_purge(m->server->host, &purged, &why))
		failed(m, "disconnected mailboxes", &why);
	(void)snprintf(mailboxes, sizeof mailboxes, "%u", purged);
	if (purged)
		server_event(m->server->events, SERVER_EVENT_DISCONNECTED_PURGED, mailboxes, NULL, NULL);
}

/* A mailbox ---------------------------------------------------------------------------------------------------------------- */

/* Whose it is and what holds for it now; ecNotFound: it was removed meanwhile. */
static status look_up(struct maintenance *m, uint64_t id, struct arena *arena, struct person *p, struct reason *why)
{
	struct directory *d = NULL;
	status s = host_directory_reading(m->server->host, &d, why);

	if (!s)
		s = person_by_id(d, id, arena, p, why);
	host_directory_return(m->server->host, d);
	return s;
}

/* One batch under the lock; *more: there may be another. */
static status step(struct shared_mailbox *store, const struct retention *r, struct retention_result *gone, bool *more, struct reason *why)
{
	struct mailbox *m = shared_mailbox_lock(store);
	status s = shared_mailbox_ready(store);

	if (!s)
		s = retention_step(m, r, gone, more);
	if (s)
		(void)reason_set(why, s, "%s", mailbox_failure(m));
	shared_mailbox_unlock(store);
	return s;
}

/* *more: the time is over, and the mailbox is not done. */
static status tidy(struct maintenance *m, const struct person *p, uint64_t until, bool *more, struct reason *why)
{
	struct retention r = { .keep_for = p->keep_deleted, .keep_bytes = p->quota.recoverable, .batch = BATCH };
	struct retention_result gone = { 0 };
	struct shared_mailbox *store;
	status s = host_mailbox(m->server->host, &p->mailbox, &store, why);

	if (s)
		return s;
	for (*more = true; !s && *more && m->clock->monotonic(m->clock) < until;)
		s = step(store, &r, &gone, more, why);
	host_mailbox_release(store);
	m->gone.messages += gone.messages;
	m->gone.bytes += gone.bytes;
	m->changed += gone.messages && m->counted != p->id;
	m->counted = gone.messages ? p->id : m->counted;
	return s;
}

/* False: the time is over before it is done. */
static bool one_mailbox(struct maintenance *m, uint64_t id, uint64_t until)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(PERSON_MOST);
	struct person p = { .name = "" };
	struct reason why = { "" };
	bool more = false;
	status s = look_up(m, id, &arena, &p, &why);

	if (!s && !guid_is_zero(&p.mailbox))
		s = tidy(m, &p, until, &more, &why);
	if (s && s != ecNotFound && s != ecBusy)
		failed(m, p.name, &why);
	return s || !more;
}

void maintenance_look(struct maintenance *m)
{
	uint64_t until = m->clock->monotonic(m->clock) + AT_ONCE_NS;

	if (m->at == m->n) {
		if (m->clock->now(m->clock) < m->due)
			return;
		begin_round(m);
	}
	while (m->at < m->n && m->clock->monotonic(m->clock) < until)
		m->at += one_mailbox(m, m->ids[m->at], until);
	if (m->at == m->n)
		end_round(m);
}
