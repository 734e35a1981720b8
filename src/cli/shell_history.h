/* The lines that were typed, kept for the next time: a file of the user's own, closed to others. */
#ifndef CLI_SHELL_HISTORY_H
#define CLI_SHELL_HISTORY_H

#include <stdbool.h>

#define HISTORY_LINES 1000

struct history {
	char path[1024];
	bool usable; /* else lines are remembered only until the shell ends */
};

/* $XDG_STATE_HOME/postern/history, else ~/.local/state/postern/history; made when it is not there. readline is loaded. */
void history_open(struct history *h);
/* Lines of blanks, and those that begin with one, are not kept. */
void history_add(struct history *h, const char *line);
void history_close(struct history *h);

#endif
