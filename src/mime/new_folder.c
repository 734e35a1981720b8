#include "mime/new_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

status new_folder_failed(const struct new_folder *f, const char *what, struct reason *why)
{
	int error = errno;

	return reason_set(why, error == EACCES ? ecAccessDenied : ecDiskError, "cannot write %s in %s: %s", what, f->path,
			  strerror(error));
}

status new_folder_write(const struct new_folder *f, int file, struct bytes piece, struct reason *why)
{
	while (piece.n) {
		ssize_t w = write(file, piece.p, piece.n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return new_folder_failed(f, "an item", why);
		piece = bytes_of(piece.p + w, piece.n - (size_t)w);
	}
	return ecNone;
}

/* An empty folder may be there already; rename takes its place, and only its. */
status new_folder_finish(struct new_folder *f, struct reason *why)
{
	mode_t mask = umask(0);

	(void)umask(mask);
	if (fchmod(f->fd, 0777 & ~mask) != 0 || syncfs(f->fd) != 0)
		return new_folder_failed(f, "the folder", why);
	if (rename(f->temporary, f->path) != 0)
		return reason_set(why, errno == ENOTEMPTY || errno == EEXIST ? ecDuplicateName : ecDiskError,
				  "cannot rename %s to %s: %s", f->temporary, f->path, strerror(errno));
	f->finished = true;
	return fsync(f->fd) != 0 ? new_folder_failed(f, "the folder", why) : ecNone;
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

void new_folder_free(struct new_folder *f)
{
	if (f->fd >= 0)
		(void)close(f->fd);
	if (f->temporary && !f->finished)
		(void)nftw(f->temporary, remove_one, 32, FTW_DEPTH | FTW_PHYS);
	free(f->temporary);
	free(f->path);
	*f = (struct new_folder){ .fd = -1 };
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

static status make(struct new_folder *f, struct reason *why)
{
	char *name;

	if (asprintf(&name, "%s.part-XXXXXX", f->path) < 0)
		return reason_set(why, ecMemory, "not enough memory");
	if (!mkdtemp(name)) {
		free(name);
		return reason_set(why, errno == EACCES ? ecAccessDenied : ecDiskError, "cannot write %s: %s", f->path,
				  strerror(errno));
	}
	f->temporary = name;
	f->fd = open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return f->fd < 0 ? new_folder_failed(f, "the folder", why) : ecNone;
}

status new_folder_open(const char *path, struct new_folder *out, struct reason *why)
{
	struct new_folder f = { .path = trimmed(path), .fd = -1 };
	status st = f.path ? check_free(f.path, why) : reason_set(why, ecMemory, "not enough memory");

	if (!st)
		st = make(&f, why);
	if (st) {
		new_folder_free(&f);
		return st;
	}
	*out = f;
	return ecNone;
}
