#include "mime/name_list.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void name_list_free(struct name_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
	*l = (struct name_list){ .n = 0 };
}

static bool add_name(struct name_list *l, const char *name)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 64;
		char **v = realloc(l->v, cap * sizeof *v);

		if (!v)
			return false;
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n] = strdup(name);
	return l->v[l->n++] != NULL;
}

/* What is parted by dots stands behind what it is parted from: "a", "a.b", "a b". */
static int by_name(const void *a, const void *b)
{
	const unsigned char *x = *(const unsigned char *const *)a, *y = *(const unsigned char *const *)b;

	while (*x && *x == *y) {
		x++;
		y++;
	}
	if (!*x || !*y || (*x != '.' && *y != '.'))
		return (int)*x - (int)*y;
	return *x == '.' ? -1 : 1;
}

status name_list_read(const char *path, bool hidden, struct name_list *out)
{
	DIR *d = opendir(path);
	struct dirent *e;
	bool ok = true;

	if (!d)
		return errno == EACCES ? ecAccessDenied : ecDiskError;
	while (ok && (e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 && (e->d_name[0] == '.') == hidden)
			ok = add_name(out, e->d_name);
	(void)closedir(d);
	if (ok && out->n)
		qsort(out->v, out->n, sizeof *out->v, by_name);
	return ok ? ecNone : ecMemory;
}
