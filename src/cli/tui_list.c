/* The list of a folder, or what a search found. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/tui.h"

#define WINDOW 300u /* rows that are loaded at a time */

const struct mail_row *tui_list_row(const struct tui *t)
{
	size_t at = t->list.rows.at, skip = t->list.query.skip;

	return at >= skip && at - skip < t->list.page.n ? &t->list.page.rows[at - skip] : NULL;
}

static status read_page(struct mail_at_work *w, struct arena *arena, struct mail_query *q, struct mail_page *page)
{
	status s = mail_list(w->mailbox, q, &clock_system, arena, page, &w->why);

	/* Fewer than there were. */
	if (!s && !page->n && q->skip) {
		q->skip = 0;
		s = mail_list(w->mailbox, q, &clock_system, arena, page, &w->why);
	}
	return s;
}

static bool choose(struct tui_list *l, uint64_t id)
{
	for (size_t i = 0; i < l->page.n; i++)
		if (l->page.rows[i].id == id) {
			l->rows.at = l->query.skip + i;
			return true;
		}
	return false;
}

/* Around the chosen row. Keeps what there was when it fails. */
static status load_window(struct tui *t, struct mail_at_work *w)
{
	struct tui_list *l = &t->list;
	struct arena arena = ARENA_BUDGET(l->arena.budget);
	struct mail_query q = l->query;
	struct mail_page page = { .n = 0 };
	status s;

	q.search = *l->search ? l->search : NULL;
	q.folder = q.search ? 0 : q.folder;
	q.limit = WINDOW;
	q.skip = l->rows.at > WINDOW / 2 ? l->rows.at - WINDOW / 2 : 0;
	s = read_page(w, &arena, &q, &page);
	if (s) {
		arena_free(&arena);
		return s;
	}
	arena_free(&l->arena);
	l->arena = arena;
	l->page = page;
	l->query.skip = q.skip;
	l->rows.n = q.skip + page.n;
	if (page.more)
		l->rows.n = page.total > l->rows.n ? (size_t)page.total : l->rows.n + 1;
	return ecNone;
}

status tui_list_load(struct tui *t, struct mail_at_work *w)
{
	struct tui_list *l = &t->list;
	const struct mail_row *row = tui_list_row(t);
	uint64_t kept = row ? row->id : 0;
	size_t had = l->rows.n, at = l->rows.at;
	status s = load_window(t, w);

	/* So many are new that what was chosen is beyond the window. */
	if (!s && kept && !choose(l, kept) && l->rows.n > had) {
		l->rows.at += l->rows.n - had;
		s = load_window(t, w);
		if (!s && !choose(l, kept))
			l->rows.at = at;
	}
	if (l->rows.at >= l->rows.n)
		l->rows.at = l->rows.n ? l->rows.n - 1 : 0;
	l->complete = 0;
	return s || !l->query.folder ? s : cache_folder_time(w->cache, l->query.folder, &l->complete);
}

void tui_list_move(struct tui *t, long by)
{
	size_t skip = t->list.query.skip;

	tui_rows_move(&t->list.rows, by);
	if (t->list.rows.n && (t->list.rows.at < skip || t->list.rows.at - skip >= t->list.page.n))
		t->stale |= TUI_STALE_LIST;
	t->stale |= TUI_STALE_PREVIEW;
}

void tui_list_search(struct tui *t, const char *words)
{
	(void)snprintf(t->list.search, sizeof t->list.search, "%s", words);
	t->list.page.n = 0;
	t->list.query.skip = 0;
	t->list.rows = (struct tui_rows){ 0, 0, 0 };
	t->stale |= TUI_STALE_LIST | TUI_STALE_PREVIEW;
}

/* Drawing ------------------------------------------------------------------------------------------------------------------------- */

static void draw_row(const struct tui *t, const struct tui_area *a, const struct mail_row *r, bool chosen, unsigned row)
{
	bool narrow = a->columns < 56;
	unsigned dates = narrow ? 8 : 13, people = narrow ? a->columns / 4 : a->columns / 4 > 24 ? 24 : a->columns / 4, used = 5 + dates + people + 1;
	enum screen_style style = chosen ? (t->focus == TUI_LIST ? SCREEN_CHOSEN : SCREEN_MARKED) : r->read ? SCREEN_PLAIN : SCREEN_BOLD;
	char marks[MAIL_MARKS_SIZE], date[MAIL_DATE_SIZE];
	unsigned c = a->column;

	mail_row_marks(r, marks);
	mail_date_text(r->date, narrow, date);
	screen_put(row, c, 5, style, marks);
	screen_put(row, c + 5, dates, style, date);
	screen_put(row, c + 5 + dates, people, style, mail_folder_is_outgoing(tui_folder_role(t, r->folder)) ? r->to : *r->sender ? r->sender : r->to);
	screen_put(row, c + used - 1, 1, style, "");
	if (a->columns > used)
		screen_put(row, c + used, a->columns - used, style, *r->subject ? r->subject : "(no subject)");
}

void tui_list_draw(struct tui *t, const struct tui_area *a)
{
	struct tui_list *l = &t->list;

	tui_rows_scroll(&l->rows, a->rows);
	if (!l->rows.n && !(t->stale & TUI_STALE_LIST))
		screen_put(a->row, a->column, a->columns, SCREEN_DIM, *l->search || l->query.unread ? "  nothing was found" : "  nothing is in this folder");
	for (unsigned i = 0; i < a->rows && l->rows.top + i < l->rows.n; i++) {
		size_t at = l->rows.top + i;

		if (at >= l->query.skip && at - l->query.skip < l->page.n)
			draw_row(t, a, &l->page.rows[at - l->query.skip], at == l->rows.at, a->row + i);
	}
}
