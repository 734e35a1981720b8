#include "store/counter_file.h"

#include "base/buf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "postern counters"
#define HEAD 64u
#define AT_VERSION 16u
#define AT_COUNT 20u
#define AT_NAMES 24u
#define NAMES_MOST ((size_t)1 << 20)

struct counter_file {
	int fd;
	void *map;
	size_t size;
	char path[512];
};

/* A file that no server has locked. */
static bool is_left_over(int fd)
{
	if (flock(fd, LOCK_EX | LOCK_NB))
		return false;
	(void)flock(fd, LOCK_UN);
	return true;
}

static bool is_number(const char *name)
{
	return *name && !name[strspn(name, "0123456789")];
}

static void sweep(const char *folder)
{
	DIR *d = opendir(folder);
	const struct dirent *e;

	while (d && (e = readdir(d))) {
		int fd = is_number(e->d_name) ? openat(dirfd(d), e->d_name, O_RDWR | O_CLOEXEC | O_NOFOLLOW) : -1;

		if (fd < 0)
			continue;
		if (is_left_over(fd))
			(void)unlinkat(dirfd(d), e->d_name, 0);
		(void)close(fd);
	}
	if (d)
		(void)closedir(d);
}

static void put_names(const struct counter_row *rows, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s\t%s\t%s\n", rows[i].object, rows[i].name, rows[i].total ? "total" : "now");
}

static status fill(struct counter_file *f, const struct counter_row *rows, size_t n, struct reason *why)
{
	CLEANUP_BUF struct buf names = BUF_MAX(NAMES_MOST);
	uint8_t head[HEAD] = MAGIC;

	put_names(rows, n, &names);
	if (names.failed)
		return reason_set(why, ecTooBig, "there are too many counters");
	f->size = HEAD + n * sizeof(int64_t) + names.n;
	put_le32(head + AT_VERSION, 1);
	put_le32(head + AT_COUNT, (uint32_t)n);
	put_le32(head + AT_NAMES, (uint32_t)names.n);
	if (flock(f->fd, LOCK_EX | LOCK_NB) || ftruncate(f->fd, (off_t)f->size))
		return reason_set(why, ecDiskError, "%s: %s", f->path, strerror(errno));
	f->map = mmap(NULL, f->size, PROT_READ | PROT_WRITE, MAP_SHARED, f->fd, 0);
	if (f->map == MAP_FAILED) {
		f->map = NULL;
		return reason_set(why, ecMemory, "%s cannot be mapped", f->path);
	}
	memcpy((uint8_t *)f->map + HEAD + n * sizeof(int64_t), names.p, names.n);
	memcpy(f->map, head, HEAD);
	return ecNone;
}

status counter_file_make(const char *folder, const struct counter_row *rows, size_t n, struct counter_file **out, int64_t **values,
			 struct reason *why)
{
	struct counter_file *f = calloc(1, sizeof *f);
	char counters[480];

	if (!f)
		return reason_set(why, ecMemory, "out of memory");
	(void)snprintf(counters, sizeof counters, "%s/counters", folder);
	(void)snprintf(f->path, sizeof f->path, "%s/%ld", counters, (long)getpid());
	if (mkdir(counters, 0700) && errno != EEXIST) {
		free(f);
		return reason_set(why, ecDiskError, "%s: %s", counters, strerror(errno));
	}
	sweep(counters);
	f->fd = open(f->path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	status s = f->fd < 0 ? reason_set(why, ecDiskError, "%s: %s", f->path, strerror(errno)) : n > COUNTER_FILE_MOST ? ecTooBig : fill(f, rows, n, why);
	if (s) {
		counter_file_close(f);
		return s;
	}
	*values = (int64_t *)(void *)((uint8_t *)f->map + HEAD);
	*out = f;
	return ecNone;
}

void counter_file_close(struct counter_file *f)
{
	if (!f)
		return;
	if (f->map)
		(void)munmap(f->map, f->size);
	if (f->fd >= 0) {
		(void)unlink(f->path);
		(void)close(f->fd);
	}
	free(f);
}

/* Reading ---------------------------------------------------------------------------------------------------------------- */

struct readings {
	struct arena *arena;
	struct counter_reading *v;
	size_t n, cap;
};

/* The next of three words of a line, ended; NULL when there is none. */
static char *word(char **at, char end)
{
	char *start = *at, *stop = strchr(start, end);

	if (!stop)
		return NULL;
	*stop = '\0';
	*at = stop + 1;
	return start;
}

static status add(struct readings *r, uint64_t process, const uint8_t *values, uint32_t n, char *names)
{
	for (uint32_t i = 0; i < n && r->n < r->cap; i++) {
		char *object = word(&names, '\t'), *name = object ? word(&names, '\t') : NULL, *kind = name ? word(&names, '\n') : NULL;

		if (!kind)
			return ecNone;
		r->v[r->n++] = (struct counter_reading){ { object, name, strcmp(kind, "total") == 0 }, (int64_t)le64(values + 8 * i), process };
	}
	return ecNone;
}

/* A file that is no such one is left alone. */
static status read_one(struct readings *r, int fd, uint64_t process)
{
	uint8_t head[HEAD];

	if (pread(fd, head, HEAD, 0) != (ssize_t)HEAD || memcmp(head, MAGIC, sizeof MAGIC - 1) != 0 || le32(head + AT_VERSION) != 1)
		return ecNone;
	uint32_t n = le32(head + AT_COUNT), names = le32(head + AT_NAMES);
	if (n > COUNTER_FILE_MOST || names > NAMES_MOST)
		return ecNone;
	size_t size = (size_t)n * 8 + names;
	uint8_t *body = arena_alloc(r->arena, size + 1);
	if (!body)
		return ecMemory;
	if (pread(fd, body, size, HEAD) != (ssize_t)size)
		return ecNone;
	body[size] = '\0';
	return add(r, process, body, n, (char *)body + (size_t)n * 8);
}

status counter_file_read(const char *folder, struct arena *arena, struct counter_reading **out, size_t *n, struct reason *why)
{
	struct readings r = { .arena = arena, .cap = (size_t)COUNTER_FILE_MOST * 4 };
	const struct dirent *e;
	char counters[480];
	status s = ecNone;

	(void)snprintf(counters, sizeof counters, "%s/counters", folder);
	r.v = arena_array(arena, r.cap, sizeof *r.v);
	if (!r.v)
		return reason_set(why, ecMemory, "out of memory");
	DIR *d = opendir(counters);
	while (d && !s && (e = readdir(d))) {
		int fd = is_number(e->d_name) ? openat(dirfd(d), e->d_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;

		if (fd < 0)
			continue;
		if (!is_left_over(fd))
			s = read_one(&r, fd, strtoull(e->d_name, NULL, 10));
		(void)close(fd);
	}
	if (d)
		(void)closedir(d);
	if (s)
		return reason_set(why, s, "out of memory");
	*out = r.v;
	*n = r.n;
	return ecNone;
}
