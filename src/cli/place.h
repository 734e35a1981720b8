/* Where mailboxes are, and one of them by whatever an administrator calls it: alice, alice@contoso.example, a GUID. */
#ifndef CLI_PLACE_H
#define CLI_PLACE_H

#include "store/mailbox.h"
#include "store/site.h"

/* "mailbox:alice", for commands that take files too: what follows the colon; NULL when it is none. */
const char *place_notation(const char *argument);

struct place {
	struct site *site;
	struct mailbox *mailbox;
	uint64_t user;		 /* in the directory */
	char name[320];		 /* of whom it is, for people */
	bool made;		 /* the mailbox was made just now */
};

/*
 * `location` as in --data; NULL: where it usually is.  `create`: an organisation where there is none, and then how to log
 * on is said once, on standard error.
 */
status place_open(const char *location, bool create, struct site **out, struct reason *why) MUST;
/*
 * The mailbox of somebody. `create`: makes it when nobody is called so, for an address with its domain, if the
 * organisation has not got that; `display` is the name to show, NULL: none is known.  The site stays the caller's.
 */
status place_mailbox(struct site *s, const char *identity, const char *display, bool create, struct place *out, struct reason *why) MUST;
/* Both; place_close closes the site too. */
status place_open_mailbox(const char *location, const char *identity, bool create, struct place *out, struct reason *why) MUST;
void place_release(struct place *p); /* the mailbox */
void place_close(struct place *p);
/* DIR/ledgers/NAME, made for it; NULL where the location is no folder and none is known. */
status place_ledger(const struct site *s, const char *name, char *out, size_t size, struct reason *why) MUST;

#endif
