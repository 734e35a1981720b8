/* postern mail at a terminal: the loop. */
#include "cli/tui.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/text.h"

#define PART_MOST ((size_t)128 << 20)
#define SOON_MS   200  /* as long as nobody notices a wait */
#define LOOK_MS   1000 /* the status is looked at so often */

static PRINTF(3, 0) void say(struct tui *t, bool bad, const char *format, va_list args)
{
	(void)vsnprintf(t->said, sizeof t->said, format, args);
	t->bad = bad;
}

void tui_say(struct tui *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(t, false, format, args);
	va_end(args);
}

void tui_say_bad(struct tui *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(t, true, format, args);
	va_end(args);
}

/* With the cache ------------------------------------------------------------------------------------------------------------------ */

status tui_with_cache(struct tui *t, unsigned patience_ms, tui_work *work, void *context)
{
	struct mail_at_work *w = t->w;
	status s;

	w->why.text[0] = '\0';
	s = mail_open_store(w, patience_ms);
	if (!s)
		s = work(t, w, context);
	cache_close(w->cache);
	w->cache = NULL;
	w->mailbox = NULL;
	return s;
}

bool tui_do(struct tui *t, tui_work *work, void *context)
{
	status s = tui_with_cache(t, SOON_MS, work, context);

	if (s == ecBusy) {
		t->busy = true;
		tui_draw(t);
		s = tui_with_cache(t, MAIL_PATIENCE_MS, work, context);
	}
	t->busy = s == ecBusy;
	if (s)
		tui_say_bad(t, "%s", *t->w->why.text ? t->w->why.text : "that could not be done");
	return !s;
}

/* What is stale ------------------------------------------------------------------------------------------------------------------- */

static status load(struct tui *t, struct mail_at_work *w, void *context)
{
	status s = t->stale & TUI_STALE_FOLDERS ? tui_mailbox_load(tui_mailbox(t), w) : ecNone;
	status seen;

	(void)context;
	if (!s && t->stale & TUI_STALE_FOLDERS)
		s = tui_folders_arrange(t);
	if (!s && t->stale & TUI_STALE_LIST)
		s = tui_list_load(t, w);
	/* Without a list there is no message to be seen: the one of before goes. */
	seen = tui_preview_load(t, w);
	return s ? s : seen;
}

/* Whoever types is not made to wait for it. */
static void load_stale(struct tui *t)
{
	uint64_t stamp = cache_stamp(t->w->store.folder);
	status s = tui_with_cache(t, SOON_MS, load, NULL);

	t->busy = s == ecBusy;
	if (t->busy)
		return;
	tui_mailbox(t)->stamp = stamp;
	t->stale = 0;
	if (s)
		tui_say_bad(t, "%s", *t->w->why.text ? t->w->why.text : "the cache cannot be read");
}

/* The loop ------------------------------------------------------------------------------------------------------------------------ */

static void loop(struct tui *t)
{
	struct arena_mark mark = arena_mark(t->w->arena);
	int key;

	while (!t->done && !screen_is_stopped()) {
		arena_rewind(t->w->arena, mark);
		tui_draw(t);
		if (t->stale) {
			load_stale(t);
			tui_draw(t);
		} else if (tui_mailboxes_look(t)) {
			tui_draw(t);
		}
		screen_wait(t->stale ? SOON_MS : LOOK_MS);
		if (cache_stamp(t->w->store.folder) != tui_mailbox(t)->stamp)
			t->stale |= TUI_STALE_ALL;
		while (!t->done && !screen_is_stopped() && (key = screen_key()) != SCREEN_NONE) {
			/* What was typed ahead is meant for what will be there. */
			if (t->stale & (TUI_STALE_FOLDERS | TUI_STALE_LIST))
				load_stale(t);
			tui_key(t, key);
			arena_rewind(t->w->arena, mark);
		}
	}
}

static status nothing(struct tui *t, struct mail_at_work *w, void *context)
{
	(void)t;
	(void)w;
	(void)context;
	return ecNone;
}

int tui_run(struct mail_at_work *w)
{
	struct tui t = {
		.w = w,
		.o = w->o,
		.folders = { .arena = ARENA_BUDGET(PART_MOST) },
		.list = { .arena = ARENA_BUDGET(PART_MOST) },
		.preview = { .arena = ARENA_BUDGET(PART_MOST) },
		.focus = TUI_LIST,
		.stale = TUI_STALE_ALL,
	};
	status s = tui_mailboxes_begin(&t);

	/* Who has it may have it for a while; what else is wrong with it is said before there is a screen. */
	if (!s)
		s = tui_with_cache(&t, 0, nothing, NULL);
	if (!s || s == ecBusy)
		s = screen_open(&w->why);
	if (!s) {
		tui_say(&t, "? shows the keys");
		loop(&t);
		screen_close();
	}
	tui_mailboxes_end(&t);
	arena_free(&t.folders.arena);
	arena_free(&t.list.arena);
	arena_free(&t.preview.arena);
	return s ? EXIT_LOSS : EXIT_COMPLETE;
}
