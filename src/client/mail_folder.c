#include "client/mail_folder.h"

#include "client/mail_private.h"
#include "store/folder.h"

#include <stdlib.h>
#include <strings.h>

/* Folders of a mailbox; more are not shown. */
#define FOLDERS_MAX 100000u

struct tree {
	struct mail_folder *all; /* by parent, those of one parent in their order */
	size_t n;
	struct mail_folder *out;
	size_t n_out;
	struct arena *arena;
};

/* Those that people look for first. */
static unsigned rank(const struct mail_folder *f)
{
	static const enum mailbox_role first[] = { MAILBOX_INBOX,	  MAILBOX_DRAFTS, MAILBOX_SENT_ITEMS,
						   MAILBOX_DELETED_ITEMS, MAILBOX_OUTBOX, MAILBOX_JUNK_EMAIL };

	for (unsigned i = 0; i < sizeof first / sizeof *first; i++)
		if (first[i] == f->role)
			return i;
	return sizeof first / sizeof *first;
}

static int compare(const void *left, const void *right)
{
	const struct mail_folder *a = left, *b = right;

	if (a->parent != b->parent)
		return a->parent < b->parent ? -1 : 1;
	if (rank(a) != rank(b))
		return rank(a) < rank(b) ? -1 : 1;
	int order = strcasecmp(a->name, b->name);
	return order ? order : a->id < b->id ? -1 : a->id > b->id;
}

static struct mail_folder mail_folder_of(const struct folder *f)
{
	return (struct mail_folder){
		.id = f->id,
		.parent = f->parent,
		.role = f->role,
		.is_search = f->is_search,
		.has_children = f->children > 0,
		.name = f->name,
		.path = f->name,
		.class_name = f->class_name,
		.items = f->items,
		.unread = f->unread,
		.size = f->size,
	};
}

static status read_all(struct mailbox *m, struct tree *t)
{
	uint64_t id = 0;
	size_t room = 0;
	struct folder f;
	status s;

	while (!(s = folder_next(m, id, &id)) && id && t->n < FOLDERS_MAX) {
		if (t->n == room) {
			struct mail_folder *more = arena_array(t->arena, room ? 2 * room : 64, sizeof *more);

			if (!more)
				return ecMemory;
			if (room)
				memcpy(more, t->all, t->n * sizeof *more);
			t->all = more;
			room = room ? 2 * room : 64;
		}
		s = folder_get(m, id, t->arena, &f);
		if (s)
			return s;
		t->all[t->n++] = mail_folder_of(&f);
	}
	return s;
}

/* A name as a part of a path. */
static const char *escaped(struct arena *a, const char *name)
{
	char *out, *to;

	if (!strchr(name, '/'))
		return name;
	out = to = arena_alloc(a, 2 * strlen(name) + 1);
	for (const char *p = name; out && *p; p++) {
		if (*p == '/')
			*to++ = '\\';
		*to++ = *p;
	}
	if (out)
		*to = '\0';
	return out;
}

/* The first of a parent's, by halves. */
static size_t first_of(const struct tree *t, uint64_t parent)
{
	size_t from = 0, to = t->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (t->all[middle].parent < parent)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static status add_below(struct tree *t, uint64_t parent, const char *path, unsigned depth)
{
	status s = ecNone;

	for (size_t i = first_of(t, parent); !s && i < t->n && t->all[i].parent == parent; i++) {
		struct mail_folder *f = &t->all[i];
		const char *name = escaped(t->arena, f->name);

		/* The root is its own parent. */
		if (f->id == parent || t->n_out == t->n)
			continue;
		f->depth = depth;
		f->path = !name ? NULL : *path ? arena_printf(t->arena, "%s/%s", path, name) : name;
		if (!f->path)
			return ecMemory;
		t->out[t->n_out++] = *f;
		if (f->has_children && depth < FOLDER_DEPTH_MAX)
			s = add_below(t, f->id, f->path, depth + 1);
	}
	return s;
}

static status top_of(struct mailbox *m, uint64_t *id)
{
	status s = folder_by_role(m, MAILBOX_IPM_SUBTREE, id);

	return s == ecNotFound ? folder_by_role(m, MAILBOX_ROOT, id) : s;
}

status mail_folders(struct mailbox *m, struct arena *arena, struct mail_folder **out, size_t *n,
		    struct reason *why)
{
	struct tree t = { .arena = arena };
	uint64_t top = 0;
	status s = top_of(m, &top);

	if (!s)
		s = read_all(m, &t);
	if (s)
		return mail_failed(m, s, why, "the folders cannot be read");
	if (t.n)
		qsort(t.all, t.n, sizeof *t.all, compare);
	t.out = arena_array(arena, t.n + 1, sizeof *t.out);
	s = t.out ? add_below(&t, top, "", 0) : ecMemory;
	if (s)
		return reason_set(why, s, "not enough memory for the folders");
	*out = t.out;
	*n = t.n_out;
	return ecNone;
}

/* By name --------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *word;
	enum mailbox_role role;
} words[] = {
	{ "inbox", MAILBOX_INBOX },	    { "sent", MAILBOX_SENT_ITEMS },   { "trash", MAILBOX_DELETED_ITEMS },
	{ "deleted", MAILBOX_DELETED_ITEMS }, { "drafts", MAILBOX_DRAFTS },     { "outbox", MAILBOX_OUTBOX },
	{ "junk", MAILBOX_JUNK_EMAIL },	    { "spam", MAILBOX_JUNK_EMAIL },
};

enum closeness { NOT_AT_ALL, BEGINS, WORD, NAMED, WHOLE };

static enum closeness how_close(const struct mail_folder *f, const char *text)
{
	size_t n = strlen(text);

	if (strcasecmp(f->path, text) == 0)
		return WHOLE;
	if (strcasecmp(f->name, text) == 0)
		return NAMED;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (f->role == words[i].role && strcasecmp(words[i].word, text) == 0)
			return WORD;
	return strncasecmp(f->path, text, n) == 0 || strncasecmp(f->name, text, n) == 0 ? BEGINS : NOT_AT_ALL;
}

/* "Inbox" and "Inbox/Projects" both begin with "In": what stands above is meant. */
static bool is_below(const struct mail_folder *f, const struct mail_folder *above)
{
	size_t n = strlen(above->path);

	return strncasecmp(f->path, above->path, n) == 0 && f->path[n] == '/';
}

static status ambiguous(const char *text, const struct mail_folder *a, const struct mail_folder *b,
			struct reason *why)
{
	return reason_set(why, ecInvalidParam, "\"%s\" could be %s or %s: write more of it", text, a->path, b->path);
}

status mail_folder_among(const struct mail_folder *all, size_t n, const char *text, const struct mail_folder **out, struct reason *why)
{
	const struct mail_folder *best = NULL, *other = NULL;
	enum closeness closest = NOT_AT_ALL;

	for (size_t i = 0; *text && i < n; i++) {
		enum closeness c = how_close(&all[i], text);

		if (c > closest) {
			best = &all[i];
			other = NULL;
			closest = c;
		} else if (c && c == closest && !other && !(c == BEGINS && is_below(&all[i], best))) {
			other = &all[i];
		}
	}
	if (!best)
		return reason_set(why, ecNotFound, "there is no folder \"%s\": postern mail folders lists them", text);
	if (other)
		return ambiguous(text, best, other, why);
	*out = best;
	return ecNone;
}

status mail_folder_find(struct mailbox *m, const char *text, struct arena *arena,
			struct mail_folder *out, struct reason *why)
{
	const struct mail_folder *found = NULL;
	struct mail_folder *all = NULL;
	size_t n = 0;
	status s = mail_folders(m, arena, &all, &n, why);

	if (!s)
		s = mail_folder_among(all, n, text, &found, why);
	if (!s)
		*out = *found;
	return s;
}

bool mail_folder_is_outgoing(enum mailbox_role role)
{
	return role == MAILBOX_SENT_ITEMS || role == MAILBOX_DRAFTS || role == MAILBOX_OUTBOX;
}
