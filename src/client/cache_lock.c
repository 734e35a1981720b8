/*
 * One process has the cache at a time.  The files stand in the profile's folder, wherever the cache itself is:
 *
 *   cache.lock      who has it holds a lock on it, and has written there which process that is
 *   cache.wanted    who waits for it holds a shared lock on it
 *   cache.changed   is written to when something was changed that the server is to hear of
 */
#include "client/cache_private.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#define STEP_MS    2u
#define PAUSE_MS   60000u /* who was let in has so long */
#define WORDS_ROOM 120u

static int open_file(const char *folder, const char *name)
{
	char path[CACHE_PATH_ROOM];

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	return open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static void rest(void)
{
	(void)nanosleep(&(struct timespec){ 0, (long)STEP_MS * 1000000 }, NULL);
}

/* Who has it ---------------------------------------------------------------------------------------------------------------------- */

static void sign(const struct cache *c)
{
	char text[32];
	int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());

	/* For words only: that it cannot be written is no reason not to go on. */
	if (!ftruncate(c->lock, 0))
		(void)!pwrite(c->lock, text, (size_t)n, 0);
}

/* "postern sync --watch (process 1234)". */
static void holder(const struct cache *c, char out[static WORDS_ROOM])
{
	char text[32] = "", path[64], line[WORDS_ROOM - 40] = "";
	long pid = pread(c->lock, text, sizeof text - 1, 0) > 0 ? strtol(text, NULL, 10) : 0;
	ssize_t n = 0;
	int fd;

	(void)snprintf(path, sizeof path, "/proc/%ld/cmdline", pid);
	fd = pid > 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd >= 0) {
		n = read(fd, line, sizeof line - 1);
		(void)close(fd);
	}
	for (ssize_t i = 0; i + 1 < n; i++)
		if (!isprint((unsigned char)line[i]))
			line[i] = ' ';
	if (pid == (long)getpid())
		(void)snprintf(out, WORDS_ROOM, "this program itself");
	else if (n > 0)
		(void)snprintf(out, WORDS_ROOM, "%s (process %ld)", line, pid);
	else
		(void)snprintf(out, WORDS_ROOM, "another program");
}

/* Locks --------------------------------------------------------------------------------------------------------------------------- */

status cache_lock_open(struct cache *c, struct reason *why)
{
	c->lock = open_file(c->folder, "cache.lock");
	c->wanted = open_file(c->folder, "cache.wanted");
	return c->lock < 0 || c->wanted < 0 ? reason_set(why, ecDiskError, "%s: %s", c->folder, strerror(errno)) : ecNone;
}

static status wait_for_lock(struct cache *c, unsigned patience_ms, struct reason *why)
{
	char who[WORDS_ROOM];
	bool announced = false;

	for (unsigned waited = 0; flock(c->lock, LOCK_EX | LOCK_NB); waited += STEP_MS) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return reason_set(why, ecDiskError, "%s cannot be locked: %s", c->folder, strerror(errno));
		if (waited >= patience_ms) {
			holder(c, who);
			return reason_set(why, ecBusy, "%s is at work on %s and has not made room for %u seconds", who, c->folder, patience_ms / 1000);
		}
		/* Who looks whether somebody waits holds that lock for a moment. */
		if (!announced)
			announced = flock(c->wanted, LOCK_SH | LOCK_NB) == 0;
		rest();
	}
	return ecNone;
}

status cache_lock_take(struct cache *c, unsigned patience_ms, struct reason *why)
{
	status s = wait_for_lock(c, patience_ms, why);

	(void)flock(c->wanted, LOCK_UN);
	if (!s)
		sign(c);
	return s;
}

bool cache_is_wanted(const struct cache *c)
{
	int fd = open_file(c->folder, "cache.wanted");
	bool wanted = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0;

	if (fd >= 0)
		(void)close(fd);
	return wanted;
}

status cache_lock_lend(struct cache *c, struct reason *why)
{
	(void)flock(c->lock, LOCK_UN);
	for (unsigned waited = 0; cache_is_wanted(c) && waited < PAUSE_MS; waited += STEP_MS)
		rest();
	return cache_lock_take(c, PAUSE_MS, why);
}

void cache_lock_close(struct cache *c)
{
	if (c->lock >= 0)
		(void)close(c->lock);
	if (c->wanted >= 0)
		(void)close(c->wanted);
}

/* Watching ------------------------------------------------------------------------------------------------------------------------ */

void cache_announce(struct cache *c)
{
	int fd = c->announce ? open_file(c->folder, "cache.changed") : -1;

	c->announce = false;
	if (fd < 0)
		return;
	(void)!pwrite(fd, "", 1, 0);
	(void)close(fd);
}

status cache_watch(const char *folder, int *fd, struct reason *why)
{
	int file = open_file(folder, "cache.changed"), n = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	char path[CACHE_PATH_ROOM];

	(void)snprintf(path, sizeof path, "%s/cache.changed", folder);
	if (file >= 0)
		(void)close(file);
	if (n < 0 || inotify_add_watch(n, path, IN_MODIFY) < 0) {
		(void)reason_set(why, ecDiskError, "%s cannot be watched: %s", folder, strerror(errno));
		if (n >= 0)
			(void)close(n);
		return ecDiskError;
	}
	*fd = n;
	return ecNone;
}

void cache_watch_drain(int fd)
{
	char room[4096];

	while (read(fd, room, sizeof room) > 0)
		;
}
