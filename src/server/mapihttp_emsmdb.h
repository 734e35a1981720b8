/* The operations of the mailbox endpoint ([MS-OXCMAPIHTTP] 2.2.4), for mapihttp_emsmdb.c. */
#ifndef SERVER_MAPIHTTP_EMSMDB_H
#define SERVER_MAPIHTTP_EMSMDB_H

#include "server/mapihttp.h"

/* [MS-OXCRPC] 3.1.4.1, 3.1.4.2 */
#define ecRpcFailed 0x80040115u
#define ecRpcFormat 0x000004B6u
#define ecUnknownUser 0x000003EBu
/* [MS-OXCRPC] 3.3.4.1: two wait with one session. */
#define ecRejected 0x000007EEu
#define RPC_X_BAD_STUB_DATA 0x000006F7u

mapihttp_handler mapihttp_connect, mapihttp_execute, mapihttp_disconnect, mapihttp_wait;

/* The bytes of an auxiliary buffer as its blocks; ecRpcFailed, RPC_X_BAD_STUB_DATA, ecRpcFormat. Nothing is none. */
status mapihttp_auxiliary(struct bytes aux, struct arena *arena, struct bytes *blocks, struct reason *why) MUST;

#endif
