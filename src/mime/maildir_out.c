/* A Maildir++: each message a file of its own, its state in the file's name. */
#include "mime/destinations.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/filetime.h"
#include "mime/maildir_names.h"
#include "mime/new_folder.h"

#define DEPTH_MAX (ITEM_FOLDER_DEPTH_MAX + 4)
/* File systems have names of at most 255 bytes. */
#define FOLDER_NAME_MAX 240
#define SAME_NAME_MAX	10000

struct maildir {
	struct mime_destination d;
	struct new_folder top;
	struct buf name; /* of the innermost open folder: ".Projects.2026"; "" is the Inbox */
	size_t ends[DEPTH_MAX]; /* of the names of those around it */
	int fds[DEPTH_MAX];
	size_t depth;
	bool has_inbox;
	int file;
	char file_name[128];
	uint64_t count;
	uint64_t date;
	bool after_cr;
};

static struct maildir *maildir_of(struct mime_destination *d)
{
	return (struct maildir *)d;
}

static status failed(const struct maildir *m, const char *what, struct reason *why)
{
	return new_folder_failed(&m->top, what, why);
}

/* Folders --------------------------------------------------------------------------------------------- */

/* The three folders of every Maildir. */
static status make_parts(struct maildir *m, int fd, struct reason *why)
{
	static const char *const parts[] = { "cur", "new", "tmp" };

	for (size_t i = 0; i < 3; i++)
		if (mkdirat(fd, parts[i], 0700) != 0 && errno != EEXIST)
			return failed(m, parts[i], why);
	return ecNone;
}

/* By this mark whoever delivers into it knows that it is not the top. */
static status mark_folder(struct maildir *m, int fd, struct reason *why)
{
	int mark = openat(fd, "maildirfolder", O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	return mark < 0 || close(mark) != 0 ? failed(m, "maildirfolder", why) : ecNone;
}

static status open_folder(struct maildir *m, const char *name, int *out, struct reason *why)
{
	int fd = openat(m->top.fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	status st;

	if (fd < 0)
		return failed(m, "a folder", why);
	st = make_parts(m, fd, why);
	if (!st)
		st = mark_folder(m, fd, why);
	if (st) {
		(void)close(fd);
		return st;
	}
	*out = fd;
	return ecNone;
}

/* Makes the folder whose name was appended; brothers of one name are numbered. */
static status make_folder(struct maildir *m, int *out, struct reason *why)
{
	size_t n;

	if (m->name.n > FOLDER_NAME_MAX)
		buf_truncate(&m->name, FOLDER_NAME_MAX);
	n = m->name.n;
	for (unsigned i = 2; mkdirat(m->top.fd, buf_cstr(&m->name), 0700) != 0; i++) {
		if (errno != EEXIST || i > SAME_NAME_MAX)
			return failed(m, "a folder", why);
		buf_truncate(&m->name, n);
		buf_printf(&m->name, " (%u)", i);
	}
	return open_folder(m, buf_cstr(&m->name), out, why);
}

static status folder_begin(struct mime_destination *d, const char *name, struct reason *why)
{
	struct maildir *m = maildir_of(d);
	int fd = m->top.fd;
	status st = ecNone;

	if (m->depth >= DEPTH_MAX)
		return reason_set(why, ecTooComplex, "folders nest deeper than %d", ITEM_FOLDER_DEPTH_MAX);
	m->ends[m->depth] = m->name.n;
	if (!m->name.n && !m->has_inbox && strcasecmp(name, "Inbox") == 0) {
		m->has_inbox = true;
	} else {
		buf_add_u8(&m->name, '.');
		maildir_name_encode(name, &m->name);
		st = m->name.failed ? reason_set(why, ecTooBig, "the names of nested folders are too long") : make_folder(m, &fd, why);
	}
	if (st)
		return st;
	m->fds[m->depth++] = fd;
	return ecNone;
}

static void leave(struct maildir *m)
{
	m->depth--;
	buf_truncate(&m->name, m->ends[m->depth]);
	if (m->fds[m->depth] != m->top.fd)
		(void)close(m->fds[m->depth]);
}

static status folder_end(struct mime_destination *d, struct reason *why)
{
	(void)why;
	if (maildir_of(d)->depth)
		leave(maildir_of(d));
	return ecNone;
}

/* Messages -------------------------------------------------------------------------------------------- */

static status entry_begin(struct mime_destination *d, const struct mime_entry *e, struct reason *why)
{
	struct maildir *m = maildir_of(d);
	int fd = m->depth ? m->fds[m->depth - 1] : m->top.fd;
	int64_t seconds = e->date ? filetime_to_unix(e->date) : 0;

	m->date = e->date;
	m->after_cr = false;
	(void)snprintf(m->file_name, sizeof m->file_name, "%s/%lld.M%lluP1.postern:2,%s", "cur",
		       (long long)(seconds > 0 ? seconds : 0), (unsigned long long)++m->count, e->flags ? e->flags : "");
	m->file = openat(fd, m->file_name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	return m->file < 0 ? failed(m, m->file_name, why) : ecNone;
}

/* Lines end in LF here. */
static status write_piece(struct mime_destination *d, struct bytes piece, struct reason *why)
{
	struct maildir *m = maildir_of(d);
	status st = ecNone;

	while (!st && piece.n) {
		const uint8_t *cr = memchr(piece.p, '\r', piece.n);
		size_t n = cr ? (size_t)(cr - piece.p) : piece.n;

		if (m->after_cr && *piece.p != '\n')
			st = new_folder_write(&m->top, m->file, bytes_of("\r", 1), why);
		m->after_cr = cr != NULL;
		if (!st)
			st = new_folder_write(&m->top, m->file, bytes_of(piece.p, n), why);
		n += cr != NULL;
		piece = bytes_of(piece.p + n, piece.n - n);
	}
	return st;
}

/* Servers take the file's time as that of arrival. */
static status entry_end(struct mime_destination *d, bool whole, struct reason *why)
{
	struct maildir *m = maildir_of(d);
	int fd = m->depth ? m->fds[m->depth - 1] : m->top.fd, r = 0;
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = (time_t)filetime_to_unix(m->date) } };

	if (m->date)
		(void)futimens(m->file, times);
	r = close(m->file);
	m->file = -1;
	if (!whole && unlinkat(fd, m->file_name, 0) != 0)
		r = -1;
	return r != 0 ? failed(m, "an item", why) : ecNone;
}

static status finish(struct mime_destination *d, struct reason *why)
{
	return new_folder_finish(&maildir_of(d)->top, why);
}

static void free_maildir(struct mime_destination *d)
{
	struct maildir *m = maildir_of(d);

	if (m->file >= 0)
		(void)close(m->file);
	while (m->depth)
		leave(m);
	buf_free(&m->name);
	new_folder_free(&m->top);
	free(m);
}

status maildir_destination(const char *path, struct mime_destination **out, struct reason *why)
{
	static const struct mime_destination operations = {
		.mail_only = true,
		.folder_begin = folder_begin,
		.folder_end = folder_end,
		.entry_begin = entry_begin,
		.write = write_piece,
		.entry_end = entry_end,
		.finish = finish,
		.free = free_maildir,
	};
	struct maildir *m = calloc(1, sizeof *m);
	status st;

	if (!m)
		return reason_set(why, ecMemory, "not enough memory");
	m->d = operations;
	m->file = -1;
	buf_init(&m->name, (size_t)64 << 10);
	st = new_folder_open(path, &m->top, why);
	if (!st)
		st = make_parts(m, m->top.fd, why);
	if (st) {
		free_maildir(&m->d);
		return st;
	}
	*out = &m->d;
	return ecNone;
}
