/* A folder of files: what is in it comes before its sub-folders, each in the order of names. */
#include "mime/source_private.h"

#include "mime/name_list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

status path_problem(struct reading *r, enum problem_kind kind, const char *path, status code, const char *what)
{
	char text[1024];

	snprintf(text, sizeof text, "%s: %s", path, what);
	return reading_problem(r, kind, 0, code, text);
}

static status emit_path(struct reading *r, const char *path, const char *name)
{
	CLEANUP_INPUT struct input *in = NULL;
	struct reason why = { "" };
	status st = input_open_file(path, &in, &why);
	enum file_kind kind;

	if (st)
		return path_problem(r, PROBLEM_MESSAGE, path, st, why.text);
	kind = file_kind_of_content(in, file_kind_of_name(name));
	return emit_file(r, in, kind, path);
}

/* The items of the files, but not of mboxes: these are folders. */
static status emit_items(struct reading *r, const char *path, const char *name)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return path_problem(r, PROBLEM_MESSAGE, path, ecNotFound, strerror(errno));
	if (S_ISDIR(st.st_mode) || (S_ISREG(st.st_mode) && file_kind_of_name(name) == FILE_MBOX))
		return ecNone;
	if (!S_ISREG(st.st_mode))
		return path_problem(r, PROBLEM_FLAGGED, path, ecNotSupported, "is not a file; passed over");
	if (file_kind_of_name(name) == FILE_OTHER)
		return path_problem(r, PROBLEM_FLAGGED, path, ecNotSupported, "is no .eml, .mbox, .vcf or .ics; passed over");
	return emit_path(r, path, name);
}

static status emit_folder(struct reading *r, const char *path, unsigned depth);

/* Of what kind most likely all of them are: as the first of them. */
static const char *class_of_folder(const char *path)
{
	struct name_list names = { .n = 0 };
	enum file_kind kind = FILE_OTHER;

	if (!name_list_read(path, false, &names))
		for (size_t i = 0; i < names.n && kind == FILE_OTHER; i++)
			kind = file_kind_of_name(names.v[i]);
	name_list_free(&names);
	return folder_class_of(kind);
}

static status emit_subfolder(struct reading *r, const char *path, const char *name, unsigned depth)
{
	const char *dot = strrchr(name, '.');
	char shown[256];
	struct stat st;
	status s;

	if (lstat(path, &st) != 0 || (!S_ISDIR(st.st_mode) && !(S_ISREG(st.st_mode) && file_kind_of_name(name) == FILE_MBOX)))
		return ecNone;
	if (S_ISDIR(st.st_mode) && depth >= ITEM_FOLDER_DEPTH_MAX - 4)
		return path_problem(r, PROBLEM_FOLDER, path, ecTooComplex, "folders nest too deep");
	snprintf(shown, sizeof shown, "%.*s", S_ISDIR(st.st_mode) || !dot ? 255 : (int)(dot - name), name);
	s = begin_folder(r, shown, FOLDER_PLAIN, S_ISDIR(st.st_mode) ? class_of_folder(path) : folder_class_of(FILE_MBOX));
	if (!s)
		s = S_ISDIR(st.st_mode) ? emit_folder(r, path, depth + 1) : emit_path(r, path, name);
	return s ? s : item_folder_end(r->sink);
}

static status emit_names(struct reading *r, const char *path, const struct name_list *names, unsigned depth)
{
	status st = ecNone;
	size_t n = names->n;

	for (size_t i = 0; n && i < 2 * n && !st; i++) {
		const char *name = names->v[i % n];
		char *full;

		if (asprintf(&full, "%s/%s", path, name) < 0)
			return ecMemory;
		st = i < n ? emit_items(r, full, name) : emit_subfolder(r, full, name, depth);
		free(full);
	}
	return st;
}

static status emit_folder(struct reading *r, const char *path, unsigned depth)
{
	struct name_list names = { .n = 0 };
	status st;

	if (maildir_is(path))
		return maildir_emit(r, path);
	st = name_list_read(path, false, &names);

	if (st && st != ecMemory)
		st = path_problem(r, PROBLEM_FOLDER, path, st, "cannot be read");
	else if (!st)
		st = emit_names(r, path, &names, depth);
	name_list_free(&names);
	return st;
}

status tree_emit(struct reading *r, const char *path)
{
	return emit_folder(r, path, 0);
}
