#include "store/backup_set.h"

#include "base/filetime.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_FORMAT "%06" PRIu64 ".backup"
#define BACKUPS_MAX ((size_t)1 << 20)
#define SCRATCH_MAX ((size_t)64 << 10)

const char *backup_set_path(const struct backup_set *s, const char *file, struct arena *arena)
{
	return arena_printf(arena, "%s/%s", s->path, file);
}

/* The number in "000007.backup"; 0: it is no such name. */
static uint64_t number_of(const char *name)
{
	char *end = NULL, again[32];
	uint64_t n = name[0] >= '0' && name[0] <= '9' ? strtoull(name, &end, 10) : 0;

	if (!n || strcmp(end, ".backup") != 0)
		return 0;
	(void)snprintf(again, sizeof again, NAME_FORMAT, n);
	return strcmp(again, name) == 0 ? n : 0;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static status add_number(struct backup_set *s, size_t *cap, uint64_t number, struct reason *why)
{
	if (s->n == *cap) {
		*cap = *cap ? 2 * *cap : 64;
		uint64_t *more = *cap <= BACKUPS_MAX ? reallocarray(s->numbers, *cap, sizeof *more) : NULL;

		if (!more)
			return reason_set(why, ecMemory, "too many backups in %s, or out of memory", s->path);
		s->numbers = more;
	}
	s->numbers[s->n++] = number;
	return ecNone;
}

/* Is there anything but what we put there? */
static bool is_ours(const char *name)
{
	return name[0] == '.' || strcmp(name, "lock") == 0 || strcmp(name, "parts") == 0 || strcmp(name, "lost+found") == 0 ||
	       strstr(name, ".part-");
}

static status list(struct backup_set *s, bool create, struct reason *why)
{
	DIR *dir = opendir(s->path);
	const struct dirent *e;
	size_t cap = 0;
	bool foreign = false;
	status st = ecNone;

	if (!dir)
		return reason_set(why, errno == ENOENT ? ecNotFound : ecAccessDenied, "cannot open the folder %s: %s", s->path, strerror(errno));
	while (!st && (e = readdir(dir))) {
		uint64_t number = number_of(e->d_name);

		if (number)
			st = add_number(s, &cap, number, why);
		else
			foreign = foreign || !is_ours(e->d_name);
	}
	(void)closedir(dir);
	if (!st && !s->n && foreign && create)
		return reason_set(why, ecDuplicateName, "%s holds other things and no backup; name an empty folder, or one that is not there",
				  s->path);
	if (!st && !s->n && !create)
		return reason_set(why, ecNotFound, "there is no backup in %s", s->path);
	if (s->n)
		qsort(s->numbers, s->n, sizeof *s->numbers, by_number);
	return st;
}

static status take_lock(struct backup_set *s, struct reason *why)
{
	char *name = NULL;
	int n = asprintf(&name, "%s/lock", s->path);

	if (n < 0)
		return reason_set(why, ecMemory, "out of memory");
	s->lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	free(name);
	if (s->lock < 0)
		return reason_set(why, ecAccessDenied, "cannot write in %s: %s", s->path, strerror(errno));
	if (flock(s->lock, LOCK_EX | LOCK_NB) == 0)
		return ecNone;
	return reason_set(why, errno == EWOULDBLOCK ? ecBusy : ecDiskError, errno == EWOULDBLOCK ? "another backup into %s is running" :
												   "cannot lock %s",
			  s->path);
}

static status make_folder(const char *path, struct reason *why)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return ecNone;
	return reason_set(why, ecAccessDenied, "cannot make the folder %s: %s", path, strerror(errno));
}

status backup_set_open(const char *path, enum backup_set_how how, struct backup_set *out, struct reason *why)
{
	struct backup_set s = { .path = strdup(path), .lock = -1 };
	status st = s.path ? ecNone : reason_set(why, ecMemory, "out of memory");

	if (!st && how == BACKUP_SET_CREATE)
		st = make_folder(path, why);
	if (!st)
		st = list(&s, how == BACKUP_SET_CREATE, why);
	if (!st && how != BACKUP_SET_READ) {
		st = take_lock(&s, why);
		s.n = 0;
		/* Somebody may have finished one meanwhile. */
		if (!st)
			st = list(&s, how == BACKUP_SET_CREATE, why);
	}
	if (st)
		backup_set_close(&s);
	else
		*out = s;
	return st;
}

void backup_set_close(struct backup_set *s)
{
	if (s->lock >= 0 && s->path)
		(void)close(s->lock);
	s->lock = -1;
	free(s->path);
	free(s->numbers);
	s->path = NULL;
	s->numbers = NULL;
}

/* Manifests ----------------------------------------------------------------------------------------------------------- */

static status read_content(struct backup_reader *r, struct buf *out, struct backup_seal *seal, struct reason *why)
{
	bool end = false;
	status s = ecNone;

	while (!s && !end) {
		s = backup_reader_at_end(r, &end, why);
		if (s || end)
			continue;
		struct bytes piece = backup_reader_take_frame(r);
		buf_add(out, piece.p, piece.n);
		if (out->failed)
			s = reason_set(why, ecTooBig, "%s is longer than a list of parts can be", backup_reader_name(r));
	}
	return s ? s : backup_reader_finish(r, seal, why);
}

status backup_set_read(const struct backup_set *s, uint64_t number, struct arena *arena, struct backup_manifest *out, struct reason *why)
{
	CLEANUP_BACKUP_READER struct backup_reader *r = NULL;
	CLEANUP_BUF struct buf content = BUF_MAX(BACKUP_MANIFEST_MAX / 4);
	char *path = arena_printf(arena, "%s/" NAME_FORMAT, s->path, number);
	struct backup_manifest m = { 0 };
	status st = path ? backup_reader_open(path, &r, why) : reason_set(why, ecMemory, "out of memory");

	if (!st && backup_reader_head(r)->kind != BACKUP_MANIFEST)
		st = reason_set(why, ecCorruptData, "%s is a part, not a backup's list of parts", path);
	if (!st)
		st = read_content(r, &content, &m.seal, why);
	if (st)
		return st;
	st = backup_manifest_decode(buf_bytes(&content), arena, &m, why);
	if (!st && (m.number != number || !guid_equal(&m.id, &backup_reader_head(r)->backup)))
		st = reason_set(why, ecCorruptData, "it is that of backup %" PRIu64 ", under another name", m.number);
	if (st)
		return reason_prefix(why, st, "%s", path);
	*out = m;
	return ecNone;
}

status backup_set_newest(const struct backup_set *s, struct arena *arena, struct backup_manifest *out, struct reason *why)
{
	if (!s->n)
		return reason_set(why, ecNotFound, "there is no backup in %s", s->path);
	return backup_set_read(s, s->numbers[s->n - 1], arena, out, why);
}

static status at_time(const struct backup_set *s, const char *at, uint64_t time, struct arena *arena, struct backup_manifest *out,
		      struct reason *why)
{
	for (size_t i = s->n; i-- > 0;) {
		struct arena_mark mark = arena_mark(arena);
		struct backup_manifest m;
		status st = backup_set_read(s, s->numbers[i], arena, &m, why);

		if (st)
			return st;
		if (m.time <= time) {
			*out = m;
			return ecNone;
		}
		arena_rewind(arena, mark);
	}
	return reason_set(why, ecNotFound, "there is no backup in %s that is as old as %s", s->path, at);
}

status backup_set_at(const struct backup_set *s, const char *at, struct arena *arena, struct backup_manifest *out, struct reason *why)
{
	char *end = NULL;
	uint64_t time = 0, number;

	if (!at)
		return backup_set_newest(s, arena, out, why);
	number = at[0] >= '0' && at[0] <= '9' ? strtoull(at, &end, 10) : 0;
	if (number && !*end) {
		for (size_t i = 0; i < s->n; i++)
			if (s->numbers[i] == number)
				return backup_set_read(s, number, arena, out, why);
		return reason_set(why, ecNotFound, "there is no backup %" PRIu64 " in %s", number, s->path);
	}
	if (!filetime_parse(at, &time))
		return reason_set(why, ecInvalidParam, "\"%s\" is neither the number of a backup nor a time like 2026-11-24T10:00:00Z", at);
	/* A day means all of it. */
	if (!strchr(at, 'T'))
		time += 24 * 3600 * FILETIME_PER_SECOND - 1;
	return at_time(s, at, time, arena, out, why);
}

uint64_t backup_set_next(const struct backup_set *s)
{
	return s->n ? s->numbers[s->n - 1] + 1 : 1;
}

status backup_set_write(struct backup_set *s, struct backup_manifest *m, struct reason *why)
{
	CLEANUP_BACKUP_WRITER struct backup_writer *w = NULL;
	CLEANUP_BUF struct buf content = BUF_MAX(BACKUP_MANIFEST_MAX / 4);
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(SCRATCH_MAX);
	const struct backup_head head = { .kind = BACKUP_MANIFEST, .backup = m->id, .time = m->time, .since = m->parent, .upto = m->number };
	char *path = arena_printf(&arena, "%s/" NAME_FORMAT, s->path, m->number);
	size_t cap = s->n;
	status st;

	backup_manifest_encode(m, &content);
	if (content.failed || !path)
		return reason_set(why, ecTooBig, "the list of parts is too long, or out of memory");
	st = backup_writer_new(path, &head, &w, why);
	if (st)
		return st;
	(void)!backup_writer_add(w, content.p, content.n);
	st = backup_writer_finish(w, &m->seal, why);
	return st ? st : add_number(s, &cap, m->number, why);
}

/* Parts --------------------------------------------------------------------------------------------------------------- */

static void subject_folder(const struct guid *subject, char out[static GUID_TEXT_SIZE])
{
	if (subject)
		guid_format(subject, out);
	else
		(void)snprintf(out, GUID_TEXT_SIZE, "directory");
}

const char *backup_part_name(const struct guid *subject, uint64_t number, struct arena *arena)
{
	char folder[GUID_TEXT_SIZE];

	subject_folder(subject, folder);
	return arena_printf(arena, "parts/%s/%06" PRIu64 ".part", folder, number);
}

status backup_set_make_folder(const struct backup_set *s, const struct guid *subject, struct arena *arena, struct reason *why)
{
	char folder[GUID_TEXT_SIZE];

	subject_folder(subject, folder);
	const char *above = backup_set_path(s, "parts", arena), *path = above ? arena_printf(arena, "%s/%s", above, folder) : NULL;
	status st = path ? make_folder(above, why) : reason_set(why, ecMemory, "out of memory");

	return st ? st : make_folder(path, why);
}

status backup_set_open_part(const struct backup_set *s, const struct backup_part *p, const struct guid *subject, struct backup_reader **out,
			    struct reason *why)
{
	CLEANUP_BACKUP_READER struct backup_reader *r = NULL;
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(SCRATCH_MAX);
	static const struct guid none;
	const char *path = backup_set_path(s, p->file, &arena);
	struct input *in = NULL;
	struct stat st;
	status e = path ? ecNone : reason_set(why, ecMemory, "out of memory");

	if (!e && stat(path, &st) != 0)
		e = reason_set(why, errno == ENOENT ? ecNotFound : ecAccessDenied, "%s, which the backup needs, cannot be read: %s", path,
			       strerror(errno));
	if (!e && (uint64_t)st.st_size != p->seal.size)
		e = reason_set(why, ecCorruptData, "%s is damaged: it has %" PRIu64 " bytes and should have %" PRIu64 " (from byte %" PRIu64 ")", path,
			       (uint64_t)st.st_size, p->seal.size, (uint64_t)st.st_size < p->seal.size ? (uint64_t)st.st_size : p->seal.size);
	if (!e)
		e = input_open_file(path, &in, why);
	if (!e)
		e = backup_reader_new(in, &r, why);
	if (e)
		return e;
	const struct backup_head *h = backup_reader_head(r);
	if (h->kind != BACKUP_PART || !guid_equal(&h->subject, subject ? subject : &none) || h->since != p->since || h->upto != p->upto)
		return reason_set(why, ecCorruptData, "%s is not the part that belongs there: it is of another mailbox or backup (byte 12)", path);
	*out = r;
	r = NULL;
	return ecNone;
}
