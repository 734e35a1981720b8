/* Somebody in an address book. */
#ifndef CLIENT_ADDRESS_ENTRY_H
#define CLIENT_ADDRESS_ENTRY_H

#include "base/arena.h"
#include "base/buf.h"

enum address_source {
	ADDRESS_GLOBAL,  /* the address list of the organisation */
	ADDRESS_CONTACT, /* one's own contacts */
	ADDRESS_WRITTEN, /* one has written to them */
};

/* Texts are UTF-8, never NULL, "" when they are not known. */
struct address_entry {
	enum address_source source;
	bool group;
	uint32_t weight; /* how often one has written to them */
	const char *name, *address, *alias;
	const char *given, *surname, *title, *department, *office, *phone;
	const char *others; /* further addresses, a line for each */
};

#define ADDRESS_TEXTS 10u /* of an entry: its members from `name` on, in their order */

/* Every text is "". */
void address_entry_init(struct address_entry *e);
/*
 * As it may be kept and shown: one line of valid UTF-8 without control characters for each text, cut where it is longer than any name; in `arena`.  False: it has no
 * address of the Internet, so nobody can write to it (or there is no memory).
 */
bool address_entry_clean(const struct address_entry *in, struct arena *arena, struct address_entry *out);
/* Is it one: something, "@", something, and nothing that has a meaning in lists of addresses? */
bool address_is_one(const char *text);
/* Appends it in small letters without accents. */
void address_fold(const char *utf8, struct buf *out);

#endif
