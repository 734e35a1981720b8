/* postern sync --watch: the cache stays current, for as long as it runs. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/output.h"
#include "cli/json.h"
#include "cli/sync.h"
#include "cli/text.h"
#include "cli/watch_ears.h"
#include "cli/watch_wake.h"

#define BACK_OFF_LEAST  1000u
#define BACK_OFF_MOST   300000u
#define DISK_MS         10000u /* a disk that was full is looked at as often */
#define SETTLE_MS       150 /* what changes together is uploaded together */
#define WAIT_SLICE_MS   1000

/* The status ---------------------------------------------------------------------------------------------------------------------- */

void sync_say_status(const char *folder, const char *words, const char *detail)
{
	CLEANUP_OUTPUT struct output *o = NULL;
	char path[4096], when[FILETIME_TEXT_SIZE], *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	struct json j;
	struct reason why;

	if (!f)
		return;
	filetime_format(clock_system.now(&clock_system), when);
	json_start(&j, f);
	json_object(&j, NULL);
	json_text(&j, "status", words);
	json_text(&j, "detail", detail);
	json_text(&j, "time", when);
	json_end_object(&j);
	json_finish(&j);
	(void)fclose(f);
	(void)snprintf(path, sizeof path, "%s/status.json", folder);
	/* It is a courtesy: a full disk is told by what matters. */
	if (!output_create(path, true, &o, &why)) {
		output_keep_private(o);
		if (!output_append(o, text, n))
			(void)!output_commit(o, &why);
	}
	free(text);
}

/* The watch ----------------------------------------------------------------------------------------------------------------------- */

struct watch {
	const struct sync_command *o;
	const char *data;
	const struct profile *p;
	struct profile_store own;
	struct profile_connection c;
	struct sync_others *others;
	struct sync_again again;
	struct watch_ears *ears;
	struct watch_wake wake;
	int told;     /* of one's own mailbox: something happened there */
	uint64_t due; /* of watch_now_ms: it is looked at, whether somebody told or not */
	bool now;     /* it is to be looked at; else others alone are */
	bool more; /* there is something new, and the rest of headers was left for it */
	int changed;       /* the cache's folder: inotify; -1: none */
	unsigned back_off; /* milliseconds; 0: all is well */
	char said[600];    /* the last words, not to be repeated */
	char said_of_others[600];
};

static void say(struct watch *w, const char *words, const char *detail)
{
	char line[600], clock[16];
	time_t now = time(NULL);
	struct tm tm;

	sync_say_status(w->own.folder, words, detail);
	(void)snprintf(line, sizeof line, "%s%s%s", words, *detail ? ": " : "", detail);
	if (w->o->common.quiet || strcmp(line, w->said) == 0)
		return;
	memcpy(w->said, line, sizeof w->said);
	(void)localtime_r(&now, &tm);
	(void)strftime(clock, sizeof clock, "%H:%M", &tm);
	printf("%s  ", clock);
	text_put(stdout, line);
	putchar('\n');
	(void)fflush(stdout);
}

/* Once for each trouble. */
static void say_other(struct watch *w, const struct profile_store *store, const char *detail)
{
	char line[600];

	(void)snprintf(line, sizeof line, "%s: %s", store->name, detail);
	if (w->o->common.quiet || strcmp(line, w->said_of_others) == 0)
		return;
	memcpy(w->said_of_others, line, sizeof w->said_of_others);
	note("%s", line);
}

static void notify(const struct watch *w, const struct sync_counts *counts)
{
	char text[80];
	pid_t pid;

	if (!counts->messages_new || !getenv("DBUS_SESSION_BUS_ADDRESS"))
		return;
	(void)snprintf(text, sizeof text, "%llu new messages", (unsigned long long)counts->messages_new);
	/* A grandchild, whom nobody has to wait for: children's ends must be heard of, since the password may be what a command says. */
	pid = fork();
	if (pid == 0) {
		if (fork() == 0)
			(void)execlp("notify-send", "notify-send", "--app-name=Postern", w->p->address, text, (char *)NULL);
		_exit(0);
	}
	if (pid > 0)
		(void)waitpid(pid, NULL, 0);
}

static status synchronise(struct watch *w, struct reason *why)
{
	struct sync_counts counts = { .hurried = false };
	status s = ecNone;

	if (!w->c.session) {
		say(w, "Trying to connect", "");
		s = profile_connect(w->data, w->p, &w->c, why);
	} else if (session_failure(w->c.session) != SESSION_FINE) {
		s = remote_again(w->c.remote, why);
	}
	if (!s)
		s = sync_once(w->o, &w->own, &w->c, &w->again, &counts, why);
	if (!s) {
		w->more = counts.hurried;
		notify(w, &counts);
		sync_book(w->o, w->data, w->p, &w->c, true);
	}
	return s;
}

/* Behind one's own. What one of them does not like is said when it is another thing than the last time. */
static void run_others(struct watch *w)
{
	const struct sync_other_result *v;
	size_t n;

	sync_others_run(w->others, false);
	n = sync_others_results(w->others, &v);
	for (size_t i = 0; i < n; i++)
		if (v[i].ran && v[i].outcome && v[i].outcome != ecUserCanceled)
			say_other(w, v[i].store, v[i].why.text);
}

/* What to do after one that failed: false when nothing helps but a person. */
static bool go_on_after(struct watch *w, status s, const struct reason *why)
{
	enum session_failure f = w->c.session ? session_failure(w->c.session) : SESSION_FINE;
	unsigned asked = w->c.session ? session_retry_after_ms(w->c.session) : 0;
	char detail[500];

	if (s == ecUserCanceled)
		return true;
	/* What is here is whole, and what is there stays there: nothing helps but room. */
	if (s == ecDiskError && f == SESSION_FINE) {
		(void)snprintf(detail, sizeof detail, "the cache cannot be written; it goes on when it can: %.400s", why->text);
		say(w, "Waiting for the disk", detail);
		w->back_off = DISK_MS;
		return true;
	}
	if (s == ecVersion) {
		say(w, "Working Offline", why->text);
		return false;
	}
	if (f == SESSION_PASSWORD || f == SESSION_REFUSED) {
		say(w, "Disconnected", why->text);
		w->back_off = BACK_OFF_MOST;
	} else if (f == SESSION_LOST) {
		w->back_off = w->back_off ? w->back_off : 1;
	} else {
		say(w, "Disconnected", why->text);
		w->back_off = w->back_off < BACK_OFF_LEAST ? BACK_OFF_LEAST : w->back_off * 2 < BACK_OFF_MOST ? w->back_off * 2 : BACK_OFF_MOST;
	}
	/* Many come back at the same time when a server does: not all in the same second. */
	w->back_off += (unsigned)(random() % (w->back_off / 4 + 1));
	if (asked > w->back_off)
		w->back_off = asked;
	/* A connection that was made anew has another session. */
	profile_disconnect(&w->c);
	return true;
}

#define OWN_FDS 2u

static void own_fds(const struct watch *w, struct pollfd v[static OWN_FDS])
{
	v[0] = (struct pollfd){ w->told, POLLIN, 0 };
	v[1] = (struct pollfd){ w->changed, POLLIN, 0 };
}

static bool is_own_news(const struct watch *w)
{
	struct pollfd v[OWN_FDS];

	own_fds(w, v);
	return poll(v, OWN_FDS, 0) > 0;
}

/* Others wait for the end of the run, too. */
static bool is_news(void *context)
{
	const struct watch *w = context;
	struct pollfd v[SYNC_OTHERS_FDS];
	size_t n = 0;

	sync_others_watch(w->others, v, SYNC_OTHERS_FDS, &n);
	return is_own_news(w) || poll(v, n, 0) > 0;
}

/* True: there is no sense in waiting longer. What was connected over another network, or before a sleep, may hang without ever saying so. */
static bool is_woken(struct watch *w)
{
	enum watch_woken woken = watch_wake_look(&w->wake);

	if (woken == WATCH_NOT_WOKEN)
		return false;
	if (woken != WATCH_ASKED)
		profile_disconnect(&w->c);
	sync_others_again(w->others, woken != WATCH_ASKED);
	watch_ears_again(w->ears);
	w->back_off = 0;
	return true;
}

/* What happened so far is looked at by the next run. */
static void drain(struct watch *w)
{
	watch_ears_drain(w->told);
	if (w->changed >= 0)
		cache_watch_drain(w->changed);
}

static uint64_t left_until(uint64_t due)
{
	uint64_t now = watch_now_ms();

	return due > now ? due - now : 0;
}

/* Until something happens here or there, or it is time. The clock that people set has no part in it. */
static void wait_for_something(struct watch *w)
{
	struct pollfd v[WATCH_WAKE_FDS + OWN_FDS + SYNC_OTHERS_FDS];
	uint64_t most = w->more && !w->back_off ? 0 : left_until(w->due), others = sync_others_due(w->others), began = watch_now_ms();
	size_t n = WATCH_WAKE_FDS, more = 0;

	watch_wake_poll(&w->wake, v);
	/* While it backs off, neither what is changed here nor what happens there ends the wait. */
	if (!w->back_off) {
		own_fds(w, v + n);
		n += OWN_FDS;
		sync_others_watch(w->others, v + n, SYNC_OTHERS_FDS, &more);
		most = others < most ? others : most;
	}
	w->now = false;
	for (uint64_t waited = 0; waited < most && !sync_stopped; waited = watch_now_ms() - began) {
		int got = poll(v, n + more, (int)(most - waited < WAIT_SLICE_MS ? most - waited : WAIT_SLICE_MS));

		w->now = is_woken(w);
		if (w->now)
			break;
		for (size_t i = WATCH_WAKE_FDS; got > 0 && i < n + more; i++)
			if (v[i].revents)
				most = 0;
	}
	(void)poll(NULL, 0, SETTLE_MS);
	w->now = w->now || w->back_off || w->more || !left_until(w->due) || is_own_news(w);
	if (w->now)
		drain(w);
}

/* One's own mailbox, when there is a reason, and the others behind it: false when nothing helps but a person. */
static bool look(struct watch *w, struct reason *why)
{
	status s = ecNone;

	/* Before the run: what is changed while it makes room is news. */
	if (w->changed < 0 && cache_watch(w->own.folder, &w->changed, why))
		w->changed = -1;
	watch_ears_tend(w->ears);
	if (w->now) {
		s = synchronise(w, why);
		w->back_off = s ? w->back_off : 0;
	}
	if (s && !go_on_after(w, s, why))
		return false;
	if (w->now)
		w->due = watch_now_ms() + (w->back_off ? w->back_off : w->o->interval * 1000u);
	if (!s) {
		run_others(w);
		say(w, "All folders are up to date", "");
	}
	return true;
}

int sync_watch(const struct sync_command *o, const char *data, const struct profile *p)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct watch w = { .o = o, .data = data, .p = p, .changed = -1, .told = -1, .now = true };
	const struct profile_store *stores;
	struct reason why = { "" };
	bool go_on = true;
	size_t n;
	status began = profile_store_find(data, p, NULL, &arena, &w.own, &why);

	if (!began)
		began = sync_others_new(o, data, p, &w.others, &why);
	if (!began) {
		n = sync_others_stores(w.others, &stores);
		began = watch_ears_start(data, p, stores, n, &w.ears, &why);
	}
	if (began) {
		complain("%s", why.text);
		sync_others_free(w.others);
		return EXIT_LOSS;
	}
	w.told = watch_ears_event(w.ears, 0);
	sync_others_listen(w.others, w.ears);
	w.again = (struct sync_again){ .is_news = is_news, .context = &w };
	watch_wake_open(&w.wake);
	while (!sync_stopped && go_on) {
		go_on = look(&w, &why);
		if (go_on && !sync_stopped)
			wait_for_something(&w);
	}
	watch_ears_stop(w.ears);
	watch_wake_close(&w.wake);
	sync_others_free(w.others);
	profile_disconnect(&w.c);
	if (w.changed >= 0)
		(void)close(w.changed);
	sync_say_status(w.own.folder, "Working Offline", go_on ? "" : why.text);
	return go_on ? EXIT_COMPLETE : EXIT_LOSS;
}
