/* The tables of a mailbox, and how older ones become newer ones. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "store/sql.h"

#define SCHEMA_VERSION 5

/* Makes the tables, or brings them up to date, in one transaction; a schema of a later version is ecVersion. */
status schema_prepare(struct sql *db, struct reason *why) MUST;

/*
 * For what was kept of an earlier version (1 to SCHEMA_VERSION), in the caller's transaction: first all tables go, of which
 * nothing is kept, and those of that version are made; when they are filled, they are brought up to date.
 */
status schema_make_anew(struct sql *db, uint64_t version, struct reason *why) MUST;
status schema_bring_up(struct sql *db, struct reason *why) MUST;

/* Small facts, each under a name. A fact that is not there: *found is false, and 0 or nothing. */
status meta_get_i64(struct sql *db, const char *key, int64_t *value, bool *found) MUST;
status meta_get_bytes(struct sql *db, const char *key, uint8_t *out, size_t n, bool *found) MUST; /* exactly n */
status meta_set_i64(struct sql *db, const char *key, int64_t value) MUST;
status meta_set_bytes(struct sql *db, const char *key, struct bytes value) MUST;

#endif
