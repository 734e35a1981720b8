#include "cli/curses_library.h"

struct curses_symbols nc;

status curses_load(struct reason *why)
{
	static const char *const names[] = LIBRARY_NAMES(CURSES_SYMBOLS);

	return library_load("libncursesw.so.6", names, &nc, sizeof nc, why);
}
