/*
 * What is being written.  It is text, a header and the body, as people write it in an editor:
 *
 *     To: Ada Lovelace <ada@contoso.example>, grace@contoso.example
 *     Cc:
 *     Subject: RE: Budget
 *     Attach: /home/me/plan.pdf
 *     Attached: 1 budget.xlsx
 *
 *     Hello ...
 */
#ifndef CLIENT_MAIL_DRAFT_H
#define CLIENT_MAIL_DRAFT_H

#include "base/clock.h"
#include "client/mail_view.h"

enum mail_draft_kind { MAIL_NEW, MAIL_REPLY, MAIL_REPLY_ALL, MAIL_FORWARD, MAIL_EDIT /* what was written before */ };

/* Whose mailbox it is. */
struct mail_me {
	const char *name, *address; /* the name may be "" */
};

#define MAIL_DRAFT_FILES_MAX 100u
#define MAIL_DRAFT_TEXT_MAX  ((size_t)16 << 20)
#define MAIL_DRAFT_FILE_MAX  ((size_t)256 << 20)

/* Of a draft that is edited: what is attached to it. */
struct mail_draft_attached {
	const char *name; /* one line */
	bool kept;
};

/* Texts are never NULL. */
struct mail_draft {
	const char *to, *cc, *bcc; /* as one writes them: names, addresses, commas between them */
	const char *subject, *body;
	const char *in_reply_to, *references;
	const char *files[MAIL_DRAFT_FILES_MAX]; /* paths of files to attach */
	size_t n_files;
	uint64_t original; /* what it answers or passes on, or the draft that is edited; 0: nothing */
	enum mail_draft_kind kind;
	struct mail_draft_attached *attached;
	size_t n_attached;
	const struct mail_draft *was; /* MAIL_EDIT: as it was opened */
};

/*
 * Empty, or an answer: with who it goes to, the subject, and the text of the other quoted; or a draft as it stands.  ecNotSupported: that is none, or one that text
 * cannot say.
 */
status mail_draft_make(struct mailbox *m, enum mail_draft_kind kind, uint64_t original, const struct mail_me *me, struct arena *arena,
		       struct mail_draft *out, struct reason *why) MUST;
/* As text for an editor; ecTooBig. */
status mail_draft_write(const struct mail_draft *d, struct buf *out) MUST;
/* Takes over what the text says; ecInvalidParam: a header line that is none, and which. */
status mail_draft_read(struct mail_draft *d, const char *text, struct arena *arena, struct reason *why) MUST;
/*
 * In a transaction (mailbox_begin): it becomes a message that is not sent, in this folder.  What it answers is marked as answered when `sending`.
 * ecInvalidParam: an address that is none, a file that cannot be read; when `sending`, that there is nobody to send it to.
 *
 * A draft that is edited stays the message it is, in the folder it is in, and keeps what was not changed in it, to the form of its text: `folder` is for one that is
 * gone.  What is another one than was opened stays beside it (mail_draft_look).
 */
status mail_draft_save(struct mailbox *m, const struct mail_draft *d, const struct mail_me *me, const struct clock *clock, uint64_t folder, bool sending,
		       uint64_t *id, struct reason *why) MUST;

/* What became of a draft while somebody edited it, as people see it. */
enum mail_draft_now {
	MAIL_DRAFT_SAME,
	MAIL_DRAFT_OTHER, /* somebody else changed it: what was written becomes a draft of its own */
	MAIL_DRAFT_GONE,  /* what was written is a new one, without what was attached before */
};
status mail_draft_look(struct mailbox *m, const struct mail_draft *d, struct arena *arena, enum mail_draft_now *out, struct reason *why) MUST;

#endif
