#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_SIZE ((size_t)4 << 20)
#define DIRECT_ALIGN ((size_t)4096)
/*
 * A file that grows beyond this is written past the page cache: a copy of many gigabytes should neither push
 * everything else out of memory nor pay for pages that nobody reads again.
 */
#define DIRECT_FROM ((uint64_t)64 << 20)
/* Until then what is written stays in the processor's cache, and a small file does not touch the whole buffer. */
#define CACHED_BATCH ((size_t)256 << 10)
#define OPEN_MAX_NAMED 8

struct output {
	int fd;
	int direct; /* the same file past the page cache; -1 not opened, -2 not to be had */
	int slot; /* in `pending`, or -1 */
	bool committed, replace, private;
	status failed;
	int error; /* errno of the failure */
	uint64_t flushed; /* bytes of the file that stand before the buffer */
	size_t n;
	uint8_t *buffer;
	char *path, *temporary;
};

/* The names to remove when the process is told to stop: written and read with plain atomic loads. */
static _Atomic(char *) pending[OPEN_MAX_NAMED];
static _Thread_local unsigned fail_countdown;

void output_fail_after(unsigned n)
{
	fail_countdown = n;
}

static bool told_to_fail(void)
{
	if (!fail_countdown || --fail_countdown)
		return false;
	errno = ENOSPC;
	return true;
}

void output_abandon_all(void)
{
	for (int i = 0; i < OPEN_MAX_NAMED; i++) {
		char *name = atomic_load(&pending[i]);

		if (name)
			(void)unlink(name);
	}
}

static int remember(char *name)
{
	for (int i = 0; i < OPEN_MAX_NAMED; i++) {
		char *none = NULL;

		if (atomic_compare_exchange_strong(&pending[i], &none, name))
			return i;
	}
	return -1;
}

static status fail(struct output *o)
{
	if (!o->failed) {
		o->error = errno;
		o->failed = ecDiskError;
	}
	return o->failed;
}

static status new_output(const char *path, struct output **out, struct reason *why)
{
	struct output *o = calloc(1, sizeof *o);

	if (o) {
		o->fd = o->direct = o->slot = -1;
		o->buffer = aligned_alloc(DIRECT_ALIGN, BUFFER_SIZE);
		o->path = strdup(path);
	}
	if (!o || !o->buffer || !o->path || asprintf(&o->temporary, "%s.part-XXXXXX", path) < 0) {
		if (o)
			o->temporary = NULL;
		output_close(o);
		return reason_set(why, ecMemory, "out of memory");
	}
	*out = o;
	return ecNone;
}

status output_create(const char *path, bool replace, struct output **out, struct reason *why)
{
	struct stat st;
	struct output *o;

	if (stat(path, &st) == 0 && (!replace || !S_ISREG(st.st_mode)))
		return reason_set(why, ecDuplicateName, S_ISREG(st.st_mode) ? "%s exists already" : "%s exists and is not a file",
				  path);
	status s = new_output(path, &o, why);
	if (s)
		return s;
	o->replace = replace;
	o->fd = mkostemp(o->temporary, O_CLOEXEC);
	if (o->fd < 0) {
		s = reason_set(why, errno == EACCES ? ecAccessDenied : ecDiskError, "cannot write %s: %s", path, strerror(errno));
		output_close(o);
		return s;
	}
	o->slot = remember(o->temporary);
	*out = o;
	return ecNone;
}

void output_keep_private(struct output *o)
{
	o->private = true;
}

status output_scratch(const char *path, struct output **out, struct reason *why)
{
	struct output *o;
	status s = new_output(path, &o, why);

	if (s)
		return s;
	o->fd = mkostemp(o->temporary, O_CLOEXEC);
	if (o->fd < 0) {
		s = reason_set(why, ecDiskError, "cannot write beside %s: %s", path, strerror(errno));
		output_close(o);
		return s;
	}
	(void)unlink(o->temporary);
	*out = o;
	return ecNone;
}

static status write_all(struct output *o, int fd, uint64_t offset, const uint8_t *p, size_t n)
{
	while (n) {
		ssize_t w = told_to_fail() ? -1 : pwrite(fd, p, n, (off_t)offset);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return fail(o);
		p += w;
		offset += (uint64_t)w;
		n -= (size_t)w;
	}
	return ecNone;
}

/* A full buffer of a large file; false when this file system wants it the common way. */
static bool write_direct(struct output *o)
{
	if (o->n != BUFFER_SIZE || o->flushed < DIRECT_FROM || o->flushed % DIRECT_ALIGN || o->slot < 0)
		return false;
	if (o->direct == -1) {
		o->direct = open(o->temporary, O_WRONLY | O_DIRECT | O_CLOEXEC);
		if (o->direct < 0)
			o->direct = -2;
	}
	if (o->direct < 0 || pwrite(o->direct, o->buffer, BUFFER_SIZE, (off_t)o->flushed) == (ssize_t)BUFFER_SIZE)
		return o->direct >= 0;
	(void)close(o->direct);
	o->direct = -2;
	return false; /* tried again the common way, which also finds out why */
}

static status flush(struct output *o)
{
	status s = write_direct(o) ? ecNone : write_all(o, o->fd, o->flushed, o->buffer, o->n);

	if (!s) {
		o->flushed += o->n;
		o->n = 0;
	}
	return s;
}

static size_t batch_size(const struct output *o)
{
	return o->flushed < DIRECT_FROM ? CACHED_BATCH : BUFFER_SIZE;
}

status output_append(struct output *o, const void *p, size_t n)
{
	const uint8_t *from = p;

	if (o->failed)
		return o->failed;
	while (n) {
		size_t room = batch_size(o) - o->n, part = n < room ? n : room;

		memcpy(o->buffer + o->n, from, part);
		o->n += part;
		from += part;
		n -= part;
		if (o->n == batch_size(o)) {
			status s = flush(o);
			if (s)
				return s;
		}
	}
	return ecNone;
}

static status append_zeros(struct output *o, uint64_t n)
{
	static const uint8_t zeros[4096];

	while (n) {
		size_t part = n < sizeof zeros ? (size_t)n : sizeof zeros;
		status s = output_append(o, zeros, part);

		if (s)
			return s;
		n -= part;
	}
	return ecNone;
}

status output_write_at(struct output *o, uint64_t offset, const void *p, size_t n)
{
	const uint8_t *from = p;

	if (o->failed)
		return o->failed;
	if (offset > output_size(o)) {
		status s = append_zeros(o, offset - output_size(o));
		if (s)
			return s;
	}
	if (offset < o->flushed) {
		size_t part = n < o->flushed - offset ? n : (size_t)(o->flushed - offset);
		status s = write_all(o, o->fd, offset, from, part);

		if (s)
			return s;
		offset += part;
		from += part;
		n -= part;
	}
	if (n && offset < output_size(o)) {
		size_t at = (size_t)(offset - o->flushed), part = n < o->n - at ? n : o->n - at;

		memcpy(o->buffer + at, from, part);
		from += part;
		n -= part;
	}
	return output_append(o, from, n);
}

status output_read_at(struct output *o, uint64_t offset, void *p, size_t n)
{
	uint8_t *to = p;

	if (offset > output_size(o) || n > output_size(o) - offset)
		return ecInvalidParam;
	while (n && offset < o->flushed) {
		size_t part = n < o->flushed - offset ? n : (size_t)(o->flushed - offset);
		ssize_t r = pread(o->fd, to, part, (off_t)offset);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return fail(o);
		to += r;
		offset += (uint64_t)r;
		n -= (size_t)r;
	}
	if (n)
		memcpy(to, o->buffer + (offset - o->flushed), n);
	return ecNone;
}

uint64_t output_size(const struct output *o)
{
	return o->flushed + o->n;
}

const char *output_failure(const struct output *o)
{
	return o->failed ? strerror(o->error) : "";
}

const char *output_path(const struct output *o)
{
	return o->path;
}

/* A rename is only as lasting as the folder that holds the name. */
static int sync_folder(const char *path)
{
	char *copy = strdup(path);
	int fd = copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	int r = fd < 0 ? -1 : fsync(fd);

	free(copy);
	if (fd >= 0)
		(void)close(fd);
	return r;
}

static int rename_into_place(struct output *o)
{
	mode_t mask = umask(0);

	(void)umask(mask);
	if (fchmod(o->fd, o->private ? 0600 : 0666 & ~mask) != 0)
		return -1;
	if (o->replace)
		return rename(o->temporary, o->path);
	/* Somebody may have made the name since we looked: then theirs stays. */
	if (renameat2(AT_FDCWD, o->temporary, AT_FDCWD, o->path, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	return link(o->temporary, o->path) == 0 ? unlink(o->temporary) : -1;
}

status output_commit(struct output *o, struct reason *why)
{
	status s = o->failed ? o->failed : flush(o);

	if (!s && (told_to_fail() || fsync(o->fd) != 0))
		s = fail(o);
	if (!s && (told_to_fail() || rename_into_place(o) != 0))
		s = fail(o);
	if (s)
		return reason_set(why, s, "cannot write %s: %s", o->path, strerror(o->error));
	o->committed = true;
	if (o->slot >= 0)
		atomic_store(&pending[o->slot], NULL);
	o->slot = -1;
	if (sync_folder(o->path) != 0)
		return reason_set(why, ecDiskError, "%s is written, but its folder could not be flushed: %s", o->path,
				  strerror(errno));
	return ecNone;
}

void output_close(struct output *o)
{
	if (!o)
		return;
	bool there = o->temporary && o->fd >= 0 && !o->committed;

	if (there)
		(void)unlink(o->temporary);
	if (o->slot >= 0)
		atomic_store(&pending[o->slot], NULL);
	if (o->direct >= 0)
		(void)close(o->direct);
	if (o->fd >= 0)
		(void)close(o->fd);
	free(o->buffer);
	free(o->path);
	free(o->temporary);
	free(o);
}

void output_cleanup(struct output **o)
{
	output_close(*o);
}
