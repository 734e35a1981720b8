#include "cli/source.h"

#include <ctype.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>

#include "mime/mime.h"

/* As much of a file's beginning as tells what it is. */
#define HEAD_SIZE 512

static bool ends_with(const char *path, const char *extension)
{
	size_t n = strlen(path), m = strlen(extension);

	return n > m && strcasecmp(path + n - m, extension) == 0;
}

static bool named_as_store(const char *path)
{
	return ends_with(path, ".pst") || ends_with(path, ".ost");
}

/* "Name:" at its start: a mail's header, a vCard's or a calendar's BEGIN. */
static bool begins_as_mail(const char *head, size_t n)
{
	size_t i = 0;

	while (i < n && (isalnum((unsigned char)head[i]) || head[i] == '-'))
		i++;
	return i > 1 && i < n && head[i] == ':';
}

static status not_a_store(const char *path, const unsigned char *head, size_t n, struct reason *why)
{
	char hex[3 * 8 + 1] = "";

	for (size_t i = 0; i < 8 && i < n; i++)
		snprintf(hex + 3 * i, 4, "%s%02X", i ? " " : "", head[i]);
	if (named_as_store(path))
		return reason_set(why, ecCorruptData,
				  "%s does not begin as a store does (21 42 44 4E): it begins with %s. If it is "
				  "a damaged .pst or .ost: postern recover SRC DST.pst",
				  path, hex);
	return reason_set(why, ecCorruptData,
			  "%s is not a mail store: it begins with %s, and that is neither .pst nor .ost nor "
			  "mbox nor mail",
			  path, hex);
}

static status guess(const char *path, struct input *in, enum source_kind *kind, struct reason *why)
{
	char head[HEAD_SIZE];
	size_t n;
	status st;

	if (in->size == 0)
		return reason_set(why, ecCorruptData, "%s is empty (0 bytes)", path);
	if (pst_recognize(in)) {
		*kind = SOURCE_PST;
		return ecNone;
	}
	st = input_read_some(in, 0, head, sizeof head, &n);
	if (st)
		return reason_set(why, st, "%s cannot be read", path);
	if (n >= 5 && memcmp(head, "From ", 5) == 0)
		*kind = SOURCE_MBOX;
	else if (!named_as_store(path) && begins_as_mail(head, n))
		*kind = SOURCE_EML;
	else
		return not_a_store(path, (const unsigned char *)head, n, why);
	return ecNone;
}

static status open_by_kind(struct source *s, struct reason *why)
{
	status st;

	if (s->kind != SOURCE_PST) {
		st = mime_source_open(s->path, &s->mime, why);
		if (st)
			return st;
		s->items = mime_source_items(s->mime);
		s->format = mime_source_format(s->mime);
		return ecNone;
	}
	st = pst_open(s->input, &s->pst, why);
	if (st)
		return reason_prefix(why, st, "%s", s->path);
	s->items = pst_source(s->pst);
	s->format = pst_info(s->pst)->format;
	return ecNone;
}

static status open_source(const char *path, bool store_only, struct source *s, struct reason *why)
{
	struct stat st;
	status code;

	if (stat(path, &st) != 0)
		return reason_set(why, errno == EACCES ? ecAccessDenied : ecNotFound, "%s: %s", path,
				  strerror(errno));
	if (S_ISDIR(st.st_mode) && !store_only) {
		s->kind = SOURCE_FOLDER;
		return open_by_kind(s, why);
	}
	code = input_open_file(path, &s->input, why);
	if (!code)
		code = guess(path, s->input, &s->kind, why);
	if (!code && store_only && s->kind != SOURCE_PST)
		code = reason_set(why, ecNotSupported, "%s is mail, but neither a .pst nor an .ost", path);
	return code ? code : open_by_kind(s, why);
}

static status open_any(const char *path, bool store_only, struct source *s, struct reason *why)
{
	struct source new = { .path = path };
	status st = open_source(path, store_only, &new, why);

	if (st) {
		source_close(&new);
		return st;
	}
	*s = new;
	return ecNone;
}

status source_open(const char *path, struct source *s, struct reason *why)
{
	return open_any(path, false, s, why);
}

status source_open_store(const char *path, struct source *s, struct reason *why)
{
	return open_any(path, true, s, why);
}

void source_close(struct source *s)
{
	pst_close(s->pst);
	mime_source_close(s->mime);
	input_close(s->input);
	*s = (struct source){ 0 };
}

bool source_changed(struct source *s)
{
	return s->input && input_changed(s->input);
}

enum destination_kind destination_guess(const char *path)
{
	if (ends_with(path, ".pst"))
		return DESTINATION_PST;
	return ends_with(path, ".mbox") ? DESTINATION_MBOX : DESTINATION_EML;
}

static status check_parent(const char *path, struct reason *why)
{
	char copy[PATH_MAX];
	struct stat st;
	const char *folder;

	if (strlen(path) >= sizeof copy)
		return reason_set(why, ecInvalidParam, "%s: the name is too long", path);
	memcpy(copy, path, strlen(path) + 1);
	folder = dirname(copy);
	if (stat(folder, &st) != 0)
		return reason_set(why, ecNotFound, "%s: there is no folder %s (%s)", path, folder,
				  strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return reason_set(why, ecInvalidParam, "%s: %s is not a folder", path, folder);
	return ecNone;
}

status destination_check(const char *path, const char *source, bool replace, bool folder,
			 struct reason *why)
{
	struct stat there, from;

	if (stat(path, &there) != 0)
		return check_parent(path, why);
	if (source && stat(source, &from) == 0 && from.st_dev == there.st_dev &&
	    from.st_ino == there.st_ino)
		return reason_set(why, ecInvalidParam,
				  "%s and %s are the same file; a source is never written to", source, path);
	if (S_ISDIR(there.st_mode) && !folder)
		return reason_set(why, ecInvalidParam, "%s is a folder; a file is written", path);
	if (!S_ISDIR(there.st_mode) && folder)
		return reason_set(why, ecInvalidParam, "%s is a file; a folder is written", path);
	if (!replace && !folder)
		return reason_set(why, ecDuplicateName, "%s exists; --force replaces it", path);
	return ecNone;
}
