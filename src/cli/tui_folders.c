/* The folders, with how much of them was not read. */
#include <stdio.h>
#include <string.h>

#include "cli/tui.h"

const struct mail_folder *tui_folder(const struct tui *t)
{
	return t->folders.rows.at < t->folders.rows.n ? &t->folders.v[t->folders.rows.at] : NULL;
}

enum mailbox_role tui_folder_role(const struct tui *t, uint64_t id)
{
	for (size_t i = 0; i < t->folders.rows.n; i++)
		if (t->folders.v[i].id == id)
			return t->folders.v[i].role;
	return MAILBOX_PLAIN;
}

/* Keeps what there was when it fails. */
status tui_folders_load(struct tui *t, struct mail_at_work *w)
{
	struct arena arena = ARENA_BUDGET(t->folders.arena.budget);
	const struct mail_folder *chosen = tui_folder(t);
	uint64_t id = chosen ? chosen->id : 0;
	struct mail_folder *v;
	size_t n = 0;
	status s = mail_folders(w->mailbox, &arena, &v, &n, &w->why);

	if (s) {
		arena_free(&arena);
		return s;
	}
	arena_free(&t->folders.arena);
	t->folders.arena = arena;
	t->folders.v = v;
	t->folders.rows.n = n;
	if (t->folders.rows.at >= n)
		t->folders.rows.at = n ? n - 1 : 0;
	for (size_t i = 0; i < n; i++)
		if (v[i].id == id)
			t->folders.rows.at = i;
	/* The folder whose list is shown may have gone. */
	chosen = tui_folder(t);
	if (chosen && id && chosen->id != id)
		(void)tui_folder_open(t, chosen->id);
	return ecNone;
}

bool tui_folder_open(struct tui *t, uint64_t id)
{
	for (size_t i = 0; i < t->folders.rows.n; i++)
		if (t->folders.v[i].id == id) {
			t->folders.rows.at = i;
			t->list.query.folder = id;
			tui_list_search(t, "");
			return true;
		}
	return false;
}

/* Of what is one's own, all of it; of what came, what was not read. */
static uint64_t number_of(const struct mail_folder *f)
{
	return f->role == MAILBOX_DRAFTS || f->role == MAILBOX_OUTBOX ? f->items : f->unread;
}

static void draw_one(const struct tui *t, const struct tui_area *a, size_t i, unsigned row)
{
	const struct mail_folder *f = &t->folders.v[i];
	uint64_t n = number_of(f);
	char number[24] = "";
	unsigned indent = 1 + 2 * (f->depth < a->columns / 6 ? f->depth : a->columns / 6), end;
	enum screen_style style = i != t->folders.rows.at ? (n ? SCREEN_BOLD : SCREEN_PLAIN) : t->focus == TUI_FOLDERS ? SCREEN_CHOSEN : SCREEN_MARKED;

	if (n)
		(void)snprintf(number, sizeof number, " %llu ", (unsigned long long)n);
	end = (unsigned)strlen(number);
	if (indent + end > a->columns)
		indent = end = 0;
	screen_put(row, a->column, indent, style == SCREEN_MARKED ? SCREEN_PLAIN : style, "");
	screen_put(row, a->column + indent, a->columns - indent - end, style, f->name);
	screen_put(row, a->column + a->columns - end, end, style, number);
}

void tui_folders_draw(struct tui *t, const struct tui_area *a)
{
	tui_rows_scroll(&t->folders.rows, a->rows);
	for (unsigned i = 0; i < a->rows && t->folders.rows.top + i < t->folders.rows.n; i++)
		draw_one(t, a, t->folders.rows.top + i, a->row + i);
}
