/* A mailbox at the server: what its parts share. */
#ifndef CLIENT_REMOTE_PRIVATE_H
#define CLIENT_REMOTE_PRIVATE_H

#include "client/remote.h"

#define REMOTE_SLOTS 60u
#define REMOTE_MOST  60u /* operations in one batch, releases not counted */

struct remote_batch {
	struct remote *remote;
	struct arena arena;
	struct rop_request requests[2 * REMOTE_SLOTS + REMOTE_MOST];
	const struct rop_response *answers[2 * REMOTE_SLOTS + REMOTE_MOST]; /* NULL: none came */
	size_t n, releases; /* of the n, so many first ones are RopRelease */
	unsigned opened_by[REMOTE_SLOTS]; /* 1 + the operation of this batch that opens the slot */
	size_t bytes;
	bool full;
	bool ahead; /* it was sent, and its answer is not here */
	struct session_ask ask;
	struct rop_output *outputs;
	size_t n_outputs;
};

struct remote {
	struct session *session;
	enum remote_store kind;
	uint8_t number; /* LogonId */
	char *dn;
	struct remote_mailbox mailbox;
	uint32_t handles[REMOTE_SLOTS]; /* the logon is slot 0 */
	bool used[REMOTE_SLOTS];
	unsigned to_release[REMOTE_SLOTS];
	size_t n_release;
	struct rop_columns columns; /* of the rows that come; none: none are asked for */
	struct name_map *names; /* the server's ids of named properties, as far as they were asked for */
	struct remote_batch batches[2];
	unsigned now; /* the one in use; the other one may be ahead of it */
};

#endif
