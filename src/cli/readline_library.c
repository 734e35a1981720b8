#include "cli/readline_library.h"

struct readline_symbols rl;

status readline_load(struct reason *why)
{
	static const char *const names[] = LIBRARY_NAMES(READLINE_SYMBOLS);

	return library_load("libreadline.so.8", names, &rl, sizeof rl, why);
}
