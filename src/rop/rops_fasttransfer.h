/*
 * Fast transfer ROPs ([MS-OXCROPS] 2.2.12): what they mean is in [MS-OXCFXICS] 2.2.3.1.
 */
#ifndef ROP_ROPS_FASTTRANSFER_H
#define ROP_ROPS_FASTTRANSFER_H

#include "rop/rops_common.h"
#include "rop/rops_stream.h"

#define ROP_VERSION_SIZE 6

/* [MS-OXCFXICS] 2.2.3.1.1.5.2, 2.2.3.1.2.2.2 */
enum rop_transfer_status {
	TRANSFER_ERROR = 0x0000,
	TRANSFER_PARTIAL = 0x0001,
	TRANSFER_NO_ROOM = 0x0002,
	TRANSFER_DONE = 0x0003,
};

/* [MS-OXCROPS] 2.2.12.1 RopFastTransferDestinationConfigure */
#define ROP_FAST_TRANSFER_DESTINATION_CONFIGURE_REQUEST(F, T) \
	F(T, U8, output_handle_index)                         \
	F(T, U8, source_operation)                            \
	F(T, U8, copy_flags)
/* [MS-OXCROPS] 2.2.12.2 RopFastTransferDestinationPutBuffer */
#define ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER_REQUEST(F, T) F(T, BYTES, transfer_data, 2)
#define ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER_RESPONSE(F, T) \
	F(T, U16, transfer_status)                              \
	F(T, U16, in_progress_count)                            \
	F(T, U16, total_step_count)                             \
	F(T, U8, reserved)                                      \
	F(T, U16, buffer_used_size)
/* [MS-OXCROPS] 2.2.12.3 RopFastTransferDestinationPutBufferExtended */
#define ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER_EXTENDED_REQUEST(F, T) \
	F(T, BYTES, transfer_data, 2)
#define ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER_EXTENDED_RESPONSE(F, T) \
	F(T, U16, transfer_status)                                       \
	F(T, U32, in_progress_count)                                     \
	F(T, U32, total_step_count)                                      \
	F(T, U8, reserved)                                               \
	F(T, U16, buffer_used_size)
/* [MS-OXCROPS] 2.2.12.4 RopFastTransferSourceGetBuffer */
#define ROP_FAST_TRANSFER_SOURCE_GET_BUFFER_REQUEST(F, T) \
	F(T, U16, buffer_size)                            \
	F(T, WHEN, buffer_size, ROP_SIZE_AUTO, U16, maximum_buffer_size)
#define ROP_FAST_TRANSFER_SOURCE_GET_BUFFER_RESPONSE(F, T) \
	F(T, U16, transfer_status)                         \
	F(T, U16, in_progress_count)                       \
	F(T, U16, total_step_count)                        \
	F(T, U8, reserved)                                 \
	F(T, BYTES, transfer_buffer, 2)
/*
 * [MS-OXCROPS] 2.2.12.4 RopFastTransferSourceGetBuffer, backoff: what follows ReturnValue
 * ecServerBusy (0x480): no data, and the milliseconds to wait.
 */
#define ROP_FAST_TRANSFER_SOURCE_GET_BUFFER_BACKOFF(F, T) \
	F(T, U16, transfer_status)                        \
	F(T, U16, in_progress_count)                      \
	F(T, U16, total_step_count)                       \
	F(T, U8, reserved)                                \
	F(T, U16, transfer_buffer_size)                   \
	F(T, U32, backoff_time)
/* [MS-OXCROPS] 2.2.12.5 RopFastTransferSourceCopyFolder */
#define ROP_FAST_TRANSFER_SOURCE_COPY_FOLDER_REQUEST(F, T) \
	F(T, U8, output_handle_index)                      \
	F(T, U8, copy_flags)                               \
	F(T, U8, send_options)
/* [MS-OXCROPS] 2.2.12.6 RopFastTransferSourceCopyMessages */
#define ROP_FAST_TRANSFER_SOURCE_COPY_MESSAGES_REQUEST(F, T) \
	F(T, U8, output_handle_index)                        \
	F(T, NUMBERS, message_ids, 2, 64)                    \
	F(T, U8, copy_flags)                                 \
	F(T, U8, send_options)
/* [MS-OXCROPS] 2.2.12.7 RopFastTransferSourceCopyTo: the tags are those that are left out. */
#define ROP_FAST_TRANSFER_SOURCE_COPY_TO_REQUEST(F, T) \
	F(T, U8, output_handle_index)                  \
	F(T, U8, level)                                \
	F(T, U32, copy_flags)                          \
	F(T, U8, send_options)                         \
	F(T, NUMBERS, property_tags, 2, 32)
/* [MS-OXCROPS] 2.2.12.8 RopFastTransferSourceCopyProperties */
#define ROP_FAST_TRANSFER_SOURCE_COPY_PROPERTIES_REQUEST(F, T) \
	F(T, U8, output_handle_index)                          \
	F(T, U8, level)                                        \
	F(T, U8, copy_flags)                                   \
	F(T, U8, send_options)                                 \
	F(T, NUMBERS, property_tags, 2, 32)
/* [MS-OXCROPS] 2.2.12.9 RopTellVersion: three numbers of 16 bits. */
#define ROP_TELL_VERSION_REQUEST(F, T) F(T, FIXED, version, ROP_VERSION_SIZE)

WIRE_DECLARE(rop_fast_transfer_destination_configure_request,
	     ROP_FAST_TRANSFER_DESTINATION_CONFIGURE_REQUEST)
WIRE_DECLARE(rop_fast_transfer_destination_put_buffer_request,
	     ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER_REQUEST)
WIRE_DECLARE(rop_fast_transfer_destination_put_buffer_response,
	     ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER_RESPONSE)
WIRE_DECLARE(rop_fast_transfer_destination_put_buffer_extended_request,
	     ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER_EXTENDED_REQUEST)
WIRE_DECLARE(rop_fast_transfer_destination_put_buffer_extended_response,
	     ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER_EXTENDED_RESPONSE)
WIRE_DECLARE(rop_fast_transfer_source_get_buffer_request,
	     ROP_FAST_TRANSFER_SOURCE_GET_BUFFER_REQUEST)
WIRE_DECLARE(rop_fast_transfer_source_get_buffer_response,
	     ROP_FAST_TRANSFER_SOURCE_GET_BUFFER_RESPONSE)
WIRE_DECLARE(rop_fast_transfer_source_get_buffer_backoff,
	     ROP_FAST_TRANSFER_SOURCE_GET_BUFFER_BACKOFF)
WIRE_DECLARE(rop_fast_transfer_source_copy_folder_request,
	     ROP_FAST_TRANSFER_SOURCE_COPY_FOLDER_REQUEST)
WIRE_DECLARE(rop_fast_transfer_source_copy_messages_request,
	     ROP_FAST_TRANSFER_SOURCE_COPY_MESSAGES_REQUEST)
WIRE_DECLARE(rop_fast_transfer_source_copy_to_request, ROP_FAST_TRANSFER_SOURCE_COPY_TO_REQUEST)
WIRE_DECLARE(rop_fast_transfer_source_copy_properties_request,
	     ROP_FAST_TRANSFER_SOURCE_COPY_PROPERTIES_REQUEST)
WIRE_DECLARE(rop_tell_version_request, ROP_TELL_VERSION_REQUEST)

#endif
