#include "mime/source_private.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/filetime.h"
#include "mime/line_reader.h"

#define FOLDERS_OPEN_MAX 64
#define NAME_MAX_BYTES 256

/* The folders that are open below the one of the mbox. */
struct open_folders {
	char name[FOLDERS_OPEN_MAX][NAME_MAX_BYTES];
	bool has_subfolder[FOLDERS_OPEN_MAX + 1]; /* [0]: the mbox's own */
	size_t n;
};

struct mbox_walk {
	struct reading *r;
	const struct extent *whole;
	const char *name;
	struct line_reader lines;
	struct open_folders open;
	uint64_t count;
};

/* Folders --------------------------------------------------------------------------------------------- */

static status close_to(struct mbox_walk *w, size_t n)
{
	status st = ecNone;

	while (w->open.n > n && !st) {
		w->open.n--;
		st = item_folder_end(w->r->sink);
	}
	return st;
}

/* How many of the open folders the path begins with; *rest is what follows them. */
static size_t common(const struct open_folders *o, const char *path, const char **rest)
{
	size_t n = 0;

	while (n < o->n) {
		size_t length = strcspn(path, "/");

		if (!length || strlen(o->name[n]) != length || memcmp(o->name[n], path, length) != 0)
			break;
		path += length + (path[length] == '/');
		n++;
	}
	*rest = path;
	return n;
}

static status open_one(struct mbox_walk *w, const char *path, size_t length)
{
	struct open_folders *o = &w->open;

	if (length >= NAME_MAX_BYTES)
		length = NAME_MAX_BYTES - 1;
	memmove(o->name[o->n], path, length); /* it may be that very name */
	o->name[o->n][length] = '\0';
	o->has_subfolder[o->n] = true;
	o->n++;
	o->has_subfolder[o->n] = false;
	return begin_folder(w->r, o->name[o->n - 1], FOLDER_PLAIN, NULL);
}

/*
 * Makes the folder of `path` the innermost that is open.  Messages come before sub-folders: one that comes later finds
 * its folder begun anew.
 */
static status enter(struct mbox_walk *w, const char *path)
{
	struct open_folders *o = &w->open;
	const char *rest;
	size_t keep = common(o, path, &rest);
	status st;

	if (!*rest && keep && o->has_subfolder[keep]) {
		keep--;
		rest = o->name[keep];
		st = close_to(w, keep);
		return st ? st : open_one(w, rest, strlen(rest));
	}
	st = close_to(w, keep);
	while (!st && *rest && o->n < FOLDERS_OPEN_MAX) {
		size_t length = strcspn(rest, "/");

		if (length)
			st = open_one(w, rest, length);
		rest += length + (rest[length] == '/');
	}
	return st;
}

/* Messages -------------------------------------------------------------------------------------------- */

/* "From sender Tue Nov 24 10:00:00 2026": a time of day is what a line of prose has not. */
static bool is_separator(const struct line_reader *l)
{
	if (l->n < 10 || memcmp(l->seen, "From ", 5) != 0)
		return false;
	for (size_t i = 5; i + 4 < l->n; i++)
		if (l->seen[i + 2] == ':' && l->seen[i] >= '0' && l->seen[i] <= '2' && l->seen[i + 1] >= '0' && l->seen[i + 1] <= '9' &&
		    l->seen[i + 3] >= '0' && l->seen[i + 3] <= '5')
			return true;
	return false;
}

/* The date of a separator: what follows the sender, as asctime writes it. */
static uint64_t separator_date(const struct line_reader *l)
{
	struct tm tm = { 0 };
	char line[128], *space;
	const char *end;
	size_t n = l->n < sizeof line - 1 ? l->n : sizeof line - 1;

	memcpy(line, l->seen, n);
	line[n] = '\0';
	space = strchr(line + 5, ' ');
	if (!space)
		return 0;
	end = strptime(space, " %a %b %d %H:%M:%S %Y", &tm);
	return end && tm.tm_year > 0 && tm.tm_year < 8000 ? filetime_from_unix(timegm(&tm)) : 0;
}

/* ">From ", ">>From " ... */
static bool is_quoted(const struct line_reader *l)
{
	size_t i = 0;

	while (i < l->n && l->seen[i] == '>')
		i++;
	return i && l->n - i >= 5 && memcmp(l->seen + i, "From ", 5) == 0;
}

static status into_spool(void *context, struct bytes piece)
{
	return spool_add(context, piece);
}

/* A copy of the message in the spool, each quoted line without one ">". */
static status unquote(struct reading *r, const struct extent *x, struct extent *out)
{
	struct line_reader *l = malloc(sizeof *l);
	uint64_t from = spool_end(r->spool), copied = 0;
	struct extent part;
	status st = ecNone;

	if (!l)
		return ecMemory;
	line_reader_init(l, x);
	while (!st && line_reader_next(l)) {
		if (!is_quoted(l))
			continue;
		part = extent_part(x, copied, l->at - copied);
		st = extent_each(&part, into_spool, r->spool);
		copied = l->at + 1;
	}
	if (!st)
		st = l->failed;
	free(l);
	part = extent_part(x, copied, x->n);
	if (!st)
		st = extent_each(&part, into_spool, r->spool);
	*out = spool_since(r->spool, from);
	return st;
}

/* Opens the folder that the message says it was in. */
static status find_folder(struct mbox_walk *w, const struct extent *message)
{
	struct arena_mark mark = arena_mark(&w->r->arena);
	const char *value, *path;
	struct part *header;
	status st = part_parse_header(&w->r->arena, message, &header);

	/* A header too large for this is told about when the message is read. */
	value = st ? NULL : part_field(header, "X-Folder");
	path = value ? header_decode(&w->r->arena, value) : NULL;
	st = path || w->open.n ? enter(w, path ? path : "") : ecNone;
	arena_rewind(&w->r->arena, mark);
	return st;
}

/* The blank line before the next separator belongs to the mbox. */
static uint64_t without_blank(const struct extent *x, uint64_t end)
{
	uint8_t tail[4];
	size_t got = 0, n = end < 4 ? (size_t)end : 4;

	if (extent_read(x, end - n, tail, n, &got) || got != n)
		return end;
	if (n == 4 && memcmp(tail, "\r\n\r\n", 4) == 0)
		return end - 2;
	return n >= 2 && tail[n - 1] == '\n' && tail[n - 2] == '\n' ? end - 1 : end;
}

static status emit_message(struct mbox_walk *w, const struct extent *raw, uint64_t date, bool quoted)
{
	uint64_t spool_mark = spool_end(w->r->spool);
	struct extent message = extent_part(raw, 0, without_blank(raw, raw->n));
	char name[320];
	struct mail_envelope envelope = { .date = date, .name = name };
	status st;

	snprintf(name, sizeof name, "%.200s, message %llu", w->name, (unsigned long long)++w->count);
	if (quoted) {
		struct extent copy;

		st = unquote(w->r, &message, &copy);
		if (st)
			return st;
		message = copy;
	}
	st = find_folder(w, &message);
	if (!st)
		st = mail_emit(w->r, &message, 0, &envelope);
	spool_rewind(w->r->spool, spool_mark);
	return st;
}

static status walk(struct mbox_walk *w)
{
	uint64_t from = 0, date = 0;
	bool open = false, blank = true, quoted = false;
	status st = ecNone;

	line_reader_init(&w->lines, w->whole);
	while (!st && line_reader_next(&w->lines)) {
		struct line_reader *l = &w->lines;

		if (blank && is_separator(l)) {
			struct extent message = extent_part(w->whole, from, l->at - from);

			if (open)
				st = emit_message(w, &message, date, quoted);
			date = separator_date(l);
			from = l->next;
			open = true;
			quoted = false;
		} else {
			quoted = quoted || is_quoted(l);
			/* What stands before the first separator is a message without one. */
			open = open || l->length;
		}
		blank = !l->length;
	}
	if (!st)
		st = w->lines.failed;
	if (!st && open) {
		struct extent message = extent_part(w->whole, from, w->whole->n);

		st = emit_message(w, &message, date, quoted);
	}
	return st ? st : close_to(w, 0);
}

status mbox_emit(struct reading *r, const struct extent *whole, const char *name)
{
	struct mbox_walk *w = calloc(1, sizeof *w);
	status st;

	if (!w)
		return ecMemory;
	w->r = r;
	w->whole = whole;
	w->name = name;
	st = walk(w);
	free(w);
	return st;
}
