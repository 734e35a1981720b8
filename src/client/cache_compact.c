/* A cache made smaller: the index of words merged, the file written anew without what is free in it. */
#include "client/cache_care.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "client/cache_file.h"
#include "client/cache_private.h"

#define ARENA_MOST  ((size_t)1 << 20)
#define MERGE_PAGES "500"
#define LOOK_MS     50

/* Room ---------------------------------------------------------------------------------------------------------------------------- */

/* What is in use, written once more; and what is merged, in the log and in the file. */
static status measure(struct cache *c, uint64_t *needed)
{
	uint64_t used = 0, index = 0;
	bool found = false;
	status s = cache_ask(c, "SELECT (p.page_count - f.freelist_count) * z.page_size FROM pragma_page_count p, pragma_freelist_count f, pragma_page_size z",
			     NULL, 0, &used, &found);

	if (!s)
		s = cache_ask(c, "SELECT COALESCE(SUM(LENGTH(block)), 0) FROM fts_word_data", NULL, 0, &index, &found);
	*needed = used + 2 * index;
	return s;
}

static status look_for_room(struct cache *c, const char *path, struct arena *arena, struct cache_room *out, struct reason *why)
{
	const char *place;
	status s = cache_file_folder(path, arena, &place, why);

	if (!s)
		s = cache_file_size(path, &out->size, why);
	if (!s && measure(c, &out->needed))
		s = reason_set(why, ecDiskError, "%s: %s", path, sql_failure(mailbox_sql(c->mailbox)));
	return s ? s : cache_file_room(place, out->needed, &out->there, why);
}

status cache_compact_room(const char *folder, const struct cache_care *how, struct cache_room *out, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ARENA_MOST);
	struct cache *c = NULL;
	status s = cache_open(folder, how->clock, how->patience_ms, &c, why);

	*out = (struct cache_room){ 0, 0, 0 };
	if (!s)
		s = look_for_room(c, cache_place(folder, &arena), &arena, out, why);
	cache_close(c);
	return s;
}

/* The index ----------------------------------------------------------------------------------------------------------------------- */

static status written(struct cache *c, uint64_t *n)
{
	bool found = false;

	return cache_ask(c, "SELECT total_changes()", NULL, 0, n, &found);
}

/* A little at a time, so that the log stays short: FTS5 says that it is done by changing next to nothing. */
static status merge(struct cache *c, const struct cache_care *how)
{
	struct sql *db = mailbox_sql(c->mailbox);
	uint64_t before = 0, after = 0, steps = 0;
	status s = sql_execute(db, "INSERT INTO fts_word (fts_word, rank) VALUES ('merge', -" MERGE_PAGES ")");

	do {
		cache_care_tell(how, "merging the index", 0, 0);
		if (!s)
			s = written(c, &before);
		if (!s)
			s = sql_execute(db, "INSERT INTO fts_word (fts_word, rank) VALUES ('merge', " MERGE_PAGES ")");
		if (!s)
			s = written(c, &after);
	} while (!s && after - before >= 2 && ++steps < 1000000);
	return s;
}

/* The file ------------------------------------------------------------------------------------------------------------------------ */

struct writing {
	struct sql *db;
	const char *text;
	atomic_bool done;
	status result;
};

static void *write_anew(void *context)
{
	struct writing *w = context;

	w->result = sql_execute(w->db, w->text);
	atomic_store(&w->done, true);
	return NULL;
}

static status vacuum_text(const char *path, struct buf *out)
{
	buf_printf(out, "VACUUM INTO '");
	for (const char *p = path; *p; p++)
		buf_printf(out, *p == '\'' ? "''" : "%c", *p);
	buf_printf(out, "'");
	return buf_status(out);
}

/* The engine says nothing while it works: how far it is is seen from the file. */
static status write_part(struct cache *c, const char *part, const struct cache_care *how, uint64_t size, struct reason *why)
{
	CLEANUP_BUF struct buf text = BUF_MAX(3 * CACHE_PATH_ROOM);
	struct writing w = { .db = mailbox_sql(c->mailbox), .result = ecError };
	int fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	pthread_t thread;
	uint64_t so_far;

	if (fd < 0 || close(fd))
		return reason_set(why, ecDiskError, "%s: %s", part, strerror(errno));
	if (vacuum_text(part, &text))
		return reason_set(why, ecMemory, "out of memory");
	w.text = buf_cstr(&text);
	if (pthread_create(&thread, NULL, write_anew, &w))
		return reason_set(why, ecMemory, "no thread can be started");
	while (!atomic_load(&w.done)) {
		(void)nanosleep(&(struct timespec){ 0, LOOK_MS * 1000000L }, NULL);
		if (!cache_file_size(part, &so_far, NULL))
			cache_care_tell(how, "writing anew", so_far, size);
	}
	(void)pthread_join(thread, NULL);
	return w.result ? reason_set(why, w.result, "%s: %s", part, sql_failure(w.db)) : ecNone;
}

/* Closed first: nothing of the old one is in a log that the new one would find beside it. */
static status take_place(struct cache *c, const char *part, const char *path, const struct cache_care *how, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ARENA_MOST);
	const char *place;
	status s = cache_file_folder(path, &arena, &place, why);

	mailbox_close(c->mailbox);
	c->mailbox = NULL;
	if (!s)
		s = cache_file_check(part, how, why);
	if (!s)
		s = cache_file_at_rest(part, why);
	if (!s)
		s = cache_file_at_rest(path, why);
	if (!s)
		s = cache_file_flush(part, why);
	cache_care_tell(how, "switching", 0, 0);
	if (!s && rename(part, path))
		s = reason_set(why, ecDiskError, "%s: %s", path, strerror(errno));
	cache_care_tell(how, "switched", 0, 0);
	return s ? s : cache_file_flush(place, why);
}

static status compact(struct cache *c, const char *folder, const struct cache_care *how, struct cache_care_result *out, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ARENA_MOST);
	const char *path = cache_place(folder, &arena), *place = NULL, *part = NULL;
	struct cache_room room = { 0, 0, 0 };
	status s = path ? look_for_room(c, path, &arena, &room, why) : reason_set(why, ecMemory, "out of memory");

	out->before = room.size;
	if (!s)
		s = cache_file_folder(path, &arena, &place, why);
	if (!s)
		s = cache_file_in(place, "cache.part", &arena, &part, why);
	if (!s)
		s = cache_file_unlink(part, why);
	if (!s && merge(c, how))
		s = reason_set(why, ecDiskError, "the index of words cannot be merged: %s", sql_failure(mailbox_sql(c->mailbox)));
	if (!s)
		s = write_part(c, part, how, room.needed, why);
	if (!s)
		s = take_place(c, part, path, how, why);
	if (s && part)
		(void)!cache_file_unlink(part, NULL);
	return s ? s : cache_file_size(path, &out->after, why);
}

status cache_compact(const char *folder, const struct cache_care *how, struct cache_care_result *out, struct reason *why)
{
	struct cache *c = NULL;
	status s = cache_open(folder, how->clock, how->patience_ms, &c, why);

	*out = (struct cache_care_result){ 0, 0 };
	if (!s)
		s = compact(c, folder, how, out, why);
	cache_close(c);
	return s;
}
