/* The message that is chosen. */
#include <string.h>

#include "cli/columns.h"
#include "cli/tui.h"

/* Loading ------------------------------------------------------------------------------------------------------------------------- */

static status find_waiting(struct tui_preview *p, struct mail_at_work *w)
{
	struct outbox_item *v;
	size_t n = 0;
	status s = outbox_list(w->cache, &p->arena, &v, &n);

	p->waiting = NULL;
	for (size_t i = 0; !s && i < n; i++)
		if (v[i].message == p->id)
			p->waiting = mail_outbox_words(&v[i]);
	return s;
}

status tui_preview_load(struct tui *t, struct mail_at_work *w)
{
	struct tui_preview *p = &t->preview;
	const struct mail_row *row = tui_list_row(t);
	uint64_t before = p->id;
	enum cache_fullness fullness = CACHE_FULL;
	status s;

	p->width = 0;
	p->id = 0;
	p->rows.n = 0;
	arena_reset(&p->arena);
	if (!row || !t->areas[TUI_PREVIEW].rows)
		return ecNone;
	if (row->id != before)
		p->rows = (struct tui_rows){ 0, 0, 0 };
	s = mail_view(w->mailbox, row->id, &p->arena, &p->view, &w->why);
	if (s)
		return s;
	p->id = row->id;
	s = cache_fullness(w->cache, p->id, &fullness);
	p->headers_only = !s && fullness == CACHE_HEADERS;
	return s ? s : find_waiting(p, w);
}

/* Lines --------------------------------------------------------------------------------------------------------------------------- */

struct lines {
	struct tui_preview *p;
	size_t room;
	bool full; /* of the arena: what does not fit is not shown */
};

static void add(struct lines *l, const char *text, size_t bytes, enum screen_style style)
{
	struct tui_preview *p = l->p;

	if (!l->full && p->rows.n == l->room) {
		size_t room = l->room ? 2 * l->room : 256;
		struct tui_line *more = arena_array(&p->arena, room, sizeof *more);

		l->full = !more;
		if (more && p->rows.n)
			memcpy(more, p->lines, p->rows.n * sizeof *more);
		if (more) {
			p->lines = more;
			l->room = room;
		}
	}
	if (!l->full)
		p->lines[p->rows.n++] = (struct tui_line){ text, bytes, style };
}

static void add_wrapped(struct lines *l, const char *text, enum screen_style style)
{
	size_t n, next;

	do {
		n = columns_line(text, l->p->width, &next);
		add(l, text, n, style);
		text += next;
	} while (*text && !l->full);
}

static void add_header(void *context, const char *label, const char *text)
{
	struct lines *l = context;
	const char *line = text && *text ? arena_printf(&l->p->arena, "%-8s %s", label, text) : NULL;

	if (line)
		add_wrapped(l, line, strcmp(label, "Subject") == 0 || strcmp(label, "Outbox") == 0 ? SCREEN_BOLD : SCREEN_PLAIN);
}

static void add_headers(struct lines *l)
{
	mail_headers(&l->p->view, &l->p->arena, add_header, l);
	add_header(l, "Outbox", l->p->waiting);
	if (l->p->headers_only)
		add_wrapped(l, "Only the headers of this message are here yet.", SCREEN_BAD);
	add(l, "", 0, SCREEN_PLAIN);
}

static void add_text(struct lines *l, const char *text)
{
	size_t n, next;
	bool begins = true, quoted = false;

	while (*text && !l->full) {
		n = columns_line(text, l->p->width, &next);
		if (begins)
			quoted = *text == '>';
		add(l, text, n, quoted ? SCREEN_QUOTE : SCREEN_PLAIN);
		begins = next && text[next - 1] == '\n';
		text += next;
	}
	if (l->p->view.text_cut || l->full)
		add(l, "[the text is cut here; the whole message can be exported]", 57, SCREEN_BAD);
}

static void make_lines(struct tui_preview *p, unsigned width)
{
	struct lines l = { .p = p };

	p->width = width;
	p->rows.n = 0;
	p->lines = NULL;
	add_headers(&l);
	add_text(&l, p->view.text);
}

void tui_preview_draw(struct tui *t, const struct tui_area *a)
{
	struct tui_preview *p = &t->preview;

	/* While another program has the cache, what was shown before is not taken for what is chosen now. */
	if (!p->id || (t->busy && (!tui_list_row(t) || tui_list_row(t)->id != p->id)))
		return;
	if (p->width != a->columns)
		make_lines(p, a->columns);
	tui_rows_scroll_text(&p->rows, a->rows);
	for (unsigned i = 0; i < a->rows && p->rows.top + i < p->rows.n; i++) {
		const struct tui_line *line = &p->lines[p->rows.top + i];

		screen_put_bytes(a->row + i, a->column, a->columns, line->style, line->text, line->bytes);
	}
	if (t->focus == TUI_PREVIEW)
		tui_draw_more(&p->rows, a);
}
