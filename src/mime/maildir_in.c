/* A Maildir: messages in "cur" and "new", their state in the names of their files, and folders beside it (Maildir++). */
#include "mime/source_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/filetime.h"
#include "mime/maildir_names.h"
#include "mime/name_list.h"

#define LEVELS_MAX 64

static bool is_folder(const char *path, const char *name)
{
	struct stat st;
	char *full;
	bool yes;

	if (asprintf(&full, "%s/%s", path, name) < 0)
		return false;
	yes = lstat(full, &st) == 0 && S_ISDIR(st.st_mode);
	free(full);
	return yes;
}

bool maildir_is(const char *path)
{
	return is_folder(path, "cur") && is_folder(path, "new");
}

/* Messages -------------------------------------------------------------------------------------------- */

/* The file's name begins with the second of its arrival; its own time is that of arrival too, or of a change. */
static uint64_t arrival(const char *name)
{
	char *end;
	unsigned long long seconds = strtoull(name, &end, 10);

	return end != name && *end == '.' && seconds > 0 && seconds < 253402300800ull ? filetime_from_unix((int64_t)seconds) : 0;
}

static status emit_message(struct reading *r, const char *path, const char *name)
{
	CLEANUP_INPUT struct input *in = NULL;
	struct reason why = { "" };
	const char *flags = maildir_flags(name);
	struct mail_envelope envelope = { .name = path, .date = arrival(name), .flags = flags ? flags : "" };
	struct stat info;
	struct extent whole;
	status st;

	if (lstat(path, &info) != 0 || !S_ISREG(info.st_mode))
		return path_problem(r, PROBLEM_FLAGGED, path, ecNotSupported, "is not a file; passed over");
	st = input_open_file(path, &in, &why);
	if (st)
		return path_problem(r, PROBLEM_MESSAGE, path, st, why.text);
	whole = (struct extent){ in, 0, in->size };
	return mail_emit(r, &whole, 0, &envelope);
}

static status emit_part(struct reading *r, const char *path, const char *part)
{
	struct name_list names = { .n = 0 };
	char *folder = NULL;
	status st = asprintf(&folder, "%s/%s", path, part) < 0 ? ecMemory : name_list_read(folder, false, &names);

	if (st && st != ecMemory)
		st = path_problem(r, PROBLEM_FOLDER, folder, st, "cannot be read");
	for (size_t i = 0; !st && i < names.n; i++) {
		char *full;

		if (asprintf(&full, "%s/%s", folder, names.v[i]) < 0) {
			st = ecMemory;
			break;
		}
		st = emit_message(r, full, names.v[i]);
		free(full);
	}
	name_list_free(&names);
	free(folder);
	return st;
}

static status emit_messages(struct reading *r, const char *path)
{
	status st = emit_part(r, path, "cur");

	return st ? st : emit_part(r, path, "new");
}

/* Folders --------------------------------------------------------------------------------------------- */

/* The folders that are open, as the levels of a name: ".Projects.2026" has two. */
struct levels {
	struct reading *r;
	const char *name;  /* of the innermost, without the first dot */
	size_t ends[LEVELS_MAX];
	size_t n;
};

static status close_to(struct levels *l, size_t n)
{
	status st = ecNone;

	while (l->n > n && !st) {
		l->n--;
		st = item_folder_end(l->r->sink);
	}
	return st;
}

static status open_level(struct levels *l, const char *name, size_t n)
{
	CLEANUP_BUF struct buf text = BUF_MAX((size_t)16 << 10);

	maildir_name_decode(name, n, &text);
	return begin_folder(l->r, buf_cstr(&text), FOLDER_PLAIN, "IPF.Note");
}

/* Opens what `name` has and the folders that are open have not. */
static status enter(struct levels *l, const char *name)
{
	size_t keep = 0, from;
	status st;

	while (keep < l->n && strncmp(l->name, name, l->ends[keep]) == 0 &&
	       (name[l->ends[keep]] == '.' || !name[l->ends[keep]]))
		keep++;
	st = close_to(l, keep);
	from = keep ? l->ends[keep - 1] + 1 : 0;
	if (keep && !name[l->ends[keep - 1]])
		return st;
	while (!st && l->n < LEVELS_MAX) {
		size_t n = strcspn(name + from, ".");

		st = open_level(l, name + from, n);
		l->ends[l->n++] = from + n;
		if (!name[from + n])
			break;
		from += n + 1;
	}
	l->name = name;
	return st;
}

static status emit_folders(struct reading *r, const char *path)
{
	struct levels l = { .r = r, .name = "" };
	struct name_list names = { .n = 0 };
	status st = name_list_read(path, true, &names);

	if (st && st != ecMemory)
		st = path_problem(r, PROBLEM_FOLDER, path, st, "cannot be read");
	for (size_t i = 0; !st && i < names.n; i++) {
		char *full;

		if (asprintf(&full, "%s/%s", path, names.v[i]) < 0) {
			st = ecMemory;
			break;
		}
		if (names.v[i][1] && maildir_is(full)) {
			st = enter(&l, names.v[i] + 1);
			if (!st)
				st = emit_messages(r, full);
		}
		free(full);
	}
	if (!st)
		st = close_to(&l, 0);
	name_list_free(&names);
	return st;
}

status maildir_emit(struct reading *r, const char *path)
{
	status st = emit_messages(r, path);

	return st ? st : emit_folders(r, path);
}

status maildir_emit_top(struct reading *r, const char *path)
{
	status st = begin_folder(r, "Inbox", FOLDER_PLAIN, "IPF.Note");

	if (!st)
		st = emit_messages(r, path);
	if (!st)
		st = item_folder_end(r->sink);
	return st ? st : emit_folders(r, path);
}
