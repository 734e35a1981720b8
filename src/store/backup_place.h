/*
 * Where the databases of a site are (store/site.h), for those that work on them beside it: each opened by itself, shared
 * or alone.
 */
#ifndef STORE_BACKUP_PLACE_H
#define STORE_BACKUP_PLACE_H

#include "base/guid.h"
#include "store/sql.h"

/* `mailbox` NULL: the directory. `how` as of store/sql.h. */
status backup_place_open(const char *location, const struct guid *mailbox, unsigned how, struct sql **out, struct reason *why) MUST;
/* Is there a database? */
status backup_place_exists(const char *location, const struct guid *mailbox, bool *out, struct reason *why) MUST;
/* A folder of databases is made, closed to others; nothing happens on PostgreSQL. */
status backup_place_make(const char *location, struct reason *why) MUST;
/* For good. */
status backup_place_remove(const char *location, const struct guid *mailbox, struct reason *why) MUST;

#endif
