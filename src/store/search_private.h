/* What the files of store/search.h share. */
#ifndef STORE_SEARCH_PRIVATE_H
#define STORE_SEARCH_PRIVATE_H

#include "store/mailbox_private.h"
#include "store/restrict_sql.h"
#include "store/search.h"

/* Ids of folders, rising. */
struct folder_set {
	uint64_t *v;
	size_t n;
};

bool folder_set_has(const struct folder_set *set, uint64_t id);
/* `roots`, and with `below` all that is below them. */
status folder_set_of(struct mailbox *m, const uint64_t *roots, size_t n, bool below, struct arena *arena, struct folder_set *out) MUST;

/* A plan: what the index of words and SQL decide, and what is asked of the messages that they leave ------------------------- */

/* A node made ready. */
struct search_step {
	enum search_kind kind;
	struct search_step *of;
	size_t n;
	const struct fulltext_node *words; /* it is nothing but words; */
	const char *expression;            /* as the engine takes them; NULL: nothing has them */
	bool said;                         /* `expression` is there */
	uint64_t *found;                   /* of a part of the messages: the numbers of those that have them */
	size_t n_found;
	struct restrict_node *condition;
	struct folder_set folders;
};

struct search_plan {
	struct mailbox *m;
	struct arena *arena;
	struct reason *why;
	struct search_step **rest; /* all of them must hold, too */
	size_t n_rest;
	bool with_words;
	const char *words; /* the expression */
	struct restrict_sql sql; /* of a message `m`; its parameters come after the expression */
	struct buf folders;      /* the same: " AND m.folder IN (...)", or nothing */
	bool nothing;            /* can be found */
	uint64_t from, below;    /* numbers of the index (store/fulltext.h) */
};

/* Lives in plan->arena; to be freed whether it succeeds or not. */
status search_plan_make(struct search_plan *plan, const struct search_node *what, const struct search_options *o) MUST;
void search_plan_free(struct search_plan *plan);
/* The mailbox's words become the search's. */
status search_said(struct search_plan *plan, status s);

/* Candidates, from the newest on ------------------------------------------------------------------------------------------- */

struct search_candidate {
	uint64_t number, message, received;
};

struct search_pages {
	struct search_plan *plan;
	bool limited;   /* only so many are wanted */
	bool started, last;
	bool scanning, by_words;
	size_t size;
	uint64_t below;         /* numbers from here on are in `v`, or were */
	uint64_t asked, budget; /* messages that were looked at one by one, and how many of them before all are looked for */
	struct search_candidate *v;
	size_t n, cap;
};

/* `wanted`: so many would do. */
void search_pages_begin(struct search_pages *p, struct search_plan *plan, size_t wanted);
void search_pages_free(struct search_pages *p);
/* Adds to `v` what is found from the numbers below `below` down to a new one; `last`: to the end. */
status search_pages_next(struct search_pages *p) MUST;

#endif
