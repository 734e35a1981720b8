/* A site in a folder: DIR/directory.db, DIR/mailboxes/<guid>.db, and <guid>.new while pending. */
#include "store/site_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_ROOM 4096

struct folder_place {
	struct site_place common;
	char path[PATH_ROOM];
};

static status system_failed(struct reason *why, const char *what, const char *path)
{
	int e = errno;

	return reason_set(why, e == ENOENT ? ecNotFound : e == EACCES || e == EPERM ? ecAccessDenied : ecDiskError, "cannot %s %s: %s", what, path,
			  strerror(e));
}

static status path_of(struct site_place *p, char out[static PATH_ROOM], const char *tail, struct reason *why)
{
	int n = snprintf(out, PATH_ROOM, "%s/%s", p->location, tail);

	return n < 0 || n >= PATH_ROOM ? reason_set(why, ecTooBig, "the path of the site is too long") : ecNone;
}

static status mailbox_path(struct site_place *p, char out[static PATH_ROOM], const struct site_entry *e, struct reason *why)
{
	char guid[GUID_TEXT_SIZE], tail[80];

	guid_format(&e->mailbox, guid);
	(void)snprintf(tail, sizeof tail, "mailboxes/%s.%s", guid, e->pending ? "new" : "db");
	return path_of(p, out, tail, why);
}

/* Folders ------------------------------------------------------------------------------------------------------------ */

/* Ours, and closed to others: mail is read by nobody who has an account on the machine. */
static status check_folder(const char *path, struct reason *why)
{
	struct stat info;

	if (stat(path, &info) != 0)
		return system_failed(why, "look at", path);
	if (!S_ISDIR(info.st_mode))
		return reason_set(why, ecInvalidParam, "%s is not a folder", path);
	if (info.st_uid != geteuid())
		return reason_set(why, ecAccessDenied, "%s belongs to another user (uid %u); run as that user, or name another place with --data", path,
				  (unsigned)info.st_uid);
	if (info.st_mode & 077)
		return reason_set(why, ecAccessDenied, "%s is open to other users (mode %03o); chmod 700 it", path, (unsigned)info.st_mode & 0777);
	return ecNone;
}

static status make_folder(const char *path, struct reason *why)
{
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return system_failed(why, "make", path);
	return ecNone;
}

/* With the folders above it. */
static status make_folders(const char *path, struct reason *why)
{
	char part[PATH_ROOM];
	status s = ecNone;

	if (strlen(path) >= sizeof part)
		return reason_set(why, ecTooBig, "the path of the site is too long");
	for (const char *slash = strchr(path + 1, '/'); slash && !s; slash = strchr(slash + 1, '/')) {
		memcpy(part, path, (size_t)(slash - path));
		part[slash - path] = '\0';
		s = make_folder(part, why);
	}
	return s ? s : make_folder(path, why);
}

/* Names that were made, moved or removed in it are on the disk. */
static status sync_folder(struct site_place *p, struct reason *why)
{
	char path[PATH_ROOM];
	status s = path_of(p, path, "mailboxes", why);
	int fd = s ? -1 : open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (s)
		return s;
	if (fd < 0 || fsync(fd) != 0)
		s = system_failed(why, "write", path);
	if (fd >= 0)
		(void)close(fd);
	return s;
}

/* Databases ------------------------------------------------------------------------------------------------------------- */

static status folder_open_directory(struct site_place *p, bool create, struct sql **out, struct reason *why)
{
	char path[PATH_ROOM], mailboxes[PATH_ROOM];
	status s = path_of(p, path, "directory.db", why);

	if (!s)
		s = path_of(p, mailboxes, "mailboxes", why);
	if (!s && create)
		s = make_folders(p->location, why);
	if (!s)
		s = check_folder(p->location, why);
	if (s)
		return s;
	if (create)
		s = make_folder(mailboxes, why);
	if (!s && access(path, F_OK) != 0 && !create)
		return reason_set(why, ecNotFound, "there is no directory in it");
	if (!s)
		s = check_folder(mailboxes, why);
	if (s == ecNotFound)
		return reason_set(why, ecCorruptData, "%s is gone, and the mailboxes with it; restore it from a backup", mailboxes);
	return s ? s : sql_open_sqlite(path, SQL_SHARED | (create ? SQL_CREATE : 0), out, why);
}

static status folder_open_mailbox(struct site_place *p, const struct guid *mailbox, bool pending, bool create, struct sql **out, struct reason *why)
{
	char path[PATH_ROOM];
	status s = mailbox_path(p, path, &(struct site_entry){ *mailbox, pending }, why);

	return s ? s : sql_open_sqlite(path, create ? SQL_CREATE : 0, out, why);
}

/* Opened and closed it has no journal beside it, so that it is one file; and nobody else has it. */
static status quiet(struct site_place *p, const struct site_entry *e, struct reason *why)
{
	struct sql *db;
	status s = folder_open_mailbox(p, &e->mailbox, e->pending, false, &db, why);

	if (!s)
		sql_close(db);
	return s;
}

static status folder_move(struct site_place *p, const struct site_entry *from, const struct site_entry *to, struct reason *why)
{
	char source[PATH_ROOM], target[PATH_ROOM];
	status s = mailbox_path(p, source, from, why);

	if (!s)
		s = mailbox_path(p, target, to, why);
	if (!s)
		s = quiet(p, from, why);
	/* Never over another one. */
	if (!s && renameat2(AT_FDCWD, source, AT_FDCWD, target, RENAME_NOREPLACE) != 0)
		s = system_failed(why, "rename", source);
	return s ? s : sync_folder(p, why);
}

static status folder_remove(struct site_place *p, const struct site_entry *e, struct reason *why)
{
	static const char *const tails[] = { "", "-wal", "-shm", "-journal" };
	char path[PATH_ROOM], file[PATH_ROOM + 16];
	status s = mailbox_path(p, path, e, why);

	/* The database first: without it the others mean nothing, and it must not come back without them. */
	for (size_t i = 0; i < sizeof tails / sizeof *tails && !s; i++) {
		(void)snprintf(file, sizeof file, "%s%s", path, tails[i]);
		if (unlink(file) != 0 && errno != ENOENT)
			s = system_failed(why, "remove", file);
	}
	return s ? s : sync_folder(p, why);
}

/* "<guid>.db" or "<guid>.new"; anything else is not ours. */
static bool parse_entry(const char *name, struct site_entry *e)
{
	char guid[GUID_TEXT_SIZE];

	if (strlen(name) < GUID_TEXT_SIZE || name[0] == '{')
		return false;
	memcpy(guid, name, GUID_TEXT_SIZE - 1);
	guid[GUID_TEXT_SIZE - 1] = '\0';
	const char *ending = name + GUID_TEXT_SIZE - 1;
	e->pending = strcmp(ending, ".new") == 0;
	return (e->pending || strcmp(ending, ".db") == 0) && guid_parse(guid, &e->mailbox);
}

static status read_entries(DIR *d, struct arena *arena, struct site_entry **out, size_t *n, struct reason *why)
{
	struct site_entry *list = NULL, e;
	size_t count = 0, cap = 0;
	struct dirent *entry;

	while ((entry = readdir(d)) != NULL) {
		if (!parse_entry(entry->d_name, &e))
			continue;
		if (count == cap) {
			size_t more = cap ? 2 * cap : 64;
			struct site_entry *longer = arena_array(arena, more, sizeof *longer);

			if (!longer)
				return reason_set(why, ecMemory, "out of memory: too many mailboxes");
			if (count)
				memcpy(longer, list, count * sizeof *list);
			list = longer;
			cap = more;
		}
		list[count++] = e;
	}
	*out = list;
	*n = count;
	return ecNone;
}

static status folder_list(struct site_place *p, struct arena *arena, struct site_entry **out, size_t *n, struct reason *why)
{
	char path[PATH_ROOM];
	status s = path_of(p, path, "mailboxes", why);
	DIR *d = s ? NULL : opendir(path);

	if (s)
		return s;
	if (!d)
		return system_failed(why, "read", path);
	s = read_entries(d, arena, out, n, why);
	(void)closedir(d);
	return s;
}

static const char *folder_name(struct site_place *p, const struct guid *mailbox, struct arena *arena)
{
	char guid[GUID_TEXT_SIZE];

	guid_format(mailbox, guid);
	return arena_printf(arena, "%s/mailboxes/%s.db", p->location, guid);
}

static void folder_close(struct site_place *p)
{
	free(p);
}

static const struct site_place_ops ops = {
	.open_directory = folder_open_directory,
	.open_mailbox = folder_open_mailbox,
	.move = folder_move,
	.remove = folder_remove,
	.list = folder_list,
	.name = folder_name,
	.close = folder_close,
};

status site_folder(const char *path, struct site_place **out, struct reason *why)
{
	struct folder_place *f;
	size_t n = strlen(path);

	if (!n || n >= PATH_ROOM - 80)
		return reason_set(why, ecInvalidParam, n ? "the path of the site is too long" : "the place of the site is empty");
	f = calloc(1, sizeof *f);
	if (!f)
		return reason_set(why, ecMemory, "out of memory");
	f->common.ops = &ops;
	memcpy(f->path, path, n + 1);
	while (n > 1 && f->path[n - 1] == '/')
		f->path[--n] = '\0';
	f->common.location = f->path;
	*out = &f->common;
	return ecNone;
}
