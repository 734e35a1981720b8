#include "client/cache_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/crc32.h"
#include "base/output.h"
#include "client/cache_private.h"

#define CHUNK ((size_t)1 << 20)
#define SPARE ((uint64_t)16 << 20) /* for what else happens on the disk meanwhile */

static status failed(const char *path, struct reason *why)
{
	return reason_set(why,
			  errno == ENOENT                     ? ecNotFound
			  : errno == EACCES || errno == EPERM ? ecAccessDenied
							      : ecDiskError,
			  "%s: %s", path, strerror(errno));
}

status cache_file_in(const char *folder, const char *name, struct arena *arena, const char **out, struct reason *why)
{
	*out = arena_printf(arena, "%s/%s", folder, name);
	return *out ? ecNone : reason_set(why, ecMemory, "out of memory");
}

status cache_file_folder(const char *path, struct arena *arena, const char **out, struct reason *why)
{
	const char *slash = strrchr(path, '/');

	*out = arena_printf(arena, "%.*s", slash && slash != path ? (int)(slash - path) : 1, slash ? path : ".");
	return *out ? ecNone : reason_set(why, ecMemory, "out of memory");
}

status cache_file_size(const char *path, uint64_t *out, struct reason *why)
{
	struct stat st;

	if (stat(path, &st))
		return failed(path, why);
	*out = (uint64_t)st.st_size;
	return ecNone;
}

status cache_file_room(const char *folder, uint64_t needed, uint64_t *there, struct reason *why)
{
	struct statvfs v;

	if (statvfs(folder, &v))
		return failed(folder, why);
	*there = (uint64_t)v.f_bavail * v.f_frsize;
	if (*there < SPARE || *there - SPARE < needed)
		return reason_set(why, ecDiskError, "%s has room for %" PRIu64 " MB, and %" PRIu64 " MB are needed", folder, *there / 1000000,
				  (needed + SPARE) / 1000000 + 1);
	return ecNone;
}

status cache_file_at_rest(const char *path, struct reason *why)
{
	static const char *const ends[] = { "-wal", "-journal" };
	char log[CACHE_PATH_ROOM + 16];
	struct stat st;

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		(void)snprintf(log, sizeof log, "%s%s", path, ends[i]);
		if (stat(log, &st) == 0 && st.st_size)
			return reason_set(why, ecBusy, "%s: somebody reads the cache at the moment", log);
	}
	return ecNone;
}

/* Copying ------------------------------------------------------------------------------------------------------------------------- */

static status write_all(int fd, const uint8_t *p, size_t n)
{
	for (size_t at = 0; at < n;) {
		ssize_t k = write(fd, p + at, n - at);

		if (k < 0 && errno != EINTR)
			return ecDiskError;
		at += k > 0 ? (size_t)k : 0;
	}
	return ecNone;
}

struct sum {
	uint64_t size;
	uint32_t crc;
};

/* All of `in`, into `out` unless it is negative. */
static status pass(int in, int out, const char *stage, uint64_t size, const struct cache_care *how, struct sum *sum)
{
	CLEANUP_BUF struct buf b = BUF_MAX(CHUNK);
	uint8_t *p = buf_extend(&b, CHUNK);
	ssize_t n = 1;

	*sum = (struct sum){ 0, 0 };
	if (!p)
		return ecMemory;
	while (n) {
		n = read(in, p, CHUNK);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || (out >= 0 && write_all(out, p, (size_t)n)))
			return ecDiskError;
		sum->crc = crc32_pst(sum->crc, bytes_of(p, (size_t)n));
		sum->size += (uint64_t)n;
		cache_care_tell(how, stage, sum->size, size);
	}
	return ecNone;
}

static status write_copy(int in, int out, uint64_t size, const struct cache_care *how, struct sum *sum)
{
	status s = pass(in, out, "copying", size, how, sum);

	return s ? s : fsync(out) ? ecDiskError : ecNone;
}

/* From the disk, not from memory, as far as the system lets us. */
static status read_back(int out, uint64_t size, const struct cache_care *how, struct sum *sum)
{
	(void)posix_fadvise(out, 0, 0, POSIX_FADV_DONTNEED);
	return lseek(out, 0, SEEK_SET) ? ecDiskError : pass(out, -1, "reading back", size, how, sum);
}

static status copy_between(int in, int out, const char *to, uint64_t size, const struct cache_care *how, struct reason *why)
{
	struct sum was, is;
	status s = write_copy(in, out, size, how, &was);

	if (!s)
		s = read_back(out, size, how, &is);
	if (s)
		return reason_set(why, s, "%s: %s", to, strerror(errno));
	if (was.size != size || was.size != is.size || was.crc != is.crc)
		return reason_set(why, ecDiskError, "%s is not what was written there: the disk is not to be trusted", to);
	return ecNone;
}

status cache_file_copy(const char *from, const char *to, const struct cache_care *how, struct reason *why)
{
	uint64_t size = 0;
	status s = cache_file_size(from, &size, why);
	int in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), out;

	if (s || in < 0)
		return s ? s : failed(from, why);
	out = open(to, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	s = out < 0 ? failed(to, why) : copy_between(in, out, to, size, how, why);
	(void)close(in);
	if (out >= 0 && close(out) && !s)
		s = failed(to, why);
	return s;
}

/* Checking ------------------------------------------------------------------------------------------------------------------------ */

status cache_file_check(const char *path, const struct cache_care *how, struct reason *why)
{
	struct sql *db = NULL;
	bool row = false;
	status s = sql_open_sqlite(path, SQL_FRUGAL, &db, why);

	if (s)
		return s;
	cache_care_tell(how, "checking", 0, 0);
	struct sql_statement *q = sql_prepare(db, "PRAGMA integrity_check(1)");
	s = sql_step(q, &row);
	if (s || !row || strcmp(sql_text(q, 0), "ok") != 0)
		s = reason_set(why, s ? s : ecCorruptData, "%s: the database is damaged: %.200s; postern cache check tells", path,
			       s || !row ? sql_failure(db) : sql_text(q, 0));
	sql_done(q);
	sql_close(db);
	return s;
}

status cache_file_flush(const char *path, struct reason *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	status s = fd < 0 || fsync(fd) ? failed(path, why) : ecNone;

	if (fd >= 0)
		(void)close(fd);
	return s;
}

status cache_file_unlink(const char *path, struct reason *why)
{
	static const char *const ends[] = { "-wal", "-shm", "-journal", "" };
	char name[CACHE_PATH_ROOM + 16];

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		(void)snprintf(name, sizeof name, "%s%s", path, ends[i]);
		if (unlink(name) && errno != ENOENT)
			return failed(name, why);
	}
	return ecNone;
}

/* Notes --------------------------------------------------------------------------------------------------------------------------- */

status cache_file_note(const char *path, const char *text, struct reason *why)
{
	CLEANUP_OUTPUT struct output *o = NULL;
	status s = output_create(path, true, &o, why);

	if (!s && output_append(o, text, strlen(text)))
		s = reason_set(why, ecDiskError, "%s: %s", path, output_failure(o));
	return s ? s : output_commit(o, why);
}

status cache_file_noted(const char *path, struct arena *arena, const char **text)
{
	char *room = arena_alloc(arena, CACHE_PATH_ROOM);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n = room && fd >= 0 ? read(fd, room, CACHE_PATH_ROOM - 1) : 0;

	if (fd >= 0)
		(void)close(fd);
	if (!room)
		return ecMemory;
	if (n <= 0)
		return ecNotFound;
	room[n] = '\0';
	*text = room;
	return ecNone;
}
