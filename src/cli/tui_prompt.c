/* Questions, in the last row. */
#include <stdio.h>
#include <string.h>

#include "cli/columns.h"
#include "cli/tui.h"

#define WAIT_MS 1000

static int next_key(struct tui *t)
{
	int key;

	while ((key = screen_key()) == SCREEN_NONE && !screen_is_stopped()) {
		tui_draw(t);
		screen_wait(WAIT_MS);
	}
	return screen_is_stopped() ? SCREEN_ESCAPE : key;
}

static void drop_character(char *text)
{
	size_t n = strlen(text);

	while (n && ((unsigned char)text[n - 1] & 0xC0) == 0x80)
		n--;
	text[n ? n - 1 : 0] = '\0';
}

static void add_character(char *text, size_t room, int key)
{
	char letter[COLUMNS_UTF8_MAX];
	size_t had = strlen(text), n;

	if (key < ' ' || key >= SCREEN_ENTER)
		return;
	n = columns_encode((wchar_t)key, letter);
	if (had + n >= room)
		return;
	memcpy(text + had, letter, n);
	text[had + n] = '\0';
}

bool tui_ask(struct tui *t, const char *question, char *answer, size_t room)
{
	int key;

	t->question = question;
	t->answer = answer;
	for (;;) {
		tui_draw(t);
		key = next_key(t);
		if (key == SCREEN_ENTER || key == SCREEN_ESCAPE)
			break;
		if (key == SCREEN_BACKSPACE)
			drop_character(answer);
		else if (key == 'U' - '@')
			answer[0] = '\0';
		else
			add_character(answer, room, key);
	}
	t->question = NULL;
	return key == SCREEN_ENTER;
}

char tui_choose(struct tui *t, const char *question, const char *keys)
{
	int key;

	t->question = question;
	t->answer = "";
	do {
		tui_draw(t);
		key = next_key(t);
	} while (key != SCREEN_ESCAPE && (key <= 0 || key > 0x7F || !strchr(keys, key)));
	t->question = NULL;
	return key == SCREEN_ESCAPE ? '\0' : (char)key;
}
