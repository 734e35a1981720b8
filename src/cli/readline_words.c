#include "cli/readline_words.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "cli/readline_library.h"

void readline_words_add(void *words, const char *word)
{
	struct readline_words *w = words;

	if (w->n + 2 > w->cap) {
		size_t cap = w->cap ? w->cap * 2 : 32;
		char **more = realloc(w->items, cap * sizeof *more);

		if (!more)
			return;
		w->items = more;
		w->cap = cap;
		if (!w->n)
			w->items[w->n++] = NULL;
	}
	w->items[w->n] = strdup(word);
	w->n += w->items[w->n] != NULL;
}

void readline_words_free(struct readline_words *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->items[i]);
	free(w->items);
}

/* The bytes all words begin with, in any case; never a part of a character. */
static size_t common(const struct readline_words *w)
{
	size_t n = strlen(w->items[1]);

	for (size_t i = 2; i < w->n; i++)
		while (n && strncasecmp(w->items[1], w->items[i], n) != 0)
			n--;
	while (n && (w->items[1][n] & 0xC0) == 0x80)
		n--;
	return n;
}

static void replace_word(size_t from, const char *with, size_t n, const char *behind)
{
	CLEANUP_BUF struct buf text = BUF_MAX((size_t)64 << 10);

	buf_add(&text, with, n);
	buf_add_str(&text, behind);
	(void)rl.rl_delete_text((int)from, *rl.rl_point);
	*rl.rl_point = (int)from;
	(void)rl.rl_insert_text(buf_cstr(&text));
}

static void list_words(struct readline_words *w)
{
	size_t widest = 0;

	for (size_t i = 1; i < w->n; i++)
		if (strlen(w->items[i]) > widest)
			widest = strlen(w->items[i]);
	w->items[0] = strdup("");
	(void)rl.rl_crlf();
	rl.rl_display_match_list(w->items, (int)w->n - 1, (int)widest);
	(void)rl.rl_forced_update_display();
}

void readline_words_complete(struct readline_words *w, size_t start, const char *behind)
{
	size_t shared;

	if (w->n < 2) {
		(void)rl.rl_ding();
		return;
	}
	shared = common(w);
	if (w->n == 2)
		replace_word(start, w->items[1], shared, behind);
	else if (shared > (size_t)*rl.rl_point - start)
		replace_word(start, w->items[1], shared, "");
	else
		list_words(w);
}
