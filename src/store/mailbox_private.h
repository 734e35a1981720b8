/* What the files of a mailbox share. */
#ifndef STORE_MAILBOX_PRIVATE_H
#define STORE_MAILBOX_PRIVATE_H

#include "rop/idset.h"
#include "store/mailbox.h"
#include "store/mailbox_copy.h"


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
	struct globcnt_run granted; /* of a copy: those for what is made here */
};

/* What one person has read in a folder: store/read_marks.h. */
struct read_mark {
	uint64_t folder; /* 0: nothing */
	struct idset set;
	uint64_t changed; /* change number of its last change; 0: none */
	uint64_t used;    /* when, on the clock of read_marks */
	bool dirty;       /* it is to be written */
};
#define READ_MARKS_KEPT 8u

struct read_marks {
	bool on;
	struct guid person; /* whose they are, also while nobody looks */
	uint64_t clock;
	struct read_mark v[READ_MARKS_KEPT];
};

struct turns;

struct mailbox_copied {
	struct guid mapping_signature;
	uint64_t roles[MAILBOX_ROLES];
};

struct mailbox {
	struct sql *db;
	struct clock clock;
	struct mailbox_identity identity;
	bool is_copy;
	const struct mailbox_identity *copy_of; /* while it is made */
	uint64_t copy_root;
	struct guid change_space; /* of a copy */
	mailbox_before_change *before;
	void *before_context;
	struct reason why;
	struct mailbox_counters counters, saved; /* now, and as of the last commit */
	struct mailbox_copied begun; /* what a copy may be told anew, as of the beginning of the transaction */
	struct name_map *names;
	struct names_pending *pending_names;
	unsigned names_generation; /* another one: ids that were assigned are not valid any more */
	uint64_t roles[MAILBOX_ROLES];
	bool in_transaction;
	bool index_later; /* fulltext_set_later */
	bool sum_later; /* message_sum_later */
	struct turns *turns; /* NULL: nobody else has it */
	struct folder_delta *deltas;
	size_t n_deltas, cap_deltas;
	struct folder_delta total; /* of all folders, once somebody asked (store/quota.c) */
	bool total_known;
	struct read_marks marks;
	struct mailbox_change *changes;
	size_t n_changes, cap_changes;
	struct mailbox_ear *ears;
	size_t n_ears;
};

/* ecInvalidParam with words when no transaction is open. */
status mailbox_must_write(struct mailbox *m) MUST;
/* The id of a message's content: where there is no copy, it can be that of the message too. */
uint64_t mailbox_next_content(struct mailbox *m);
/* The next change number, which is above all before it. */
uint64_t mailbox_next_cn(struct mailbox *m);
/* No change number above it has been given out. */
uint64_t mailbox_last_cn(const struct mailbox *m);
/* May a client that chose this id for something new have it? `wanted` 0: *id is the next one. */
status mailbox_choose_id(struct mailbox *m, uint64_t wanted, uint64_t *id) MUST;
uint64_t mailbox_now(const struct mailbox *m);
/* mailbox_copy.c: the copy's part of making, opening, committing, taking an id. */
status copy_make(struct mailbox *m, const struct mailbox_identity *of, uint64_t root) MUST;
status copy_load(struct mailbox *m) MUST;
status copy_save(struct mailbox *m) MUST;
void copy_begun(struct mailbox *m);
void copy_rolled_back(struct mailbox *m);
status copy_next_id(struct mailbox *m, uint64_t *id) MUST;
status mailbox_about_to_change(struct mailbox *m, uint64_t message, const struct bag *set, const uint16_t *remove, size_t n) MUST;
status mailbox_new_guid(struct mailbox *m, struct guid *out) MUST;
/* What the last statement failed with, as the mailbox's words. */
static inline status mailbox_error(struct mailbox *m, status s)
{
	if (s)
		(void)reason_set(&m->why, s, "%s", sql_failure(m->db));
	return s;
}
/* A change to be told when the transaction is committed. */
status mailbox_note(struct mailbox *m, const struct mailbox_change *change) MUST;
/* The mailbox's id of a name; `wanted` when it is new and that one is free. */
status mailbox_name_as(struct mailbox *m, const struct prop_name *name, uint16_t wanted, uint16_t *id) MUST;

/* mailbox_names.c */
status mailbox_names_load(struct mailbox *m) MUST;
status mailbox_names_make(struct mailbox *m) MUST; /* those of a new mailbox, into the transaction */
status mailbox_names_more(struct mailbox *m) MUST; /* those that another process added */
status mailbox_names_save(struct mailbox *m) MUST; /* into the transaction */
void mailbox_names_committed(struct mailbox *m);
void mailbox_names_forget(struct mailbox *m); /* those of the transaction */
void mailbox_names_free(struct mailbox *m);

/* folder_count.c: counters of folders, gathered in memory until they are asked for or committed. */
status folder_count(struct mailbox *m, const struct folder_delta *delta) MUST;
status folder_counts_flush(struct mailbox *m) MUST;

/* read_marks.c: into the transaction; what is in memory is not so any more; the folder goes. */
status read_marks_flush(struct mailbox *m) MUST;
void read_marks_forget(struct mailbox *m);
void read_marks_forget_folder(struct mailbox *m, uint64_t folder);

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
