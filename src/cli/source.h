/* What people name on the command line: what kind of store it is, or in words why it is none. */
#ifndef CLI_SOURCE_H
#define CLI_SOURCE_H

#include "cli/place.h"
#include "cli/recovery_doubt.h"
#include "client/cache.h"
#include "pst/pst.h"
#include "store/source.h"

enum source_kind { SOURCE_PST, SOURCE_EML, SOURCE_MBOX, SOURCE_FOLDER, SOURCE_MAILBOX, SOURCE_CACHE };

struct source {
	enum source_kind kind;
	const char *path;
	const char *format;   /* "Unicode .pst", for people */
	struct input *input;  /* NULL: a folder */
	struct pst *pst;      /* SOURCE_PST only */
	struct pst_recovery *recovery; /* instead of `pst`, of a damaged store */
	struct recovery_doubt doubt;
	bool doubtful;               /* `doubt` says what may be missing */
	struct mime_source *mime;    /* files of mail */
	struct place place;          /* SOURCE_MAILBOX only */
	struct cache *cache;         /* SOURCE_CACHE only */
	struct mailbox_source *from; /* of either */
	struct item_source *items;
};

enum source_rescue {
	RESCUE_NEVER,	/* a damaged .pst or .ost is refused, or read as far as its B-trees lead */
	RESCUE_DAMAGED, /* when it is damaged, everything that is in it is searched for (pst/recover.h) */
	RESCUE_ALWAYS,
};

struct source_options {
	const char *data; /* where mailboxes are (cli/place.h) */
	enum source_rescue rescue;
	bool undelete; /* with a rescue: deleted items too */
	void (*progress)(void *context, const char *stage, uint64_t done, uint64_t total); /* of check and rescue; may be NULL */
	void *context;
};

/*
 * A file, a folder, "mailbox:alice", or the local copy that a profile keeps, "cache:alice@contoso.example", "cache:PROFILE/bob@contoso.example" or "cache:PROFILE/public" (client/profile_store.h),
 * or "cache:FOLDER/WITH/IT".  `path` must outlive the source. On failure there is nothing to close.
 * `o` may be NULL.
 */
status source_open(const char *path, const struct source_options *o, struct source *s, struct reason *why) MUST;
/* The same, but only .pst and .ost will do. */
status source_open_store(const char *path, struct source *s, struct reason *why) MUST;
void source_close(struct source *s);
/* What a mailbox or a cache is read from; NULL for files. */
struct mailbox *source_mailbox(const struct source *s);
/* Has the file changed since it was opened? */
bool source_changed(struct source *s);

#define CLEANUP_SOURCE __attribute__((cleanup(source_close)))

/*
 * Bytes that tell the source from others, and from itself when its content changes: size, time, and what stands at its
 * beginning and end.  None for what cannot be told so (folders, mailboxes).
 */
status source_identity(const struct source *s, struct buf *out) MUST;

enum destination_kind { DESTINATION_PST, DESTINATION_MBOX, DESTINATION_EML, DESTINATION_MAILDIR, DESTINATION_MAILBOX };

enum destination_kind destination_guess(const char *path);
/*
 * May `path` be written from `source` (NULL: from nothing)?  Refuses the source itself under whatever name, a
 * file that is there unless `replace`, a folder where a file goes, a folder that does not exist.
 */
status destination_check(const char *path, const char *source, bool replace, bool folder,
			 struct reason *why) MUST;

#endif
