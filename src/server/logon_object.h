/* The object of a logon: made, its properties ([MS-OXCSTOR] 2.2.2), ended. */
#ifndef SERVER_LOGON_OBJECT_H
#define SERVER_LOGON_OBJECT_H

#include "server/logon.h"
#include "server/session.h"

/* PidTagExtendedRuleSizeLimit, bytes: a longer condition is not saved, and none is evaluated ([MS-OXORULE] 3.2.5.1). */
#define EXTENDED_RULE_MOST ((uint32_t)256 << 10)

/* Takes over the mailbox that is held, also when it fails. Who logged on is the session's user; the rest is the caller's to fill in. */
status logon_object_new(struct session *s, uint8_t id, struct shared_mailbox *store, struct logon **out) MUST;

#endif
