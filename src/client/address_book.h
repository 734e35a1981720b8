/*
 * Whom one can write to, without a server: the address list of the organisation as it was last downloaded (client/address_update.h), one's contacts, and whom one has
 * written to (client/address_own.h).  The files stand beside the cache and are read without it, also while another process has it:
 *
 *     address-book.global   the address list of the organisation
 *     address-book.oab      the file that it was made from, where it came as one: what changes is fetched as differences to it
 *     address-book.own      contacts, and recipients of what was sent
 *     address-book.json     where the first came from, and how the last attempt went
 */
#ifndef CLIENT_ADDRESS_BOOK_H
#define CLIENT_ADDRESS_BOOK_H

#include "client/address_entry.h"

#define ADDRESS_BOOK_GLOBAL "address-book.global"
#define ADDRESS_BOOK_FILE   "address-book.oab"
#define ADDRESS_BOOK_OWN    "address-book.own"
#define ADDRESS_BOOK_STATE  "address-book.json"

#define ecAmbiguousRecip 0x80040700u

struct address_book;

/*
 * `folder`: of the profile. What is not there, or damaged, is like an empty one: the words (which may be "") say so.
 */
status address_book_open(const char *folder, struct address_book **out, struct reason *why) MUST;
void address_book_close(struct address_book *b); /* NULL is fine */
/* Is nobody in it? */
bool address_book_is_empty(const struct address_book *b);

struct address_found {
	struct address_entry *v;
	size_t n;
	bool more; /* than there was room for */
};

/*
 * Those of whom every word of the text begins a part of the name, the alias or an address; case and accents do not matter.  First who is called exactly so, then
 * those one has written to often, then by name; each address once.  Texts stand until the book is closed.
 */
status address_book_find(const struct address_book *b, const char *text, size_t limit, struct arena *arena, struct address_found *out) MUST;
/*
 * The one who is meant: who alone is called so (display name, alias, address), else who alone is found by it.  ecNotFound: nobody; ecAmbiguousRecip: several, the
 * first of which are in *found (which may be NULL) and in the words.
 */
status address_book_resolve(const struct address_book *b, const char *text, struct arena *arena, struct address_entry *out, struct address_found *found,
			    struct reason *why) MUST;
/*
 * A list as one writes it, "Ada, Grace Hopper <grace@contoso.example>; eve@contoso.example": what is no address becomes "Ada Lovelace <ada@contoso.example>".
 * `lenient`: what nobody, or no one alone, is called stays as it is.
 */
status address_book_resolve_list(const struct address_book *b, const char *list, bool lenient, struct arena *arena, const char **out, struct reason *why) MUST;
/* "Ada Lovelace <ada@contoso.example>", as it may stand in a list. NULL without memory. */
const char *address_written(const struct address_entry *e, struct arena *arena);

#endif
