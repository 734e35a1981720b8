/* NotificationWait ([MS-OXCMAPIHTTP] 2.2.4.4, 3.2.5.5): a client that waits costs memory and no thread. */
#include "server/mapihttp_emsmdb.h"

#include "server/notify.h"

#include <stdlib.h>

/* Who ends the wait is who takes the waiter out of the session's queue (notify_cancel), or whom the queue tells. */
struct wait {
	struct mapihttp_call *call;
	struct keepalive deadline;
	struct task finish;
	uint64_t until;
	enum notify_end end;
};

static uint64_t now_ms(const struct mapihttp_call *c)
{
	const struct clock *clock = host_clock(web_server(c->web)->host);

	return clock->monotonic(clock) / 1000000u;
}

static void finish(struct task *t)
{
	struct wait *w = task_of(t, struct wait, finish);
	struct mapihttp_call *c = w->call;
	struct notification_wait_response response = { .error_code = w->end == NOTIFY_SECOND ? ecRejected : ecNone,
						       .event_pending = w->end == NOTIFY_PENDING };

	keepalive_remove(&w->deadline);
	mapihttp_success(c, &response);
	free(w);
	mapihttp_finish(c);
}

/* Told by the queue, on any thread, whatever locks its caller holds. */
static void told(void *arg, enum notify_end end)
{
	struct wait *w = arg;

	w->end = end;
	loop_post(http_loop(w->call->http), &w->finish);
}

static void give_up(struct wait *w)
{
	if (notify_cancel(w->call->context->session, w))
		loop_post(http_loop(w->call->http), &w->finish);
}

static bool is_over(struct keepalive *k)
{
	struct wait *w = task_of(k, struct wait, deadline);

	/* A peer that went, or a server that was to stop, just before the wait began is noticed here. */
	if (now_ms(w->call) < w->until && !http_is_gone(w->call->http) && !web_is_draining(w->call->web))
		return true;
	give_up(w);
	return false;
}

static void gone(struct http_request *r)
{
	give_up(http_data(r));
}

bool mapihttp_wait(struct mapihttp_call *c)
{
	struct wait *w = calloc(1, sizeof *w);

	if (!w) {
		mapihttp_failure(c, ecMemory);
		return MAPIHTTP_ANSWER;
	}
	w->call = c;
	/* Thousands wait: what the request was decoded into is not needed while they do. */
	c->request = NULL;
	arena_free(http_arena(c->http));
	w->deadline.due = is_over;
	w->finish = (struct task){ finish, NULL };
	w->until = now_ms(c) + web_options(c->web)->wait_ms;
	http_set_data(c->http, w);
	http_on_gone(c->http, gone);
	keepalive_add(web_keepalives(c->web), &w->deadline);
	/* From here on it may be over at any time. */
	if (notify_wait(c->context->session, told, w))
		told(w, NOTIFY_NOTHING); /* nobody will; the client asks again */
	return MAPIHTTP_LATER;
}
