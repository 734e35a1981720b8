/*
 * Stream ROPs ([MS-OXCROPS] 2.2.9): what they mean is in [MS-OXCPRPT] 2.2.14 to 2.2.27.
 */
#ifndef ROP_ROPS_STREAM_H
#define ROP_ROPS_STREAM_H

#include "rop/rops_common.h"

/* A ByteCount or BufferSize that says: as much as the maximum after it. */
#define ROP_SIZE_AUTO 0xBABE

/* [MS-OXCROPS] 2.2.9.1 RopOpenStream */
#define ROP_OPEN_STREAM_REQUEST(F, T) \
	F(T, U8, output_handle_index) \
	F(T, U32, property_tag)       \
	F(T, U8, open_mode_flags)
#define ROP_OPEN_STREAM_RESPONSE(F, T) F(T, U32, stream_size)
/* [MS-OXCROPS] 2.2.9.2 RopReadStream */
#define ROP_READ_STREAM_REQUEST(F, T) \
	F(T, U16, byte_count)         \
	F(T, WHEN, byte_count, ROP_SIZE_AUTO, U32, maximum_byte_count)
/* [MS-OXCROPS] 2.2.9.3 RopWriteStream */
#define ROP_WRITE_STREAM_RESPONSE(F, T) F(T, U16, written_size)
/* [MS-OXCROPS] 2.2.9.4 RopWriteStreamExtended */
#define ROP_WRITE_STREAM_EXTENDED_RESPONSE(F, T) F(T, U32, written_size)
/* [MS-OXCROPS] 2.2.9.6 RopGetStreamSize */
#define ROP_GET_STREAM_SIZE_RESPONSE(F, T) F(T, U32, stream_size)
/* [MS-OXCROPS] 2.2.9.7 RopSetStreamSize */
#define ROP_SET_STREAM_SIZE_REQUEST(F, T) F(T, U64, stream_size)
/* [MS-OXCROPS] 2.2.9.8 RopSeekStream: Offset is a signed number (int64_t). */
#define ROP_SEEK_STREAM_REQUEST(F, T) \
	F(T, U8, origin)              \
	F(T, U64, offset)
#define ROP_SEEK_STREAM_RESPONSE(F, T) F(T, U64, new_position)
/* [MS-OXCROPS] 2.2.9.9 RopCopyToStream */
#define ROP_COPY_TO_STREAM_REQUEST(F, T) \
	F(T, U8, dest_handle_index)      \
	F(T, U64, byte_count)
#define ROP_COPY_TO_STREAM_RESPONSE(F, T) \
	F(T, U64, read_byte_count)        \
	F(T, U64, written_byte_count)
#define ROP_COPY_TO_STREAM_NULL_DESTINATION(F, T) \
	F(T, U32, dest_handle_index)              \
	F(T, U64, read_byte_count)                \
	F(T, U64, written_byte_count)
/* [MS-OXCROPS] 2.2.9.10 RopLockRegionStream */
#define ROP_LOCK_REGION_STREAM_REQUEST(F, T) \
	F(T, U64, region_offset)             \
	F(T, U64, region_size)               \
	F(T, U32, lock_flags)
/* [MS-OXCROPS] 2.2.9.11 RopUnlockRegionStream */
#define ROP_UNLOCK_REGION_STREAM_REQUEST(F, T) \
	F(T, U64, region_offset)               \
	F(T, U64, region_size)                 \
	F(T, U32, lock_flags)
/* [MS-OXCROPS] 2.2.9.12 RopWriteAndCommitStream */
#define ROP_WRITE_AND_COMMIT_STREAM_RESPONSE(F, T) F(T, U16, written_size)
/* [MS-OXCROPS] 2.2.9.13 RopCloneStream */

WIRE_DECLARE(rop_open_stream_request, ROP_OPEN_STREAM_REQUEST)
WIRE_DECLARE(rop_open_stream_response, ROP_OPEN_STREAM_RESPONSE)
WIRE_DECLARE(rop_read_stream_request, ROP_READ_STREAM_REQUEST)
WIRE_DECLARE(rop_read_stream_response, ROP_DATA)
WIRE_DECLARE(rop_write_stream_request, ROP_DATA)
WIRE_DECLARE(rop_write_stream_response, ROP_WRITE_STREAM_RESPONSE)
WIRE_DECLARE(rop_write_stream_extended_request, ROP_DATA)
WIRE_DECLARE(rop_write_stream_extended_response, ROP_WRITE_STREAM_EXTENDED_RESPONSE)
WIRE_DECLARE(rop_get_stream_size_response, ROP_GET_STREAM_SIZE_RESPONSE)
WIRE_DECLARE(rop_set_stream_size_request, ROP_SET_STREAM_SIZE_REQUEST)
WIRE_DECLARE(rop_seek_stream_request, ROP_SEEK_STREAM_REQUEST)
WIRE_DECLARE(rop_seek_stream_response, ROP_SEEK_STREAM_RESPONSE)
WIRE_DECLARE(rop_copy_to_stream_request, ROP_COPY_TO_STREAM_REQUEST)
WIRE_DECLARE(rop_copy_to_stream_response, ROP_COPY_TO_STREAM_RESPONSE)
WIRE_DECLARE(rop_copy_to_stream_null_destination, ROP_COPY_TO_STREAM_NULL_DESTINATION)
WIRE_DECLARE(rop_lock_region_stream_request, ROP_LOCK_REGION_STREAM_REQUEST)
WIRE_DECLARE(rop_unlock_region_stream_request, ROP_UNLOCK_REGION_STREAM_REQUEST)
WIRE_DECLARE(rop_write_and_commit_stream_request, ROP_DATA)
WIRE_DECLARE(rop_write_and_commit_stream_response, ROP_WRITE_AND_COMMIT_STREAM_RESPONSE)
WIRE_DECLARE(rop_clone_stream_request, ROP_OUTPUT_ONLY)

#endif
