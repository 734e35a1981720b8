/* A folder per mail folder and a file per item, under a temporary name until all is there. */
#include "mime/destinations.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mime/names.h"

#define FOLDER_NAME_MAX 100
#define ITEM_NAME_MAX 80
#define DEPTH_MAX (ITEM_FOLDER_DEPTH_MAX + 4)
/* Folders of one name within one folder. */
#define SAME_NAME_MAX 10000

struct open_folder {
	int fd;
	unsigned items;
};

struct tree {
	struct mime_destination d;
	char *path, *temporary;
	struct open_folder open[DEPTH_MAX];
	size_t depth; /* of open[]; 0: not even the top */
	int file;
	char file_name[NAME_SIZE + 32];
	bool finished;
};

static struct tree *tree_of(struct mime_destination *d)
{
	return (struct tree *)d;
}

static status failed(const struct tree *t, const char *what, struct reason *why)
{
	int error = errno;

	return reason_set(why, error == EACCES ? ecAccessDenied : ecDiskError, "cannot write %s in %s: %s", what, t->path,
			  strerror(error));
}

static status make_folder(struct tree *t, const char *name, struct reason *why)
{
	char safe[NAME_SIZE], numbered[NAME_SIZE + 16];
	int parent = t->open[t->depth - 1].fd, fd;

	safe_name(name, "folder", FOLDER_NAME_MAX, safe);
	snprintf(numbered, sizeof numbered, "%s", safe);
	for (unsigned i = 2; mkdirat(parent, numbered, 0777) != 0; i++) {
		if (errno != EEXIST || i > SAME_NAME_MAX)
			return failed(t, safe, why);
		snprintf(numbered, sizeof numbered, "%s (%u)", safe, i);
	}
	fd = openat(parent, numbered, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return failed(t, safe, why);
	t->open[t->depth++] = (struct open_folder){ .fd = fd };
	return ecNone;
}

static status tree_folder_begin(struct mime_destination *d, const char *name, struct reason *why)
{
	struct tree *t = tree_of(d);

	if (t->depth >= DEPTH_MAX)
		return reason_set(why, ecTooComplex, "folders nest deeper than %d", ITEM_FOLDER_DEPTH_MAX);
	return make_folder(t, name, why);
}

static status tree_folder_end(struct mime_destination *d, struct reason *why)
{
	struct tree *t = tree_of(d);

	(void)why;
	if (t->depth > 1)
		(void)close(t->open[--t->depth].fd);
	return ecNone;
}

static status tree_entry_begin(struct mime_destination *d, const struct mime_entry *e, struct reason *why)
{
	static const char *const extensions[] = { "eml", "vcf", "ics" };
	struct tree *t = tree_of(d);
	struct open_folder *in = &t->open[t->depth - 1];
	char safe[NAME_SIZE];

	safe_name(e->name, "item", ITEM_NAME_MAX, safe);
	snprintf(t->file_name, sizeof t->file_name, "%06u-%s.%s", ++in->items, safe, extensions[e->kind]);
	t->file = openat(in->fd, t->file_name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	return t->file < 0 ? failed(t, t->file_name, why) : ecNone;
}

static status tree_write(struct mime_destination *d, struct bytes piece, struct reason *why)
{
	struct tree *t = tree_of(d);

	while (piece.n) {
		ssize_t w = write(t->file, piece.p, piece.n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return failed(t, "an item", why);
		piece = bytes_of(piece.p + w, piece.n - (size_t)w);
	}
	return ecNone;
}

static status tree_entry_end(struct mime_destination *d, bool whole, struct reason *why)
{
	struct tree *t = tree_of(d);
	int r = close(t->file);

	t->file = -1;
	if (!whole && unlinkat(t->open[t->depth - 1].fd, t->file_name, 0) != 0)
		r = -1;
	return r != 0 ? failed(t, "an item", why) : ecNone;
}

/* An empty folder may be there already; rename takes its place, and only its. */
static status tree_finish(struct mime_destination *d, struct reason *why)
{
	struct tree *t = tree_of(d);
	mode_t mask = umask(0);

	(void)umask(mask);
	if (fchmod(t->open[0].fd, 0777 & ~mask) != 0 || syncfs(t->open[0].fd) != 0)
		return failed(t, "the folder", why);
	if (rename(t->temporary, t->path) != 0)
		return reason_set(why, errno == ENOTEMPTY || errno == EEXIST ? ecDuplicateName : ecDiskError,
				  "cannot rename %s to %s: %s", t->temporary, t->path, strerror(errno));
	t->finished = true;
	return fsync(t->open[0].fd) != 0 ? failed(t, "the folder", why) : ecNone;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	/* What cannot be removed stays: there is nothing better to do with it. */
	(void)remove(path);
	return 0;
}

static void tree_free(struct mime_destination *d)
{
	struct tree *t = tree_of(d);

	if (t->file >= 0)
		(void)close(t->file);
	while (t->depth)
		(void)close(t->open[--t->depth].fd);
	if (t->temporary && !t->finished)
		(void)nftw(t->temporary, remove_one, 32, FTW_DEPTH | FTW_PHYS);
	free(t->temporary);
	free(t->path);
	free(t);
}

/* Without the slashes at its end, which a rename would not forgive. */
static char *trimmed(const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	return strndup(path, n);
}

static status check_free(const char *path, struct reason *why)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return ecNone;
	if (!S_ISDIR(st.st_mode))
		return reason_set(why, ecDuplicateName, "%s exists and is not a folder", path);
	/* A folder that holds nothing but itself can be removed, and then there is room. */
	if (rmdir(path) != 0)
		return reason_set(why, ecDuplicateName, "%s exists and is not empty; name a new folder", path);
	return mkdir(path, st.st_mode & 07777) != 0 ?
		       reason_set(why, ecDiskError, "cannot write %s: %s", path, strerror(errno)) :
		       ecNone;
}

static status open_top(struct tree *t, struct reason *why)
{
	int fd;

	if (!mkdtemp(t->temporary)) {
		free(t->temporary);
		t->temporary = NULL;
		return reason_set(why, errno == EACCES ? ecAccessDenied : ecDiskError, "cannot write %s: %s", t->path,
				  strerror(errno));
	}
	fd = open(t->temporary, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return failed(t, "the folder", why);
	t->open[t->depth++] = (struct open_folder){ .fd = fd };
	return ecNone;
}

status tree_destination(const char *path, struct mime_destination **out, struct reason *why)
{
	static const struct mime_destination operations = {
		false,	    tree_folder_begin, tree_folder_end, tree_entry_begin, tree_write,
		tree_entry_end, tree_finish,	   tree_free,
	};
	struct tree *t = calloc(1, sizeof *t);
	status st;

	if (!t)
		return reason_set(why, ecMemory, "not enough memory");
	t->d = operations;
	t->file = -1;
	t->path = trimmed(path);
	if (!t->path || asprintf(&t->temporary, "%s.part-XXXXXX", t->path) < 0) {
		t->temporary = NULL;
		st = reason_set(why, ecMemory, "not enough memory");
	} else {
		st = check_free(t->path, why);
		if (!st)
			st = open_top(t, why);
		else {
			free(t->temporary);
			t->temporary = NULL;
		}
	}
	if (st) {
		tree_free(&t->d);
		return st;
	}
	*out = &t->d;
	return ecNone;
}
