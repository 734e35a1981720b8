/*
 * The terminal interface of postern mail: folders, the list of one, and a message, in panes.
 *
 * It works on the cache and nothing else.  The cache is opened for each look and each action and closed again, so that postern sync --watch can be at work beside it;
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

struct tui_folders {
	struct arena arena;
	struct mail_folder *v;
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
	struct tui_folders folders;
	struct tui_list list;
	struct tui_preview preview;
	struct tui_rows help;
	enum tui_pane focus, before_help;
	struct tui_area areas[TUI_PANES];
	unsigned stale;
	uint64_t stamp;                /* of the cache (cache_stamp) that is shown */
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
void tui_say(struct tui *t, const char *format, ...) PRINTF(2, 3);
void tui_say_bad(struct tui *t, const char *format, ...) PRINTF(2, 3);

/* tui_draw.c */
void tui_draw(struct tui *t);
/* Over the end of a pane, when there are rows below it. */
void tui_draw_more(const struct tui_rows *r, const struct tui_area *a);

/* tui_folders.c */
status tui_folders_load(struct tui *t, struct mail_at_work *w) MUST;
void tui_folders_draw(struct tui *t, const struct tui_area *a);
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
