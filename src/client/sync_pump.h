/*
 * A stream that is fetched by a thread of its own while what came is brought into the cache: receiving, decrypting and taking apart what came is a third of the work of a
 * synchronisation, and a disk that is waited for holds up nobody but who waits.
 *
 *     sync_pump_begin(stream, most, &p, why)       from now on the stream, and its session, are the pump's
 *     sync_pump_piece(p, &piece, why)              ... until it is empty
 *     sync_pump_end(p)                             the stream is the caller's again
 */
#ifndef CLIENT_SYNC_PUMP_H
#define CLIENT_SYNC_PUMP_H

#include "client/sync_stream.h"

struct sync_pump;

/* Of what was fetched and not read yet about `most` bytes are kept. */
status sync_pump_begin(struct sync_stream *stream, size_t most, struct sync_pump **out,
		       struct reason *why) MUST;
/* Stands until the next call; empty: the end.  ecServerBusy: nothing came for a second; call again. */
status sync_pump_piece(struct sync_pump *p, struct bytes *piece, struct reason *why) MUST;
/* That of the session as of the last piece: while it is pumped, nobody else may look at it. */
const struct session_traffic *sync_pump_traffic(const struct sync_pump *p);
/* Waits for the answer that is on its way. NULL is fine. */
void sync_pump_end(struct sync_pump *p);

#endif
