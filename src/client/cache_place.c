/* Where a cache is, moving it elsewhere, taking it away. */
#include "client/cache_care.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/cache_file.h"
#include "client/cache_private.h"

#define ARENA_MOST ((size_t)1 << 20)

/* Where it is --------------------------------------------------------------------------------------------------------------------- */

status cache_path(const char *folder, char out[static CACHE_PATH_ROOM], struct reason *why)
{
	char link[CACHE_PATH_ROOM];
	struct stat st;
	ssize_t n;

	(void)snprintf(link, sizeof link, "%s/cache.db", folder);
	n = readlink(link, out, CACHE_PATH_ROOM - 1);
	if (n < 0) {
		memcpy(out, link, sizeof link);
		return ecNone;
	}
	out[n] = '\0';
	if (*out != '/')
		return reason_set(why, ecCorruptData, "%s leads to %s, which is no full path", link, out);
	if (stat(out, &st))
		return reason_set(why, ecDiskError, "the cache was moved to %s, and is not there: %s. Is the disk there?", out, strerror(errno));
	return ecNone;
}

const char *cache_place(const char *folder, struct arena *arena)
{
	char path[CACHE_PATH_ROOM];

	(void)!cache_path(folder, path, NULL);
	return arena_strdup(arena, path);
}

static bool is_link(const char *folder)
{
	char path[CACHE_PATH_ROOM];
	struct stat st;

	(void)snprintf(path, sizeof path, "%s/cache.db", folder);
	return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

/* Moving -------------------------------------------------------------------------------------------------------------------------- */

struct move {
	const struct cache_care *how;
	struct reason *why;
	struct arena arena;
	const char *folder, *to;   /* full paths */
	const char *file, *from;   /* FOLDER/cache.db, and the file that it is or leads to */
	const char *part, *target; /* there */
	const char *old, *link, *mark;
	bool home; /* back into the profile's folder */
	int there; /* a descriptor of the folder, with a lock: two caches may be moved to one */
};

/* Ours alone to write to, and made when it is not there. */
static status open_target(struct move *m, const char *to)
{
	char full[PATH_MAX];
	struct stat st;

	if (mkdir(to, 0700) && errno != EEXIST)
		return reason_set(m->why, ecDiskError, "%s: %s", to, strerror(errno));
	if (!realpath(to, full) || stat(full, &st))
		return reason_set(m->why, ecDiskError, "%s: %s", to, strerror(errno));
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || st.st_mode & 022)
		return reason_set(m->why, ecAccessDenied, "%s must be a folder of yours that nobody else may write to", to);
	m->there = open(full, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (m->there < 0 || flock(m->there, LOCK_EX | LOCK_NB))
		return reason_set(m->why, ecBusy, "%s: another cache is being moved there", to);
	m->to = arena_strdup(&m->arena, full);
	return m->to ? ecNone : reason_set(m->why, ecMemory, "out of memory");
}

static status name_files(struct move *m, const char *folder)
{
	const struct {
		const char *folder, *name;
		const char **out;
	} names[] = {
		{ m->folder, "cache.db", &m->file }, { m->folder, "cache.old", &m->old }, { m->folder, "cache.link", &m->link },
		{ m->to, "cache.db", &m->target },   { m->to, "cache.part", &m->part },   { m->to, "cache.moving", &m->mark },
	};
	status s = ecNone;

	for (size_t i = 0; !s && i < sizeof names / sizeof *names; i++)
		s = cache_file_in(names[i].folder, names[i].name, &m->arena, names[i].out, m->why);
	m->from = cache_place(folder, &m->arena);
	m->home = !s && strcmp(m->to, m->folder) == 0;
	return s || m->from ? s : reason_set(m->why, ecMemory, "out of memory");
}

/* What stands where it shall be: a copy that an interrupted move has left may go, and nothing else. */
static status make_way(struct move *m)
{
	const char *whose = "";
	struct stat st;
	status s = cache_file_noted(m->mark, &m->arena, &whose);

	if (s && s != ecNotFound)
		return reason_set(m->why, s, "out of memory");
	if (strcmp(m->from, m->target) == 0 || (m->home && !is_link(m->folder)))
		return reason_set(m->why, ecDuplicateName, "the cache is in %s already", m->to);
	if (!m->home && lstat(m->target, &st) == 0 && strcmp(whose, m->folder) != 0)
		return reason_set(m->why, ecDuplicateName, "there is another cache in %s", m->to);
	s = cache_file_unlink(m->part, m->why);
	if (!s && !m->home)
		s = cache_file_unlink(m->target, m->why);
	return s;
}

/* The one step: what the profile's folder says is the new one. Where the file was there, it goes with it. */
static status switch_over(struct move *m)
{
	if (!m->home && (unlink(m->link) && errno != ENOENT))
		return reason_set(m->why, ecDiskError, "%s: %s", m->link, strerror(errno));
	if (!m->home && symlink(m->target, m->link))
		return reason_set(m->why, ecDiskError, "%s: %s", m->link, strerror(errno));
	cache_care_tell(m->how, "switching", 0, 0);
	if (rename(m->home ? m->part : m->link, m->file))
		return reason_set(m->why, ecDiskError, "%s: %s", m->file, strerror(errno));
	cache_care_tell(m->how, "switched", 0, 0);
	return cache_file_flush(m->folder, m->why);
}

static status put_in_place(struct move *m)
{
	/* A file elsewhere is not taken away by the switch. */
	status s = is_link(m->folder) ? cache_file_note(m->old, m->from, m->why) : ecNone;

	cache_care_tell(m->how, "placing", 0, 0);
	if (!s && !m->home && rename(m->part, m->target))
		s = reason_set(m->why, ecDiskError, "%s: %s", m->target, strerror(errno));
	if (!s && !m->home)
		s = cache_file_flush(m->to, m->why);
	if (!s)
		s = switch_over(m);
	if (s)
		return s;
	cache_move_finish(m->folder);
	cache_care_tell(m->how, "removed", 0, 0);
	(void)unlink(m->mark);
	return ecNone;
}

static status copy_over(struct move *m, struct cache_care_result *out)
{
	uint64_t there;
	status s = cache_file_at_rest(m->from, m->why);

	if (!s)
		s = cache_file_size(m->from, &out->before, m->why);
	if (!s)
		s = cache_file_room(m->to, out->before, &there, m->why);
	if (!s && !m->home)
		s = cache_file_note(m->mark, m->folder, m->why);
	if (!s)
		s = cache_file_copy(m->from, m->part, m->how, m->why);
	if (!s)
		s = cache_file_check(m->part, m->how, m->why);
	if (!s)
		s = cache_file_at_rest(m->part, m->why);
	if (!s)
		s = cache_file_size(m->part, &out->after, m->why);
	return s;
}

/* The cache was opened, so it is one, and closed, so that all of it is in one file; the lock is still ours. */
static status move_locked(struct move *m, const char *folder, const char *to, struct cache_care_result *out)
{
	char full[PATH_MAX];
	status s;

	m->folder = realpath(folder, full) ? arena_strdup(&m->arena, full) : NULL;
	s = m->folder ? open_target(m, to) : reason_set(m->why, ecDiskError, "%s: %s", folder, strerror(errno));
	if (!s)
		s = name_files(m, folder);
	if (!s)
		s = make_way(m);
	if (s)
		return s;
	s = copy_over(m, out);
	if (!s)
		s = cache_file_flush(m->part, m->why);
	if (!s)
		return put_in_place(m);
	(void)!cache_file_unlink(m->part, NULL);
	(void)unlink(m->mark);
	return s;
}

status cache_move(const char *folder, const char *to, const struct cache_care *how, struct cache_care_result *out, struct reason *why)
{
	struct move m = { .how = how, .why = why, .arena = ARENA_BUDGET(ARENA_MOST), .there = -1 };
	struct cache *c = NULL;
	status s = cache_open(folder, how->clock, how->patience_ms, &c, why);

	*out = (struct cache_care_result){ 0, 0 };
	if (!s) {
		mailbox_close(c->mailbox);
		c->mailbox = NULL;
		s = move_locked(&m, folder, to, out);
	}
	cache_close(c);
	if (m.there >= 0)
		(void)close(m.there);
	arena_free(&m.arena);
	return s;
}

/* The file that was left, unless it is the one that holds: then the move did not come to its end, and nothing is to be done. */
void cache_move_finish(const char *folder)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ARENA_MOST);
	const char *note = arena_printf(&arena, "%s/cache.old", folder), *file, *now;

	if (!note || access(note, F_OK) || cache_file_noted(note, &arena, &file))
		return;
	now = cache_place(folder, &arena);
	if (now && strcmp(file, now) != 0 && cache_file_unlink(file, NULL))
		return;
	if (now)
		(void)unlink(note);
}

/* Taking away --------------------------------------------------------------------------------------------------------------------- */

status cache_remove(const char *folder, unsigned patience_ms, struct reason *why)
{
	static const char *const names[] = { "cache.new", "cache.part", "cache.link", "cache.old", "cache.changed", "cache.wanted", "cache.lock" };
	char path[CACHE_PATH_ROOM], name[CACHE_PATH_ROOM];
	struct cache *c = NULL;
	status s = cache_take(folder, &clock_system, patience_ms, &c, why);

	if (s)
		return s;
	(void)!cache_path(folder, path, NULL);
	(void)snprintf(name, sizeof name, "%s/cache.db", folder);
	s = cache_file_unlink(path, why);
	if (!s)
		s = cache_file_unlink(name, why);
	for (size_t i = 0; !s && i < sizeof names / sizeof *names; i++) {
		(void)snprintf(name, sizeof name, "%s/%s", folder, names[i]);
		s = cache_file_unlink(name, why);
	}
	cache_close(c);
	return s;
}
