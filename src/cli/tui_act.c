/* What is done to the message that is chosen: the verbs of the command line, asked for with a key. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/text.h"
#include "cli/tui.h"

static const struct mail_row *chosen(struct tui *t)
{
	const struct mail_row *r = tui_list_row(t);

	if (!r)
		tui_say(t, "There is no message here");
	return r;
}

/* A verb, as if it stood on the command line with the message and the folder. */
struct asked {
	mail_verb *verb;
	const char *folder; /* NULL: it takes none */
	uint64_t id;
};

static status run_verb(struct tui *t, struct mail_at_work *w, void *context)
{
	const struct asked *a = context;
	struct mail_command o = { .common.quiet = true, .n = a->folder ? 3 : 2 };
	char id[20];
	int code;

	(void)snprintf(id, sizeof id, "%" PRIx64, a->id);
	o.words[1] = id;
	o.words[2] = a->folder;
	w->o = &o;
	code = a->verb(w);
	w->o = t->o;
	return code == EXIT_LOSS ? ecError : ecNone;
}

static bool verb(struct tui *t, mail_verb *v, const char *folder)
{
	const struct mail_row *r = chosen(t);

	if (!r || !tui_do(t, run_verb, &(struct asked){ v, folder, r->id }))
		return false;
	t->stale |= TUI_STALE_ALL;
	return true;
}

/* Its place in the list is the next one's: there is nothing to be chosen again. */
static void gone(struct tui *t)
{
	t->list.page.n = 0;
	if (t->focus == TUI_PREVIEW)
		t->focus = TUI_LIST;
}

void tui_delete(struct tui *t)
{
	const struct mail_row *r = chosen(t);
	bool for_good = r && tui_folder_role(t, r->folder) == MAILBOX_DELETED_ITEMS;

	if (!r || (for_good && tui_choose(t, "Delete it for good? (y, n) ", "yn") != 'y'))
		return;
	if (verb(t, mail_act_delete, NULL)) {
		gone(t);
		tui_say(t, for_good ? "Deleted" : "In Deleted Items");
	}
}

void tui_move(struct tui *t)
{
	char name[400] = "";

	if (!chosen(t) || !tui_ask(t, "Move to folder: ", name, sizeof name) || !*name)
		return;
	if (verb(t, mail_act_move, name)) {
		gone(t);
		tui_say(t, "Moved");
	}
}

void tui_send(struct tui *t)
{
	if (tui_may_send(t) && verb(t, mail_act_send, NULL)) {
		gone(t);
		tui_say(t, "%s", TUI_IN_OUTBOX);
	}
}

void tui_flag(struct tui *t)
{
	const struct mail_row *r = chosen(t);

	if (r)
		(void)verb(t, r->flag == MAIL_FLAGGED ? mail_act_unflag : mail_act_flag, NULL);
}

void tui_toggle_read(struct tui *t)
{
	const struct mail_row *r = chosen(t);

	if (r)
		(void)verb(t, r->read ? mail_act_unread : mail_act_read, NULL);
}

void tui_mark_read(struct tui *t)
{
	const struct mail_row *r = tui_list_row(t);

	if (r && !r->read)
		(void)verb(t, mail_act_read, NULL);
}

/* Attachments --------------------------------------------------------------------------------------------------------------------- */

struct saving {
	uint64_t id, number; /* 0: all that are no messages */
	const char *folder;
	size_t saved;
	char last[300];
};

static void note_saved(void *context, const char *path)
{
	struct saving *v = context;

	v->saved++;
	(void)snprintf(v->last, sizeof v->last, "%s", path);
}

static status save(struct tui *t, struct mail_at_work *w, void *context)
{
	struct saving *v = context;

	(void)t;
	return mail_save_attachments(w, v->id, v->number, v->folder, note_saved, v);
}

static bool ask_number(struct tui *t, struct saving *v)
{
	char number[20] = "";

	if (t->preview.id == v->id && t->preview.view.n_attachments == 1)
		return true;
	if (!tui_ask(t, "Which attachment (its number; none: all): ", number, sizeof number))
		return false;
	if (!*number || text_parse_number(number, &v->number))
		return true;
	tui_say_bad(t, "\"%s\" is no number", number);
	return false;
}

void tui_save(struct tui *t)
{
	const struct mail_row *r = chosen(t);
	struct saving v = { .id = r ? r->id : 0 };
	char folder[1000] = ".";

	if (!r)
		return;
	if (!r->has_attachments) {
		tui_say(t, "The message has no attachments");
		return;
	}
	if (!ask_number(t, &v) || !tui_ask(t, "Save in folder: ", folder, sizeof folder))
		return;
	v.folder = *folder ? folder : ".";
	if (!tui_do(t, save, &v))
		return;
	if (v.saved == 1)
		tui_say(t, "Saved as %s", v.last);
	else
		tui_say(t, "%zu were saved in %s", v.saved, v.folder);
}

/* Elsewhere ----------------------------------------------------------------------------------------------------------------------- */

/* In the mailbox that commands act in, then in the others. */
static status find_folder(struct tui *t, const char *name, size_t *mailbox, const struct mail_folder **out, struct reason *why)
{
	const struct tui_mailboxes *m = &t->mailboxes;
	struct reason unused;
	status s = ecNotFound;

	for (size_t i = 0; s == ecNotFound && i < m->n; i++) {
		*mailbox = (m->at + i) % m->n;
		s = mail_folder_among(m->v[*mailbox].folders, m->v[*mailbox].n, name, out, i ? &unused : why);
	}
	return s;
}

void tui_open_folder(struct tui *t)
{
	const struct mail_folder *f = NULL;
	struct reason why = { "" };
	char name[400] = "";
	size_t mailbox = 0;

	if (!tui_ask(t, "Open folder: ", name, sizeof name) || !*name)
		return;
	if (find_folder(t, name, &mailbox, &f, &why)) {
		tui_say_bad(t, "%s", why.text);
		return;
	}
	tui_mailbox_choose(t, mailbox);
	t->focus = TUI_LIST;
	(void)tui_folder_open(t, f->id);
}

void tui_search(struct tui *t)
{
	char words[sizeof t->list.search];

	(void)snprintf(words, sizeof words, "%s", t->list.search);
	if (!tui_ask(t, "Search: ", words, sizeof words))
		return;
	tui_list_search(t, words);
	t->focus = TUI_LIST;
}
