/*
 * ROP input and output buffers ([MS-OXCROPS] 2.2.1): RopSize (2 bytes, which counts itself), so many
 * bytes of requests or responses, and the table of handles (4 bytes each) to the end.
 *
 * The buffers are plain here; how they are packed for their way (RPC_HEADER_EXT) is not the business
 * of this room.
 */
#ifndef ROP_ROP_BUFFER_H
#define ROP_ROP_BUFFER_H

#include "rop/rop.h"

#define ROP_HANDLE_NONE   0xFFFFFFFFu
#define ROP_HANDLES_MAX   256 /* an index has one byte */
#define ROP_SIZE_MAX      0xFFFFu
#define ROP_TOO_SMALL_MIN 3 /* RopId and SizeNeeded */

/* Of the client -------------------------------------------------------------------------------------- */

struct rop_input {
	struct rop_request *requests;
	uint32_t n_requests;
	uint32_t n_handles;
	uint32_t *handles;
};

/*
 * All requests of an input buffer.  Also an empty one, which asks for notifications only.
 * ecRpcFormat when it is not what the specification says or has a reserved id: then the Execute
 * request fails with it and none of the requests is executed; the reason says where.  Indexes are
 * not looked at: one beyond the table is the failure of its ROP (ecNullObject).
 */
status rop_input_decode(struct bytes data, struct rop_context *context, struct arena *a,
			struct rop_input *out, struct reason *why) MUST;
status rop_input_encode(const struct rop_input *input, struct buf *out, struct reason *why) MUST;

struct rop_output {
	struct rop_response *responses;
	uint32_t n_responses;
	uint32_t n_handles;
	uint32_t *handles;
};

/*
 * All responses to `asked`, in its order (RopRelease has none), and those that nobody asked for.
 * There may be fewer, when the last is RopBufferTooSmall or one is RopBackoff.  ecCorruptData.
 */
status rop_output_decode(struct bytes data, const struct rop_context *context,
			 const struct rop_input *asked, struct arena *a, struct rop_output *out,
			 struct reason *why) MUST;

/* Of the server -------------------------------------------------------------------------------------- */

/* Writes an output buffer of at most `max` bytes, handles included, to the end of a buffer. */
struct rop_writer {
	struct buf *out;
	size_t start;
	size_t max;
	uint32_t n_handles; /* room for so many is kept */
};

/* ecTooBig when even an empty one has no room. */
status rop_writer_begin(struct rop_writer *w, struct buf *out, size_t max, uint32_t n_handles) MUST;
/* Bytes that there are for further responses. */
size_t rop_writer_room(const struct rop_writer *w);
/* ecTooBig when there is no room for it, and then nothing was written. */
status rop_writer_put(struct rop_writer *w, const struct rop_response *r, struct reason *why) MUST;
/*
 * RopBufferTooSmall, as the last response: `rest` are the requests that were not executed, from
 * the first byte of the first of them; it is cut to the room there is.
 */
status rop_writer_too_small(struct rop_writer *w, size_t size_needed, struct bytes rest) MUST;
/* RopSize and the handles, n_handles of them. */
status rop_writer_end(struct rop_writer *w, const uint32_t *handles) MUST;

#endif
