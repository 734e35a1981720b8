/* What the files about changes share: the change numbers a client has not seen, and sets that are gathered. */
#ifndef STORE_CHANGES_PRIVATE_H
#define STORE_CHANGES_PRIVATE_H

#include "store/changes.h"
#include "store/mailbox_private.h"

#define CHANGES_PAGE 256u

/*
 * The change numbers from 1 to `upto` that are not in a set, in at most CHANGES_WINDOWS ranges in rising order.  A client
 * usually has seen 1 to n, and there is one window, n + 1 to `upto`.  Where a set has more holes than that, several share
 * a window, and what lies between them is looked at and left out (windows_unseen).
 */
#define CHANGES_WINDOWS 1024u

struct windows {
	const struct globset *seen; /* NULL: nothing; must stand */
	bool exact;                 /* nothing in them has been seen */
	size_t n;
	struct globcnt_range v[CHANGES_WINDOWS];
};

void windows_of(struct windows *w, const struct globset *seen, uint64_t upto);

static inline bool windows_unseen(const struct windows *w, uint64_t cn)
{
	return w->exact || !w->seen || !globset_contains(w->seen, cn);
}

/*
 * Rows whose change number is in the windows, in rising order: steps through pages of a query with the parameters $1
 * (first), $2 (last), others that `bind` gives, and at last the most rows; its first column is the change number.  Each row
 * goes to `row`, unless its change has been seen.
 */
struct window_walk {
	struct mailbox *m;
	const char *query;
	int (*bind)(struct sql_statement *s, void *context); /* from $3 on; returns the next one; may be NULL */
	status (*row)(struct sql_statement *s, void *context);
	void *context;
};

status windows_walk(const struct windows *w, const struct window_walk *walk) MUST;
/* The next page of one window, from *next on; *next is 0 when the window is at its end. */
status windows_page(const struct windows *w, const struct window_walk *walk, struct globcnt_range window, uint64_t most,
		    uint64_t *next) MUST;

/* Ids that come in any order, to become part of a set in one go. */
struct gather {
	uint64_t *v;
	size_t n, cap;
};

void changes_gather_free(struct gather *g);
/* Hands over to `set` now and then. */
status gather_add(struct gather *g, uint64_t id, struct idset *set, const struct guid *replica) MUST;
status gather_flush(struct gather *g, struct idset *set, const struct guid *replica) MUST;

#define CLEANUP_GATHER __attribute__((cleanup(changes_gather_free)))

/* Has the client seen changes that were not made yet? Its state is of another history (a mailbox that was restored). */
bool changes_from_future(const struct mailbox *m, const struct idset *seen);
/* Adds all changes up to that one. */
status changes_all_seen(const struct mailbox *m, struct idset *seen, uint64_t upto) MUST;

/* What is handed out -------------------------------------------------------------------------------------------------- */

/*
 * Associated messages come first, then the others: two passes.  Where both are wanted newest first they are merged: the first pass
 * only sorts the associated ones, of which there are few, and the second hands them out among the others.  Each hands out
 *   by change number     pages of the index of changes, window by window;
 *   newest first         few changes: all of them, sorted; many: pages of the index of delivery times, of which those
 *                        that were seen are left out.
 */
enum how {
	BY_CHANGE,
	SORTED,
	BY_TIME,
};

struct changes {
	struct mailbox *m;
	uint64_t folder, upto;
	struct changes_options o;
	struct sync_state client; /* as it came */
	struct guid replica;
	bool compare;
	struct changes_total total;
	/* The pass. */
	bool associated, ended, merged;
	enum how how;
	struct windows windows;
	size_t window;
	uint64_t next_cn;
	struct change *sorted;
	size_t n_sorted, cap_sorted, at_sorted;
	uint64_t before_time, before_id;
	/* The page that is filled. */
	struct change *page;
	size_t n_page, room;
	/* What was handed out. */
	struct gather sent, sent_normal, sent_associated;
	struct idset given, seen, seen_associated, out_of_scope, deleted;
	bool deleted_known;
};

static inline status changes_failed(struct changes *c, status s)
{
	if (s == ecTooBig)
		return reason_set(&c->m->why, s, "a set of ids has more than %zu ranges", c->client.given.max);
	return s ? reason_set(&c->m->why, s, "out of memory") : ecNone;
}

/* What the client has seen of this replica; NULL: nothing that counts. */
static inline const struct globset *changes_seen(const struct changes *c, const struct idset *set)
{
	return c->compare ? NULL : idset_find(set, &c->replica);
}

static inline bool changes_given(const struct changes *c, uint64_t id)
{
	return idset_contains(&c->client.given, &c->replica, id);
}

#endif
