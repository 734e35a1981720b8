/* A folder per mail folder and a file per item, under a temporary name until all is there. */
#include "mime/destinations.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mime/names.h"
#include "mime/new_folder.h"

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
	struct new_folder top;
	struct open_folder open[DEPTH_MAX];
	size_t depth; /* of open[]; 0: not even the top */
	int file;
	char file_name[NAME_SIZE + 32];
};

static struct tree *tree_of(struct mime_destination *d)
{
	return (struct tree *)d;
}

static status failed(const struct tree *t, const char *what, struct reason *why)
{
	return new_folder_failed(&t->top, what, why);
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

	return new_folder_write(&t->top, t->file, piece, why);
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

static status tree_finish(struct mime_destination *d, struct reason *why)
{
	return new_folder_finish(&tree_of(d)->top, why);
}

static void tree_free(struct mime_destination *d)
{
	struct tree *t = tree_of(d);

	if (t->file >= 0)
		(void)close(t->file);
	while (t->depth > 1)
		(void)close(t->open[--t->depth].fd);
	new_folder_free(&t->top);
	free(t);
}

status tree_destination(const char *path, struct mime_destination **out, struct reason *why)
{
	static const struct mime_destination operations = {
		.folder_begin = tree_folder_begin,
		.folder_end = tree_folder_end,
		.entry_begin = tree_entry_begin,
		.write = tree_write,
		.entry_end = tree_entry_end,
		.finish = tree_finish,
		.free = tree_free,
	};
	struct tree *t = calloc(1, sizeof *t);
	status st;

	if (!t)
		return reason_set(why, ecMemory, "not enough memory");
	t->d = operations;
	t->file = -1;
	st = new_folder_open(path, &t->top, why);
	if (st) {
		free(t);
		return st;
	}
	t->open[t->depth++] = (struct open_folder){ .fd = t->top.fd };
	*out = &t->d;
	return ecNone;
}
