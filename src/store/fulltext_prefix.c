/*
 * Beginnings of words for FTS5.  It would put the lists of all words that begin so together before it gives the first message;
 * the same words with OR between them it walks as far as it is asked to.
 */
#include "store/fulltext_private.h"
#include "store/mailbox_private.h"

/* With more words, putting their lists together is less work than to walk in all of them. */
#define WORDS_MOST 48u

struct expanding {
	struct mailbox *m;
	struct arena *arena;
};

/* The first word that does not stand before `from`; NULL: there is none that begins with `prefix`. */
static status next_word(struct expanding *e, const char *from, const char *prefix, const char **word)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(e->m->db, "SELECT term FROM fts_term WHERE term >= $1 LIMIT 1");
	bool row = false;
	status st;

	sql_bind_text(s, 1, from);
	st = sql_step(s, &row);
	*word = NULL;
	if (st || !row || strncmp(sql_text(s, 0), prefix, strlen(prefix)) != 0)
		return mailbox_error(e->m, st);
	*word = arena_memdup(e->arena, sql_text(s, 0), strlen(sql_text(s, 0)) + 1);
	return *word ? ecNone : reason_set(&e->m->why, ecMemory, "out of memory");
}

/* *n above WORDS_MOST: there are more. */
static status find_words(struct expanding *e, const char *prefix, const char **words, size_t *n)
{
	const char *from = prefix, *word = NULL;
	char *after;
	status s;

	for (*n = 0; !(s = next_word(e, from, prefix, &word)) && word; from = after) {
		if (*n == WORDS_MOST) {
			++*n;
			return ecNone;
		}
		words[(*n)++] = word;
		/* No letter of a word is as low as this. */
		after = arena_printf(e->arena, "%s\x01", word);
		if (!after)
			return reason_set(&e->m->why, ecMemory, "out of memory");
	}
	return s;
}

/* The phrase with each of the words at its end. */
static bool phrases(struct expanding *e, const struct fulltext_node *n, const char *const *words, size_t n_words, const struct fulltext_node **out)
{
	struct fulltext_node *any = arena_zalloc(e->arena, sizeof *any), *each = arena_array(e->arena, n_words, sizeof *each);
	const struct fulltext_node **nodes = arena_array(e->arena, n_words, sizeof(const struct fulltext_node *));

	if (!any || !each || !nodes)
		return false;
	for (size_t i = 0; i < n_words; i++) {
		const char **phrase = arena_array(e->arena, n->n, sizeof *phrase);

		if (!phrase)
			return false;
		memcpy(phrase, n->words, n->n * sizeof *phrase);
		phrase[n->n - 1] = words[i];
		each[i] = *n;
		each[i].words = phrase;
		each[i].prefix = false;
		nodes[i] = &each[i];
	}
	*any = (struct fulltext_node){ .kind = FULLTEXT_OR, .nodes = nodes, .n = n_words };
	*out = any;
	return true;
}

static status expand_phrase(struct expanding *e, const struct fulltext_node **n)
{
	const char *words[WORDS_MOST];
	size_t n_words = 0;
	status s = find_words(e, (*n)->words[(*n)->n - 1], words, &n_words);

	/* Without any word, FTS5 finds nothing by itself. */
	if (s || !n_words || n_words > WORDS_MOST)
		return s;
	return phrases(e, *n, words, n_words, n) ? ecNone : reason_set(&e->m->why, ecMemory, "out of memory");
}

static status expand(struct expanding *e, const struct fulltext_node **what)
{
	const struct fulltext_node **nodes;
	struct fulltext_node *copy;
	status s = ecNone;

	if ((*what)->kind == FULLTEXT_PHRASE)
		return (*what)->prefix && (*what)->n ? expand_phrase(e, what) : ecNone;
	copy = arena_memdup(e->arena, *what, sizeof *copy);
	nodes = arena_array(e->arena, (*what)->n ? (*what)->n : 1, sizeof(const struct fulltext_node *));
	if (!copy || !nodes)
		return reason_set(&e->m->why, ecMemory, "out of memory");
	for (size_t i = 0; !s && i < copy->n; i++) {
		nodes[i] = (*what)->nodes[i];
		s = expand(e, &nodes[i]);
	}
	copy->nodes = nodes;
	*what = copy;
	return s;
}

status fulltext_expand(struct mailbox *m, const struct fulltext_node **what, struct arena *arena)
{
	struct expanding e = { .m = m, .arena = arena };

	return expand(&e, what);
}
