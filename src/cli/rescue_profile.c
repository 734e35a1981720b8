/*
 * postern rescue PROFILE: the cache outlived its mailbox.
 *
 * Into the new mailbox: the old cache is set aside, a new one, bound to the mailbox that is there now, takes its place, what is there comes down, what only the old cache
 * has is put into the new one, and goes up.  A file beside them says which old cache is being brought over, so that a run that was cut short goes on with
 * it; nothing is added twice (store/import.h), and what waits to be sent is told by its search key.
 */
#include "cli/rescue_profile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/profile_connect.h"
#include "cli/rescue_outbox.h"
#include "cli/text.h"
#include "cli/transfer.h"
#include "client/sync.h"
#include "store/folder.h"
#include "store/mailbox_copy.h"
#include "store/message.h"
#include "store/site.h"

#define ARENA_MOST  ((size_t)64 << 20)
#define PATIENCE_MS 30000u
#define PATH_ROOM   4096u
#define IDS_SPARE   4096u
#define IDS_AT_ONCE ((uint64_t)1 << 24)

struct rescuing {
	const struct rescue_of_profile *o;
	struct arena arena;
	struct profile profile;
	const char *folder; /* of the profile */
	const char *old_folder; /* where the old cache is set aside */
	struct cache *old, *new;
	struct profile_connection c;
	uint64_t server_had, only_here, unsent, sent;
	uint64_t headers; /* messages of which no more was here */
	struct rescued_outbox outbox;
	bool failed; /* bringing over came to no end */
	struct reason why;
};

/* What there is ------------------------------------------------------------------------------------------------------------------- */

static status count(struct rescuing *r)
{
	struct mailbox *m = cache_mailbox(r->old);
	struct outbox_item *items;
	struct cache_pending p[64];
	struct folder f;
	uint64_t id = 0, after = 0, all = 0;
	size_t n = 0;
	status s;

	while (!(s = folder_next(m, id, &id)) && id) {
		s = folder_get(m, id, &r->arena, &f);
		if (s)
			break;
		if (!f.is_search && !cache_is_local(r->old, id))
			all += f.items + f.associated;
	}
	while (!s && !(s = cache_pending(r->old, after, p, 64, &n)) && n)
		for (size_t i = 0; i < n; i++) {
			after = p[i].seq;
			r->only_here += p[i].kind == PENDING_MESSAGE && p[i].fresh;
		}
	if (!s)
		s = outbox_list(r->old, &r->arena, &items, &n);
	if (!s)
		s = cache_partial_count(r->old, &r->headers);
	r->unsent = n;
	r->server_had = all - r->only_here - n;
	return s ? reason_set(&r->why, s, "the cache cannot be read: %s", mailbox_failure(m)) : ecNone;
}

static void report_line(uint64_t n, const char *what)
{
	char number[TEXT_NUMBER_SIZE];

	if (n)
		printf("%12s %s\n", text_count(n, number), what);
}

static void report(const struct rescuing *r)
{
	char number[TEXT_NUMBER_SIZE];
	uint64_t still = r->outbox.waiting > r->sent ? r->outbox.waiting - r->sent : 0;

	if (r->o->common->quiet)
		return;
	printf("%12s messages that the server had\n", text_count(r->server_had, number));
	printf("%12s that were only ever here\n", text_count(r->only_here, number));
	printf("%12s that were waiting to be sent\n", text_count(r->unsent, number));
	report_line(r->headers, "of which only the headers were here: neither complete nor lost, their bodies and attachments never came");
	report_line(r->outbox.waiting - still, "sent now");
	report_line(still, "still waiting: postern mail outbox lists them");
	report_line(r->outbox.refused, "refused by the old server: postern mail send tries again");
	report_line(r->outbox.doubtful, "perhaps sent by the old server: they are in the Outbox, and postern mail send sends them again");
}

/* What never came is no loss of the rescue, and not all there was. */
static int with_headers(const struct rescuing *r, int code)
{
	return r->headers && code == EXIT_COMPLETE ? EXIT_WARNINGS : code;
}

/* Into a file --------------------------------------------------------------------------------------------------------------------- */

static int into_file(struct rescuing *r)
{
	const char *name = arena_printf(&r->arena, "cache:%s", r->folder);
	struct source s;
	int code;

	r->old = NULL;
	if (!name || destination_check(r->o->to, NULL, false, false, &r->why) ||
	    cache_open(r->folder, &clock_system, PATIENCE_MS, &r->old, &r->why) || count(r))
		return EXIT_LOSS;
	cache_close(r->old);
	r->old = NULL;
	if (source_open(name, NULL, &s, &r->why))
		return EXIT_LOSS;
	code = transfer_run(&(struct transfer){ .command = "rescue",
						.source = name,
						.destination = r->o->to,
						.kind = DESTINATION_PST,
						.items = s.items,
						.from = source_mailbox(&s),
						.common = r->o->common });
	source_close(&s);
	report(r);
	return with_headers(r, code);
}

/* The old cache is set aside ------------------------------------------------------------------------------------------------------ */

static const char *marker(struct rescuing *r)
{
	return arena_printf(&r->arena, "%s/rescue.pending", r->folder);
}

/* One that was set aside before, and is not brought over yet. */
static const char *begun_before(struct rescuing *r)
{
	char name[200];
	int fd = open(marker(r), O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, name, sizeof name - 1);

	if (fd >= 0)
		(void)close(fd);
	if (n <= 0)
		return NULL;
	name[n] = '\0';
	name[strcspn(name, "\n/")] = '\0';
	return arena_printf(&r->arena, "%s/%s", r->folder, name);
}

static status write_marker(struct rescuing *r, const char *name)
{
	CLEANUP_OUTPUT struct output *out = NULL;
	status s = output_create(marker(r), true, &out, &r->why);

	if (!s && (output_append(out, name, strlen(name)) || output_append(out, "\n", 1)))
		s = reason_set(&r->why, ecDiskError, "%s: %s", marker(r), output_failure(out));
	return s ? s : output_commit(out, &r->why);
}

/* "old-2026-01-31T10-31-00", and that it is being brought over. */
static status begin_aside(struct rescuing *r)
{
	char when[FILETIME_TEXT_SIZE], name[64];

	filetime_format(clock_system.now(&clock_system), when);
	(void)snprintf(name, sizeof name, "old-%.19s", when);
	for (char *p = name; *p; p++)
		if (*p == ':')
			*p = '-';
	r->old_folder = arena_printf(&r->arena, "%s/%s", r->folder, name);
	if (!r->old_folder)
		return reason_set(&r->why, ecMemory, "out of memory");
	if (mkdir(r->old_folder, 0700))
		return reason_set(&r->why, ecDiskError, "%s: %s", r->old_folder, strerror(errno));
	return write_marker(r, name);
}

/* Is there anything to be rescued: another mailbox than that of the cache? */
static status check_other(struct rescuing *r, struct cache *c)
{
	enum sync_binding b = sync_compare_binding(mailbox_identity(cache_mailbox(c)), remote_mailbox(r->c.remote));

	if (b == SYNC_SAME || b == SYNC_REMAPPED)
		return reason_set(&r->why, ecInvalidParam, "the cache belongs to the mailbox that is there: nothing is lost, and postern sync does the rest");
	return ecNone;
}

/*
 * The lock is held from before it is known that the cache is the old one until the new one is there: whoever opens the cache meanwhile waits, and has the new one
 * then.  What an earlier run has set aside is not set aside again.
 */
static status set_aside(struct rescuing *r)
{
	bool again, aside;
	status s;

	r->old_folder = begun_before(r);
	again = r->old_folder != NULL;
	aside = again && cache_is_set_aside(r->folder, r->old_folder);
	if (aside && !cache_exists(r->folder)) {
		s = sync_make_cache(r->folder, &r->profile, r->c.remote, &clock_system, &r->new, &r->why);
		/* Somebody else was faster. */
		if (s != ecDuplicateName && s != ecBusy)
			return s;
	}
	s = cache_open(r->folder, &clock_system, PATIENCE_MS, &r->new, &r->why);
	if (s || (again && cache_is_set_aside(r->folder, r->old_folder)))
		return s;
	s = check_other(r, r->new);
	if (!s && !again)
		s = begin_aside(r);
	return s ? s : sync_replace_cache(r->new, r->old_folder, &r->profile, r->c.remote, &clock_system, &r->why);
}

/* Into the new mailbox ------------------------------------------------------------------------------------------------------------ */

static status run_sync(struct rescuing *r)
{
	struct sync_options how = { .profile = &r->profile, .clock = &clock_system };
	struct sync_counts counts = { 0 };
	status s = sync_run(r->new, r->c.remote, &how, &counts, &r->why);

	r->sent += counts.sent;
	return s;
}

/* The cache gives its own ids to what comes: as many as there may be. */
static status reserve(struct rescuing *r)
{
	uint64_t wanted = 2 * (r->server_had + r->only_here + r->unsent) + IDS_SPARE, left = 0, first;
	status s = cache_ids_left(r->new, &left);

	while (!s && left < wanted) {
		uint64_t n = wanted - left < IDS_AT_ONCE ? wanted - left : IDS_AT_ONCE;

		s = remote_reserve_ids(r->c.remote, (uint32_t)n, &first, &r->why);
		if (!s)
			s = cache_apply_begin(r->new);
		if (!s)
			s = cache_grant_ids(r->new, first, n);
		if (!s)
			s = cache_apply_commit(r->new);
		left += n;
	}
	return s;
}

static void summed(void *context, const struct ledger *l, const struct import_counts *counts, const struct reason *failure)
{
	(void)l;
	(void)counts;
	((struct rescuing *)context)->failed = failure;
}

static int bring_over(struct rescuing *r, struct mailbox_source *from)
{
	const char *name = arena_printf(&r->arena, "cache:%s", r->old_folder), *to = arena_printf(&r->arena, "the mailbox of %s", r->profile.address);
	struct import_options import = { .name = name, .identity = bytes_of(r->old_folder, strlen(r->old_folder)) };

	return transfer_run(&(struct transfer){ .command = "rescue",
						.source = name,
						.destination = to,
						.kind = DESTINATION_MAILBOX,
						.items = mailbox_source_source(from),
						.from = cache_mailbox(r->old),
						.mailbox = cache_mailbox(r->new),
						.import = &import,
						.ledger = arena_printf(&r->arena, "%s/rescue.ledger.json", r->old_folder),
						.summed = summed,
						.context = r,
						.common = r->o->common });
}

static int into_new(struct rescuing *r)
{
	struct mailbox_source *from = NULL;
	status s = profile_connect(r->o->data, &r->profile, &r->c, &r->why);
	int code = EXIT_LOSS;

	if (!s)
		s = set_aside(r);
	if (!s)
		s = cache_open(r->old_folder, &clock_system, PATIENCE_MS, &r->old, &r->why);
	if (!s)
		s = run_sync(r);
	if (!s)
		s = count(r);
	if (!s)
		s = reserve(r);
	if (!s)
		s = mailbox_source_new(cache_mailbox(r->old), NULL, &from, &r->why);
	if (!s) {
		code = bring_over(r, from);
		mailbox_source_free(from);
		/* What cannot be read holds up nothing that can. */
		if (r->failed)
			return EXIT_LOSS;
		s = rescue_outbox(r->old, r->new, &r->outbox, &r->why);
	}
	if (!s)
		s = run_sync(r);
	if (s)
		return EXIT_LOSS;
	report(r);
	if (r->outbox.missing) {
		complain("%" PRIu64 " letters that were waiting were not found in the new Outbox; they are in %s", r->outbox.missing, r->old_folder);
		code = EXIT_LOSS;
	}
	if (unlink(marker(r)) && errno != ENOENT)
		note("%s: %s", marker(r), strerror(errno));
	if (!r->o->common->quiet)
		printf("The old cache is kept in %s\n", r->old_folder);
	return with_headers(r, code);
}

int rescue_profile(const struct rescue_of_profile *o)
{
	struct rescue_of_profile own = *o;
	struct rescuing r = { .o = &own, .arena = ARENA_BUDGET(ARENA_MOST) };
	int code = EXIT_LOSS;
	status s;

	own.data = site_default_location(o->data, &r.arena);
	s = profile_choose(own.data, o->name, &r.arena, &r.profile, &r.why);
	if (!s) {
		r.folder = profile_folder(own.data, r.profile.name, &r.arena);
		code = o->to ? into_file(&r) : into_new(&r);
	}
	if (code == EXIT_LOSS && *r.why.text)
		complain("%s", r.why.text);
	cache_close(r.old);
	cache_close(r.new);
	profile_disconnect(&r.c);
	arena_free(&r.arena);
	return code;
}
