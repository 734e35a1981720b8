#include "cli/rescue_files.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool add(struct rescue_files *f, const char *path)
{
	if (f->n == f->cap) {
		size_t cap = f->cap ? 2 * f->cap : 64;
		char **v = reallocarray(f->v, cap, sizeof *v);

		if (!v)
			return false;
		f->v = v;
		f->cap = cap;
	}
	f->v[f->n] = strdup(path);
	return f->v[f->n] && ++f->n;
}

static bool is_store(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && (strcasecmp(name + n - 4, ".ost") == 0 || strcasecmp(name + n - 4, ".pst") == 0);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static status walk(FTS *fts, struct rescue_files *out, struct reason *why)
{
	FTSENT *e;

	while ((e = fts_read(fts)) != NULL) {
		if (e->fts_info == FTS_DNR || e->fts_info == FTS_ERR)
			return reason_set(why, ecAccessDenied, "%s cannot be read: %s", e->fts_path, strerror(e->fts_errno));
		if (e->fts_info == FTS_NS)
			return reason_set(why, ecNotFound, "%s: %s", e->fts_path, strerror(e->fts_errno));
		if (e->fts_info == FTS_F && is_store(e->fts_name) && !add(out, e->fts_path))
			return reason_set(why, ecMemory, "not enough memory");
	}
	return ecNone;
}

status rescue_files_find(const char *folder, struct rescue_files *out, struct reason *why)
{
	size_t n = strlen(folder);
	char *trimmed, *paths[2] = { NULL, NULL };
	struct rescue_files f = { .n = 0 };
	status st;
	FTS *fts;

	while (n > 1 && folder[n - 1] == '/')
		n--;
	trimmed = strndup(folder, n);
	paths[0] = trimmed;
	fts = trimmed ? fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, by_name) : NULL;
	st = fts ? walk(fts, &f, why) : reason_set(why, ecMemory, "not enough memory");
	if (fts)
		(void)fts_close(fts);
	f.prefix = n + (n != 1 || *folder != '/');
	free(trimmed);
	if (!st && !f.n)
		st = reason_set(why, ecNotFound, "there is no .ost and no .pst below %s", folder);
	if (st) {
		rescue_files_free(&f);
		return st;
	}
	*out = f;
	return ecNone;
}

void rescue_files_free(struct rescue_files *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->v[i]);
	free(f->v);
	*f = (struct rescue_files){ .n = 0 };
}
