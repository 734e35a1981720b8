#include "client/profile_private.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/output.h"

#define FILE_MOST     ((size_t)256 << 10)
#define PROFILES_MOST 1000u

enum kind { TEXT, FLAG, NUMBER, SECRET, DOWNLOAD };

static const struct field {
	const char *key;
	enum kind kind;
	size_t offset;
} fields[] = {
	{ "address", TEXT, offsetof(struct profile, address) },
	{ "user", TEXT, offsetof(struct profile, user) },
	{ "displayName", TEXT, offsetof(struct profile, display_name) },
	{ "mailboxDN", TEXT, offsetof(struct profile, mailbox_dn) },
	{ "serverDN", TEXT, offsetof(struct profile, server_dn) },
	{ "mailUrl", TEXT, offsetof(struct profile, mail_url) },
	{ "bookUrl", TEXT, offsetof(struct profile, book_url) },
	{ "oabUrl", TEXT, offsetof(struct profile, oab_url) },
	{ "autodiscoverUrl", TEXT, offsetof(struct profile, autodiscover_url) },
	{ "rootsFile", TEXT, offsetof(struct profile, roots_file) },
	{ "passwordCommand", TEXT, offsetof(struct profile, password_command) },
	{ "secret", SECRET, offsetof(struct profile, secret) },
	{ "download", DOWNLOAD, offsetof(struct profile, download) },
	{ "cached", FLAG, offsetof(struct profile, cached) },
	{ "encrypt", FLAG, offsetof(struct profile, encrypt) },
	{ "workOffline", FLAG, offsetof(struct profile, work_offline) },
	{ "sharedFolders", FLAG, offsetof(struct profile, shared_folders) },
	{ "publicFolders", FLAG, offsetof(struct profile, public_folders) },
	{ "keepMonths", NUMBER, offsetof(struct profile, keep_months) },
};

#define FIELDS (sizeof fields / sizeof *fields)

static const char *const secrets[] = { "keyring", "file", "command" };
static const char *const downloads[] = { "full", "headers-then-full", "headers" };

/* Names and places ---------------------------------------------------------------------------------------------------------------- */

bool profile_is_name(const char *name)
{
	size_t n = strlen(name);

	if (!n || n > PROFILE_NAME_MAX || *name == '.')
		return false;
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)name[i]) && !strchr("._@+-", name[i]))
			return false;
	return true;
}

const char *profile_folder(const char *data, const char *name, struct arena *arena)
{
	return arena_printf(arena, "%s/profiles/%s", data, name);
}

/* Refused when anybody else may look into it, or put something there. */
static status own_folder(const char *path, struct reason *why)
{
	struct stat st;

	if (stat(path, &st))
		return reason_set(why, errno == ENOENT || errno == ENOTDIR ? ecNotFound : ecDiskError, "%s: %s", path, strerror(errno));
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid())
		return reason_set(why, ecAccessDenied, "%s holds mail and passwords, and is no folder of yours", path);
	if (st.st_mode & 077)
		return reason_set(why, ecAccessDenied, "%s holds mail and passwords, and others may look into it: chmod 700 '%s'", path, path);
	return ecNone;
}

static status own_folders(const char *data, const char *name, struct arena *arena, struct reason *why)
{
	const char *profiles = arena_printf(arena, "%s/profiles", data), *own = profile_folder(data, name, arena);
	status s = profiles && own ? own_folder(profiles, why) : reason_set(why, ecMemory, "out of memory");

	return s ? s : own_folder(own, why);
}

static status own_file(int fd, const char *path, struct reason *why)
{
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return reason_set(why, ecDiskError, "%s is no file", path);
	if (st.st_uid != geteuid() || st.st_mode & 022)
		return reason_set(why, ecAccessDenied, "%s must be yours, and nobody else may write to it", path);
	return ecNone;
}

static status make_folders(const char *data, const char *name, struct arena *arena, struct reason *why)
{
	const char *paths[] = { data, arena_printf(arena, "%s/profiles", data), profile_folder(data, name, arena) };

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		if (!paths[i])
			return reason_set(why, ecMemory, "out of memory");
		if (mkdir(paths[i], 0700) && errno != EEXIST)
			return reason_set(why, ecDiskError, "%s: %s", paths[i], strerror(errno));
	}
	return own_folders(data, name, arena, why);
}

/* Reading ------------------------------------------------------------------------------------------------------------------------- */

static int word_in(const char *word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(word, words[i]) == 0)
			return (int)i;
	return -1;
}

static status take_field(const struct field *f, const cJSON *v, struct profile *p, struct arena *arena)
{
	void *at = (char *)p + f->offset;
	int i;

	switch (f->kind) {
	case TEXT:
		if (!cJSON_IsString(v))
			return ecCorruptData;
		*(const char **)at = arena_strdup(arena, v->valuestring);
		return *(const char **)at ? ecNone : ecMemory;
	case FLAG:
		*(bool *)at = cJSON_IsTrue(v);
		return cJSON_IsBool(v) ? ecNone : ecCorruptData;
	case NUMBER:
		if (!cJSON_IsNumber(v) || v->valuedouble < 0 || v->valuedouble > 100000)
			return ecCorruptData;
		*(unsigned *)at = (unsigned)v->valuedouble;
		return ecNone;
	case SECRET:
		i = cJSON_IsString(v) ? word_in(v->valuestring, secrets, 3) : -1;
		*(enum profile_secret *)at = (enum profile_secret)(i < 0 ? 0 : i);
		return i < 0 ? ecCorruptData : ecNone;
	case DOWNLOAD:
		i = cJSON_IsString(v) ? word_in(v->valuestring, downloads, 3) : -1;
		*(enum profile_download *)at = (enum profile_download)(i < 0 ? 0 : i);
		return i < 0 ? ecCorruptData : ecNone;
	}
	return ecCorruptData;
}

static void defaults(struct profile *p, const char *name)
{
	*p = (struct profile){ .name = name, .cached = true, .encrypt = true };
	for (size_t i = 0; i < FIELDS; i++)
		if (fields[i].kind == TEXT)
			*(const char **)(void *)((char *)p + fields[i].offset) = "";
}

void profile_init(struct profile *p, const char *name)
{
	defaults(p, name);
}

static status parse(const char *text, const char *path, struct arena *arena, struct profile *p, struct reason *why)
{
	cJSON *all = cJSON_Parse(text);
	status s = cJSON_IsObject(all) ? ecNone : ecCorruptData;

	for (size_t i = 0; !s && i < FIELDS; i++) {
		const cJSON *v = cJSON_GetObjectItemCaseSensitive(all, fields[i].key);

		s = v ? take_field(&fields[i], v, p, arena) : ecNone;
		if (s)
			reason_write(why, "%s: \"%s\" is not what it should be", path, fields[i].key);
	}
	if (!s && profile_mailboxes_read(cJSON_GetObjectItemCaseSensitive(all, "mailboxes"), arena, p))
		s = reason_set(why, ecCorruptData, "%s: \"mailboxes\" is not what it should be", path);
	if (!cJSON_IsObject(all))
		s = reason_set(why, ecCorruptData, "%s is no profile: not JSON, or cut off", path);
	cJSON_Delete(all);
	return s;
}

static status read_file(const char *path, struct arena *arena, char **text, struct reason *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	status s;
	ssize_t n;

	if (fd < 0)
		return reason_set(why, errno == ENOENT ? ecNotFound : ecDiskError, "%s: %s", path, strerror(errno));
	s = own_file(fd, path, why);
	*text = s ? NULL : arena_alloc(arena, FILE_MOST);
	n = *text ? read(fd, *text, FILE_MOST - 1) : 0;
	if (!s && !*text)
		s = reason_set(why, ecMemory, "out of memory");
	if (!s && n < 0)
		s = reason_set(why, ecDiskError, "%s: %s", path, strerror(errno));
	if (!s)
		(*text)[n] = '\0';
	(void)close(fd);
	return s;
}

static status none_of_them(const char *data, const char *name, struct arena *arena, struct reason *why)
{
	CLEANUP_BUF struct buf list = BUF_MAX(300);
	const char *const *names;
	size_t n = 0;

	if (!profile_list(data, arena, &names, &n, NULL))
		for (size_t i = 0; i < n; i++)
			buf_printf(&list, "%s%s", i ? ", " : "", names[i]);
	if (!n)
		return reason_set(why, ecNotFound, "there is no profile yet: postern profile add you@example.com");
	return reason_set(why, ecNotFound, "there is no profile \"%s\". There are: %s", name, buf_cstr(&list));
}

status profile_load(const char *data, const char *name, struct arena *arena, struct profile *out, struct reason *why)
{
	const char *path = arena_printf(arena, "%s/profiles/%s/profile.json", data, name);
	struct profile p;
	char *text = NULL;
	status s;

	if (!profile_is_name(name))
		return reason_set(why, ecInvalidParam, "\"%s\" cannot be the name of a profile: letters, digits, and . _ @ + -", name);
	defaults(&p, arena_strdup(arena, name));
	if (!path || !p.name)
		return reason_set(why, ecMemory, "out of memory");
	s = own_folders(data, name, arena, why);
	if (!s)
		s = read_file(path, arena, &text, why);
	if (s == ecNotFound)
		return none_of_them(data, name, arena, why);
	if (!s)
		s = parse(text, path, arena, &p, why);
	if (!s)
		*out = p;
	return s;
}

/* Writing ------------------------------------------------------------------------------------------------------------------------- */

static status write_file(const char *path, const char *text, struct reason *why)
{
	CLEANUP_OUTPUT struct output *o = NULL;
	status s = output_create(path, true, &o, why);

	if (s)
		return s;
	output_keep_private(o);
	if (output_append(o, text, strlen(text)))
		return reason_set(why, ecDiskError, "%s: %s", path, output_failure(o));
	return output_commit(o, why);
}

static bool put_field(cJSON *all, const struct field *f, const struct profile *p)
{
	const void *at = (const char *)p + f->offset;

	switch (f->kind) {
	case TEXT:
		return cJSON_AddStringToObject(all, f->key, *(const char *const *)at);
	case FLAG:
		return cJSON_AddBoolToObject(all, f->key, *(const bool *)at);
	case NUMBER:
		return cJSON_AddNumberToObject(all, f->key, *(const unsigned *)at);
	case SECRET:
		return cJSON_AddStringToObject(all, f->key, secrets[*(const enum profile_secret *)at]);
	case DOWNLOAD:
		return cJSON_AddStringToObject(all, f->key, downloads[*(const enum profile_download *)at]);
	}
	return false;
}

status profile_save(const char *data, const struct profile *p, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	cJSON *all = cJSON_CreateObject();
	bool good = all != NULL;
	char *text;
	status s;

	if (!profile_is_name(p->name)) {
		cJSON_Delete(all);
		return reason_set(why, ecInvalidParam, "\"%s\" cannot be the name of a profile: letters, digits, and . _ @ + -", p->name);
	}
	for (size_t i = 0; good && i < FIELDS; i++)
		good = put_field(all, &fields[i], p);
	good = good && profile_mailboxes_write(all, p);
	text = good ? cJSON_Print(all) : NULL;
	cJSON_Delete(all);
	s = text ? make_folders(data, p->name, &arena, why) : reason_set(why, ecMemory, "out of memory");
	if (!s)
		s = write_file(arena_printf(&arena, "%s/profiles/%s/profile.json", data, p->name), text, why);
	cJSON_free(text);
	return s;
}

/* Which ones -------------------------------------------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

status profile_list(const char *data, struct arena *arena, const char *const **names, size_t *n, struct reason *why)
{
	const char **v = arena_array(arena, PROFILES_MOST, sizeof *v);
	const char *path = arena_printf(arena, "%s/profiles", data);
	DIR *d = path ? opendir(path) : NULL;
	struct dirent *e;
	size_t k = 0;

	if (!v || !path) {
		if (d)
			(void)closedir(d);
		return reason_set(why, ecMemory, "out of memory");
	}
	if (!d && errno != ENOENT)
		return reason_set(why, ecDiskError, "%s: %s", path, strerror(errno));
	while (d && k < PROFILES_MOST && (e = readdir(d))) {
		const char *file = profile_is_name(e->d_name) ? arena_printf(arena, "%s/%s/profile.json", path, e->d_name) : NULL;

		if (file && access(file, F_OK) == 0 && (v[k] = arena_strdup(arena, e->d_name)))
			k++;
	}
	if (d)
		(void)closedir(d);
	qsort(v, k, sizeof *v, by_name);
	*names = v;
	*n = k;
	return ecNone;
}

static const char *default_of(const char *data, struct arena *arena)
{
	const char *path = arena_printf(arena, "%s/profiles/.default", data);
	char *text = NULL;

	if (!path || read_file(path, arena, &text, NULL))
		return NULL;
	text[strcspn(text, "\n")] = '\0';
	return profile_is_name(text) ? text : NULL;
}

status profile_choose(const char *data, const char *name, struct arena *arena, struct profile *out, struct reason *why)
{
	const char *const *names;
	size_t n = 0;
	status s;

	if (!name)
		name = default_of(data, arena);
	if (name)
		return profile_load(data, name, arena, out, why);
	s = profile_list(data, arena, &names, &n, why);
	if (s)
		return s;
	if (!n)
		return none_of_them(data, "", arena, why);
	if (n > 1)
		return reason_set(why, ecInvalidParam, "there are %zu profiles, and none was named: name one, or choose one for good with postern profile default NAME", n);
	return profile_load(data, names[0], arena, out, why);
}

status profile_set_default(const char *data, const char *name, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct profile p;
	status s = profile_load(data, name, &arena, &p, why);

	return s ? s : write_file(arena_printf(&arena, "%s/profiles/.default", data), arena_printf(&arena, "%s\n", name), why);
}
