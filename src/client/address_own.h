/* One's own address book: the contacts, and whom one has written to. */
#ifndef CLIENT_ADDRESS_OWN_H
#define CLIENT_ADDRESS_OWN_H

#include "client/cache.h"

/* Messages of Sent Items, the newest, and contacts that are looked at. */
#define ADDRESS_OWN_SENT_MOST     2000u
#define ADDRESS_OWN_CONTACTS_MOST 20000u

/*
 * Makes the file of it in `folder` anew when anything in those folders is not as it was when it was made. *changed may be NULL.
 */
status address_own_update(struct cache *c, const char *folder, bool *changed, struct reason *why) MUST;

#endif
