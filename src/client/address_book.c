#include "client/address_book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "client/address_file.h"

#define FILES         2u
#define MATCHES_MOST  20000u
#define WORDS_MOST    16u
#define NAMED_MOST    6u /* of those that a text may mean, in the words */
#define AMBIGUOUS_MOST 20u

struct address_book {
	struct address_file files[FILES];
};

status address_book_open(const char *folder, struct address_book **out, struct reason *why)
{
	static const char *const names[FILES] = { ADDRESS_BOOK_GLOBAL, ADDRESS_BOOK_OWN };
	struct address_book *b = calloc(1, sizeof *b);

	if (why)
		why->text[0] = '\0';
	if (!b)
		return reason_set(why, ecMemory, "out of memory");
	for (unsigned i = 0; i < FILES; i++) {
		char path[4096];
		struct reason words = { "" };
		status s;

		(void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		s = address_file_open(path, &b->files[i], &words);
		if (s == ecMemory) {
			address_book_close(b);
			return reason_set(why, s, "%s", words.text);
		}
		if (s && s != ecNotFound)
			reason_write(why, "%s", words.text);
	}
	*out = b;
	return ecNone;
}

void address_book_close(struct address_book *b)
{
	for (unsigned i = 0; b && i < FILES; i++)
		address_file_close(&b->files[i]);
	free(b);
}

bool address_book_is_empty(const struct address_book *b)
{
	return !b->files[0].n && !b->files[1].n;
}

/* Who matches --------------------------------------------------------------------------------------------------------- */

struct query {
	char *whole;              /* "\nada lovelace\n" */
	char *words[WORDS_MOST];  /* "\nada", "\nlovelace" */
	size_t n;
};

static bool query_of(const char *text, struct arena *arena, struct query *out)
{
	static const char ends[] = " \t\n,\"<>()";
	CLEANUP_BUF struct buf folded = BUF_MAX((size_t)64 << 10);
	const char *at;
	size_t n;

	address_fold(text, &folded);
	at = buf_cstr(&folded);
	at += strspn(at, " \t\n\"");
	for (n = strlen(at); n && strchr(" \t\n\"", at[n - 1]);)
		n--;
	out->whole = arena_printf(arena, "\n%.*s\n", (int)n, at);
	out->n = 0;
	for (; out->n < WORDS_MOST && *(at += strspn(at, ends)); at += n) {
		n = strcspn(at, ends);
		out->words[out->n] = arena_printf(arena, "\n%.*s", (int)n, at);
		if (!out->words[out->n++])
			return false;
	}
	return out->whole && !folded.failed;
}

struct match {
	struct address_entry e;
	bool exact;
	size_t order; /* in which it was found */
};

static bool matches(const struct query *q, const struct address_row *row, bool *exact)
{
	const char *parts = strchr(row->keys, '\t'), *whole = strstr(row->keys, q->whole);

	*exact = whole && parts && whole < parts;
	for (size_t i = 0; i < q->n; i++)
		if (!strstr(row->keys, q->words[i]))
			return false;
	return q->n > 0;
}

static int by_address(const void *x, const void *y)
{
	const struct match *a = x, *b = y;
	int d = strcasecmp(a->e.address, b->e.address);

	return d ? d : a->e.source != b->e.source ? (a->e.source < b->e.source ? -1 : 1) : a->order < b->order ? -1 : 1;
}

static int by_rank(const void *x, const void *y)
{
	const struct match *a = x, *b = y;

	if (a->exact != b->exact)
		return a->exact ? -1 : 1;
	if (a->e.weight != b->e.weight)
		return a->e.weight > b->e.weight ? -1 : 1;
	int d = strcasecmp(a->e.name, b->e.name);
	return d ? d : strcmp(a->e.address, b->e.address);
}

/* Of one address, what the organisation says counts, and how often one has written to it. */
static size_t merge(struct match *v, size_t n)
{
	size_t kept = 0;

	qsort(v, n, sizeof *v, by_address);
	for (size_t i = 0; i < n; i++) {
		struct match *last = kept ? &v[kept - 1] : NULL;

		if (!last || strcasecmp(last->e.address, v[i].e.address) != 0) {
			v[kept++] = v[i];
			continue;
		}
		last->exact |= v[i].exact;
		if (v[i].e.weight > last->e.weight)
			last->e.weight = v[i].e.weight;
	}
	qsort(v, kept, sizeof *v, by_rank);
	return kept;
}

static size_t gather(const struct address_book *b, const struct query *q, struct match *v, bool *more)
{
	struct address_row row;
	size_t n = 0;
	bool exact;

	/* One's own are few, and are to be known before there are too many. */
	for (unsigned i = FILES; i-- > 0;)
		for (size_t at = 0; address_file_next(&b->files[i], &at, &row);) {
			if (!matches(q, &row, &exact))
				continue;
			if (n == MATCHES_MOST && !exact) {
				*more = true;
				continue;
			}
			/* One that is called exactly so has a place, whoever else there is. */
			struct match *m = &v[n < MATCHES_MOST ? n : MATCHES_MOST - 1];
			if (address_row_entry(&row, &m->e)) {
				m->exact = exact;
				m->order = n;
				n += n < MATCHES_MOST;
			}
		}
	return n;
}

/* Ranked, each address once; *exact: how many are called exactly so. */
static status find(const struct address_book *b, const char *text, struct arena *arena, struct match **out, size_t *n, size_t *exact, bool *more)
{
	struct query q;
	struct match *v = calloc(MATCHES_MOST, sizeof *v), *copy;

	*more = false;
	if (!v || !query_of(text, arena, &q)) {
		free(v);
		return ecMemory;
	}
	*n = gather(b, &q, v, more);
	*n = merge(v, *n);
	for (*exact = 0; *exact < *n && v[*exact].exact;)
		++*exact;
	copy = arena_memdup(arena, v, (*n ? *n : 1) * sizeof *v);
	free(v);
	*out = copy;
	return copy ? ecNone : ecMemory;
}

static status cut(const struct match *v, size_t n, size_t limit, struct arena *arena, struct address_found *out)
{
	size_t shown = n < limit ? n : limit;

	out->v = arena_array(arena, shown + 1, sizeof *out->v);
	if (!out->v)
		return ecMemory;
	for (size_t i = 0; i < shown; i++)
		out->v[i] = v[i].e;
	out->n = shown;
	out->more = n > shown;
	return ecNone;
}

status address_book_find(const struct address_book *b, const char *text, size_t limit, struct arena *arena, struct address_found *out)
{
	struct match *v;
	size_t n, exact;
	bool more;
	status s = find(b, text, arena, &v, &n, &exact, &more);

	if (!s)
		s = cut(v, n, limit, arena, out);
	if (!s)
		out->more |= more;
	return s;
}

/* Who is meant -------------------------------------------------------------------------------------------------------- */

const char *address_written(const struct address_entry *e, struct arena *arena)
{
	char *name;

	if (strcmp(e->name, e->address) == 0)
		return e->address;
	name = arena_strdup(arena, e->name);
	if (!name)
		return NULL;
	/* A quote would end the name. */
	for (char *p = name; (p = strpbrk(p, "\"\\"));)
		*p = '\'';
	return arena_printf(arena, strpbrk(name, ",;<>()@:.[]") ? "\"%s\" <%s>" : "%s <%s>", name, e->address);
}

static status ambiguous(const char *text, const struct address_found *f, struct arena *arena, struct reason *why)
{
	CLEANUP_BUF struct buf b = BUF_MAX(4096);

	for (size_t i = 0; i < f->n && i < NAMED_MOST; i++) {
		const char *one = address_written(&f->v[i], arena);

		buf_printf(&b, "%s%s", i ? "; " : "", one ? one : "");
	}
	if (f->n > NAMED_MOST || f->more)
		buf_printf(&b, "; and more");
	return reason_set(why, ecAmbiguousRecip, "\"%.60s\" may be: %s", text, buf_cstr(&b));
}

status address_book_resolve(const struct address_book *b, const char *text, struct arena *arena, struct address_entry *out, struct address_found *found,
			    struct reason *why)
{
	struct address_found f = { .n = 0 };
	struct match *v = NULL;
	size_t n = 0, exact = 0;
	bool more = false;
	status s = find(b, text, arena, &v, &n, &exact, &more);

	if (!s)
		s = cut(v, exact ? exact : n, AMBIGUOUS_MOST, arena, &f);
	if (s)
		return reason_set(why, s, "out of memory");
	f.more |= more && !exact;
	if (found)
		*found = f;
	if (f.n == 1 && !f.more) {
		*out = f.v[0];
		return ecNone;
	}
	if (f.n)
		return ambiguous(text, &f, arena, why);
	if (address_book_is_empty(b))
		return reason_set(why, ecNotFound, "\"%.60s\" is no address, and there is no address book here yet: postern sync brings it", text);
	return reason_set(why, ecNotFound, "nobody in the address book is called \"%.60s\": write an address, or look with postern mail address", text);
}

/* Lists --------------------------------------------------------------------------------------------------------------- */

/* Up to the comma or semicolon that ends the first of them; one within quotes does not. */
static size_t item_length(const char *list)
{
	bool quoted = false;
	size_t n = 0;

	for (; list[n] && (quoted || !strchr(",;", list[n])); n++)
		quoted ^= list[n] == '"';
	/* A quote that nothing ends is a letter like others. */
	return quoted ? strcspn(list, ",;") : n;
}

static status resolve_item(const struct address_book *b, char *item, bool lenient, struct arena *arena, struct buf *out, struct reason *why)
{
	struct address_entry e;
	const char *written = item;
	size_t n = strlen(item);
	status s = ecNone;

	if (!strchr(item, '@')) {
		char *name = n > 1 && *item == '"' && item[n - 1] == '"' ? arena_strndup(arena, item + 1, n - 2) : item;

		s = name ? address_book_resolve(b, name, arena, &e, NULL, why) : ecMemory;
		if (!s)
			written = address_written(&e, arena);
		else if (lenient && s != ecMemory)
			s = ecNone;
	}
	if (!s && !written)
		s = reason_set(why, ecMemory, "out of memory");
	if (!s)
		buf_printf(out, "%s%s", out->n ? ", " : "", written);
	return s;
}

status address_book_resolve_list(const struct address_book *b, const char *list, bool lenient, struct arena *arena, const char **out, struct reason *why)
{
	CLEANUP_BUF struct buf all = BUF_MAX((size_t)4 << 20);
	status s = ecNone;

	for (const char *at = list; !s && *(at += strspn(at, " \t,;"));) {
		size_t n = item_length(at), shown = n;

		while (shown && (at[shown - 1] == ' ' || at[shown - 1] == '\t'))
			shown--;
		char *item = arena_strndup(arena, at, shown);
		s = !item ? reason_set(why, ecMemory, "out of memory") : *item ? resolve_item(b, item, lenient, arena, &all, why) : ecNone;
		at += n;
	}
	if (s)
		return s;
	*out = all.failed ? NULL : arena_strdup(arena, buf_cstr(&all));
	return *out ? ecNone : reason_set(why, ecTooBig, "there are too many recipients");
}
