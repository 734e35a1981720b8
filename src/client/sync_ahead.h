/*
 * The folders that come next, asked for by other sessions meanwhile: where the way to the server is long, most folders have little to say, and one session would spend
 * its time waiting for each of them.
 *
 *     struct sync_ahead *a;
 *     sync_ahead_begin(remote, sessions, &a, why)
 *     sync_ahead_add(a, &ask)                        a folder that comes soon; what is added first is fetched first
 *     struct sync_ahead_job *j = sync_ahead_take(a, &ask)   its stream, if it is as it is asked for now; NULL: ask yourself
 *     sync_ahead_piece(j, &piece, why)               ... until it is empty
 *     sync_ahead_drop(j)
 *     sync_ahead_end(a)
 *
 * Of what was fetched so much is kept at most that a slow reader does not fill the memory (AHEAD_MOST).
 */
#ifndef CLIENT_SYNC_AHEAD_H
#define CLIENT_SYNC_AHEAD_H

#include "client/sync_stream.h"

#define SYNC_AHEAD_SESSIONS 6u
#define SYNC_AHEAD_FOLDERS  32u /* that are known before they come */

struct sync_ahead;
struct sync_ahead_job;

/* The remote is used for its address only; its session must not be in use during the call. */
status sync_ahead_begin(const struct remote *r, unsigned sessions, struct sync_ahead **out, struct reason *why) MUST;
/* Copies what is asked; but the list of properties must stand. */
status sync_ahead_add(struct sync_ahead *a, const struct sync_stream_ask *ask) MUST;
/* It must be dropped before the end. NULL (also for `a` NULL): no such stream was begun, or it failed before it said anything. */
struct sync_ahead_job *sync_ahead_take(struct sync_ahead *a, const struct sync_stream_ask *ask);
/* Is there more than what came with its first answer? */
bool sync_ahead_has_more(struct sync_ahead_job *j);
/* Stands until the next call; empty: the end.  ecServerBusy: nothing came for a second; call again. */
status sync_ahead_piece(struct sync_ahead_job *j, struct bytes *piece, struct reason *why) MUST;
void sync_ahead_drop(struct sync_ahead_job *j); /* also before its end; NULL is fine */
void sync_ahead_end(struct sync_ahead *a);      /* NULL is fine */

#endif
