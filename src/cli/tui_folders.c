/* The folders of all mailboxes, one's own first, with how much of them was not read. */
#include <stdio.h>
#include <string.h>

#include "cli/tui.h"

/* The name of a mailbox, above its folders. */
#define HEADING SIZE_MAX

static const struct mail_folder *folder_at(const struct tui *t, size_t row)
{
	const struct tui_folder_row *r = row < t->folders.rows.n ? &t->folders.v[row] : NULL;

	return r && r->folder != HEADING ? &t->mailboxes.v[r->mailbox].folders[r->folder] : NULL;
}

const struct mail_folder *tui_folder(const struct tui *t)
{
	return folder_at(t, t->folders.rows.at);
}

enum mailbox_role tui_folder_role(const struct tui *t, uint64_t id)
{
	const struct tui_mailbox *m = tui_mailbox(t);

	for (size_t i = 0; i < m->n; i++)
		if (m->folders[i].id == id)
			return m->folders[i].role;
	return MAILBOX_PLAIN;
}

/* Rows ---------------------------------------------------------------------------------------------------------------------------- */

static status count_rows(const struct tui *t, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < t->mailboxes.n; i++)
		*n += t->mailboxes.v[i].n + (i > 0);
	return *n ? ecNone : ecNotFound;
}

/* False: it is not among the rows. */
static bool choose_row(struct tui *t, size_t mailbox, uint64_t id)
{
	for (size_t i = 0; i < t->folders.rows.n; i++) {
		const struct mail_folder *f = folder_at(t, i);

		if (f && t->folders.v[i].mailbox == mailbox && f->id == id) {
			t->folders.rows.at = i;
			return true;
		}
	}
	return false;
}

/* Keeps what there was when it fails. The one whose list is shown stays chosen. */
status tui_folders_arrange(struct tui *t)
{
	struct arena arena = ARENA_BUDGET(t->folders.arena.budget);
	struct tui_folder_row *v = NULL;
	size_t n = 0, k = 0;
	status s = count_rows(t, &n);

	if (!s)
		v = arena_array(&arena, n, sizeof *v);
	if (!v)
		return s ? ecNone : ecMemory;
	for (size_t i = 0; i < t->mailboxes.n; i++) {
		if (i)
			v[k++] = (struct tui_folder_row){ i, HEADING };
		for (size_t f = 0; f < t->mailboxes.v[i].n; f++)
			v[k++] = (struct tui_folder_row){ i, f };
	}
	arena_free(&t->folders.arena);
	t->folders.arena = arena;
	t->folders.v = v;
	t->folders.rows.n = k;
	/* It may have gone: the first one of its mailbox. */
	if ((!t->list.query.folder || !choose_row(t, t->mailboxes.at, t->list.query.folder)) && tui_mailbox(t)->n)
		(void)tui_folder_open(t, tui_mailbox(t)->folders[0].id);
	return ecNone;
}

bool tui_folder_open(struct tui *t, uint64_t id)
{
	if (!choose_row(t, t->mailboxes.at, id))
		return false;
	t->list.query.folder = id;
	tui_list_search(t, "");
	return true;
}

/* Names are passed over, in the direction of the move where there is anything else. */
void tui_folders_move(struct tui *t, long by)
{
	struct tui_rows *r = &t->folders.rows;
	const struct mail_folder *f;
	size_t was = r->at;

	tui_rows_move(r, by);
	while (!tui_folder(t) && (by < 0 ? r->at > 0 : r->at + 1 < r->n))
		r->at += by < 0 ? (size_t)-1 : 1;
	while (!tui_folder(t) && r->at != was)
		r->at += r->at < was ? 1 : (size_t)-1;
	f = tui_folder(t);
	if (!f || (t->folders.v[r->at].mailbox == t->mailboxes.at && f->id == t->list.query.folder))
		return;
	tui_mailbox_choose(t, t->folders.v[r->at].mailbox);
	(void)tui_folder_open(t, f->id);
}

/* Drawing ------------------------------------------------------------------------------------------------------------------------- */

/* Of what is one's own, all of it; of what came, what was not read. */
static uint64_t number_of(const struct mail_folder *f)
{
	return f->role == MAILBOX_DRAFTS || f->role == MAILBOX_OUTBOX ? f->items : f->unread;
}

static void draw_folder(const struct tui *t, const struct tui_area *a, size_t i, unsigned row)
{
	const struct mail_folder *f = folder_at(t, i);
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
	struct tui_rows *r = &t->folders.rows;

	/* The name above the first of its folders is seen with it. */
	if (r->top && r->at == r->top && !folder_at(t, r->top - 1))
		r->top--;
	tui_rows_scroll(r, a->rows);
	for (unsigned i = 0; i < a->rows && r->top + i < r->n; i++)
		if (folder_at(t, r->top + i))
			draw_folder(t, a, r->top + i, a->row + i);
		else
			screen_put(a->row + i, a->column, a->columns, SCREEN_DIM, t->mailboxes.v[t->folders.v[r->top + i].mailbox].store.title);
}
