/* Where the panes of the terminal interface are, and which rows of each are seen: arithmetic alone. */
#ifndef CLI_TUI_LAYOUT_H
#define CLI_TUI_LAYOUT_H

#include <stddef.h>

enum tui_pane { TUI_FOLDERS, TUI_LIST, TUI_PREVIEW, TUI_HELP, TUI_PANES };

struct tui_area {
	unsigned row, column, rows, columns; /* rows 0: not shown */
};

/*
 * Of a terminal of this size: its first row is the title, its last two are how it stands and what is said.  Folders, list and message stand beside and above each
 * other, with a line between them, where there is room; else only the pane at work is seen.  The help is always alone.
 */
void tui_layout(unsigned rows, unsigned columns, enum tui_pane focus, struct tui_area areas[static TUI_PANES]);

/* Rows of which one is chosen and some are seen. */
struct tui_rows {
	size_t n, at, top;
};

/* What is seen moves as far as it must for the chosen row to be among it. */
void tui_rows_scroll(struct tui_rows *r, unsigned seen);
/* Of a text no row is chosen: `at` is the first one that is seen, and the last ones fill the pane. */
void tui_rows_scroll_text(struct tui_rows *r, unsigned seen);
/* `at` moves, to the first or last one at most. */
void tui_rows_move(struct tui_rows *r, long by);

#endif
