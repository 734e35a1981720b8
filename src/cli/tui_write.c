/* Letters: in the editor, and then as one says. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/tui.h"

struct writing {
	struct mail_letter letter;
	enum mail_draft_kind kind;
	uint64_t original;
	bool sending;
};

static status begin(struct tui *t, struct mail_at_work *w, void *context)
{
	struct writing *v = context;

	(void)t;
	return mail_letter_begin(w, v->kind, v->original, &v->letter);
}

static status keep(struct tui *t, struct mail_at_work *w, void *context)
{
	struct writing *v = context;
	uint64_t id;

	(void)t;
	return mail_letter_keep(w, &v->letter, v->sending, &id);
}

/* What else is to be said, or this. */
static void say_aside(struct tui *t, const char *words)
{
	tui_say(t, "%s", *t->w->aside.text ? t->w->aside.text : words);
	t->w->aside.text[0] = '\0';
}

static bool edit(struct tui *t, struct writing *v)
{
	status s;

	t->w->why.text[0] = '\0';
	screen_suspend();
	s = mail_letter_edit(t->w, &v->letter);
	screen_resume();
	if (s)
		tui_say_bad(t, "%s", t->w->why.text);
	return !s;
}

static void give_up(struct tui *t, const struct writing *v)
{
	if (*v->letter.path)
		(void)unlink(v->letter.path);
	tui_say(t, "Given up");
}

static void leave_file(struct tui *t, const struct writing *v)
{
	tui_say(t, "What was written is in %s", v->letter.path);
}

static bool keep_letter(struct tui *t, struct writing *v, bool sending)
{
	v->sending = sending;
	if (!tui_do(t, keep, v))
		return false;
	t->stale |= TUI_STALE_ALL;
	say_aside(t, sending ? TUI_IN_OUTBOX : "In Drafts");
	return true;
}

/* What becomes of it: true when that is settled. `sound`: the text can be read as a letter. */
static bool settle(struct tui *t, struct writing *v, bool *sound)
{
	char key = tui_choose(t, *sound ? "y send, d draft, e edit, q give up: " : "e edit again, q give up: ", *sound ? "ydeq" : "eq");

	t->said[0] = '\0';
	switch (key) {
	case 'y':
	case 'd':
		return keep_letter(t, v, key == 'y');
	case 'e':
		*sound = edit(t, v);
		return false;
	case 'q':
		give_up(t, v);
		return true;
	default:
		leave_file(t, v);
		return true;
	}
}

bool tui_may_send(struct tui *t)
{
	if (*t->w->store.name)
		tui_say_bad(t, "Letters are written and sent in one's own mailbox: M goes there");
	return !*t->w->store.name;
}

static void write_letter(struct tui *t, enum mail_draft_kind kind, uint64_t original)
{
	struct writing v = { .kind = kind, .original = original };
	bool sound;

	if (!tui_do(t, begin, &v))
		return;
	/* One that was to be sent is a draft from here on, whatever becomes of it. */
	if (*t->w->aside.text) {
		t->stale |= TUI_STALE_ALL;
		say_aside(t, "");
	}
	sound = edit(t, &v);
	/* Of one in which nothing was written no file is left. */
	while (*v.letter.path && !settle(t, &v, &sound))
		;
}

static void write_about(struct tui *t, enum mail_draft_kind kind)
{
	const struct mail_row *r = tui_list_row(t);

	if (!r)
		tui_say(t, "There is no message here");
	else if (tui_may_send(t))
		write_letter(t, kind, r->id);
}

void tui_compose(struct tui *t)
{
	struct profile_store shown = t->w->store;

	/* Whatever is shown, it goes out from one's own. */
	t->w->store = t->mailboxes.v[0].store;
	write_letter(t, MAIL_NEW, 0);
	t->w->store = shown;
}

void tui_reply(struct tui *t)
{
	write_about(t, MAIL_REPLY);
}

void tui_reply_all(struct tui *t)
{
	write_about(t, MAIL_REPLY_ALL);
}

void tui_forward(struct tui *t)
{
	write_about(t, MAIL_FORWARD);
}

void tui_edit(struct tui *t)
{
	write_about(t, MAIL_EDIT);
}
