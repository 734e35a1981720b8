/*
 * A profile: whose mailbox, where its server is, and how it is cached; what the Mail control panel of the handbooks shows.
 *
 *     DIR/profiles/NAME/profile.json    what is in this struct, for people to read
 *     DIR/profiles/NAME/secret          the password (0600), where no keyring runs
 *     DIR/profiles/NAME/cache.db        client/cache.h, with its locks and logs beside it
 *     DIR/profiles/NAME/stores/ADDRESS/ the same of an additional mailbox (client/profile_store.h)
 *
 * DIR is that of site_default_location (--data).  Folders are the owner's alone (0700), or they are refused.
 */
#ifndef CLIENT_PROFILE_H
#define CLIENT_PROFILE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/status.h"

#define PROFILE_NAME_MAX 64u
#define SECRET_ROOM      512u /* for a password and its end; a longer one is refused, never cut */

enum profile_download {
	PROFILE_FULL,              /* whole items */
	PROFILE_HEADERS_THEN_FULL, /* first what lists show, then the rest */
	PROFILE_HEADERS,           /* the rest when it is asked for */
};

enum profile_secret {
	PROFILE_SECRET_KEYRING,
	PROFILE_SECRET_FILE,
	PROFILE_SECRET_COMMAND, /* password_command says it on its first line */
};

#define PROFILE_MAILBOXES_MAX 64u

/* An additional mailbox: somebody else's, who gave permission. */
struct profile_mailbox {
	const char *address, *display_name;
	const char *mailbox_dn; /* legacyExchangeDN, for RopLogon */
	const char *mail_url;
};

/* Texts are UTF-8, never NULL ("": not known), and live in the arena that the profile was read into. */
struct profile {
	const char *name;
	const char *address; /* alice@contoso.example */
	const char *user;    /* to log on with; mostly the address */
	const char *display_name;
	const char *mailbox_dn; /* legacyExchangeDN, for RopLogon */
	const char *server_dn;  /* of the server, as Autodiscover says */
	const char *mail_url;   /* of /mapi/emsmdb, with its ?MailboxId= */
	const char *book_url;   /* of /mapi/nspi */
	const char *oab_url;
	const char *autodiscover_url; /* where the above came from */
	const char *roots_file;       /* PEM: believed beside the system's; "": none */
	const char *password_command;
	enum profile_secret secret;
	enum profile_download download;
	bool cached;       /* else the client says that it works online, and keeps nothing */
	bool encrypt;      /* only over TLS */
	bool work_offline; /* no connection is made */
	bool shared_folders; /* the additional mailboxes are kept here too */
	bool public_folders; /* and the public folders */
	const struct profile_mailbox *mailboxes;
	size_t n_mailboxes;
	unsigned keep_months; /* how far back messages are kept here; 0: all */
};

/* A new one of this name: cached, encrypted, everything else empty. */
void profile_init(struct profile *p, const char *name);
/* Is it a name: letters, digits, and . _ @ + - but not first a dot? */
bool profile_is_name(const char *name);
/* DIR/profiles/NAME. */
const char *profile_folder(const char *data, const char *name, struct arena *arena);
/*
 * ecNotFound: there is none, and the words name those that there are and how to add one; ecAccessDenied: others may look into its folder; ecCorruptData: it is
 * damaged.  Of the last two nothing is written over.
 */
status profile_load(const char *data, const char *name, struct arena *arena, struct profile *out,
		    struct reason *why) MUST;
/* The one there is, or that `profile default NAME` chose; ecNotFound none, ecInvalidParam several and no choice. `name` NULL or a name. */
status profile_choose(const char *data, const char *name, struct arena *arena, struct profile *out,
		      struct reason *why) MUST;
status profile_save(const char *data, const struct profile *p,
		    struct reason *why) MUST; /* atomic; nobody else may read it */
/* The one that is meant when none is named. */
status profile_set_default(const char *data, const char *name, struct reason *why) MUST;
/* By name. */
status profile_list(const char *data, struct arena *arena, const char *const **names, size_t *n,
		    struct reason *why) MUST;

/* The password; wiped by whoever got it (secret_wipe). ecNotFound: none is kept; ecTooBig: it does not fit into `room`, and is not cut. */
status secret_get(const char *data, const struct profile *p, char *out, size_t room,
		  struct reason *why) MUST;
/* Into the keyring, or the file when none runs: p->secret says which it was. */
status secret_set(const char *data, struct profile *p, const char *password,
		  struct reason *why) MUST;
status secret_remove(const char *data, const struct profile *p, struct reason *why) MUST;
void secret_wipe(char *password, size_t n);

#endif
