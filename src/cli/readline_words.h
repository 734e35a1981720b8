/* What may stand where the cursor is, in a line that is typed: Tab fills in what all of it begins with, or lists it. */
#ifndef CLI_READLINE_WORDS_H
#define CLI_READLINE_WORDS_H

#include <stddef.h>

struct readline_words {
	char **items; /* items[0] is what they have in common, as readline wants it */
	size_t n, cap;
};

/* `words` is a struct readline_words. */
void readline_words_add(void *words, const char *word);
void readline_words_free(struct readline_words *w);
/*
 * In place of what stands from `start` to the cursor: the only word, with `behind` after it; else what all of them have in common, if that is more; else it lists
 * them.
 */
void readline_words_complete(struct readline_words *w, size_t start, const char *behind);

#endif
