#include "store/backup.h"

#include "store/backup_take.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

/* A manifest and what is said of a site's mailboxes. */
#define ARENA_MAX BACKUP_MANIFEST_MAX

struct work {
	struct site *site;
	const struct backup_options *o;
	struct backup_set set;
	struct arena arena;
	struct backup_run run;
	struct backup_manifest before, now;
	bool has_before;
	struct backup_subjects subjects;
	enum backup_outcome *outcomes; /* of each subject; BACKUP_OUTCOMES: not tried */
	struct backup_result *out;
	struct reason *why;
};

static status no_memory(struct work *w)
{
	return reason_set(w->why, ecMemory, "out of memory");
}

static bool stopped(const struct work *w)
{
	return w->o->stop && w->o->stop(w->o->context);
}

static void tell(const struct work *w, struct backup_done *d)
{
	if (w->o->done)
		w->o->done(w->o->context, d);
}

/* Beginning ------------------------------------------------------------------------------------------------------------- */

static status read_before(struct work *w)
{
	struct reason words = { "" };
	status s = w->set.n ? backup_set_newest(&w->set, &w->arena, &w->before, &words) : ecNone;

	w->has_before = w->set.n && !s;
	/* Nothing goes on from a damaged one; a full backup needs none. */
	if (s && !w->o->full)
		return reason_set(w->why, s, "%s; --full makes a backup that does not need it", words.text);
	return ecNone;
}

static status begin(struct work *w, const char *destination)
{
	struct directory *d = site_directory(w->site);
	status s = backup_set_open(destination, BACKUP_SET_CREATE, &w->set, w->why);

	if (!s)
		s = read_before(w);
	if (!s)
		s = backup_site_identity(d, &w->arena, &w->now.site, &w->now.organization, w->why);
	if (s)
		return s;
	if (w->has_before && !guid_equal(&w->before.site, &w->now.site))
		return reason_set(w->why, ecDuplicateName, "%s holds backups of another organisation (\"%s\"): name another folder", destination,
				  w->before.organization);
	if (getrandom(w->now.id.b, sizeof w->now.id.b, 0) != (ssize_t)sizeof w->now.id.b)
		return reason_set(w->why, ecError, "no random numbers: %s", strerror(errno));
	w->now.number = backup_set_next(&w->set);
	w->now.parent = w->has_before ? w->before.number : 0;
	w->now.time = clock_system.now(&clock_system);
	w->now.location = site_location(w->site);
	w->now.version = w->o->version ? w->o->version : "";
	w->run = (struct backup_run){ .set = &w->set, .o = w->o, .location = site_location(w->site), .id = w->now.id, .number = w->now.number,
				      .time = w->now.time, .arena = &w->arena };
	return ecNone;
}

static status take_directory(struct work *w)
{
	const struct backup_entry *before = w->has_before ? backup_manifest_directory(&w->before) : NULL;
	struct backup_done done = { .name = "directory" };
	struct backup_entry e;
	status s;

	w->run.progress = (struct backup_progress){ .name = "directory", .subject = 0, .of = 0 };
	s = backup_take_directory(&w->run, before, &e, &done, w->why);
	if (s)
		return s;
	done.entry = &e;
	tell(w, &done);
	w->out->size += done.size;
	/* Who is listed now is in the directory that was just written, unless he came this moment. */
	s = backup_subjects_list(site_directory(w->site), w->o->mailboxes, w->o->databases, &w->arena, &w->subjects, w->why);
	if (s)
		return s;
	w->now.entries = arena_array(&w->arena, w->subjects.n + 1, sizeof *w->now.entries);
	w->outcomes = arena_array(&w->arena, w->subjects.n + 1, sizeof *w->outcomes);
	if (!w->now.entries || !w->outcomes)
		return no_memory(w);
	w->now.entries[0] = e;
	w->now.n = 1;
	return ecNone;
}

/* Mailboxes --------------------------------------------------------------------------------------------------------------- */

static void add_entry(struct work *w, const struct backup_entry *e)
{
	w->now.entries[w->now.n++] = *e;
}

/* As it was in the backup before; nothing when there was none. */
static const struct backup_entry *carry(struct work *w, const struct backup_subject *s)
{
	const struct backup_entry *before = w->has_before ? backup_manifest_mailbox(&w->before, &s->mailbox) : NULL;

	if (!before)
		return NULL;
	add_entry(w, before);
	w->now.entries[w->now.n - 1].carried = true;
	return &w->now.entries[w->now.n - 1];
}

/* A failure that would meet every other mailbox too. */
static bool is_ours(const struct work *w, status s)
{
	return s == ecMemory || s == ecUserCanceled || (s == ecDiskError && strstr(w->why->text, "cannot write"));
}

static status take_one(struct work *w, size_t i, bool last_time)
{
	const struct backup_subject *subject = &w->subjects.v[i];
	const struct backup_entry *before = w->has_before ? backup_manifest_mailbox(&w->before, &subject->mailbox) : NULL;
	struct backup_done done = { .name = subject->name };
	struct backup_entry e;
	status s = backup_take_mailbox(&w->run, subject, before, &e, &done, w->why);

	if (s && is_ours(w, s))
		return s;
	if (s == ecBusy && !last_time) {
		w->outcomes[i] = BACKUP_BUSY;
		return ecNone;
	}
	if (s) {
		done = (struct backup_done){ .name = subject->name, .outcome = s == ecBusy ? BACKUP_BUSY : BACKUP_FAILED, .text = w->why->text,
					     .entry = carry(w, subject) };
	} else {
		add_entry(w, &e);
		done.entry = &w->now.entries[w->now.n - 1];
	}
	w->outcomes[i] = done.outcome;
	w->out->outcomes[done.outcome]++;
	w->out->messages += done.messages;
	w->out->size += done.size;
	tell(w, &done);
	return ecNone;
}

/* One round over those that were not taken yet. */
static status take_round(struct work *w, bool last_time, size_t *busy)
{
	status s = ecNone;

	*busy = 0;
	w->run.progress.of = w->subjects.n;
	for (size_t i = 0; !s && i < w->subjects.n; i++) {
		if (!w->subjects.v[i].chosen || (w->outcomes[i] != BACKUP_OUTCOMES && w->outcomes[i] != BACKUP_BUSY))
			continue;
		if (stopped(w))
			return reason_set(w->why, ecUserCanceled, "stopped; the next backup goes on from here");
		w->run.progress.subject = i + 1;
		s = take_one(w, i, last_time);
		*busy += !s && w->outcomes[i] == BACKUP_BUSY;
	}
	return s;
}

static status take_mailboxes(struct work *w)
{
	const struct clock *clock = &clock_system;
	const struct timespec pause = { .tv_sec = 1 };
	uint64_t until = clock->monotonic(clock) + (uint64_t)w->o->wait_seconds * 1000000000u;
	size_t busy = 0;
	status s;

	for (size_t i = 0; i < w->subjects.n; i++) {
		w->outcomes[i] = BACKUP_OUTCOMES;
		if (!w->subjects.v[i].chosen)
			(void)carry(w, &w->subjects.v[i]);
	}
	s = take_round(w, w->o->wait_seconds == 0, &busy);
	while (!s && busy && w->o->wait_seconds) {
		bool last = clock->monotonic(clock) >= until;

		s = take_round(w, last, &busy);
		if (last)
			break;
		if (!s && busy)
			(void)nanosleep(&pause, NULL);
	}
	return s;
}

/* The end ------------------------------------------------------------------------------------------------------------------ */

/* Of a database: were all its mailboxes taken now, and all of them whole? */
static bool database_taken(const struct work *w, uint64_t id, bool *full, bool *any)
{
	*full = true;
	*any = false;
	for (size_t i = 0; i < w->subjects.n; i++) {
		if (w->subjects.v[i].database_id != id)
			continue;
		*any = true;
		if (w->outcomes[i] > BACKUP_UNCHANGED)
			return false;
		*full = *full && w->outcomes[i] == BACKUP_TAKEN_FULL;
	}
	return *any || w->subjects.all_chosen;
}

static status note_database(struct work *w, struct directory *d, uint64_t id)
{
	const struct directory_class *as = directory_class("MailboxDatabase");
	CLEANUP_ARENA struct arena work = ARENA_BUDGET((size_t)16 << 20);
	const struct directory_object *o;
	const struct directory_value time = { .number = (int64_t)w->now.time };
	struct directory_setting set = { .change = DIRECTORY_SET, .values = &time, .n = 1 };
	bool full, any, changed;

	if (!database_taken(w, id, &full, &any))
		return ecNone;
	status s = directory_get(d, as, id, &work, &o, w->why);
	if (s)
		return s == ecNotFound ? ecNone : s;
	full = any ? full : !directory_is_set(o, "LastFullBackup");
	set.attribute = full ? "LastFullBackup" : "LastIncrementalBackup";
	return directory_update(d, as, id, &set, 1, &changed, w->why);
}

static status note_databases(struct work *w)
{
	struct directory *d = site_directory(w->site);
	const struct directory_query q = { .as = directory_class("MailboxDatabase") };
	uint64_t *ids = NULL;
	size_t n = 0;
	status s = directory_list(d, &q, &w->arena, &ids, &n, w->why);

	for (size_t i = 0; !s && i < n; i++)
		s = note_database(w, d, ids[i]);
	if (!s)
		return ecNone;
	const struct reason words = *w->why;
	return reason_set(w->why, ecWarnWithErrors, "backup %" PRIu64 " is complete, but the directory could not be told of it: %.300s",
			  w->now.number, words.text);
}

static status finish(struct work *w)
{
	w->now.whole = w->now.n == w->subjects.n + 1;
	status s = backup_set_write(&w->set, &w->now, w->why);

	if (s)
		return s;
	w->out->number = w->now.number;
	w->out->parent = w->now.parent;
	w->out->whole = w->now.whole;
	w->out->size += w->now.seal.size;
	return note_databases(w);
}

status backup_run(struct site *site, const char *destination, const struct backup_options *o, struct backup_result *out,
		  struct reason *why)
{
	struct reason words = { "" };
	struct backup_result result = { 0 };
	struct work w = { .site = site, .o = o, .set = { .lock = -1 }, .arena = ARENA_BUDGET(ARENA_MAX), .out = &result, .why = &words };
	status s = begin(&w, destination);

	if (!s)
		s = take_directory(&w);
	if (!s)
		s = take_mailboxes(&w);
	if (!s)
		s = finish(&w);
	if (!s || s == ecWarnWithErrors)
		*out = result;
	backup_set_close(&w.set);
	arena_free(&w.arena);
	return s ? reason_set(why, s, "%s", words.text) : ecNone;
}
