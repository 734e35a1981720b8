/* Where the password of a profile is: a keyring, a file, or what a command says. */
#include "client/profile.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/library.h"
#include "base/output.h"

#define PATH_ROOM 4096u
#define LINE_ROOM (SECRET_ROOM + 2u)

void secret_wipe(char *password, size_t n)
{
	explicit_bzero(password, n);
}

static void path_of(const char *data, const struct profile *p, char out[static PATH_ROOM])
{
	(void)snprintf(out, PATH_ROOM, "%s/profiles/%s/secret", data, p->name);
}

/* The keyring --------------------------------------------------------------------------------------------------------------------- */

/*
 * libsecret, with as much of its interface as is used; its headers are not needed to build.  Schemas have names and attributes with types
 * (0: text), and end with a NULL.
 */
struct secret_schema {
	const char *name;
	int flags;
	struct {
		const char *name;
		int type;
	} attributes[32];
	int reserved;
	void *more[7];
};

char *secret_password_lookup_sync(const struct secret_schema *schema, void *cancellable, void **error, ...);
int secret_password_store_sync(const struct secret_schema *schema, const char *collection, const char *label, const char *password, void *cancellable,
			       void **error, ...);
int secret_password_clear_sync(const struct secret_schema *schema, void *cancellable, void **error, ...);
void secret_password_free(char *password);

#define SECRET_FUNCTIONS(F)          \
	F(secret_password_lookup_sync) \
	F(secret_password_store_sync)  \
	F(secret_password_clear_sync)  \
	F(secret_password_free)

LIBRARY_DECLARE(secret_functions, SECRET_FUNCTIONS)
static struct secret_functions keyring;
static bool keyring_is_there;

static const struct secret_schema schema = { .name = "org.postern.Profile", .attributes = { { "profile", 0 }, { "data", 0 } } };

static void load_keyring(void)
{
	static const char *const names[] = LIBRARY_NAMES(SECRET_FUNCTIONS);

	/* Without a session bus there is nobody to ask, and the library would wait for one. */
	keyring_is_there = getenv("DBUS_SESSION_BUS_ADDRESS") && !library_load("libsecret-1.so.0", names, &keyring, sizeof keyring, NULL);
}

static bool has_keyring(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, load_keyring);
	return keyring_is_there;
}

static status take(const char *found, const char *from, char *out, size_t room, struct reason *why)
{
	if (strlen(found) >= room)
		return reason_set(why, ecTooBig, "%.100s: a password that is longer than %zu bytes, and is not cut", from, room - 1);
	(void)snprintf(out, room, "%s", found);
	return ecNone;
}

static status from_keyring(const char *data, const struct profile *p, char *out, size_t room, struct reason *why)
{
	void *error = NULL;
	char *found = has_keyring() ? keyring.secret_password_lookup_sync(&schema, NULL, &error, "profile", p->name, "data", data, NULL) : NULL;
	status s;

	if (!found)
		return reason_set(why, ecNotFound, "the keyring has no password of the profile %s, or is not running", p->name);
	s = take(found, "the keyring", out, room, why);
	keyring.secret_password_free(found);
	return s;
}

/* A file -------------------------------------------------------------------------------------------------------------------------- */

/* The first line of what was read. */
static status take_line(char *text, size_t n, const char *from, char *out, size_t room, struct reason *why)
{
	size_t line = 0;

	while (line < n && text[line] != '\n' && text[line] != '\r')
		line++;
	if (memchr(text, '\0', line))
		return reason_set(why, ecInvalidParam, "%s: a zero byte in a password", from);
	if (line >= LINE_ROOM)
		return reason_set(why, ecTooBig, "%.100s: a password that is longer than %zu bytes, and is not cut", from, room - 1);
	text[line] = '\0';
	return take(text, from, out, room, why);
}

static status from_file(const char *data, const struct profile *p, char *out, size_t room, struct reason *why)
{
	char path[PATH_ROOM], line[LINE_ROOM];
	struct stat st;
	ssize_t n;
	status s;
	int fd;

	path_of(data, p, path);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return reason_set(why, errno == ENOENT ? ecNotFound : ecDiskError, "no password of the profile %s is kept (%s: %s)", p->name, path, strerror(errno));
	if (fstat(fd, &st) || st.st_uid != geteuid() || st.st_mode & 077) {
		(void)close(fd);
		return reason_set(why, ecAccessDenied, "%s can be read by others, and is not used: chmod 600, or set the password again", path);
	}
	/* With one more for the end of the line, and one that there must not be. */
	n = read(fd, line, sizeof line);
	(void)close(fd);
	if (n < 0)
		return reason_set(why, ecDiskError, "%s: %s", path, strerror(errno));
	s = take_line(line, (size_t)n, path, out, room, why);
	secret_wipe(line, sizeof line);
	return s;
}

static status into_file(const char *data, const struct profile *p, const char *password, struct reason *why)
{
	CLEANUP_OUTPUT struct output *o = NULL;
	char path[PATH_ROOM];
	status s;

	path_of(data, p, path);
	s = output_create(path, true, &o, why);
	if (s)
		return s;
	output_keep_private(o);
	if (output_append(o, password, strlen(password)) || output_append(o, "\n", 1))
		return reason_set(why, ecDiskError, "%s: %s", path, output_failure(o));
	return output_commit(o, why);
}

/* A command ----------------------------------------------------------------------------------------------------------------------- */

static status from_command(const struct profile *p, char *out, size_t room, struct reason *why)
{
	FILE *f = popen(p->password_command, "re");
	char line[LINE_ROOM], more[256];
	size_t n;
	int code;
	status s;

	if (!f)
		return reason_set(why, ecError, "\"%s\" cannot be run: %s", p->password_command, strerror(errno));
	n = fread(line, 1, sizeof line, f);
	/* What else it says is of no use, but it would fail if nobody listened. */
	while (fread(more, 1, sizeof more, f))
		;
	secret_wipe(more, sizeof more);
	code = pclose(f);
	if (!n || code)
		return reason_set(why, ecNotFound, "\"%s\" says no password (exit code %d)", p->password_command, code < 0 ? -1 : code >> 8);
	s = take_line(line, n, p->password_command, out, room, why);
	secret_wipe(line, sizeof line);
	return s;
}

status secret_get(const char *data, const struct profile *p, char *out, size_t room, struct reason *why)
{
	switch (p->secret) {
	case PROFILE_SECRET_COMMAND:
		return from_command(p, out, room, why);
	case PROFILE_SECRET_KEYRING:
		return from_keyring(data, p, out, room, why);
	case PROFILE_SECRET_FILE:
		break;
	}
	return from_file(data, p, out, room, why);
}

status secret_set(const char *data, struct profile *p, const char *password, struct reason *why)
{
	void *error = NULL;

	if (strlen(password) >= SECRET_ROOM)
		return reason_set(why, ecTooBig, "a password that is longer than %u bytes cannot be kept", SECRET_ROOM - 1);
	if (p->secret == PROFILE_SECRET_COMMAND)
		return reason_set(why, ecInvalidParam, "the password comes from a command, \"%s\"", p->password_command);
	if (has_keyring() && keyring.secret_password_store_sync(&schema, NULL, p->address, password, NULL, &error, "profile", p->name, "data", data, NULL)) {
		p->secret = PROFILE_SECRET_KEYRING;
		return ecNone;
	}
	p->secret = PROFILE_SECRET_FILE;
	return into_file(data, p, password, why);
}

status secret_remove(const char *data, const struct profile *p, struct reason *why)
{
	void *error = NULL;
	char path[PATH_ROOM];

	if (p->secret == PROFILE_SECRET_KEYRING && has_keyring())
		(void)keyring.secret_password_clear_sync(&schema, NULL, &error, "profile", p->name, "data", data, NULL);
	path_of(data, p, path);
	if (unlink(path) && errno != ENOENT)
		return reason_set(why, ecDiskError, "%s: %s", path, strerror(errno));
	return ecNone;
}
