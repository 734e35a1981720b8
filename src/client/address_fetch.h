/* The file of the offline address book, fetched: what changed since the one that is here, or the whole. */
#ifndef CLIENT_ADDRESS_FETCH_H
#define CLIENT_ADDRESS_FETCH_H

#include "client/address_update.h"
#include "client/oab.h"

/* Appends a file of the server's address book. ecTooBig, ecNotFound, and what else keeps one from it. */
status address_get(const struct address_update *u, const char *name, size_t most, struct buf *out,
		   struct reason *why) MUST;

/*
 * Appends the file that the manifest speaks of. It is made of the one that was kept and of differences, where there are all of them and they are less
 * to fetch than the whole; *differences: how many they were; 0: it is the whole, as it is whenever something is wrong with what is less.
 */
status address_fetch(const struct address_update *u, const struct oab_manifest *m,
		     const struct address_state *s, struct buf *file, uint32_t *differences,
		     struct reason *why) MUST;

/* Keeps the file for the next time. Where it cannot be kept, the next one comes whole. */
void address_keep(const struct address_update *u, struct bytes file);

#endif
