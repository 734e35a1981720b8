/*
 * Stands between a client and a server and passes on what they say, byte by byte, TLS or not; and breaks the connection when it is told to: the
 * worst moment for a client is when the server has done what it asked for and the answer does not come.
 *
 * An answer is what comes from the server between two things the client says; those of a TLS handshake count as well.
 */
#ifndef TESTS_CLIENT_RELAY_H
#define TESTS_CLIENT_RELAY_H

#include "base/status.h"

struct relay;

/* To this port of this machine; on a thread of its own. */
status relay_start(uint16_t to, struct relay **out, struct reason *why) MUST;
uint16_t relay_port(const struct relay *r);
/* The n-th answer from now on does not arrive, and the connection is gone; once.  0: none. */
void relay_cut(struct relay *r, uint64_t n);
/* Answers passed on since then. */
uint64_t relay_answers(const struct relay *r);
bool relay_was_cut(const struct relay *r);
/* Bytes that passed since then, both ways. */
uint64_t relay_bytes(const struct relay *r);
/* Before the n-th answer from now on arrives, this is done, on the relay's thread; once.  0: nothing. */
void relay_before(struct relay *r, uint64_t n, void (*todo)(void *context), void *context);
void relay_stop(struct relay *r); /* NULL is fine */

#endif
