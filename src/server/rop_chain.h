/*
 * Packing ([MS-OXCRPC] 3.1.4.2.1.2.2): when the last operation of a buffer was RopQueryRows, RopReadStream or RopFastTransferSourceGetBuffer and there is
 * more, the server may go on as if the client had sent the operation again, for what is left of what it asked for.
 */
#ifndef SERVER_ROP_CHAIN_H
#define SERVER_ROP_CHAIN_H

#include "rop/rop.h"

/*
 * Appends the operation that the client would send next, without the buffer around it; false and nothing: there is none, or there is nothing left.
 * `answer` is the success that was sent.
 */
bool rop_chain(const struct rop_request *asked, const struct rop_response *answer, struct buf *next);
/* Bytes that must be left in what the client takes for another payload of this operation to be made. */
size_t rop_chain_least(uint8_t id);

#endif
