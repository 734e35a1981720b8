/*
 * What the client asks of a mailbox, operation by operation, on a session (client/session.h): some are sent together in one Execute.
 *
 *     struct remote_batch *b = remote_batch(r);
 *     unsigned folder = remote_add(b, ROP_OPEN_FOLDER, remote_logon_handle(r), &open);        the slot of what it opens
 *     unsigned sync = remote_add(b, ROP_SYNCHRONIZATION_CONFIGURE, folder, &configure);
 *     remote_run(b, why)                                      one round trip: ecNone, or why there was none
 *     remote_answer(b, i, &response)                          of the i-th operation: its return value, and its body
 *     remote_release(r, folder)                               sent along with the next batch
 *
 * A session that the server has forgotten is connected and logged on again by remote_open; slots of before are void then (ecNullObject).
 */
#ifndef CLIENT_REMOTE_H
#define CLIENT_REMOTE_H

#include "base/guid.h"
#include "client/session.h"
#include "mapi/named.h"
#include "rop/rops_logon.h"

struct remote;
struct remote_batch;

/* Whose store it is. */
enum remote_store {
	REMOTE_OWN,
	REMOTE_OTHER,  /* somebody else's mailbox: what their folders let us see */
	REMOTE_PUBLIC, /* the public folders */
};

/* What RopLogon said. */
struct remote_mailbox {
	struct guid mailbox, replica; /* MailboxGuid, ReplGuid; of public folders the latter for both */
	uint16_t replid;
	uint8_t response_flags;
	/* [MS-OXCROPS] 2.2.3.1.2, as GLOBCNTs; 0: of another replica, or there is none. Of public folders LOGON_FOLDER_ROOT and LOGON_FOLDER_IPM_SUBTREE alone. */
	uint64_t folder_ids[13];
	bool has_mapping_signature;
	struct guid
		mapping_signature; /* PidTagMappingSignature of the store object, asked for in the same round trip */
};

/* Connects, if need be, and logs on to the mailbox of `dn` (the session's user_dn); takes nothing over. */
status remote_open(struct session *s, const char *dn, struct remote **out, struct reason *why) MUST;
/* The same to a store that is not one's own, on a session of one's own; `dn` of REMOTE_OTHER. */
status remote_open_store(struct session *s, enum remote_store kind, const char *dn, struct remote **out, struct reason *why) MUST;
/*
 * One more store on a session that has others, under a number of its own (LogonId; theirs is 0), for as long as that session holds.  The server tells of all of them in
 * one NotificationWait.  ecWrongServer: it has this one elsewhere.
 */
status remote_open_more(struct session *s, enum remote_store kind, const char *dn, uint8_t number, struct remote **out, struct reason *why) MUST;
enum remote_store remote_store(const struct remote *r);
/* The same store for the same person, on another session. */
status remote_beside(const struct remote *r, struct session *s, struct remote **out, struct reason *why) MUST;
/* Again, after SESSION_LOST or a broken connection: everything but the logon must be opened anew. */
status remote_again(struct remote *r, struct reason *why) MUST;
void remote_close(struct remote *r); /* the session stays; NULL is fine */
const struct remote_mailbox *remote_mailbox(const struct remote *r);
struct session *remote_session(struct remote *r);

/* Operations together -------------------------------------------------------------------------------------------- */

#define REMOTE_NO_SLOT 0xFFu
unsigned remote_logon_handle(const struct remote *r);
/* An empty one; the last one and its answers are gone. Its arena is for requests as for answers. */
struct remote_batch *remote_batch(struct remote *r);
/* The one there is, as remote_run left it. */
struct remote_batch *remote_batch_of(struct remote *r);
/* Its answers are done with: their memory is there for those of the next one. */
void remote_batch_drop(struct remote *r);
struct arena *remote_arena(struct remote_batch *b);
/*
 * Adds an operation on the object of a slot; the body must stand until remote_run.  The slot of the object it opens, else REMOTE_NO_SLOT.  Memory or
 * slots that are used up are told by remote_run.
 */
unsigned remote_add(struct remote_batch *b, uint8_t rop, unsigned slot, void *body);
/* How many operations there are in it, and about how many bytes: at most 32 KiB fit into one request of any server, 60 slots. */
size_t remote_count(const struct remote_batch *b);
size_t remote_bytes(const struct remote_batch *b);
/* `chain`: the last operation's answer may be continued (remote_more). */
status remote_run(struct remote_batch *b, bool chain, struct reason *why) MUST;
/* The columns of the rows that operations ask for from now on; the tags stand. */
void remote_set_columns(struct remote *r, const uint32_t *tags, uint32_t n);
/* The return value of the i-th operation, or what an earlier one that it needed failed with; *body (may be NULL) is its response when that is 0. */
status remote_answer(struct remote_batch *b, size_t i, void *body) MUST;
/*
 * A batch ahead of the one in use, whose answers stand meanwhile: it is sent, and while the server works so does the caller.  It brings no releases, and nothing else is run between;
 * when its answer is there, it is the one in use.
 */
struct remote_batch *remote_batch_ahead(struct remote *r);
status remote_run_begin(struct remote_batch *b, bool chain, struct reason *why) MUST;
status remote_run_end(struct remote_batch *b, struct reason *why) MUST;
/* Answers that were chained behind the last one; NULL at the end. */
const struct rop_response *remote_more(struct remote_batch *b, size_t i);
/* RopNotify and RopPending that came along. */
const struct rop_response *remote_notification(struct remote_batch *b, size_t i);
void remote_release(struct remote *r, unsigned slot);

/* Ids --------------------------------------------------------------------------------------------------------------- */

/* "What the server says of this operation", for people: "RopOpenFolder: ecNotFound (the object is not there)". */
void remote_explain(uint8_t rop, status code, struct reason *why);
/* A FID or MID of the own replica from its GLOBCNT, and back; 0: it is of another replica. */
uint64_t remote_id(const struct remote *r, uint64_t globcnt);
uint64_t remote_globcnt(const struct remote *r, uint64_t id);
/* RopGetLocalReplicaIds: so many ids in a row for what is made here. */
status remote_reserve_ids(struct remote *r, uint32_t n, uint64_t *first, struct reason *why) MUST;
/* The server's ids of named properties, and names of ids; each is asked for once. */
status remote_name_ids(struct remote *r, const struct prop_name *names, size_t n, bool create,
		       uint16_t *ids, struct reason *why) MUST;

#endif
