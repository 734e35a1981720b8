#include "base/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"

#define PIECE_SIZE ((size_t)32 << 10)

struct spool {
	struct input input; /* first member: reads what was added */
	struct buf memory;
	int fd;
	uint64_t in_file;
};

static status read_file(int fd, uint64_t offset, uint8_t *to, size_t n, size_t *got)
{
	size_t done = 0;

	while (done < n) {
		ssize_t r = pread(fd, to + done, n - done, (off_t)(offset + done));

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return ecDiskError;
		if (r == 0)
			break;
		done += (size_t)r;
	}
	*got = done;
	return ecNone;
}

static status spool_read(struct input *in, uint64_t offset, void *to, size_t n, size_t *got)
{
	struct spool *s = (struct spool *)in;
	uint8_t *at = to;
	size_t first = 0, second = 0;
	status st = ecNone;

	if (offset >= spool_end(s))
		n = 0;
	else if (n > spool_end(s) - offset)
		n = (size_t)(spool_end(s) - offset);
	if (offset < s->memory.n && n) {
		first = n < s->memory.n - offset ? n : s->memory.n - (size_t)offset;
		memcpy(at, s->memory.p + offset, first);
	}
	if (n > first)
		st = read_file(s->fd, offset + first - s->memory.n, at + first, n - first, &second);
	if (!st)
		*got = first + second;
	return st;
}

static bool never_changes(struct input *in)
{
	(void)in;
	return false;
}

static void close_nothing(struct input *in)
{
	(void)in;
}

static const struct input_ops spool_ops = { spool_read, never_changes, close_nothing };

status spool_new(size_t memory, struct spool **out)
{
	struct spool *s = calloc(1, sizeof *s);

	if (!s)
		return ecMemory;
	s->input.ops = &spool_ops;
	s->input.name = "scratch space";
	buf_init(&s->memory, memory);
	s->fd = -1;
	*out = s;
	return ecNone;
}

void spool_free(struct spool *s)
{
	if (!s)
		return;
	buf_free(&s->memory);
	if (s->fd >= 0)
		(void)close(s->fd);
	free(s);
}

static int open_unnamed(void)
{
	const char *dir = getenv("TMPDIR");
	char *name;
	int fd = open(dir && *dir ? dir : "/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);

	if (fd >= 0)
		return fd;
	if (asprintf(&name, "%s/postern-XXXXXX", dir && *dir ? dir : "/tmp") < 0)
		return -1;
	fd = mkostemp(name, O_CLOEXEC);
	if (fd >= 0)
		(void)unlink(name);
	free(name);
	return fd;
}

static status write_file(struct spool *s, struct bytes data)
{
	if (s->fd < 0)
		s->fd = open_unnamed();
	if (s->fd < 0)
		return ecDiskError;
	while (data.n) {
		ssize_t w = pwrite(s->fd, data.p, data.n, (off_t)s->in_file);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return ecDiskError;
		s->in_file += (uint64_t)w;
		data = bytes_of(data.p + w, data.n - (size_t)w);
	}
	return ecNone;
}

status spool_add(struct spool *s, struct bytes data)
{
	size_t first = s->memory.max - s->memory.n;
	status st = ecNone;

	if (s->in_file)
		first = 0;
	if (first > data.n)
		first = data.n;
	if (first)
		buf_add(&s->memory, data.p, first);
	if (s->memory.failed) {
		s->memory.failed = false;
		return ecMemory;
	}
	if (data.n > first)
		st = write_file(s, bytes_of(data.p + first, data.n - first));
	s->input.size = spool_end(s);
	return st;
}

uint64_t spool_end(const struct spool *s)
{
	return s->memory.n + s->in_file;
}

static status write_over(struct spool *s, uint64_t at, struct bytes data)
{
	size_t first = 0;

	if (at < s->memory.n) {
		first = data.n < s->memory.n - at ? data.n : s->memory.n - (size_t)at;
		memcpy(s->memory.p + at, data.p, first);
	}
	while (first < data.n) {
		ssize_t w = pwrite(s->fd, data.p + first, data.n - first, (off_t)(at + first - s->memory.n));

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return ecDiskError;
		first += (size_t)w;
	}
	return ecNone;
}

status spool_write_at(struct spool *s, uint64_t at, struct bytes data)
{
	uint64_t end = spool_end(s);
	size_t over = at >= end ? 0 : data.n < end - at ? data.n : (size_t)(end - at);
	status st = at > end ? spool_resize(s, at) : ecNone;

	if (!st && over)
		st = write_over(s, at, bytes_of(data.p, over));
	if (!st && over < data.n)
		st = spool_add(s, bytes_of(data.p + over, data.n - over));
	return st;
}

status spool_resize(struct spool *s, uint64_t end)
{
	size_t first = s->memory.max - s->memory.n;
	uint64_t now = spool_end(s);

	if (end <= now) {
		spool_rewind(s, end);
		return ecNone;
	}
	if (s->in_file)
		first = 0;
	if (first > end - now)
		first = (size_t)(end - now);
	buf_add_zeros(&s->memory, first);
	if (s->memory.failed) {
		s->memory.failed = false;
		return ecMemory;
	}
	/* What a file was lengthened by are zeros, and take no room before they are written. */
	if (end > s->memory.n) {
		if (s->fd < 0)
			s->fd = open_unnamed();
		if (s->fd < 0 || ftruncate(s->fd, (off_t)(end - s->memory.n)) != 0)
			return ecDiskError;
		s->in_file = end - s->memory.n;
	}
	s->input.size = end;
	return ecNone;
}

status spool_read_at(struct spool *s, uint64_t at, void *to, size_t n, size_t *got)
{
	return spool_read(&s->input, at, to, n, got);
}

void spool_rewind(struct spool *s, uint64_t end)
{
	if (end >= spool_end(s))
		return;
	if (end <= s->memory.n) {
		/* Gives the space on the disk back; that it could not be is no harm. */
		if (s->in_file && ftruncate(s->fd, 0) != 0)
			errno = 0;
		s->in_file = 0;
		buf_truncate(&s->memory, (size_t)end);
	} else {
		if (ftruncate(s->fd, (off_t)(end - s->memory.n)) != 0)
			errno = 0;
		s->in_file = end - s->memory.n;
	}
	s->input.size = spool_end(s);
}

struct extent spool_since(struct spool *s, uint64_t from)
{
	return (struct extent){ &s->input, from, spool_end(s) - from };
}

status extent_read(const struct extent *e, uint64_t offset, void *to, size_t n, size_t *got)
{
	if (offset >= e->n) {
		*got = 0;
		return ecNone;
	}
	if (n > e->n - offset)
		n = (size_t)(e->n - offset);
	return input_read_some(e->in, e->at + offset, to, n, got);
}

struct extent extent_part(const struct extent *e, uint64_t from, uint64_t n)
{
	if (from > e->n)
		from = e->n;
	if (n > e->n - from)
		n = e->n - from;
	return (struct extent){ e->in, e->at + from, n };
}

status extent_each(const struct extent *e, status (*piece)(void *context, struct bytes b), void *context)
{
	uint8_t data[PIECE_SIZE];
	uint64_t offset = 0;

	while (offset < e->n) {
		size_t got = 0;
		status st = extent_read(e, offset, data, sizeof data, &got);

		if (!st && got == 0)
			st = ecCorruptData;
		if (!st)
			st = piece(context, bytes_of(data, got));
		if (st)
			return st;
		offset += got;
	}
	return ecNone;
}
