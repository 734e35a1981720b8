/* postern mail: compose, reply, forward, edit. */
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/mail.h"
#include "cli/text.h"
#include "client/address_book.h"

/* While somebody writes, others may have the cache. */
static status write_text(struct mail_at_work *w, struct mail_letter *l)
{
	status s;

	if (w->o->body_file)
		return ecNone;
	cache_close(w->cache);
	w->cache = NULL;
	s = mail_letter_edit(w, l);
	if (!s)
		s = mail_open_store(w, MAIL_PATIENCE_MS);
	return s;
}

/* To whom, when somebody is there to be asked, and it was not said. */
static status ask_for_people(struct mail_at_work *w, bool sending, struct mail_draft *d)
{
	status s = ecNone;

	if (w->o->body_file || *d->to || *d->cc || *d->bcc || !sending || !mail_ask_can())
		return ecNone;
	do {
		if (s)
			complain("%s", w->why.text);
		s = mail_ask_recipients(w, "To: ", &d->to);
		/* Without readline, the editor asks. */
		if (s)
			return s == ecNotFound ? ecNone : s;
		s = mail_address_resolve(w, d, false);
	} while (s == ecNotFound || s == ecAmbiguousRecip);
	return s;
}

static int write_mail(struct mail_at_work *w, enum mail_draft_kind kind)
{
	struct mail_letter l = { .began = "" };
	bool sending = kind == MAIL_EDIT ? w->o->send : !w->o->draft && !w->post_to;
	uint64_t original = 0, id = 0;
	status s = kind == MAIL_NEW ? ecNone : mail_id_of(w->o->words[1], &original, &w->why);

	if (!s)
		s = mail_letter_begin(w, kind, original, &l);
	/* Who cannot be told is asked about before anything is written. */
	if (!s)
		s = mail_address_resolve(w, &l.draft, !sending);
	if (!s)
		s = ask_for_people(w, sending, &l.draft);
	if (!s)
		s = write_text(w, &l);
	if (!s)
		s = mail_letter_keep(w, &l, sending, &id);
	if (s) {
		if (*l.path && access(l.path, F_OK) == 0)
			note("what was written is in %s", l.path);
		return EXIT_LOSS;
	}
	if (!w->o->common.quiet)
		printf("%llx is in %s\n", (unsigned long long)id, w->post_to ? "its folder" : !sending ? "Drafts" : "the Outbox, and is sent with the next postern sync");
	return EXIT_COMPLETE;
}

int mail_write_new(struct mail_at_work *w)
{
	return write_mail(w, MAIL_NEW);
}

int mail_write_reply(struct mail_at_work *w)
{
	return write_mail(w, MAIL_REPLY);
}

int mail_write_reply_all(struct mail_at_work *w)
{
	return write_mail(w, MAIL_REPLY_ALL);
}

int mail_write_forward(struct mail_at_work *w)
{
	return write_mail(w, MAIL_FORWARD);
}

int mail_write_edit(struct mail_at_work *w)
{
	return write_mail(w, MAIL_EDIT);
}
