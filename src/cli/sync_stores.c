/* postern sync: the stores of a profile beside its own mailbox. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/sync.h"
#include "cli/text.h"
#include "cli/watch_ears.h"
#include "cli/watch_wake.h"

#define ARENA_MOST     ((size_t)4 << 20)
#define BACK_OFF_LEAST 1000u
#define BACK_OFF_MOST  300000u

struct other {
	struct profile_connection c;
	struct sync_again again;
	int changed;       /* of its folder: inotify; -1: none */
	int told;          /* something happened there; -1: nobody tells. It is somebody else's */
	uint64_t due;      /* of watch_now_ms */
	unsigned back_off; /* milliseconds; 0: all is well */
};

struct sync_others {
	const struct sync_command *o;
	const char *data;
	const struct profile *p;
	struct arena arena;
	struct profile_store *stores; /* the own one first */
	struct other *v;              /* of the others */
	struct sync_other_result *results;
	size_t n;
};

status sync_others_new(const struct sync_command *o, const char *data, const struct profile *p,
		       struct sync_others **out, struct reason *why)
{
	struct sync_others *x = calloc(1, sizeof *x);
	size_t n = 0;
	status s;

	if (!x)
		return reason_set(why, ecMemory, "out of memory");
	*x = (struct sync_others){
		.o = o, .data = data, .p = p, .arena = ARENA_BUDGET(ARENA_MOST)
	};
	s = profile_stores(data, p, &x->arena, &x->stores, &n, why);
	x->n = s ? 0 : n - 1;
	x->v = arena_array(&x->arena, n + 1, sizeof *x->v);
	x->results = arena_array(&x->arena, n + 1, sizeof *x->results);
	if (!s && (!x->v || !x->results))
		s = reason_set(why, ecMemory, "out of memory");
	for (size_t i = 0; !s && i < x->n; i++) {
		x->v[i] = (struct other){ .changed = -1, .told = -1 };
		x->results[i] = (struct sync_other_result){ .store = &x->stores[i + 1] };
	}
	if (s) {
		x->n = 0;
		sync_others_free(x);
		return s;
	}
	*out = x;
	return ecNone;
}

void sync_others_free(struct sync_others *x)
{
	if (!x)
		return;
	for (size_t i = 0; i < x->n; i++) {
		profile_disconnect(&x->v[i].c);
		if (x->v[i].changed >= 0)
			(void)close(x->v[i].changed);
	}
	arena_free(&x->arena);
	free(x);
}

/* One of them --------------------------------------------------------------------------------------------------------------------- */

static status synchronise(struct sync_others *x, struct other *other, struct sync_other_result *r)
{
	struct reason unused;
	status s = profile_store_prepare(r->store, x->data, &r->why);

	/* Before the run: what is changed while it makes room is news. */
	if (!s && x->o->watch && other->changed < 0 &&
	    cache_watch(r->store->folder, &other->changed, &unused))
		other->changed = -1;
	if (other->changed >= 0)
		cache_watch_drain(other->changed);
	watch_ears_drain(other->told);
	if (s)
		return s;
	if (!other->c.session)
		s = profile_connect_store(x->data, x->p, r->store, &other->c, &r->why);
	else if (session_failure(other->c.session) != SESSION_FINE)
		s = remote_again(other->c.remote, &r->why);
	return s ? s : sync_once(x->o, r->store, &other->c, &other->again, &r->counts, &r->why);
}

static void run_one(struct sync_others *x, size_t i)
{
	struct sync_other_result *r = &x->results[i];
	struct other *other = &x->v[i];

	r->counts = (struct sync_counts){ 0 };
	r->why.text[0] = '\0';
	r->outcome = synchronise(x, other, r);
	r->ran = true;
	if (r->outcome) {
		profile_disconnect(&other->c);
		other->back_off = other->back_off < BACK_OFF_LEAST      ? BACK_OFF_LEAST
				  : other->back_off * 2 < BACK_OFF_MOST ? other->back_off * 2
									: BACK_OFF_MOST;
	} else {
		other->back_off = 0;
	}
	other->due = watch_now_ms() + (other->back_off ? other->back_off : x->o->interval * 1000u);
	sync_say_status(r->store->folder,
			r->outcome ? "Disconnected" : "All folders are up to date", r->why.text);
}

/* What tells of changes; while it backs off, nothing does. */
static size_t fds_of(const struct other *other, struct pollfd v[static 2])
{
	size_t n = 0;

	if (other->changed >= 0 && !other->back_off)
		v[n++] = (struct pollfd){ other->changed, POLLIN, 0 };
	if (other->told >= 0 && !other->back_off)
		v[n++] = (struct pollfd){ other->told, POLLIN, 0 };
	return n;
}

static bool has_news(const struct other *other)
{
	struct pollfd v[2];
	size_t n = fds_of(other, v);

	return poll(v, n, 0) > 0;
}

void sync_others_run(struct sync_others *x, bool all)
{
	for (size_t i = 0; i < x->n; i++) {
		x->results[i].ran = false;
		if (!sync_stopped && (all || watch_now_ms() >= x->v[i].due || has_news(&x->v[i])))
			run_one(x, i);
	}
}

size_t sync_others_results(const struct sync_others *x, const struct sync_other_result **out)
{
	*out = x->results;
	return x->n;
}

/* Waiting ------------------------------------------------------------------------------------------------------------------------- */

void sync_others_watch(const struct sync_others *x, struct pollfd *v, size_t room, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < x->n && *n + 2 <= room; i++)
		*n += fds_of(&x->v[i], v + *n);
}

uint64_t sync_others_due(const struct sync_others *x)
{
	uint64_t now = watch_now_ms(), least = UINT64_MAX;

	for (size_t i = 0; i < x->n; i++) {
		uint64_t left = x->v[i].due > now ? x->v[i].due - now : 0;

		least = left < least ? left : least;
	}
	return least;
}

size_t sync_others_stores(const struct sync_others *x, const struct profile_store **out)
{
	*out = x->stores;
	return x->n + 1;
}

void sync_others_listen(struct sync_others *x, const struct watch_ears *ears)
{
	for (size_t i = 0; i < x->n; i++)
		x->v[i].told = watch_ears_event(ears, i + 1);
}

void sync_others_again(struct sync_others *x, bool hang)
{
	for (size_t i = 0; i < x->n; i++) {
		if (hang)
			profile_disconnect(&x->v[i].c);
		x->v[i].back_off = 0;
		x->v[i].due = 0;
	}
}
