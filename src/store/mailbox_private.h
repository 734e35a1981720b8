/* What the files of a mailbox share. */
#ifndef STORE_MAILBOX_PRIVATE_H
#define STORE_MAILBOX_PRIVATE_H

#include "store/mailbox.h"

/* What was added to a folder's counters in this transaction and is not in its row yet. */
struct folder_delta {
	uint64_t folder;
	int64_t items, unread, associated, size, deleted_items, deleted_size;
};

struct mailbox_ear {
	mailbox_listener *listener; /* one of the two */
	mailbox_keeper *keeper;
	void *context;
};

/*
 * GLOBCNTs that are given out.  Ids and change numbers come from one counter, but each in runs of their own, so that the
 * sets of ids that clients keep ([MS-OXCFXICS] 2.2.2.4) stay short.
 */
struct globcnt_run {
	uint64_t next, end;
};

struct mailbox_counters {
	uint64_t next_id; /* the first that is in no run */
	struct globcnt_run ids, changes;
};

struct mailbox {
	struct sql *db;
	struct clock clock;
	struct mailbox_identity identity;
	struct reason why;
	struct mailbox_counters counters, saved; /* now, and as of the last commit */
	struct name_map *names;
	struct names_pending *pending_names;
	unsigned names_generation; /* another one: ids that were assigned are not valid any more */
	uint64_t roles[MAILBOX_ROLES];
	bool in_transaction;
	struct folder_delta *deltas;
	size_t n_deltas, cap_deltas;
	struct folder_delta total; /* of all folders, once somebody asked (store/quota.c) */
	bool total_known;
	struct mailbox_change *changes;
	size_t n_changes, cap_changes;
	struct mailbox_ear *ears;
	size_t n_ears;
};

/* ecInvalidParam with words when no transaction is open. */
status mailbox_must_write(struct mailbox *m) MUST;
/* The next GLOBCNT, as an id; as a change number, which is above all before it. */
uint64_t mailbox_next_id(struct mailbox *m);
uint64_t mailbox_next_cn(struct mailbox *m);
/* No change number above it has been given out. */
uint64_t mailbox_last_cn(const struct mailbox *m);
/* May a client that chose this id for something new have it? `wanted` 0: *id is the next one. */
status mailbox_choose_id(struct mailbox *m, uint64_t wanted, uint64_t *id) MUST;
uint64_t mailbox_now(const struct mailbox *m);
/* What the last statement failed with, as the mailbox's words. */
status mailbox_error(struct mailbox *m, status s);
/* A change to be told when the transaction is committed. */
status mailbox_note(struct mailbox *m, const struct mailbox_change *change) MUST;
/* The mailbox's id of a name; `wanted` when it is new and that one is free. */
status mailbox_name_as(struct mailbox *m, const struct prop_name *name, uint16_t wanted, uint16_t *id) MUST;

/* mailbox_names.c */
status mailbox_names_load(struct mailbox *m) MUST;
status mailbox_names_save(struct mailbox *m) MUST; /* into the transaction */
void mailbox_names_committed(struct mailbox *m);
void mailbox_names_forget(struct mailbox *m); /* those of the transaction */
void mailbox_names_free(struct mailbox *m);

/* folder_count.c: counters of folders, gathered in memory until they are asked for or committed. */
status folder_count(struct mailbox *m, const struct folder_delta *delta) MUST;
status folder_counts_flush(struct mailbox *m) MUST;

/* The special folders of a new mailbox; the ids of those that are there. */
status folders_make(struct mailbox *m) MUST;
status folders_load(struct mailbox *m) MUST;
/* "Inbox"; as new mailboxes have it. */
const char *folder_role_name(enum mailbox_role role);

/* The predecessors of a version that is made here of what (old_*) it was. Empty: they are the change key alone. */
status mailbox_predecessors(struct mailbox *m, struct bytes old_change_key, struct bytes old_predecessors, uint64_t old_cn,
			    uint64_t new_cn, struct arena *arena, struct bytes *out) MUST;

static inline void bind_u64(struct sql_statement *s, int i, uint64_t v)
{
	sql_bind_i64(s, i, v > INT64_MAX ? INT64_MAX : (int64_t)v);
}

/* An empty value is SQL's NULL. */
static inline void bind_optional(struct sql_statement *s, int i, struct bytes v)
{
	if (v.n)
		sql_bind_blob(s, i, v);
	else
		sql_bind_null(s, i);
}

#endif
