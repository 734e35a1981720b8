/* Asking for recipients at a terminal: Tab completes from the address book. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/mail.h"
#include "cli/readline_library.h"
#include "cli/readline_words.h"
#include "client/address_book.h"

#define SHOWN_MOST 60u

static struct address_book *book; /* readline's functions take nothing of ours */

/* Where the recipient at the cursor begins: behind the last comma that is not within quotes. */
static size_t start_of(const char *line, size_t point)
{
	size_t start = 0;
	bool quoted = false;

	for (size_t i = 0; i < point; i++) {
		quoted ^= line[i] == '"';
		if (!quoted && (line[i] == ',' || line[i] == ';'))
			start = i + 1;
	}
	while (start < point && line[start] == ' ')
		start++;
	return start;
}

static int complete(int count, int key)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)64 << 20);
	struct readline_words words = { .n = 0 };
	struct address_found f = { .n = 0 };
	size_t point = (size_t)*rl.rl_point, start = start_of(*rl.rl_line_buffer, point);
	char *text = arena_strndup(&arena, *rl.rl_line_buffer + start, point - start);

	(void)count;
	(void)key;
	if (text && !address_book_find(book, text, SHOWN_MOST, &arena, &f))
		for (size_t i = 0; i < f.n; i++) {
			const char *one = address_written(&f.v[i], &arena);

			if (one)
				readline_words_add(&words, one);
		}
	readline_words_complete(&words, start, ", ");
	readline_words_free(&words);
	return 0;
}

bool mail_ask_can(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

status mail_ask_recipients(struct mail_at_work *w, const char *prompt, const char **out)
{
	struct reason unused;
	char *line;
	status s = readline_load(&w->why);

	if (!s)
		s = address_book_open(w->data_folder, &book, &unused);
	if (s)
		return s;
	(void)setlocale(LC_CTYPE, "");
	*rl.rl_readline_name = "postern";
	(void)rl.rl_bind_key('\t', complete);
	line = rl.readline(prompt);
	address_book_close(book);
	book = NULL;
	if (!line)
		return reason_set(&w->why, ecUserCanceled, "nobody was named, so nothing is sent");
	*out = arena_strdup(w->arena, line);
	free(line);
	return *out ? ecNone : reason_set(&w->why, ecMemory, "out of memory");
}
