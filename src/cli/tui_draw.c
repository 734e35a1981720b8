/* The screen as a whole: title, panes and what is between them, how it stands, what is said or asked. */
#include <stdio.h>
#include <string.h>

#include "cli/columns.h"
#include "cli/tui.h"

#define MORE         " (more)"
#define MORE_COLUMNS 7u

void tui_draw_more(const struct tui_rows *r, const struct tui_area *a)
{
	if (r->top + a->rows < r->n && a->columns > MORE_COLUMNS)
		screen_put(a->row + a->rows - 1, a->column + a->columns - MORE_COLUMNS, MORE_COLUMNS, SCREEN_DIM, MORE);
}

static void draw_title(struct tui *t, unsigned columns)
{
	char text[1024], count[80];
	const struct mail_folder *f = tui_folder(t);
	const char *search = t->list.search, *path = f ? f->path : "", *unread = t->list.query.unread ? "  (only what was not read)" : "";
	const struct profile_store *store = &t->w->store;
	unsigned n;

	if (t->focus == TUI_HELP) {
		screen_put(0, 0, columns, SCREEN_BAR, " Keys");
		return;
	}
	/* One's own mailbox needs no name. */
	(void)snprintf(text, sizeof text, " %s%s%s%s%s", *store->name ? store->title : "", *store->name ? ": " : "", *search ? "Search: " : "", *search ? search : path, unread);
	if (*search || *unread)
		(void)snprintf(count, sizeof count, "%zu found ", t->list.rows.n);
	else
		(void)snprintf(count, sizeof count, "%llu items, %llu unread ", f ? (unsigned long long)f->items : 0, f ? (unsigned long long)f->unread : 0);
	n = (unsigned)strlen(count);
	screen_put(0, 0, columns, SCREEN_BAR, text);
	if (n + 12 < columns)
		screen_put(0, columns - n, n, SCREEN_BAR, count);
}

static void draw_panes(struct tui *t)
{
	static void (*const draw[TUI_PANES])(struct tui *t, const struct tui_area *a) = { tui_folders_draw, tui_list_draw, tui_preview_draw, tui_help_draw };
	const struct tui_area *left = &t->areas[TUI_FOLDERS], *list = &t->areas[TUI_LIST];

	for (enum tui_pane p = TUI_FOLDERS; p < TUI_PANES; p++)
		if (t->areas[p].rows)
			draw[p](t, &t->areas[p]);
	if (left->rows && list->rows) {
		screen_vertical(left->row, left->columns, left->rows);
		screen_horizontal(list->row + list->rows, list->column, list->columns);
	}
}

/* Of a long answer its end is seen, where the cursor is. */
static void draw_question(const struct tui *t, unsigned row, unsigned columns)
{
	unsigned asked = columns_width(t->question), room;
	const char *shown = t->answer;

	if (asked + 4 > columns)
		asked = columns > 4 ? columns - 4 : 0;
	room = columns - asked - 1;
	while (columns_width(shown) > room)
		do
			shown++;
		while (((unsigned char)*shown & 0xC0) == 0x80);
	screen_put(row, 0, asked, SCREEN_BOLD, t->question);
	screen_put(row, asked, room, SCREEN_PLAIN, shown);
	screen_cursor(row, asked + columns_width(shown));
}

static void draw_said(const struct tui *t, unsigned row, unsigned columns)
{
	const char *words = t->busy && !t->bad ? "Waiting for another program to make room ..." : t->said;

	screen_put(row, 0, columns, t->bad ? SCREEN_BAD : SCREEN_PLAIN, words);
}

void tui_draw(struct tui *t)
{
	unsigned rows, columns;

	screen_size(&rows, &columns);
	screen_begin();
	tui_layout(rows, columns, t->focus, t->areas);
	draw_panes(t);
	draw_title(t, columns);
	/* While something is asked, what was said stands above it. */
	if (rows > 2 && t->question && *t->said)
		draw_said(t, rows - 2, columns);
	else if (rows > 2)
		tui_status_draw(t, rows - 2, columns);
	if (t->question)
		draw_question(t, rows - 1, columns);
	else if (rows > 1)
		draw_said(t, rows - 1, columns - 1);
	screen_end();
}
