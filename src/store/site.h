/*
 * A site is where a directory and its mailboxes are: a folder, or a PostgreSQL database.
 *
 *     DIR/directory.db            schema "directory"
 *     DIR/mailboxes/<guid>.db     schema "m_<guid>"
 *
 * A folder belongs to us and is closed to others (0700), or it is refused.  The directory is shared between processes; a
 * mailbox is open in one at a time, but for servers on one PostgreSQL (store/turns.h).  A site belongs to one thread at a time; threads that need the directory at once open
 * connections of their own.
 */
#ifndef STORE_SITE_H
#define STORE_SITE_H

#include "store/directory.h"
#include "store/password.h"

struct mailbox;
struct site;

struct site_options {
	const struct clock *clock; /* NULL: the system's */
	bool create;		   /* make an organisation where there is none; else ecNotFound */
	/* Of a new organisation; NULL: "Postern", the domain of the host's name (or "postern.invalid"), its name, "Administrator". */
	const char *organization, *domain, *host, *administrator;
	bool turns;	  /* on PostgreSQL other processes may have the same mailboxes, each in its turn (store/turns.h) */
	unsigned handles; /* mailboxes kept open at most while none is in use; 0: 64 */
};

/* Said once, kept nowhere: how to log on to an organisation that was made just now. */
struct site_first {
	bool made;
	char address[320];
	char password[PASSWORD_GENERATED_SIZE];
};

/* `option` when it is not NULL, else $POSTERN_DATA, else /var/lib/postern for root, else $XDG_DATA_HOME/postern. */
const char *site_default_location(const char *option, struct arena *arena);
/* Is it "postgresql://..." or "postgres://..."? */
bool site_is_postgres(const char *location);

/*
 * A first start is one transaction of the directory: whoever interrupts it finds nothing, and the next one starts again.
 * `first` may be NULL when nothing is created.  ecNotFound: there is no site, and the words say how to make one.
 */
status site_open(const char *location, const struct site_options *options, struct site_first *first, struct site **out,
		 struct reason *why) MUST;
void site_close(struct site *s); /* NULL is fine */
struct directory *site_directory(struct site *s);
/* Another connection to the directory, for another thread; the caller closes it (directory_close), before the site is closed. */
status site_open_directory(struct site *s, struct directory **out, struct reason *why) MUST;
const char *site_location(const struct site *s);
/* Where the mailbox is, for people: a path, or the name of a schema. */
const char *site_mailbox_place(struct site *s, const struct guid *mailbox, struct arena *arena);

/* Handles ------------------------------------------------------------------------------------------------------------ */

/*
 * An open mailbox, by the GUID in ExchangeGuid.  It stays open at least until it is released as often as it was asked for.
 * ecNotFound; ecBusy: another process has it; ecNotInitialized: its database is dismounted.
 */
status site_mailbox(struct site *s, const struct guid *mailbox, struct mailbox **out, struct reason *why) MUST;
/* The same, of one that takes no turns: no other process has it beside this one. */
status site_mailbox_alone(struct site *s, const struct guid *mailbox, struct mailbox **out, struct reason *why) MUST;
void site_release(struct site *s, struct mailbox *m); /* NULL is fine */
/* Closes the one that nobody used for longest, so that another process can have it; false: there is none. */
bool site_close_idle(struct site *s);

/* Mailboxes of people -------------------------------------------------------------------------------------------------- */

/*
 * Directory and store together. The store is made first and removed last, so that an interruption leaves at most a
 * store that nobody refers to (site_orphans), never a person without one.
 *
 * New-Mailbox: a user with a mailbox. Alias, addresses, principal name, database and legacyExchangeDN that are not among the
 * settings are made up from the name. `password` may be NULL.
 */
status site_create_mailbox(struct site *s, const char *name, const struct directory_setting *settings, size_t n, const char *password,
			   uint64_t *id, struct reason *why) MUST;
/* Enable-Mailbox: a mailbox for a user who has none. ecDuplicateName when there is one. */
status site_enable_mailbox(struct site *s, uint64_t user, const struct directory_setting *settings, size_t n, struct reason *why) MUST;
/* Disable-Mailbox: the user stays, the mailbox becomes a DisconnectedMailbox until the database's MailboxRetention is over. */
status site_disable_mailbox(struct site *s, uint64_t user, struct reason *why) MUST;
/* Remove-Mailbox: the user goes too. `permanent`: and the mailbox at once, for good. */
status site_delete_mailbox(struct site *s, uint64_t user, bool permanent, struct reason *why) MUST;
/* Connect-Mailbox: a disconnected one to a user who has none. */
status site_connect_mailbox(struct site *s, uint64_t disconnected, uint64_t user, struct reason *why) MUST;
/* Deletes disconnected mailboxes whose time is over, and how many those were; `only` 0: all of them, else that one now. */
status site_purge(struct site *s, uint64_t only, unsigned *purged, struct reason *why) MUST;
/* Stores that nobody refers to, by GUID. */
status site_orphans(struct site *s, struct arena *arena, struct guid **out, size_t *n, struct reason *why) MUST;

#endif
