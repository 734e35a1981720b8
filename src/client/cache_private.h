/* A cache: what its parts share. */
#ifndef CLIENT_CACHE_PRIVATE_H
#define CLIENT_CACHE_PRIVATE_H

#include "client/cache.h"
#include "store/mailbox_copy.h"

#define CACHE_PATH_ROOM 4096u

struct cache {
	char *folder;
	struct clock clock;
	int lock, wanted; /* descriptors of the files of these names */
	struct mailbox *mailbox;
	struct cache_binding binding;
	bool applying;
	bool filling; /* cache_fill */
	bool announce; /* something was changed that the server is to hear of, and nobody was told yet */
};

/* A statement with numbers for its parameters, run to its end. */
status cache_run(struct cache *c, const char *text, const uint64_t *v, size_t n) MUST;
/* The first column of its first row; *found false: there is none. */
status cache_ask(struct cache *c, const char *text, const uint64_t *v, size_t n, uint64_t *out, bool *found) MUST;
/* A negative number cannot be: it is damage that check finds, and 0 here. */
uint64_t cache_u64(struct sql_statement *s, int column);

/* cache.c: the lock of a folder, and nothing else yet. */
status cache_take(const char *folder, const struct clock *clock, unsigned patience_ms, struct cache **out, struct reason *why) MUST;
/* The mailbox of a cache that is locked. ecCorruptData: it is none. */
status cache_reopen(struct cache *c, struct reason *why) MUST;
/* A new one, whole and closed, under another name (cache.new); and in its place, open. */
status cache_prepare_file(struct cache *c, const struct cache_binding *b, uint64_t root, struct reason *why) MUST;
status cache_put_file(struct cache *c, struct reason *why) MUST;
/* The mailbox of a cache that is locked; ecNone with *attached false: it is there, and what makes it a cache is not. */
status cache_open_mailbox(struct cache *c, bool *attached, struct reason *why) MUST;
/* What makes the mailbox a cache: its binding, its journal. */
status cache_attach(struct cache *c, struct reason *why) MUST;
status cache_bind(struct cache *c, const struct cache_binding *b) MUST;

/* cache_schema.c. `make`: of one that is new. */
status cache_schema_prepare(struct cache *c, bool make, struct reason *why) MUST;
/* In a transaction: tables that are missing, empty. */
status cache_schema_mend(struct cache *c) MUST;

/* cache_lock.c */
status cache_lock_open(struct cache *c, struct reason *why) MUST;
status cache_lock_take(struct cache *c, unsigned patience_ms, struct reason *why) MUST;
status cache_lock_lend(struct cache *c, struct reason *why) MUST; /* to those who wait; it is had again afterwards */
void cache_lock_close(struct cache *c);
/* Who waits for changes is told, when there were any. */
void cache_announce(struct cache *c);

/* cache_place.c: the file, in `folder` or where it was moved to. ecDiskError: a link that leads nowhere, which is said. */
status cache_path(const char *folder, char out[static CACHE_PATH_ROOM], struct reason *why) MUST;
/* What an interrupted move has left; with the lock. */
void cache_move_finish(const char *folder);

/* cache_journal.c: listens to the mailbox. */
status cache_keep_journal(struct cache *c) MUST;
/* cache_partial.c: in a transaction. */
status cache_partial_moved(struct cache *c, uint64_t from, uint64_t to) MUST;
status cache_partial_copied(struct cache *c, uint64_t source, uint64_t copy) MUST;
/* cache_base.c: the same, to what is about to change. */
void cache_keep_base(struct cache *c);
/* In a transaction. */
status cache_base_forget(struct cache *c, uint64_t message) MUST;
status cache_base_rename(struct cache *c, uint64_t from, uint64_t to) MUST;

#endif
