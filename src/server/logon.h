/*
 * A logon: a session at one store, a private mailbox or the public folders ([MS-OXCSTOR] 2.2.1.1).
 */
#ifndef SERVER_LOGON_H
#define SERVER_LOGON_H

#include "server/host.h"
#include "server/object.h"
#include "server/person.h"
#include "store/per_user.h"
#include "store/permission.h"

/* What a client brings in pieces of what was read in a public folder (RopWritePerUserInformation). */
struct logon_upload {
	bool begun;
	uint8_t folder[PER_USER_FOLDER_SIZE];
	struct guid replica;
	struct buf data;
};

struct logon {
	struct object object;     /* OBJECT_LOGON */
	struct arena arena;
	uint8_t id;               /* LogonId */
	bool public_store;
	bool owner;               /* may do everything: the owner, full access, an administrator with admin privilege */
	uint32_t open_flags;      /* of the request */
	struct shared_mailbox *store; /* held */
	struct person person;     /* whose mailbox it is; of a public store: who logged on */
	struct guid replica;      /* REPLGUID: replica id 1 */
	struct logon_upload upload;
};

/* The mailbox of a logon; it is locked while a ROP runs. */
struct mailbox *logon_mailbox(const struct logon *l);
/*
 * Locked as by shared_mailbox_lock, or locked already: until it is unlocked, what is read in public folders is what who logged on has read
 * (mailbox_read_as).
 */
struct mailbox *logon_lock(struct logon *l);
void logon_look(struct logon *l);
/* Who asks, for store/permission.h. */
void logon_principal(const struct logon *l, struct principal *out);
/* ecAccessDenied unless the rights are all there. Owners have them all. ecNotFound: no such folder. */
status logon_may(struct logon *l, uint64_t folder, uint32_t rights) MUST;
status logon_rights(struct logon *l, uint64_t folder, uint32_t *rights) MUST;

/*
 * Ids on the wire are a replica id (2 bytes) and a counter (6 bytes) [MS-OXCDATA] 2.2.1; in the store they are the
 * counter.  Replica id 1 is the mailbox's own.  False: it is of another replica, so there is no such object here.
 */
bool id_to_counter(uint64_t wire, uint64_t *counter);
uint64_t id_from_counter(uint64_t counter);

#endif
