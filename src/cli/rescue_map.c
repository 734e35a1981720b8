#include "cli/rescue_map.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <strings.h>

#include "base/csv.h"
#include "base/input.h"

#define MAP_MEMORY ((size_t)256 << 20)
#define FILE_MOST  ((uint64_t)64 << 20)

/* Which column is which; -1: there is none. */
struct columns {
	int file, address, name;
};

static bool is_one_of(const char *title, const char *const *names)
{
	for (; *names; names++)
		if (strcasecmp(title, *names) == 0)
			return true;
	return false;
}

static const char *trimmed(struct arena *a, const char *text)
{
	size_t n;

	text += strspn(text, " \t");
	n = strlen(text);
	while (n && (text[n - 1] == ' ' || text[n - 1] == '\t'))
		n--;
	return arena_strndup(a, text, n);
}

static status find_columns(const struct csv_row *head, struct arena *a, struct columns *c, const char *path, struct reason *why)
{
	static const char *const files[] = { "file", "pattern", "path", "filename", NULL };
	static const char *const addresses[] = { "address", "mail", "email", "mailbox", "user", "primarysmtpaddress", NULL };
	static const char *const names[] = { "name", "display name", "displayname", NULL };

	*c = (struct columns){ -1, -1, -1 };
	for (size_t i = 0; i < head->n; i++) {
		const char *title = trimmed(a, head->v[i]);

		if (!title)
			return reason_set(why, ecMemory, "not enough memory");
		if (c->file < 0 && is_one_of(title, files))
			c->file = (int)i;
		else if (c->address < 0 && is_one_of(title, addresses))
			c->address = (int)i;
		else if (c->name < 0 && is_one_of(title, names))
			c->name = (int)i;
	}
	if (c->file < 0 || c->address < 0)
		return reason_set(why, ecInvalidParam,
				  "%s: its first line must name the columns \"file\" and \"address\" (and, if wanted, \"name\")", path);
	return ecNone;
}

static const char *cell(const struct csv_row *row, int column, struct arena *a)
{
	return column < 0 || (size_t)column >= row->n ? "" : trimmed(a, row->v[column]);
}

static status add_row(struct rescue_map *m, const struct csv_row *row, const struct columns *c, const char *path,
		      struct reason *why)
{
	struct rescue_owner *more = reallocarray(m->v, m->n + 1, sizeof *more);
	struct rescue_owner *o;

	if (!more)
		return reason_set(why, ecMemory, "not enough memory");
	m->v = more;
	o = &m->v[m->n];
	*o = (struct rescue_owner){ .pattern = cell(row, c->file, &m->arena),
				    .address = cell(row, c->address, &m->arena),
				    .name = cell(row, c->name, &m->arena),
				    .line = row->line };
	if (!o->pattern || !o->address || !o->name)
		return reason_set(why, ecMemory, "not enough memory");
	if (!*o->pattern)
		return reason_set(why, ecInvalidParam, "%s, line %u: no file is named", path, row->line);
	/* A proposal leaves the address empty where nobody is known: such a file is nobody's. */
	m->n += *o->address != '\0';
	return ecNone;
}

static status read_rows(struct rescue_map *m, struct bytes text, const char *path, struct reason *why)
{
	struct csv_row row;
	struct columns c;
	struct csv csv;
	bool more = false;
	status st;

	csv_init(&csv, text);
	st = csv_next(&csv, &m->arena, &row, &more, why);
	if (!st && !more)
		return reason_set(why, ecInvalidParam, "%s is empty", path);
	if (!st)
		st = find_columns(&row, &m->arena, &c, path, why);
	while (!st && more) {
		st = csv_next(&csv, &m->arena, &row, &more, why);
		if (!st && more)
			st = add_row(m, &row, &c, path, why);
	}
	return st == ecCorruptData || st == ecTooBig ? reason_prefix(why, st, "%s", path) : st;
}

status rescue_map_read(const char *path, struct rescue_map *out, struct reason *why)
{
	CLEANUP_INPUT struct input *in = NULL;
	uint8_t *text;
	status st = input_open_file(path, &in, why);

	*out = (struct rescue_map){ .n = 0 };
	if (st)
		return st;
	if (in->size > FILE_MOST)
		return reason_set(why, ecTooBig, "%s: more than %llu bytes; is it the table of users?", path, (unsigned long long)FILE_MOST);
	text = malloc(in->size ? in->size : 1);
	if (!text)
		return reason_set(why, ecMemory, "not enough memory");
	arena_init(&out->arena, MAP_MEMORY);
	st = input_read(in, 0, text, in->size);
	st = st ? reason_set(why, st, "%s cannot be read", path) : read_rows(out, bytes_of(text, in->size), path, why);
	free(text);
	if (st)
		rescue_map_free(out);
	return st;
}

void rescue_map_free(struct rescue_map *m)
{
	free(m->v);
	arena_free(&m->arena);
	*m = (struct rescue_map){ .n = 0 };
}

struct rescue_owner *rescue_map_find(struct rescue_map *m, const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;

	for (size_t i = 0; i < m->n; i++) {
		const char *pattern = m->v[i].pattern;

		if (fnmatch(pattern, strchr(pattern, '/') ? path : base, FNM_CASEFOLD) == 0 || strcmp(pattern, path) == 0)
			return &m->v[i];
	}
	return NULL;
}
