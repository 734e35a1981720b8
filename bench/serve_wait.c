/* Ten thousand sessions that wait: what they cost, and how long it takes to tell all of them. */
#include "serve.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "rop/rops_folder.h"
#include "rop/rops_logon.h"
#include "rop/rops_message.h"
#include "rop/rops_notification.h"

#define THREADS     4u
#define PATIENCE_MS 600000

struct waiters {
	struct mapi_account account;
	struct mapi_client *c;
	unsigned n;
	atomic_uint next;
};

static void start_one(const struct waiters *w, struct mapi_client *c)
{
	struct rop_register_notification_request q = { .output_handle_index = SUBSCRIPTION, .notification_types = NOTIFY_OBJECT_CREATED, .want_whole_store = 1 };

	mapi_client_init(c, &w->account);
	c->one_link = true;
	c->link.patience_ms = PATIENCE_MS;
	good(c, mapi_client_connect(c), "Connect");
	good(c, mapi_client_logon(c, LOGON), "RopLogon");
	(void)ok(c, ROP_REGISTER_NOTIFICATION, LOGON, &q);
	good(c, mapi_client_wait_begin(c), "NotificationWait");
	/* What the client itself has is not to fill the machine. */
	mapi_client_forget(c);
	arena_free(&c->arena);
}

static void *start_some(void *arg)
{
	struct waiters *w = arg;
	unsigned i;

	while ((i = atomic_fetch_add(&w->next, 1)) < w->n)
		start_one(w, &w->c[i]);
	return NULL;
}

static void start_all(struct waiters *w)
{
	pthread_t threads[THREADS];

	for (unsigned i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, start_some, w))
			die("waiting", "no thread");
	for (unsigned i = 0; i < THREADS; i++)
		(void)pthread_join(threads[i], NULL);
}

/*
 * Is there something? Nobody may wait longer than five minutes, which on a slow machine are over before the last one has come: who was told of nothing
 * asks again, as clients do.
 */
static bool hear(struct mapi_client *c)
{
	bool event = false;

	for (unsigned i = 0; i < 2 && !event; i++) {
		if (i)
			good(c, mapi_client_wait_begin(c), "NotificationWait");
		good(c, mapi_client_wait_end(c, &event), "NotificationWait");
	}
	arena_free(&c->arena);
	return event;
}

/* Something happens; how many of them are told of it. */
static unsigned tell_all(struct waiters *w, struct mapi_client *other)
{
	struct rop_create_message_request create = { .output_handle_index = MESSAGE,
						     .code_page_id = 0x0FFF,
						     .folder_id = other->logon.folder_ids.id[LOGON_FOLDER_INBOX] };
	struct rop_save_changes_message_request keep = { .save_flags = 0 };
	unsigned heard = 0;

	(void)ok(other, ROP_CREATE_MESSAGE, LOGON, &create);
	(void)ok(other, ROP_SAVE_CHANGES_MESSAGE, MESSAGE, &keep);
	for (unsigned i = 0; i < w->n; i++)
		heard += hear(&w->c[i]);
	return heard;
}

/* Each asks what it was (any operation brings RopNotify with it); how many have it. */
static unsigned fetch_all(struct waiters *w)
{
	unsigned delivered = 0;

	for (unsigned i = 0; i < w->n; i++) {
		struct mapi_client *c = &w->c[i];
		struct rop_long_term_id_from_id_request q = { .object_id = c->logon.folder_ids.id[LOGON_FOLDER_INBOX] };

		(void)ok(c, ROP_LONG_TERM_ID_FROM_ID, LOGON, &q);
		delivered += c->notified == 1;
		arena_free(&c->arena);
	}
	return delivered;
}

void measure_waiting(const char *who, unsigned n)
{
	struct waiters w = { .account = served_account(&served, who), .n = n, .c = calloc(n, sizeof *w.c) };
	struct mapi_client other;

	if (!w.c)
		die("waiting", "out of memory");
	begin(&other, &w.account);
	end(&other);
	long before = served_resident_kb(&served);
	double cpu = served_cpu_seconds(&served), began = now();
	start_all(&w);
	printf("waiting_begin_cpu %.2f ms\n", (served_cpu_seconds(&served) - cpu) / n * 1e3);
	printf("waiting_begin_wall %.1f s\n", now() - began);
	printf("waiting_memory %.1f KB/session\n", (double)(served_resident_kb(&served) - before) * 1.024 / n);
	printf("waiting_server %.1f MB\n", (double)served_resident_kb(&served) * 1.024 / 1e3);
	(void)fflush(stdout);
	begin(&other, &w.account);
	cpu = served_cpu_seconds(&served);
	began = now();
	printf("waiting_heard %u\n", tell_all(&w, &other));
	printf("waiting_heard_wall %.2f s\n", now() - began);
	printf("waiting_heard_cpu %.1f us\n", (served_cpu_seconds(&served) - cpu) / n * 1e6);
	(void)fflush(stdout);
	cpu = served_cpu_seconds(&served);
	began = now();
	printf("waiting_delivered %u\n", fetch_all(&w));
	printf("waiting_delivered_wall %.2f s\n", now() - began);
	printf("waiting_delivered_cpu %.1f us\n", (served_cpu_seconds(&served) - cpu) / n * 1e6);
	printf("waiting_server_after %.1f MB\n", (double)served_resident_kb(&served) * 1.024 / 1e3);
	(void)fflush(stdout);
	for (unsigned i = 0; i < n; i++)
		mapi_client_free(&w.c[i]);
	mapi_client_free(&other);
	free(w.c);
}
