#include "cli/tui_screen.h"

#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/columns.h"
#include "cli/curses_library.h"

#define ROOM       1024u /* characters of a row */
#define ESCAPE_MS  25
#define PAIR_QUOTE 1
#define PAIR_BAD   2

static struct screen {
	SCREEN *screen;
	WINDOW *all;
	bool colours, lines, cursor;
	unsigned cursor_row, cursor_column;
	struct sigaction before[4];
} screen;

static volatile sig_atomic_t stopped;

static const int stops[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

bool screen_is_possible(void)
{
	const char *term = getenv("TERM");

	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}

/* Opening and closing ------------------------------------------------------------------------------------------------------------- */

static void stop(int sig)
{
	stopped = sig;
}

bool screen_is_stopped(void)
{
	return stopped != 0;
}

static void choose_colours(void)
{
	const char *no_color = getenv("NO_COLOR");

	screen.colours = !(no_color && *no_color) && nc.has_colors() && nc.start_color() == OK && nc.use_default_colors() == OK;
	if (!screen.colours)
		return;
	(void)nc.init_pair(PAIR_QUOTE, COLOR_CYAN, -1);
	(void)nc.init_pair(PAIR_BAD, COLOR_RED, -1);
}

status screen_open(struct reason *why)
{
	struct sigaction action = { .sa_handler = stop };
	const char *term = getenv("TERM");
	status s = curses_load(why);

	if (s)
		return s;
	(void)setlocale(LC_CTYPE, "");
	(void)fflush(stdout);
	screen.screen = nc.newterm(term, stdout, stdin);
	if (!screen.screen)
		return reason_set(why, ecNotSupported, "nothing is known of a terminal \"%s\": set TERM to what it is", term ? term : "");
	screen.all = *nc.stdscr;
	screen.lines = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
		(void)sigaction(stops[i], &action, &screen.before[i]);
	(void)nc.cbreak();
	(void)nc.noecho();
	(void)nc.keypad(screen.all, true);
	(void)nc.nodelay(screen.all, true);
	(void)nc.set_escdelay(ESCAPE_MS);
	(void)nc.curs_set(0);
	choose_colours();
	return ecNone;
}

void screen_close(void)
{
	if (!screen.screen)
		return;
	(void)nc.curs_set(1);
	(void)nc.endwin();
	nc.delscreen(screen.screen);
	screen.screen = NULL;
	for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
		(void)sigaction(stops[i], &screen.before[i], NULL);
}

void screen_suspend(void)
{
	(void)nc.def_prog_mode();
	(void)nc.curs_set(1);
	(void)nc.endwin();
}

void screen_resume(void)
{
	(void)nc.reset_prog_mode();
	(void)nc.curs_set(0);
	screen_redraw();
}

/* Drawing ------------------------------------------------------------------------------------------------------------------------- */

void screen_size(unsigned *rows, unsigned *columns)
{
	int r = nc.getmaxy(screen.all), c = nc.getmaxx(screen.all);

	*rows = r > 0 ? (unsigned)r : 1;
	*columns = c > 0 ? (unsigned)c : 1;
}

static void use(enum screen_style style)
{
	static const attr_t attributes[] = {
		[SCREEN_PLAIN] = A_NORMAL,     [SCREEN_BOLD] = A_BOLD,   [SCREEN_DIM] = A_DIM,   [SCREEN_CHOSEN] = A_REVERSE,
		[SCREEN_MARKED] = A_UNDERLINE, [SCREEN_BAR] = A_REVERSE, [SCREEN_QUOTE] = A_DIM, [SCREEN_BAD] = A_BOLD,
	};
	short pair = !screen.colours ? 0 : style == SCREEN_QUOTE ? PAIR_QUOTE : style == SCREEN_BAD ? PAIR_BAD : 0;

	(void)nc.wattr_set(screen.all, pair == PAIR_QUOTE ? A_NORMAL : attributes[style], pair, NULL);
}

void screen_begin(void)
{
	(void)nc.wattr_set(screen.all, A_NORMAL, 0, NULL);
	(void)nc.werase(screen.all);
	screen.cursor = false;
}

static void put_wide(unsigned row, unsigned column, const wchar_t *text, size_t n)
{
	if (nc.wmove(screen.all, (int)row, (int)column) == OK)
		(void)nc.waddnwstr(screen.all, text, (int)n);
}

void screen_put_bytes(unsigned row, unsigned column, unsigned width, enum screen_style style, const char *utf8, size_t bytes)
{
	wchar_t text[ROOM];
	unsigned rows, columns, used;
	size_t n;

	screen_size(&rows, &columns);
	if (row >= rows || column >= columns)
		return;
	if (width > columns - column)
		width = columns - column;
	if (width > ROOM / 2)
		width = ROOM / 2;
	used = columns_fit(utf8, bytes, width, text, ROOM - width, &n);
	for (; used < width; used++)
		text[n++] = L' ';
	use(style);
	put_wide(row, column, text, n);
}

void screen_put(unsigned row, unsigned column, unsigned width, enum screen_style style, const char *utf8)
{
	screen_put_bytes(row, column, width, style, utf8, strlen(utf8));
}

void screen_vertical(unsigned row, unsigned column, unsigned rows)
{
	use(SCREEN_DIM);
	for (unsigned i = 0; i < rows; i++)
		put_wide(row + i, column, screen.lines ? L"\x2502" : L"|", 1);
}

void screen_horizontal(unsigned row, unsigned column, unsigned columns)
{
	use(SCREEN_DIM);
	for (unsigned i = 0; i < columns; i++)
		put_wide(row, column + i, screen.lines ? L"\x2500" : L"-", 1);
}

void screen_cursor(unsigned row, unsigned column)
{
	screen.cursor = true;
	screen.cursor_row = row;
	screen.cursor_column = column;
}

void screen_end(void)
{
	(void)nc.curs_set(screen.cursor);
	if (screen.cursor)
		(void)nc.wmove(screen.all, (int)screen.cursor_row, (int)screen.cursor_column);
	(void)nc.wrefresh(screen.all);
}

void screen_redraw(void)
{
	(void)nc.clearok(screen.all, true);
}

/* Keys ---------------------------------------------------------------------------------------------------------------------------- */

static const struct {
	int curses, key;
} special[] = {
	{ KEY_ENTER, SCREEN_ENTER }, { KEY_BTAB, SCREEN_BACK_TAB },       { KEY_UP, SCREEN_UP },           { KEY_DOWN, SCREEN_DOWN }, { KEY_LEFT, SCREEN_LEFT },
	{ KEY_RIGHT, SCREEN_RIGHT }, { KEY_PPAGE, SCREEN_PAGE_UP },       { KEY_NPAGE, SCREEN_PAGE_DOWN }, { KEY_HOME, SCREEN_HOME }, { KEY_END, SCREEN_END },
	{ KEY_DC, SCREEN_DELETE },   { KEY_BACKSPACE, SCREEN_BACKSPACE }, { KEY_RESIZE, SCREEN_RESIZED },
};

static int character(wint_t c)
{
	switch (c) {
	case '\r':
	case '\n':
		return SCREEN_ENTER;
	case '\t':
		return SCREEN_TAB;
	case 0x1B:
		return SCREEN_ESCAPE;
	case 0x08:
	case 0x7F:
		return SCREEN_BACKSPACE;
	default:
		return (int)c;
	}
}

int screen_key(void)
{
	wint_t c = 0;
	int got = nc.wget_wch(screen.all, &c);

	if (got == OK)
		return character(c);
	if (got == KEY_CODE_YES)
		for (size_t i = 0; i < sizeof special / sizeof *special; i++)
			if ((wint_t)special[i].curses == c)
				return special[i].key;
	return SCREEN_NONE;
}

void screen_wait(int milliseconds)
{
	struct pollfd v = { STDIN_FILENO, POLLIN, 0 };

	/* The terminal is gone. */
	if (poll(&v, 1, milliseconds) > 0 && v.revents & (POLLHUP | POLLERR | POLLNVAL))
		stopped = SIGHUP;
}
