#include "cli/tui_layout.h"

#include <string.h>

/* Below this only one pane is seen at a time. */
#define WIDE_COLUMNS 60u
#define WIDE_ROWS    16u
#define AROUND       3u /* rows that are no pane's: the title, how it stands, what is said */
#define LEFT_LEAST   16u
#define LEFT_MOST    32u

static void beside_each_other(unsigned rows, unsigned columns, struct tui_area areas[static TUI_PANES])
{
	unsigned left = columns / 4 < LEFT_LEAST ? LEFT_LEAST : columns / 4 > LEFT_MOST ? LEFT_MOST : columns / 4;
	unsigned right = columns - left - 1, list = rows * 2 / 5;

	areas[TUI_FOLDERS] = (struct tui_area){ 1, 0, rows, left };
	areas[TUI_LIST] = (struct tui_area){ 1, left + 1, list, right };
	areas[TUI_PREVIEW] = (struct tui_area){ 1 + list + 1, left + 1, rows - list - 1, right };
}

void tui_layout(unsigned rows, unsigned columns, enum tui_pane focus, struct tui_area areas[static TUI_PANES])
{
	unsigned room = rows > AROUND ? rows - AROUND : 0;

	memset(areas, 0, TUI_PANES * sizeof *areas);
	if (focus != TUI_HELP && columns >= WIDE_COLUMNS && rows >= WIDE_ROWS)
		beside_each_other(room, columns, areas);
	else
		areas[focus] = (struct tui_area){ 1, 0, room, columns };
}

void tui_rows_scroll(struct tui_rows *r, unsigned seen)
{
	if (!seen)
		return;
	if (r->at >= r->n)
		r->at = r->n ? r->n - 1 : 0;
	if (r->at < r->top)
		r->top = r->at;
	if (r->at >= r->top + seen)
		r->top = r->at - seen + 1;
	/* No empty rows below while there are some above. */
	if (r->top + seen > r->n)
		r->top = r->n > seen ? r->n - seen : 0;
}

void tui_rows_scroll_text(struct tui_rows *r, unsigned seen)
{
	if (r->at + seen > r->n)
		r->at = r->n > seen ? r->n - seen : 0;
	r->top = r->at;
}

void tui_rows_move(struct tui_rows *r, long by)
{
	if (by < 0)
		r->at = (size_t)-by > r->at ? 0 : r->at - (size_t)-by;
	else if (r->n)
		r->at = (size_t)by > r->n - 1 - r->at ? r->n - 1 : r->at + (size_t)by;
}
