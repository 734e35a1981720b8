/* The named property map of a store, node 0x61 [MS-PST] 2.4.7. */
#ifndef PST_NAMES_H
#define PST_NAMES_H

#include "mapi/named.h"
#include "pst/ndb.h"

/*
 * Fills the map with what can be read. An entry that makes no sense is left out and counted in `bad`; a map
 * that is missing or unreadable is an error, with the reason in the ndb.
 */
status pst_names_load(struct ndb *db, struct name_map *map, size_t *bad) MUST;

#endif
