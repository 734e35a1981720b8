/*
 * One remote operation: what its handler gets and gives.
 *
 * A handler reads `request` (the struct of rop/rops_*.h for its ROP), does it, fills `response` (zeroed; the struct of its success form)
 * and returns 0; or it returns the error that the specification says and the response is the ROP's failing form.  Everything it
 * allocates is in `arena`, which lives until the response is on its way.  The mailbox of `logon` is locked.
 *
 * Handlers stand in tables, one for each group (rop_table): which kinds of object the ROP may be asked of is checked before
 * (ecNotSupported), so is the handle (ecNullObject).
 */
#ifndef SERVER_ROP_CALL_H
#define SERVER_ROP_CALL_H

#include "rop/rop.h"
#include "server/logon.h"
#include "server/session.h"

struct rop_call {
	struct session *session;
	struct arena *arena;
	const struct rop_request *asked;
	const void *request;
	void *response;
	struct object *object; /* of InputHandleIndex; NULL where the ROP has none */
	struct logon *logon;   /* its logon; NULL where it has none */
	size_t room;           /* bytes that the variable part of the response may take, at most */
	bool last;             /* the last one of the buffer: chaining may follow */
	struct rop_response *answer; /* for failing forms that carry more than the error, and partial completion */
	const uint32_t *handles; /* the table of the request */
	size_t n_handles;
	struct object *made;   /* rop_call_open */
};

typedef status rop_handler(struct rop_call *c);

struct rop_entry {
	uint8_t id;        /* RopId */
	unsigned objects;  /* enum object_kind, any of these; 0: takes no object */
	rop_handler *handle;
};

/* The object becomes that of the output handle; takes over the reference. */
void rop_call_open(struct rop_call *c, struct object *o);
/* Another handle of the request (source or destination); ecNullObject: none; ecNotSupported: not of these kinds. */
status rop_call_other(struct rop_call *c, uint8_t handle_index, unsigned objects, struct object **out) MUST;

/*
 * The answer of a refusal (ecAccessDenied) says too that something was not done: a body of `size` bytes with PartialCompletion at `partial` ([MS-OXCFOLD] 3.2.5.6).  Any
 * other status comes back as it is.
 */
status rop_call_refused(struct rop_call *c, status s, size_t size, size_t partial) MUST;

/*
 * For the variable part of the response: at most `room` bytes, which are the arena's and never given back (no buf_free).
 * NULL without memory.
 */
struct buf *rop_call_buffer(struct rop_call *c);

/* Tables end with a handler of NULL. Each is defined in the file of its name: rops_folder.c has rops_folder[]. */
extern const struct rop_entry rops_logon[], rops_store[], rops_folder[], rops_public[], rops_permission[], rops_receive[];
extern const struct rop_entry rops_table[], rops_category[], rops_search[], rops_rule[];
extern const struct rop_entry rops_message[], rops_recipient[], rops_attachment[], rops_property[], rops_name[], rops_stream[], rops_copy[];
extern const struct rop_entry rops_transport[], rops_notification[];
extern const struct rop_entry rops_fast_copy[], rops_sync_message[], rops_fast_source[], rops_fast_destination[], rops_sync_download[], rops_sync_state[], rops_sync_upload[], rops_replica[];
extern const struct rop_entry rops_refused[]; /* obsolete ones and those that servers do not implement, with their documented error */

/*
 * All operations of one ROP buffer ([MS-OXCROPS] 3.2.5.1): executed in order, responses and handle table appended to `out` in at
 * most `most` bytes.  ecRpcFormat and the like: the whole buffer is refused.
 */
status rop_execute(struct session *s, struct bytes ropsbuffer, size_t most, struct buf *out, struct reason *why) MUST;
/*
 * The same, and what is left of the last operation (server/rop_chain.h) as a buffer that can be executed next; next->rops is empty when nothing is.  The
 * caller gives an empty one.
 */
struct rop_next {
	struct buf rops;
	uint8_t id; /* of the operation */
};
status rop_execute_next(struct session *s, struct bytes ropsbuffer, size_t most, struct buf *out, struct rop_next *next,
			struct reason *why) MUST;

#endif
