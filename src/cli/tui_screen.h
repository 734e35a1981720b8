/* The screen of the terminal interface, and its keys: all that knows of curses. */
#ifndef CLI_TUI_SCREEN_H
#define CLI_TUI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

enum screen_style { SCREEN_PLAIN, SCREEN_BOLD, SCREEN_DIM, SCREEN_CHOSEN, SCREEN_MARKED, SCREEN_BAR, SCREEN_QUOTE, SCREEN_BAD };

/* Keys that are no characters stand beyond all characters. */
enum screen_key {
	SCREEN_NONE = -1, /* nothing was typed */
	SCREEN_ENTER = 0x110000,
	SCREEN_ESCAPE,
	SCREEN_TAB,
	SCREEN_BACK_TAB,
	SCREEN_UP,
	SCREEN_DOWN,
	SCREEN_LEFT,
	SCREEN_RIGHT,
	SCREEN_PAGE_UP,
	SCREEN_PAGE_DOWN,
	SCREEN_HOME,
	SCREEN_END,
	SCREEN_DELETE,
	SCREEN_BACKSPACE,
	SCREEN_RESIZED,
};

/* Is somebody at a terminal that can move its cursor? */
bool screen_is_possible(void);
/* Signals that would end the program only ask it to (screen_is_stopped). */
status screen_open(struct reason *why) MUST;
void screen_close(void);
bool screen_is_stopped(void);
/* Another program has the terminal between these two. */
void screen_suspend(void);
void screen_resume(void);

void screen_size(unsigned *rows, unsigned *columns);
/* Drawing: from an empty screen to what is shown. What is beyond the screen is not drawn. */
void screen_begin(void);
/* Cut to `width` columns, and filled up with blanks. */
void screen_put(unsigned row, unsigned column, unsigned width, enum screen_style style, const char *utf8);
void screen_put_bytes(unsigned row, unsigned column, unsigned width, enum screen_style style, const char *utf8, size_t bytes);
void screen_vertical(unsigned row, unsigned column, unsigned rows);
void screen_horizontal(unsigned row, unsigned column, unsigned columns);
void screen_cursor(unsigned row, unsigned column); /* it is shown there */
void screen_end(void);
/* All of it anew: others wrote upon it. */
void screen_redraw(void);

/* A character or one of the above; SCREEN_NONE at once when nothing was typed. */
int screen_key(void);
/* Until something is typed, a signal came or the time is over. */
void screen_wait(int milliseconds);

#endif
