/* A cache is set aside, and another one takes its place. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/cache_file.h"
#include "client/cache_private.h"

/* Of a cache that was moved elsewhere, the link. */
static void name_of(const char *folder, char out[static CACHE_PATH_ROOM])
{
	(void)snprintf(out, CACHE_PATH_ROOM, "%s/cache.db", folder);
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat x, y;

	return lstat(a, &x) == 0 && lstat(b, &y) == 0 && x.st_ino == y.st_ino && x.st_dev == y.st_dev;
}

bool cache_is_set_aside(const char *folder, const char *aside)
{
	char here[CACHE_PATH_ROOM], there[CACHE_PATH_ROOM];

	name_of(folder, here);
	name_of(aside, there);
	return cache_exists(aside) && !is_same_file(here, there);
}

/* Under both names, until the new one takes one of them. A disk that knows no second names is told the other one. */
static status put_aside(const char *here, const char *there, struct reason *why)
{
	if (linkat(AT_FDCWD, here, AT_FDCWD, there, 0) == 0 || (errno == EEXIST && is_same_file(here, there)))
		return ecNone;
	if ((errno == EPERM || errno == EOPNOTSUPP || errno == EMLINK) && rename(here, there) == 0)
		return ecNone;
	return reason_set(why, ecDiskError, "%s: %s", there, strerror(errno));
}

status cache_replace(struct cache *c, const char *aside, const struct cache_binding *b, uint64_t root, struct reason *why)
{
	char here[CACHE_PATH_ROOM], there[CACHE_PATH_ROOM], file[CACHE_PATH_ROOM];
	status s = cache_path(c->folder, file, why);

	name_of(c->folder, here);
	name_of(aside, there);
	/* All of it is in the one file then: a log has a name of its own, and would be left behind. */
	mailbox_close(c->mailbox);
	c->mailbox = NULL;
	if (!s)
		s = cache_file_at_rest(file, why);
	if (!s)
		s = cache_prepare_file(c, b, root, why);
	if (!s)
		s = put_aside(here, there, why);
	if (!s)
		s = cache_file_flush(aside, why);
	return s ? s : cache_put_file(c, why);
}
