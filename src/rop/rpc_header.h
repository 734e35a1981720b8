/*
 * Extended buffers: payloads of ROPs or of auxiliary blocks behind an RPC_HEADER_EXT ([MS-OXCRPC] 2.2.2.1,
 * 3.1.4.1.1), one after the other until the one that is marked as the last; each may be compressed
 * (rop/lz77.h) and, if so before, obfuscated by XOR with 0xA5.
 */
#ifndef ROP_RPC_HEADER_H
#define ROP_RPC_HEADER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/reader.h"

#define RPC_HEADER_SIZE 8

enum rpc_header_flag {
	RPC_HEADER_COMPRESSED = 0x0001,
	RPC_HEADER_XOR_MAGIC = 0x0002,
	RPC_HEADER_LAST = 0x0004,
};

#define RPC_PAYLOAD_MAX  32767u /* [MS-OXCRPC] 3.1.4.1.1: no single payload exceeds 32 KB */
#define RPC_PAYLOADS_MAX 96u    /* [MS-OXCRPC] 3.1.4.2.1.2.2: as many in one response */

struct rpc_payload {
	uint16_t flags;     /* as they came */
	struct bytes bytes; /* plain; in place when they came plain, else in the arena */
};

/*
 * The next extended buffer of `in`.  ecCorruptData: a header that is cut off or not of version 0, more bytes than
 * there are, sizes that contradict the flags, data that cannot be decompressed.  ecMemory.  Unknown flags
 * are ignored.
 */
status rpc_payload_read(struct reader *in, struct arena *a, struct rpc_payload *out,
			struct reason *why) MUST;

struct rpc_payloads {
	size_t n;
	struct rpc_payload *v;
};

/*
 * All of them: up to the one that is marked, after which nothing may follow.  Nothing at all is none.  More than
 * `most` are refused (ecTooBig).
 */
status rpc_payloads_read(struct bytes data, size_t most, struct arena *a, struct rpc_payloads *out,
			 struct reason *why) MUST;

/*
 * Writing without a copy: begin leaves room for a header, the payload is appended, end fills the
 * header in and does to the payload what the flags say.  Payloads that do not get smaller stay plain
 * (without RPC_HEADER_COMPRESSED); those of the server over TLS need no XOR.
 *
 *     at = rpc_payload_begin(&out);
 *     ... buf_add_...(&out, ...) ...
 *     status st = rpc_payload_end(&out, at, RPC_HEADER_COMPRESSED | RPC_HEADER_LAST);
 *
 * ecTooBig when the buffer failed or the payload is too long for its header (65535).
 */
size_t rpc_payload_begin(struct buf *out);
status rpc_payload_end(struct buf *out, size_t at, uint16_t flags) MUST;
/* The payload that was ended at `at` is not the last after all. */
void rpc_payload_continue(struct buf *out, size_t at);
/* Begin, append, end. */
status rpc_payload_write(struct buf *out, struct bytes payload, uint16_t flags) MUST;

/* [MS-OXCRPC] 3.1.4.1.1.3: its own inverse. */
void rpc_obfuscate(uint8_t *p, size_t n);

#endif
