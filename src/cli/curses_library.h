/* The parts of ncurses, with wide characters, that are used; it is loaded when somebody reads mail at a terminal. */
#ifndef CLI_CURSES_LIBRARY_H
#define CLI_CURSES_LIBRARY_H

#define NCURSES_NOMACROS 1
#define NCURSES_WIDECHAR 1
#include <ncurses.h>

#include "base/library.h"

/* Functions and variables alike: of a variable the table holds its address. */
#define CURSES_SYMBOLS(F)     \
	F(cbreak)             \
	F(clearok)            \
	F(curs_set)           \
	F(def_prog_mode)      \
	F(delscreen)          \
	F(endwin)             \
	F(getmaxx)            \
	F(getmaxy)            \
	F(has_colors)         \
	F(init_pair)          \
	F(keypad)             \
	F(newterm)            \
	F(nodelay)            \
	F(noecho)             \
	F(reset_prog_mode)    \
	F(set_escdelay)       \
	F(start_color)        \
	F(stdscr)             \
	F(use_default_colors) \
	F(waddnwstr)          \
	F(wattr_set)          \
	F(werase)             \
	F(wget_wch)           \
	F(wmove)              \
	F(wrefresh)

LIBRARY_DECLARE(curses_symbols, CURSES_SYMBOLS)

/* Once curses_load() has succeeded. */
extern struct curses_symbols nc;
status curses_load(struct reason *why) MUST;

#endif
