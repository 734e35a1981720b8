#include "base/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Read at once where reads follow each other: a system call for each block costs more than what is done with it. */
#define WINDOW_SIZE ((size_t)256 << 10)

struct file_input {
	struct input base;
	int fd;
	struct stat at_open;
	uint64_t next; /* where the last read ended */
	uint64_t window_at;
	size_t window_n; /* bytes that are in the window */
	uint8_t *window; /* NULL until reads follow each other */
	char name[];
};

static status read_at(struct file_input *f, uint64_t offset, void *to, size_t n, size_t *got)
{
	size_t done = 0;

	while (done < n) {
		ssize_t r = pread(f->fd, (uint8_t *)to + done, n - done, (off_t)(offset + done));

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

static bool in_window(const struct file_input *f, uint64_t offset, size_t n)
{
	return n && offset >= f->window_at && n <= f->window_n && offset - f->window_at <= f->window_n - n;
}

/* What is wanted and what follows it. Without memory, or at the end of the file, nothing is in the window. */
static status fill_window(struct file_input *f, uint64_t offset)
{
	if (!f->window)
		f->window = malloc(WINDOW_SIZE);
	f->window_n = 0;
	f->window_at = offset;
	return f->window ? read_at(f, offset, f->window, WINDOW_SIZE, &f->window_n) : ecNone;
}

static status file_read(struct input *in, uint64_t offset, void *to, size_t n, size_t *got)
{
	struct file_input *f = (struct file_input *)in;
	bool follows = offset >= f->next && offset - f->next < WINDOW_SIZE / 4;
	status s = ecNone;

	if (!in_window(f, offset, n) && follows && n <= WINDOW_SIZE / 2)
		s = fill_window(f, offset);
	f->next = offset + n;
	if (s || !in_window(f, offset, n))
		return s ? s : read_at(f, offset, to, n, got);
	memcpy(to, f->window + (offset - f->window_at), n);
	*got = n;
	return ecNone;
}

static bool file_changed(struct input *in)
{
	struct file_input *f = (struct file_input *)in;
	struct stat now;

	return fstat(f->fd, &now) != 0 || now.st_size != f->at_open.st_size ||
	       now.st_mtim.tv_sec != f->at_open.st_mtim.tv_sec || now.st_mtim.tv_nsec != f->at_open.st_mtim.tv_nsec;
}

static void file_close(struct input *in)
{
	struct file_input *f = (struct file_input *)in;

	(void)close(f->fd);
	free(f->window);
	free(f);
}

static const struct input_ops file_ops = { file_read, file_changed, file_close };

static status refuse_irregular(const struct stat *st, const char *path, struct reason *why)
{
	if (S_ISREG(st->st_mode))
		return ecNone;
	return reason_set(why, ecInvalidParam, S_ISDIR(st->st_mode) ? "%s is a folder, not a file" : "%s is not a regular file",
			  path);
}

status input_open_file(const char *path, struct input **out, struct reason *why)
{
	struct stat st;
	/* O_NONBLOCK: a fifo must be refused, not waited for. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || fstat(fd, &st) != 0) {
		int e = errno;

		if (fd >= 0)
			(void)close(fd);
		return reason_set(why, e == ENOENT ? ecNotFound : e == EACCES ? ecAccessDenied : ecDiskError,
				  "cannot open %s: %s", path, strerror(e));
	}
	status s = refuse_irregular(&st, path, why);
	struct file_input *f = s ? NULL : malloc(sizeof *f + strlen(path) + 1);
	if (!f) {
		(void)close(fd);
		return s ? s : reason_set(why, ecMemory, "out of memory");
	}
	*f = (struct file_input){ .base = { &file_ops, (uint64_t)st.st_size, f->name, 0 }, .fd = fd, .at_open = st };
	memcpy(f->name, path, strlen(path) + 1);
	*out = &f->base;
	return ecNone;
}

struct memory_input {
	struct input base;
	const uint8_t *p;
};

static status memory_read(struct input *in, uint64_t offset, void *to, size_t n, size_t *got)
{
	uint64_t left = offset < in->size ? in->size - offset : 0;

	*got = n < left ? n : (size_t)left;
	if (*got)
		memcpy(to, ((struct memory_input *)in)->p + offset, *got);
	return ecNone;
}

static bool memory_changed(struct input *in)
{
	(void)in;
	return false;
}

static void memory_close(struct input *in)
{
	free(in);
}

static const struct input_ops memory_ops = { memory_read, memory_changed, memory_close };

status input_open_memory(struct bytes data, const char *name, struct input **out)
{
	struct memory_input *m = malloc(sizeof *m);

	if (!m)
		return ecMemory;
	*m = (struct memory_input){ { &memory_ops, data.n, name, 0 }, data.p };
	*out = &m->base;
	return ecNone;
}

void input_close(struct input *in)
{
	if (in)
		in->ops->close(in);
}

void input_cleanup(struct input **in)
{
	input_close(*in);
}

status input_read_some(struct input *in, uint64_t offset, void *to, size_t n, size_t *got)
{
	status s = in->ops->read(in, offset, to, n, got);

	if (!s)
		in->bytes_read += *got;
	return s;
}

status input_read(struct input *in, uint64_t offset, void *to, size_t n)
{
	size_t got;

	if (offset > in->size || n > in->size - offset)
		return ecCorruptData;
	status s = input_read_some(in, offset, to, n, &got);
	if (s)
		return s;
	return got == n ? ecNone : ecCorruptData;
}

bool input_changed(struct input *in)
{
	return in->ops->changed(in);
}
