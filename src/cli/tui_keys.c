/* The keys: one table, of which the help is made too. */
#include <stdio.h>

#include "cli/tui.h"

#define FAR (1L << 30) /* farther than any list is long */

/* Moving about -------------------------------------------------------------------------------------------------------------------- */

static void move_by(struct tui *t, long by)
{
	switch (t->focus) {
	case TUI_FOLDERS:
		tui_folders_move(t, by);
		break;
	case TUI_LIST:
		tui_list_move(t, by);
		break;
	case TUI_PREVIEW:
		tui_rows_move(&t->preview.rows, by);
		break;
	default:
		tui_rows_move(&t->help, by);
	}
}

static long page(const struct tui *t)
{
	return t->areas[t->focus].rows > 1 ? (long)t->areas[t->focus].rows - 1 : 1;
}

static void up(struct tui *t)
{
	move_by(t, -1);
}

static void down(struct tui *t)
{
	move_by(t, 1);
}

static void page_up(struct tui *t)
{
	move_by(t, -page(t));
}

static void page_down(struct tui *t)
{
	move_by(t, page(t));
}

static void first(struct tui *t)
{
	move_by(t, -FAR);
}

static void last(struct tui *t)
{
	move_by(t, FAR);
}

static void focus(struct tui *t, enum tui_pane pane)
{
	t->focus = pane;
	/* Of a narrow terminal another pane is seen now. */
	t->stale |= TUI_STALE_PREVIEW;
}

static void next_pane(struct tui *t)
{
	focus(t, t->focus == TUI_PREVIEW ? TUI_FOLDERS : (enum tui_pane)(t->focus + 1));
}

static void last_pane(struct tui *t)
{
	focus(t, t->focus == TUI_FOLDERS ? TUI_PREVIEW : (enum tui_pane)(t->focus - 1));
}

static void open_it(struct tui *t)
{
	if (t->focus == TUI_PREVIEW) {
		page_down(t);
	} else if (t->focus == TUI_FOLDERS) {
		focus(t, TUI_LIST);
	} else if (tui_list_row(t)) {
		focus(t, TUI_PREVIEW);
		tui_mark_read(t);
	}
}

static void back(struct tui *t)
{
	if (t->focus == TUI_PREVIEW)
		focus(t, TUI_LIST);
	else if (*t->list.search)
		tui_list_search(t, "");
	else
		focus(t, TUI_FOLDERS);
}

static void step(struct tui *t, long by)
{
	tui_list_move(t, by);
	if (t->focus == TUI_PREVIEW)
		tui_mark_read(t);
}

static void next_message(struct tui *t)
{
	step(t, 1);
}

static void last_message(struct tui *t)
{
	step(t, -1);
}

static void only_unread(struct tui *t)
{
	char search[sizeof t->list.search];

	(void)snprintf(search, sizeof search, "%s", t->list.search);
	t->list.query.unread = !t->list.query.unread;
	tui_list_search(t, search);
	tui_say(t, t->list.query.unread ? "Only what was not read" : "All messages");
}

static void anew(struct tui *t)
{
	screen_redraw();
	t->stale |= TUI_STALE_ALL;
}

static void help(struct tui *t)
{
	t->before_help = t->focus;
	t->focus = TUI_HELP;
	t->help = (struct tui_rows){ 0, 0, 0 };
}

static void quit(struct tui *t)
{
	t->done = true;
}

/* The table ----------------------------------------------------------------------------------------------------------------------- */

static const struct key {
	int key, other; /* 0: there is no other */
	void (*act)(struct tui *t);
	bool moves; /* in the help too */
	const char *name, *words;
} keys[] = {
	{ SCREEN_UP, 'k', up, true, "Up, k", "up" },
	{ SCREEN_DOWN, 'j', down, true, "Down, j", "down" },
	{ SCREEN_PAGE_UP, '-', page_up, true, "PgUp, -", "a page up" },
	{ SCREEN_PAGE_DOWN, ' ', page_down, true, "PgDn, Space", "a page down" },
	{ SCREEN_HOME, 'g', first, true, "Home, g", "to the first" },
	{ SCREEN_END, 'G', last, true, "End, G", "to the last" },
	{ SCREEN_TAB, 0, next_pane, false, "Tab", "the next pane: folders, list, message" },
	{ SCREEN_BACK_TAB, 0, last_pane, false, "Shift-Tab", "the one before" },
	{ SCREEN_ENTER, SCREEN_RIGHT, open_it, false, "Enter, Right", "open: the folder, the message" },
	{ SCREEN_ESCAPE, SCREEN_LEFT, back, false, "Esc, Left", "back: to the list, out of a search, to the folders" },
	{ 'n', 0, next_message, false, "n", "the next message" },
	{ 'p', 0, last_message, false, "p", "the one before" },
	{ 'o', 0, tui_open_folder, false, "o", "open a folder by its name" },
	{ 'M', 0, tui_mailbox_next, false, "M", "the next mailbox, or the public folders" },
	{ '/', 0, tui_search, false, "/", "search the mailbox: words, from: to: subject: has:attachment" },
	{ 'U', 0, only_unread, false, "U", "only what was not read, or all" },
	{ 'c', 0, tui_compose, false, "c", "compose a letter" },
	{ 'r', 0, tui_reply, false, "r", "reply" },
	{ 'R', 0, tui_reply_all, false, "R", "reply to all" },
	{ 'f', 0, tui_forward, false, "f", "forward" },
	{ 'e', 0, tui_edit, false, "e", "edit a draft, or what was not sent yet" },
	{ 'd', SCREEN_DELETE, tui_delete, false, "d, Del", "delete: into Deleted Items" },
	{ 'm', 0, tui_move, false, "m", "move into a folder" },
	{ 'F', 0, tui_flag, false, "F", "flag, or take the flag away" },
	{ 'S', 0, tui_send, false, "S", "send: a draft, or again what the server refused" },
	{ 'u', 0, tui_toggle_read, false, "u", "mark as unread, or as read" },
	{ 's', 0, tui_save, false, "s", "save attachments" },
	{ 'L' - '@', 0, anew, false, "Ctrl-L", "draw everything anew" },
	{ '?', 0, help, false, "?", "this help" },
	{ 'q', 0, quit, false, "q", "quit" },
};

#define KEYS         (sizeof keys / sizeof *keys)
#define NAME_COLUMNS 14u

static const struct key *key_of(int key)
{
	for (size_t i = 0; i < KEYS; i++)
		if (keys[i].key == key || (keys[i].other && keys[i].other == key))
			return &keys[i];
	return NULL;
}

void tui_key(struct tui *t, int key)
{
	const struct key *k = key_of(key);

	t->said[0] = '\0';
	t->bad = false;
	if (key == SCREEN_RESIZED)
		t->stale |= TUI_STALE_PREVIEW;
	else if (t->focus == TUI_HELP && !(k && k->moves))
		t->focus = t->before_help;
	else if (k)
		k->act(t);
	else
		tui_say(t, "? shows the keys");
}

void tui_help_draw(struct tui *t, const struct tui_area *a)
{
	t->help.n = KEYS;
	tui_rows_scroll_text(&t->help, a->rows);
	for (unsigned i = 0; i < a->rows && t->help.top + i < KEYS; i++) {
		screen_put(a->row + i, a->column + 1, NAME_COLUMNS, SCREEN_BOLD, keys[t->help.top + i].name);
		if (a->columns > 1 + NAME_COLUMNS)
			screen_put(a->row + i, a->column + 1 + NAME_COLUMNS, a->columns - 1 - NAME_COLUMNS, SCREEN_PLAIN, keys[t->help.top + i].words);
	}
	tui_draw_more(&t->help, a);
}
