/* postern mail: what its verbs share. */
#ifndef CLI_MAIL_H
#define CLI_MAIL_H

#include "cli/command.h"
#include "client/cache.h"
#include "client/mail_draft.h"
#include "client/mail_folder.h"
#include "client/profile_store.h"

#define MAIL_WORDS_MOST 200u

struct mail_command {
	struct common_options common;
	const char *data, *profile, *folder; /* --profile, --folder */
	const char *store;                    /* --mailbox: an additional one, or "public"; NULL: the own */
	const char *to, *cc, *bcc, *subject, *body_file;
	const char *files[MAIL_DRAFT_FILES_MAX];
	size_t n_files;
	uint64_t limit, skip;
	bool unread, conversations, for_good, draft, send, oldest_first, addresses, all;
	const char *words[MAIL_WORDS_MOST]; /* behind the verb */
	size_t n;
};

/* A verb at work: the cache is open, unless it does without. */
struct mail_at_work {
	const struct mail_command *o;
	struct profile profile;
	const char *data;         /* where profiles are */
	struct profile_store store; /* whose cache it is */
	const char *data_folder; /* of the profile */
	struct cache *cache;
	struct mailbox *mailbox;
	struct arena *arena;
	struct mail_me me;
	uint64_t post_to; /* the folder that a post is written into; 0: it is a letter */
	struct reason why;
	struct reason aside; /* what else is to be said, though it does not fail for that */
};

/* The exit code; a failure leaves its words in w->why and is EXIT_LOSS. */
typedef int mail_verb(struct mail_at_work *w);

/* mail_show.c */
mail_verb mail_show_folders, mail_show_list, mail_show_search, mail_show_message, mail_show_outbox;
/* mail_write.c */
mail_verb mail_write_new, mail_write_reply, mail_write_reply_all, mail_write_forward, mail_write_edit;
/* mail_post.c: a post, a folder */
mail_verb mail_post_new, mail_post_folder;
/* In the transaction: what was written into w->post_to becomes a post. */
status mail_post_finish(struct mail_at_work *w, uint64_t id) MUST;
/* mail_act.c */
mail_verb mail_act_move, mail_act_copy, mail_act_flag, mail_act_unflag, mail_act_done, mail_act_read, mail_act_unread, mail_act_send, mail_act_delete, mail_act_save;

/* In the transaction: a draft, or what was refused or may not have gone, becomes a letter that waits to be sent: another message. */
status mail_into_outbox(struct mail_at_work *w, uint64_t *id) MUST;
/*
 * mail_edit.c: what waits to be sent is a draft again, in Drafts, which nobody sends; *id is what it is called then.  A draft stays one.  ecInvalidParam: the server was
 * asked to send it.
 */
status mail_take_back(struct mail_at_work *w, uint64_t *id) MUST;
/* Into w->aside: the draft that was edited is another one now, or gone. */
status mail_note_others(struct mail_at_work *w, const struct mail_draft *d) MUST;

/* mail_address.c; without the cache */
mail_verb mail_address_show;
/* Names among the recipients become addresses. ecNotFound, ecAmbiguousRecip: who cannot be told; of what is `unfinished` it stays as it is. */
status mail_address_resolve(struct mail_at_work *w, struct mail_draft *d, bool unfinished) MUST;
/* mail_ask.c: is there somebody at a terminal, and whom they name, with Tab. ecNotFound: there is no readline. */
bool mail_ask_can(void);
status mail_ask_recipients(struct mail_at_work *w, const char *prompt, const char **out) MUST;

/*
 * mail_complete.c: all of the message, for who wants to read it or pass it on.  When only its headers are here, the server is asked for the rest; when that cannot be had, the
 * words in w->why say so, and it is noted that it is wanted: it comes with the next run.
 */
status mail_rest(struct mail_at_work *w, uint64_t id) MUST;

/* The cache of w->store. ecNotFound: there is none; ecBusy: another program has it for longer. */
#define MAIL_PATIENCE_MS 10000u
status mail_open_store(struct mail_at_work *w, unsigned patience_ms) MUST;
/*
 * mail_stores.c: in the store that is open, and when none was named (--mailbox) in the others that are kept here too, one after the other; w->store says which it
 * is.  Afterwards the last of them is open.
 */
typedef status mail_in_store(struct mail_at_work *w, void *context);
status mail_each_store(struct mail_at_work *w, mail_in_store *f, void *context) MUST;

/* Attachment `number` (from 1; 0: all that are no messages) into a folder: how many; `saved` hears where each is. */
typedef void mail_saved(void *context, const char *path);
status mail_save_attachments(struct mail_at_work *w, uint64_t id, uint64_t number, const char *folder, mail_saved *saved, void *context) MUST;

/* What lists show of a message: N not read, ! flagged, v done, @ attachments, ^ important. */
#define MAIL_MARKS_SIZE 5u
void mail_row_marks(const struct mail_row *r, char out[static MAIL_MARKS_SIZE]);
/* Of today the hour, of this year the day, else the date; in the time of this place. `narrow`: in seven columns rather than twelve. */
#define MAIL_DATE_SIZE 20u
void mail_date_text(uint64_t date, bool narrow, char out[static MAIL_DATE_SIZE]);
/* "This folder was last updated at 10:31", as people know it; false when that is not known. */
#define MAIL_LAST_UPDATED_SIZE 80u
bool mail_last_updated_text(uint64_t when, char out[static MAIL_LAST_UPDATED_SIZE]);
/* What stands above a message's text: who, when, the subject (label "Subject"), attachments. */
typedef void mail_header(void *context, const char *label, const char *text);
void mail_headers(const struct mail_view *v, struct arena *arena, mail_header *put, void *context);
/* How far it has come. */
const char *mail_outbox_words(const struct outbox_item *i);

/*
 * A letter on its way: begun and kept with the cache open, edited with it closed.  The file is there until it is kept; who gives it up removes it.
 */
struct mail_letter {
	struct mail_draft draft;
	char path[4096];   /* of what the editor has; "" before it was written */
	const char *began; /* what was in it then */
};

status mail_letter_begin(struct mail_at_work *w, enum mail_draft_kind kind, uint64_t original, struct mail_letter *l) MUST;
/* Once or again. ecUserCanceled: the editor did not end well, or nothing was written (a draft may stay as it is), in which case no file is left. */
status mail_letter_edit(struct mail_at_work *w, struct mail_letter *l) MUST;
/* Into the Outbox, or Drafts, or the folder it is posted to; a draft stays the message it is. Names become addresses. */
status mail_letter_keep(struct mail_at_work *w, struct mail_letter *l, bool sending, uint64_t *id) MUST;

/* "1f3a", as lists show it. ecInvalidParam. */
status mail_id_of(const char *word, uint64_t *id, struct reason *why) MUST;

#endif
