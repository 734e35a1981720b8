/*
 * The terminal interface of postern mail: folders, the list of one, and a message, in panes.
 *
 * It works on the cache and nothing else.  A cache is opened for each look and each action and closed again, so that postern sync --watch can be at work beside it;
 * what changes there, by whomever, is looked at anew.  What is to be loaded anew is noted (tui->stale) and loaded when nobody types.
 */
#ifndef CLI_TUI_H
#define CLI_TUI_H

#include "cli/mail.h"
#include "cli/tui_layout.h"
#include "cli/tui_screen.h"
#include "client/mail_list.h"
#include "client/mail_view.h"

enum tui_stale { TUI_STALE_FOLDERS = 1, TUI_STALE_LIST = 2, TUI_STALE_PREVIEW = 4, TUI_STALE_ALL = 7 };

/* A mailbox of the profile, or the public folders: with a cache of its own. */
struct tui_mailbox {
	struct profile_store store;
	struct arena arena;
	struct mail_folder *folders;
	size_t n;
	uint64_t stamp; /* of the cache (cache_stamp) that is shown; 0: none is yet */
};

struct tui_mailboxes {
	struct tui_mailbox *v; /* the own one first */
	size_t n, at;          /* the one that commands act in: its store is that of w */
};

/* The folders of all, as they are seen. */
struct tui_folder_row {
	size_t mailbox, folder; /* folder SIZE_MAX: the name of the mailbox, which cannot be chosen */
};

struct tui_folders {
	struct arena arena;
	struct tui_folder_row *v;
	struct tui_rows rows;
};

/* A window of a list that may be long. */
struct tui_list {
	struct arena arena;
	struct mail_query query;
	struct mail_page page; /* rows from query.skip on */
	struct tui_rows rows;
	uint64_t complete; /* FILETIME: when the folder was last updated */
	char search[400];  /* "": the folder is shown */
};

struct tui_line {
	const char *text;
	size_t bytes;
	enum screen_style style;
};

struct tui_preview {
	struct arena arena;
	struct mail_view view;
	uint64_t id; /* 0: none */
	bool headers_only;
	const char *waiting; /* in the Outbox: what for; NULL: it is not */
	unsigned width;      /* that the lines were made for */
	struct tui_line *lines;
	struct tui_rows rows;
};

struct tui {
	struct mail_at_work *w;
	const struct mail_command *o;
	struct tui_mailboxes mailboxes;
	struct tui_folders folders;
	struct tui_list list;
	struct tui_preview preview;
	struct tui_rows help;
	enum tui_pane focus, before_help;
	struct tui_area areas[TUI_PANES];
	unsigned stale;
	bool done, busy, bad;          /* somebody else has the cache; `said` is a failure */
	const char *question, *answer; /* in the last row, while it is asked; NULL: nothing is */
	char said[sizeof((struct reason *)NULL)->text];
};

/* tui.c */
mail_verb tui_run;
/* With the cache open. What is allocated in w->arena is there until the next key. */
typedef status tui_work(struct tui *t, struct mail_at_work *w, void *context);
/* Opens the cache, and waits for it, does this, closes it; a failure is said on the screen, and false. */
bool tui_do(struct tui *t, tui_work *work, void *context);
/* The same for who looks by the way: a failure is not said. ecBusy: another program has it for longer. */
status tui_with_cache(struct tui *t, unsigned patience_ms, tui_work *work, void *context) MUST;
void tui_say(struct tui *t, const char *format, ...) PRINTF(2, 3);
void tui_say_bad(struct tui *t, const char *format, ...) PRINTF(2, 3);

/* tui_draw.c */
void tui_draw(struct tui *t);
/* Over the end of a pane, when there are rows below it. */
void tui_draw_more(const struct tui_rows *r, const struct tui_area *a);

/* tui_mailboxes.c */
status tui_mailboxes_begin(struct tui *t) MUST;
void tui_mailboxes_end(struct tui *t);
/* The one that commands act in. */
struct tui_mailbox *tui_mailbox(const struct tui *t);
/* Its folders, with its cache open. */
status tui_mailbox_load(struct tui_mailbox *m, struct mail_at_work *w) MUST;
/* Those beside it whose caches were changed; true: there is something else to be seen. */
bool tui_mailboxes_look(struct tui *t);
/* Commands act in this one from here on; which of its folders is shown is to be said. */
void tui_mailbox_choose(struct tui *t, size_t at);
void tui_mailbox_next(struct tui *t);

/* tui_folders.c: of the mailbox that commands act in, unless it says otherwise */
/* The folders of all are others now: the one whose list is shown stays chosen, when it is there. */
status tui_folders_arrange(struct tui *t) MUST;
void tui_folders_draw(struct tui *t, const struct tui_area *a);
/* To another one, of any mailbox. */
void tui_folders_move(struct tui *t, long by);
/* NULL: none is chosen. */
const struct mail_folder *tui_folder(const struct tui *t);
/* Of any folder, of the one a message is in: what it is for. */
enum mailbox_role tui_folder_role(const struct tui *t, uint64_t id);
/* Its list is shown; false when it is not there. */
bool tui_folder_open(struct tui *t, uint64_t id);

/* tui_list.c */
status tui_list_load(struct tui *t, struct mail_at_work *w) MUST;
void tui_list_draw(struct tui *t, const struct tui_area *a);
/* NULL: there is none, or it is not loaded yet. */
const struct mail_row *tui_list_row(const struct tui *t);
void tui_list_move(struct tui *t, long by);
void tui_list_search(struct tui *t, const char *words); /* "": back to the folder */

/* tui_preview.c */
status tui_preview_load(struct tui *t, struct mail_at_work *w) MUST;
void tui_preview_draw(struct tui *t, const struct tui_area *a);

/* tui_status.c */
void tui_status_draw(struct tui *t, unsigned row, unsigned columns);

/* tui_keys.c */
void tui_key(struct tui *t, int key);
void tui_help_draw(struct tui *t, const struct tui_area *a);

/* tui_prompt.c: questions in the last row. false: Escape, or the program is to end. */
bool tui_ask(struct tui *t, const char *question, char *answer, size_t room);
/* One of these keys; '\0': Escape. */
char tui_choose(struct tui *t, const char *question, const char *keys);

/* tui_act.c, tui_write.c: what keys do. */
#define TUI_IN_OUTBOX "In the Outbox: it is sent with the next postern sync"
/* In an additional mailbox one may not: false, and it is said. */
bool tui_may_send(struct tui *t);
void tui_delete(struct tui *t);
void tui_move(struct tui *t);
void tui_send(struct tui *t);
void tui_flag(struct tui *t);
void tui_toggle_read(struct tui *t);
void tui_mark_read(struct tui *t);
void tui_save(struct tui *t);
void tui_search(struct tui *t);
void tui_open_folder(struct tui *t);
void tui_compose(struct tui *t);
void tui_reply(struct tui *t);
void tui_reply_all(struct tui *t);
void tui_forward(struct tui *t);
void tui_edit(struct tui *t);

#endif
