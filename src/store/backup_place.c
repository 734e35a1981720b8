#include "store/backup_place.h"

#include "store/site.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PLACE_MAX 4096

/* A path, or the name of a schema. */
static status place(const char *location, const struct guid *mailbox, char out[static PLACE_MAX], struct reason *why)
{
	char guid[GUID_TEXT_SIZE];
	int n;

	if (mailbox)
		guid_format(mailbox, guid);
	if (site_is_postgres(location)) {
		n = mailbox ? snprintf(out, PLACE_MAX, "m_%s", guid) : snprintf(out, PLACE_MAX, "directory");
	} else {
		n = mailbox ? snprintf(out, PLACE_MAX, "%s/mailboxes/%s.db", location, guid) : snprintf(out, PLACE_MAX, "%s/directory.db", location);
	}
	return n > 0 && n < PLACE_MAX ? ecNone : reason_set(why, ecTooBig, "%.100s...: too long a name", location);
}

status backup_place_open(const char *location, const struct guid *mailbox, unsigned how, struct sql **out, struct reason *why)
{
	char name[PLACE_MAX];
	status s = place(location, mailbox, name, why);

	if (s)
		return s;
	return site_is_postgres(location) ? sql_open_postgres(location, name, how, out, why) : sql_open_sqlite(name, how, out, why);
}

status backup_place_exists(const char *location, const struct guid *mailbox, bool *out, struct reason *why)
{
	char name[PLACE_MAX];
	struct sql *db = NULL;
	status s = place(location, mailbox, name, why);

	if (s)
		return s;
	if (!site_is_postgres(location)) {
		*out = access(name, F_OK) == 0;
		return ecNone;
	}
	s = sql_open_postgres(location, name, SQL_SHARED, &db, why);
	sql_close(db);
	*out = !s;
	return s == ecNotFound ? ecNone : s;
}

status backup_place_make(const char *location, struct reason *why)
{
	char name[PLACE_MAX];
	int n = snprintf(name, sizeof name, "%s/mailboxes", location);

	if (site_is_postgres(location))
		return ecNone;
	if (n < 0 || n >= PLACE_MAX)
		return reason_set(why, ecTooBig, "%.100s...: too long a name", location);
	if ((mkdir(location, 0700) == 0 || errno == EEXIST) && (mkdir(name, 0700) == 0 || errno == EEXIST))
		return ecNone;
	return reason_set(why, errno == EACCES ? ecAccessDenied : ecDiskError, "cannot make the folder %s: %s", location, strerror(errno));
}

static status remove_file(const char *name, const char *suffix, struct reason *why)
{
	char file[PLACE_MAX + 8];

	(void)snprintf(file, sizeof file, "%s%s", name, suffix);
	return unlink(file) == 0 || errno == ENOENT ? ecNone : reason_set(why, ecDiskError, "cannot remove %s: %s", file, strerror(errno));
}

static status drop_schema(const char *location, const char *name, struct reason *why)
{
	char text[PLACE_MAX + 32];
	struct sql *db = NULL;
	status s = sql_open_postgres(location, name, 0, &db, why);

	if (s)
		return s == ecNotFound ? ecNone : s;
	(void)snprintf(text, sizeof text, "DROP SCHEMA \"%s\" CASCADE", name);
	s = sql_execute(db, text);
	if (s)
		s = reason_set(why, s, "cannot remove the schema %s: %s", name, sql_failure(db));
	sql_close(db);
	return s;
}

status backup_place_remove(const char *location, const struct guid *mailbox, struct reason *why)
{
	char name[PLACE_MAX];
	status s = place(location, mailbox, name, why);

	if (s)
		return s;
	if (site_is_postgres(location))
		return drop_schema(location, name, why);
	s = remove_file(name, "", why);
	if (!s)
		s = remove_file(name, "-wal", why);
	return s ? s : remove_file(name, "-shm", why);
}
